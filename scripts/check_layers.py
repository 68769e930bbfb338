#!/usr/bin/env python3
"""Fail on an #include that src/layers.txt does not allow, and on a folder that it does not name."""
import pathlib
import re
import sys

INCLUDE = re.compile(r'^\s*#\s*include\s+"([^"]+)"', re.M)
PRIVATE = {"records/ledger/rows.h", "records/ledger/select.h"}  # past them nobody is asked who he is: for their folder alone
# Third-party headers that cost seconds wherever they are included: the folder or the files that may.
EXTERNAL = {"CLI/": {"apps/command_line.cpp", "apps/main.cpp"}, "boost/": {"base/net"}}


def read_layers(path):
    layers = {}
    for line in path.read_text().splitlines():
        if line and not line.startswith("#"):
            name, _, rest = line.partition(":")
            layers[name] = set(rest.split())
            unknown = layers[name] - layers.keys()
            if unknown:
                sys.exit(f"layers.txt: {name} names {', '.join(sorted(unknown))} before it is declared")
            for dep in list(layers[name]):
                layers[name] |= layers[dep]
    return layers


def folder_of(include, layers):
    """The layer that an include path such as standard/gbcs/message.h belongs to, or None."""
    path = pathlib.PurePosixPath(include).parent
    return str(path) if str(path) in layers else None


def main(root):
    layers = read_layers(root / "layers.txt")
    problems = []
    for file in sorted(root.rglob("*")):
        if file.suffix not in (".h", ".cpp"):
            continue
        folder = str(file.parent.relative_to(root))
        if folder != "apps" and folder not in layers:
            problems.append(f"{file.relative_to(root)}: folder {folder} is not in layers.txt")
            continue
        text = file.read_text()
        for include in INCLUDE.findall(text):
            if include in PRIVATE and folder != str(pathlib.PurePosixPath(include).parent):
                problems.append(f"{file.relative_to(root)}: {include} is for its own folder alone")
        if folder != "apps":
            for include in INCLUDE.findall(text):
                target = folder_of(include, layers)
                if target and target != folder and target not in layers[folder]:
                    problems.append(f"{file.relative_to(root)}: includes {include}, but {folder} may not see {target}")
        for prefix, owners in EXTERNAL.items():
            here = {folder, str(file.relative_to(root))}
            if re.search(rf"#\s*include\s+[<\"]{re.escape(prefix)}", text) and not owners & here:
                problems.append(f"{file.relative_to(root)}: only {' and '.join(sorted(owners))} may include {prefix}...")
    for problem in problems:
        print(problem, file=sys.stderr)
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main(pathlib.Path(sys.argv[1])))

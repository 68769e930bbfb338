#!/usr/bin/env python3
"""Groups the sources of one target into fewer translation units, so that what their headers bring is compiled once:
scripts/units.py ROOT OUT_DIR SOURCE... writes OUT_DIR/unit_<n>.cpp and prints their paths, one a line.

Two sources share a unit only if no name that one has for itself (in an anonymous namespace, an alias, a `static`)
means anything in the other, but for an alias that both write alike. In a source of the product such a name is given the unit's number for it by the
preprocessor, after every header has been read, so that most may share; of a test, types keep theirs, as GoogleTest prints
them.
What cannot be told (a macro, a `using namespace`) stands alone. When a rule here is too generous, the compiler says so.
"""
import functools
import pathlib
import re
import sys

MOST_FILES, MOST_BYTES = 10, 90_000
TOKEN = re.compile(r"[A-Za-z_]\w*")
HEADER = re.compile(r'^#include (<[^>]+>|"[^"]+\.h")', re.M)
TYPE = re.compile(r"^(?:struct|class|union|enum(?: class| struct)?) (\w+)")
PLAIN = re.compile(r"(?<![\w.:>])[A-Za-z_]\w*")
ALIAS = re.compile(r"^using (?:(\w+) =.*;$|[\w:]+::(\w+);)")
FUNCTION = re.compile(r"(?:^|[ &*])(\w+)\(")
VARIABLE = re.compile(r"[ &*](\w+)(?:\[[^\]]*\])*(?: = |\{| \{|;|$)")
FURTHER = re.compile(r", (\w+)(?:\(| = |\{|;)")
NOT_NAMES = {"if", "for", "while", "switch", "return", "sizeof", "decltype", "alignas", "static_assert", "operator",
             "noexcept", "defined", "const", "TEST", "TEST_F", "TEST_P", "INSTANTIATE_TEST_SUITE_P", "GTEST_TEST"}


def plain(text):
    """Without comments and literals."""
    text = re.sub(r'R"(\w*)\(.*?\)\1"', '""', text, flags=re.S)
    return re.sub(r'//[^\n]*|/\*.*?\*/|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])+\'',
                  lambda m: '""' if m.group(0)[0] == '"' else " ", text, flags=re.S)


@functools.lru_cache(maxsize=None)
def header_tokens(root, name):
    """Every word of a header of ours and of the headers it includes."""
    path = root / "src" / name
    if not path.is_file():
        path = root / name
    if not path.is_file():
        return frozenset()
    text = path.read_text(encoding="utf-8")
    words = set(TOKEN.findall(plain(text)))
    for included in HEADER.findall(text):
        if included[0] == '"':
            words |= header_tokens(root, included[1:-1])
    return frozenset(words)


def declared(line, hidden):
    """The names that a line at namespace level declares for its file."""
    alias = ALIAS.match(line)
    if alias:
        return {alias.group(1) or alias.group(2)}
    if not hidden:
        return set()
    kind = TYPE.match(line)
    if kind:
        return {kind.group(1)}
    line = re.sub(r"^template <.*?> ", "", line)
    function = FUNCTION.search(line.split(" = ")[0])
    if function and "constexpr" not in line:
        return {function.group(1)}
    first = VARIABLE.search(line) or function
    return ({first.group(1)} if first else set()) | set(FURTHER.findall(line)) | ({function.group(1)} if function else set())


class Source:
    def __init__(self, root, path):
        text = path.read_text(encoding="utf-8")
        code = plain(text)
        self.name = str(path.relative_to(root)).removeprefix("src/")
        self.size = len(text)
        self.headers = HEADER.findall(text)
        self.alone = bool(re.search(r"^\s*#\s*(define|if)|^using namespace", code, re.M))
        own = self.own_names(code)
        known = set()
        for header in self.headers:
            if header[0] == '"':
                known |= header_tokens(root, header[1:-1])
        reached = set(re.findall(r"(?:\.|->|::)\s*~?(\w+)", code))
        keep = {name for name in own if re.search(r"\b(?:struct|class) %s\b|TEST_[FP]\(%s," % (name, name), code)} if path.name.endswith("_test.cpp") else set()
        self.renamed = {name for name in own - keep if name not in known and name not in reached}
        self.fixed = own - self.renamed
        self.aliases = {line for line in code.splitlines() if ALIAS.match(line)}
        # What it says by itself, not as a member of something or in a namespace it names.
        self.words = {word for word in PLAIN.findall(code)} - self.renamed

    @staticmethod
    def own_names(code):
        """What is declared directly in an anonymous namespace, and aliases and `static`s of any."""
        names, depth, spaces = set(), 0, []  # of each namespace we are in: its depth, and whether it has no name
        for line in code.splitlines():
            opened = re.match(r"(?:inline )?namespace(?: [\w:]+)? \{", line)
            if depth == len(spaces) and not opened and line[:1] not in ("", " ", "#", "}", ")"):
                hidden = any(anonymous for _, anonymous in spaces) or line.startswith("static ")
                names |= declared(line, hidden)
            if opened:
                spaces.append((depth, line.startswith("namespace {")))
            depth += line.count("{") - line.count("}")
            while spaces and depth <= spaces[-1][0]:
                spaces.pop()
        for block in re.findall(r"^enum(?: \w+)?(?: : [\w:]+)? \{([^}]*)\}", code, re.M):
            names |= set(TOKEN.findall(block))
        return {name for name in names - NOT_NAMES if not name[0].isdigit()}


def fits(unit, source):
    if source.alone or len(unit) >= MOST_FILES or sum(one.size for one in unit) + source.size > MOST_BYTES:
        return False
    for one in unit:
        alike = {name for line in one.aliases & source.aliases for name in declared(line, False)}
        if one.alone or (one.fixed & source.words | source.fixed & one.words) - alike:
            return False
    return True


def unit_text(unit):
    out = ["// Made by scripts/units.py."]
    if len(unit) > 1:
        seen = dict.fromkeys(header for source in unit for header in source.headers)
        out += [f"#include {header}" for header in seen]
    for number, source in enumerate(unit):
        names = sorted(source.renamed) if len(unit) > 1 else []
        out += [f"#define {name} {name}_{number}" for name in names]
        out.append(f'#include "{source.name}"')
        out += [f"#undef {name}" for name in names]
    return "\n".join(out) + "\n"


def main():
    root, out = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2])
    units = []
    for source in (Source(root, pathlib.Path(path)) for path in sorted(sys.argv[3:])):
        place = next((unit for unit in units if fits(unit, source)), None)
        if place is None:
            units.append([source])
        else:
            place.append(source)
    out.mkdir(parents=True, exist_ok=True)
    for number, unit in enumerate(units):
        path = out / f"unit_{number}.cpp"
        text = unit_text(unit)
        if not path.is_file() or path.read_text(encoding="utf-8") != text:
            path.write_text(text, encoding="utf-8")
        print(path)


if __name__ == "__main__":
    main()

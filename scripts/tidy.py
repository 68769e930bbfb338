#!/usr/bin/env python3
"""House rules as a test: formatting, file length, machine paths, dead sources. Prints what is wrong and exits 1."""
import pathlib
import re
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
MOST_LINES = 1000
PATHS = re.compile(r"(^|[^A-Za-z0-9_.$}])/(home|root|work|farm)/")
REFERENCE = re.compile(r"_GBCS\.HEX$|_REQUEST_DUIS\.XML$|(DUIS|MMC) Schema", re.I)


def tracked():
    done = subprocess.run(["git", "ls-files", "-co", "--exclude-standard"], cwd=ROOT, capture_output=True, text=True, check=True)
    return [name for name in done.stdout.splitlines() if (ROOT / name).is_file()]


def main():
    problems = []
    sources = []
    for name in tracked():
        if REFERENCE.search(name):
            problems.append(f"{name}: reference data is never committed")
        if name.endswith((".profraw", ".db", ".log", ".o", ".orig")):
            problems.append(f"{name}: what a run left behind")
        if not name.endswith((".cpp", ".h", ".py", ".sh", ".md", ".txt", ".cmake", ".tsv", ".json", ".mjs")):
            continue
        text = (ROOT / name).read_text(encoding="utf-8")
        if name.endswith((".cpp", ".h")):
            sources.append(name)
            lines = text.count("\n")
            if lines > MOST_LINES:
                problems.append(f"{name}: {lines} lines, more than {MOST_LINES}")
            if name.endswith(".h") and "#pragma once" not in text[:400]:
                problems.append(f"{name}: no #pragma once")
        if name != "scripts/tidy.py":
            for number, line in enumerate(text.splitlines(), 1):
                if PATHS.search(line):
                    problems.append(f"{name}:{number}: a path of a machine")
    form = subprocess.run(["clang-format-14", "--dry-run", "-Werror", *sources], cwd=ROOT, capture_output=True, text=True, check=False)
    if form.returncode != 0:
        files = sorted({line.split(":")[0] for line in form.stderr.splitlines() if "error:" in line})
        problems.append("not formatted (clang-format-14 -i): " + " ".join(files))
    layers = subprocess.run([sys.executable, "scripts/check_layers.py", "src"], cwd=ROOT, check=False)
    for problem in problems:
        print(problem, file=sys.stderr)
    return 1 if problems or layers.returncode else 0


if __name__ == "__main__":
    sys.exit(main())

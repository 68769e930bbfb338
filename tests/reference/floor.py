#!/usr/bin/env python3
"""Raises floor.tsv to what was reached: test_reference --gtest_filter='ReferenceFloor.*' | tests/reference/floor.py

Lowers nothing: a use case that does worse is named, and the script fails. A floor.tsv full of conflict markers is read as well.
"""
import os
import re
import sys

PATH = os.path.join(os.path.dirname(os.path.abspath(__file__)), "floor.tsv")


def rows(lines):
    """By use case. Of a row that stands there twice, as after a merge that conflicts, each greater number."""
    out = {}
    for line in lines:
        match = re.fullmatch(r"(\w+)\t(\d+)\t(\d+)\t(\d+)", line.rstrip("\n"))
        if match:
            numbers = tuple(int(n) for n in match.groups()[1:])
            out[match[1]] = tuple(map(max, numbers, out.get(match[1], numbers)))
    return out


def main():
    with open(PATH, encoding="utf-8") as file:
        lines = file.readlines()
    floors = rows(lines)
    table = []
    for line in sys.stdin:
        if line.startswith("Not passing"):
            break
        table.append(line)
    reached = rows(table)
    if not reached:
        sys.exit("no table: is METERWAY_RTDS set?")
    worse = [name for name, row in floors.items() if any(a < b for a, b in zip(reached.get(name, (0, 0, 0)), row))]
    kept = {**reached, **{name: floors[name] for name in worse}}
    with open(PATH, "w", encoding="utf-8") as file:
        file.writelines(line for line in lines if line.startswith("#"))
        file.write("use_case\tcases\tstructure\tvalues\n")
        for name in sorted(kept):
            file.write("\t".join([name, *map(str, kept[name])]) + "\n")
    for name in worse:
        print(f"{name}: floor {floors[name]}, reached {reached.get(name)}")
    return bool(worse)


if __name__ == "__main__":
    sys.exit(main())

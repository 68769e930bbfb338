#!/usr/bin/env python3
"""spec/log_messages.tsv -> the array of base/log/log.cpp, ordered by name; and with one argument less, --doc or --check, the page
docs/reference/log-messages.md of it, written or compared."""
import pathlib
import re
import sys

from spec_rows import rows, text

ROOT = pathlib.Path(__file__).resolve().parent.parent
LEVELS = {"debug": "Debug", "info": "Info", "warning": "Warning", "error": "Error"}


def read(path):
    table = sorted(rows(path), key=lambda row: row["name"])
    for before, row in zip([None] + table, table):
        if not re.fullmatch(r"[a-z]+\.[a-z_]+", row["name"]) or row["level"] not in LEVELS or not row["text"] or not row["meaning"]:
            sys.exit(f"log_messages.tsv: {row['name']}: name, level, text or meaning")
        if before and before["name"] == row["name"]:
            sys.exit(f"log_messages.tsv: {row['name']} stands there twice")
    return table


def array(path, output):
    out = ["// Made by scripts/log_messages.py from spec/log_messages.tsv.", "inline constexpr Message kMessages[] = {"]
    for row in read(path):
        out.append(f"    {{{text(row['name'])}, Level::{LEVELS[row['level']]}, {text(row['area'])}, {text(row['text'])}}},")
    with open(output, "w", encoding="utf-8") as file:
        file.write("\n".join(out + ["};", ""]))


def page():
    out = ["# Messages of the log", "",
           "Written by `scripts/log_messages.py --doc` from `spec/log_messages.tsv`. How to read the log: [watching](../operations/watching.md#logs).", ""]
    for row in read(ROOT / "spec/log_messages.tsv"):
        out += [f"## {row['name']}", "", f"*{row['level']}*, {row['area']}: \"{row['text']}\"", "", row["meaning"], ""]
    return "\n".join(out[:-1]) + "\n"


def main(arguments):
    place = ROOT / "docs/reference/log-messages.md"
    if arguments == ["--doc"]:
        place.write_text(page(), encoding="utf-8")
    elif arguments == ["--check"]:
        if not place.exists() or place.read_text(encoding="utf-8") != page():
            sys.exit("docs/reference/log-messages.md is not what the table says: run scripts/log_messages.py --doc")
    else:
        array(*arguments)


if __name__ == "__main__":
    main(sys.argv[1:])

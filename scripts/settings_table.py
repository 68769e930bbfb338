#!/usr/bin/env python3
"""spec/settings.tsv -> the array of flow/envelope/setting_rows.cpp; and with one argument less, --doc or --check, the table of
docs/operations/settings.md, written or compared."""
import json
import pathlib
import re
import sys

from spec_rows import rows, text

ROOT = pathlib.Path(__file__).resolve().parent.parent
HEAD = "| Member | Default | Meaning |\n|---|---|---|\n"
WHEN = {"-": "Never", "true": "True", "false": "False", "set": "Set"}


def plain(markdown):
    """Without links and marks."""
    return re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", markdown).replace("`", "")


def read(path):
    table = rows(path)
    names = set()
    for row in table:
        try:
            json.loads(row["default"])
        except ValueError:
            sys.exit(f"settings.tsv: {row['name']}: the default is no JSON")
        if row["name"] in names or not re.fullmatch(r"[a-z0-9_]+(\.[a-z0-9_]+)?", row["name"]) or not row["meaning"]:
            sys.exit(f"settings.tsv: {row['name']}: name or meaning")
        if row["dangerous_when"] not in WHEN or (row["danger"] == "-") != (row["dangerous_when"] == "-"):
            sys.exit(f"settings.tsv: {row['name']}: dangerous_when, danger")
        names.add(row["name"])
    return table


def array(path, output):
    out = ["// Made by scripts/settings_table.py from spec/settings.tsv.", "inline constexpr SettingRow kRows[] = {"]
    for row in read(path):
        danger = "" if row["danger"] == "-" else row["danger"]
        out.append(f"    {{{text(row['name'])}, {text(row['default'])}, DangerousWhen::{WHEN[row['dangerous_when']]}, {text(danger)}, "
                   f"{text(plain(row['meaning']))}}},")
    with open(output, "w", encoding="utf-8") as file:
        file.write("\n".join(out + ["};", ""]))


def table():
    out = HEAD
    for row in read(ROOT / "spec/settings.tsv"):
        default = json.loads(row["default"])
        shown = ("-" if default == "" else default) if isinstance(default, str) else row["default"]
        danger = "" if row["danger"] == "-" else f"; **for tests alone** when {row['dangerous_when']}: {row['danger']}"
        out += f"| `{row['name']}` | {shown} | {row['meaning']}{danger} |\n"
    return out


def main(arguments):
    place = ROOT / "docs/operations/settings.md"
    if arguments not in (["--doc"], ["--check"]):
        return array(*arguments)
    page = place.read_text(encoding="utf-8")
    before, rest = page.split(HEAD, 1)
    after = "\n".join(line for line in rest.split("\n") if not line.startswith("| `"))
    wanted = before + table() + after
    if arguments == ["--doc"]:
        place.write_text(wanted, encoding="utf-8")
    elif page != wanted:
        sys.exit("docs/operations/settings.md is not what the table says: run scripts/settings_table.py --doc")
    return None


if __name__ == "__main__":
    main(sys.argv[1:])

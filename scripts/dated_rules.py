#!/usr/bin/env python3
"""spec/dated_rules.tsv -> the array of standard/rules/rules.cpp, ordered by name and date. A gap or an overlap in the dates
of one name ends the build."""
import sys

from spec_rows import day, rows, text

SURE = {"V": "Verified", "S": "Seed", "C": "Computed", "unconfirmed": "Unconfirmed"}


def main(path, output):
    table = rows(path)
    table.sort(key=lambda row: (row["name"], row["from"]))
    for before, after in zip(table, table[1:]):
        if before["name"] == after["name"] and before["to"] != after["from"]:
            sys.exit(f"dated_rules.tsv: {before['name']}: a row until {before['to']}, the next from {after['from']}")
    out = ["// Made by scripts/dated_rules.py from spec/dated_rules.tsv.", "inline constexpr Rule kRules[] = {"]
    for row in table:
        if row["to"] != "-" and row["to"] <= row["from"]:
            sys.exit(f"dated_rules.tsv: {row['name']}: ends before it begins")
        clause = "" if row["clause"] == "-" else row["clause"]
        out.append(f"    {{{text(row['name'])}, {text(clause)}, {text(row['value'])}, {text(row['unit'])}, {day(row['from'])}, "
                   f"{day(row['to'])}, Certainty::{SURE[row['how_sure']]}, {text(row['meaning'])}, {text(row['source'])}}},")
    with open(output, "w", encoding="utf-8") as file:
        file.write("\n".join(out + ["};", ""]))


if __name__ == "__main__":
    main(*sys.argv[1:3])

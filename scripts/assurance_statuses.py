#!/usr/bin/env python3
"""spec/assurance_statuses.tsv -> the array of oversight/governance/assurance_status.cpp. A gap or an overlap in the dates of one
code, and a name that two codes have on one day, end the build."""
import sys

from spec_rows import day, rows, text

SURE = {"V": "Verified", "S": "Seed", "C": "Computed", "unconfirmed": "Unconfirmed"}
FILE = "assurance_statuses.tsv"


def until(row):
    return "9999-12-31" if row["to"] == "-" else row["to"]


def check(rows):
    for row in rows:
        place = f"{FILE}: {row['scheme']} {row['code']} {row['name']}"
        if until(row) <= row["from"]:
            sys.exit(f"{place}: ends before it begins")
        if row["passes"] not in ("yes", "no") or row["how_sure"] not in SURE:
            sys.exit(f"{place}: passes is yes or no, how_sure one of {', '.join(SURE)}")
    for before, after in zip(rows, rows[1:]):
        same = (before["scheme"], before["code"]) == (after["scheme"], after["code"])
        if same and before["to"] != after["from"]:
            sys.exit(f"{FILE}: {before['code']}: a row until {before['to']}, the next from {after['from']}")
    for one in rows:
        for other in rows:
            if (one["scheme"], one["name"].lower()) != (other["scheme"], other["name"].lower()) or one["code"] == other["code"]:
                continue
            if one["from"] < until(other) and other["from"] < until(one):
                sys.exit(f"{FILE}: {one['name']} is {one['code']} and {other['code']} at once")


def main(path, output):
    table = rows(path)
    table.sort(key=lambda row: (row["scheme"], row["code"], row["from"]))
    check(table)
    out = ["// Made by scripts/assurance_statuses.py from spec/assurance_statuses.tsv.",
           "inline constexpr AssuranceStatus kStatuses[] = {"]
    for row in table:
        out.append(f"    {{{text(row['scheme'])}, {text(row['code'])}, {text(row['name'])}, {day(row['from'])}, {day(row['to'])}, "
                   f"{str(row['passes'] == 'yes').lower()}, {text(row['clause'])}, rules::Certainty::{SURE[row['how_sure']]}}},")
    with open(output, "w", encoding="utf-8") as file:
        file.write("\n".join(out + ["};", ""]))


if __name__ == "__main__":
    main(*sys.argv[1:3])

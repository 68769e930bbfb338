#!/usr/bin/env python3
"""spec/registration_sources.tsv, spec/service_flags.tsv -> the arrays of records/registration and oversight/registration. Dates of
one code or state that leave a gap or overlap end the build, and so does a state that the inventory does not have."""
import sys

from spec_rows import day, rows, text

STATES = {"Pending", "Whitelisted", "InstalledNotCommissioned", "Commissioned", "Decommissioned", "Withdrawn", "Suspended",
          "Recovery", "Recovered", "none"}


def follow(name, rows, key):
    """Rows of one key begin on the first day of all, follow each other, and the last has no end."""
    groups = {}
    for row in rows:
        groups.setdefault(row[key], []).append(row)
    first = min(row["from"] for row in rows)
    for group in groups.values():
        ends = [first] + [row["to"] for row in group]
        for row, begin in zip(group, ends):
            if row["from"] != begin:
                sys.exit(f"{name}: {row[key]}: {row['from']} does not follow {begin}")
        if ends[-1] != "-":
            sys.exit(f"{name}: {group[0][key]}: the last row ends")


def main(path, output):
    table = rows(path)
    out = ["// Made by scripts/registration_tables.py from spec/."]
    if "flag" in table[0]:
        follow("service_flags.tsv", table, "device_state")
        if {row["device_state"] for row in table} != STATES:
            sys.exit("service_flags.tsv: the states are not those of the inventory")
        out.append("inline constexpr FlagRow kFlags[] = {")
        for row in table:
            out.append(f"    {{{text(row['device_state'])}, '{row['flag']}', {day(row['from'])}, {day(row['to'])}, "
                       f"{text(row['how_sure'])}}},")
    else:
        follow("registration_sources.tsv", table, "code")
        names = {}
        out.append("inline constexpr SourceRow kSources[] = {")
        for row in table:
            if not 0 <= int(row["code"]) <= 15 or names.setdefault(row["code"], row["source"]) != row["source"]:
                sys.exit(f"registration_sources.tsv: code {row['code']}")
            fuels = {"electricity": "true, false", "gas": "false, true", "both": "true, true"}[row["fuel"]]
            out.append(f"    {{{row['code']}, {text(row['source'])}, {fuels}, {int(row['register'])}, {int(row['address'])}, "
                       f"{day(row['from'])}, {day(row['to'])}, {text(row['how_sure'])}}},")
    with open(output, "w", encoding="utf-8") as file:
        file.write("\n".join(out + ["};", ""]))


if __name__ == "__main__":
    main(*sys.argv[1:3])

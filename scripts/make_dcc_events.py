#!/usr/bin/env python3
"""spec/dcc_alerts.tsv -> the enumeration DccEvent and its rows; the schema's alert codes beside them."""
import csv
import sys

ROLES = {"IS", "ES", "GS", "ED", "GT", "RSA", "OU", "LC"}


def rows(path):
    with open(path, encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))


def alert_codes(path):
    with open(path, encoding="utf-8") as file:
        for line in file:
            fields = line.rstrip("\n").split("\t")
            if fields[0] == "sr:DCCAlertMessage.DCCAlertCode":
                return fields[-1].split("|")
    sys.exit(f"{path}: no DCCAlertCode")


def main(events_path, types_path, output):
    events = rows(events_path)
    codes = alert_codes(types_path)
    lines = ["// Made by scripts/make_dcc_events.py from spec/dcc_alerts.tsv.", "#ifdef METERWAY_DCC_EVENT_ENUM"]
    lines += [f"{row['event'].title().replace('_', '')}," for row in events]
    lines += ["#else", "inline constexpr DccEventRow kDccEvents[] = {"]
    for row in events:
        code = "" if row["code"] == "-" else row["code"]
        if code and code not in codes:
            sys.exit(f"dcc_alerts.tsv: {row['event']} names {code}, which the schema does not have")
        words = row["recipients"].split()
        requester = "true" if "requester" in words else "false"
        roles = [word for word in words if word != "requester"]
        if not set(roles) <= ROLES:
            sys.exit(f"dcc_alerts.tsv: {row['event']}: recipients {row['recipients']}")
        mask = " | ".join(f"duis::role_bit(UserRole::{role})" for role in roles) or "0"
        configurable = "true" if "configurable" in row["how_sure"] else "false"
        lines.append(f'    {{"{row["event"]}", "{code}", {requester}, {mask}, {configurable}}},')
    lines += ["};", "inline constexpr std::string_view kDccAlertCodes[] = {"]
    lines += [f'    "{code}",' for code in codes]
    lines += ["};", "#endif", ""]
    with open(output, "w", encoding="utf-8") as file:
        file.write("\n".join(lines))


if __name__ == "__main__":
    main(*sys.argv[1:4])

#!/usr/bin/env python3
"""spec/device_states.tsv -> the enumeration DeviceEvent and the rows of records/registry/device_states.cpp. An unknown state or
type of device, two rows for one device, state and event, or a state that no event leads to ends the build."""
import sys

from spec_rows import rows, text

STATES = ["Pending", "Whitelisted", "InstalledNotCommissioned", "Commissioned", "Decommissioned", "Withdrawn", "Suspended",
          "Recovery", "Recovered"]
TYPES = ["Unknown", "ESME", "GSME", "CHF", "GPF", "PPMID", "HCALCS", "SAPC", "IHD", "CAD"]


def types_of(words):
    if words == "all":
        return set(TYPES)
    names = words.split()
    but = names[0] == "except"
    named = set(names[1:] if but else names)
    if not named or named - set(TYPES):
        sys.exit(f"device_states.tsv: types of device: {words}")
    return set(TYPES) - named if but else named


def state(value, *others):
    if value in others:
        return {"-": "kNotThere", "before": "kAsBefore"}[value]
    if value not in STATES:
        sys.exit(f"device_states.tsv: {value} is no state")
    return str(STATES.index(value))


def main(path, output):
    table = rows(path)
    events, seen = [], set()
    out = []
    for row in table:
        if row["event"] not in events:
            events.append(row["event"])
        if row["how_sure"] not in ("S", "V", "unconfirmed") or not row["who"] or not row["clause"]:
            sys.exit(f"device_states.tsv: {row['event']}: who, clause and how_sure")
        mask = 0
        for one in types_of(row["for"]):
            key = (row["event"], one, row["from"])
            if key in seen:
                sys.exit(f"device_states.tsv: two rows for {key}")
            seen.add(key)
            mask |= 1 << TYPES.index(one)
        name = "".join(word.capitalize() for word in row["event"].split("_"))
        note = "" if row["note"] == "-" else row["note"]
        out.append(f"    {{DeviceEvent::{name}, {mask}, {state(row['from'], '-')}, {state(row['to'], '-', 'before')}, "
                   f"{text(row['who'])}, {text(row['clause'])}, {text(row['how_sure'])}, {text(note)}}},")
    unreached = set(STATES) - {row["to"] for row in table}
    if unreached:
        sys.exit(f"device_states.tsv: nothing leads to {', '.join(sorted(unreached))}")
    lines = ["// Made by scripts/device_states.py from spec/device_states.tsv.", "#ifdef METERWAY_DEVICE_EVENT_ENUM"]
    lines += ["".join(word.capitalize() for word in event.split("_")) + "," for event in events]
    lines += ["#else", "inline constexpr std::string_view kEventNames[] = {"]
    lines += [f"    {text(event)}," for event in events]
    lines += ["};", "inline constexpr StateRow kStateRows[] = {", *out, "};", "#endif", ""]
    with open(output, "w", encoding="utf-8") as file:
        file.write("\n".join(lines))


if __name__ == "__main__":
    main(*sys.argv[1:3])

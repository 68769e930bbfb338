#!/usr/bin/env python3
"""spec/services.tsv, use_cases.tsv, access_types.tsv, access_states.tsv, access_rules.tsv, access_changes.tsv and refusals.tsv ->
the rows of records/access. A gap or an overlap in the dates of one cell, a service that is missing or has no business there, a
word that is none: each ends the build, and says where."""
import datetime
import fnmatch
import pathlib
import sys

from spec_rows import day, rows, text

ROLES = ["IS", "ES", "GS", "ED", "GT", "RSA", "OU", "LC"]
TYPES = ["Unknown", "ESME", "GSME", "CHF", "GPF", "PPMID", "HCALCS", "SAPC", "IHD", "CAD"]
STATES = ["Pending", "Whitelisted", "InstalledNotCommissioned", "Commissioned", "Decommissioned", "Withdrawn", "Suspended",
          "Recovery", "Recovered"]
SURE = {"V", "S", "C", "unconfirmed"}
BEGIN = "2013-09-23"  # the day on which the code was designated
EVERY = 0xFFFF


def fail(why):
    sys.exit("access_tables.py: " + why)


def check_dates(name, row):
    if row["how_sure"] not in SURE:
        fail(f"{name}: how_sure {row['how_sure']}")
    for column in ("from", "to"):
        if row[column] != "-" or column == "from":
            datetime.date.fromisoformat(row[column])
    if row["to"] != "-" and row["to"] <= row["from"]:
        fail(f"{name}: ends before it begins")


def check_chain(name, chain):
    """Rows of one cell: no gap, no overlap, and for ever."""
    for row in chain:
        check_dates(name, row)
    for before, after in zip(chain, chain[1:]):
        if before["to"] != after["from"]:
            fail(f"{name}: a row until {before['to']}, the next from {after['from']}")
    if chain[-1]["to"] != "-":
        fail(f"{name}: nothing is said from {chain[-1]['to']} on")


def mask_of(names, of):
    return sum(1 << of.index(name) for name in names)


def row_of(rule, row, says, may):
    clause = "" if row["clause"] == "-" else row["clause"]
    return (f"{{{text(rule)}, {text(clause)}, {text(row['how_sure'])}, {text(row['source'])}, {text(says)}, {day(row['from'])}, "
            f"{day(row['to'])}, {may}}}")


def types_of(service, cases, patterns):
    """The types of a service's device, and by which use case and pattern each of them comes in."""
    found = {}
    for tag in service["gbcs_use_case_tags"].split():
        if tag not in cases:
            continue
        pattern = next(row for row in patterns if fnmatch.fnmatchcase(tag, row["pattern"]))
        devices = TYPES[1:] if pattern["devices"] == "*" else [name for name in cases[tag].split("/") if name in TYPES]
        for name in devices:
            found.setdefault(name, (tag, pattern))
    return found


def choice(name, row, column, of):
    if row[column] == "*":
        return EVERY
    if row[column] not in of:
        fail(f"{name}: {column} {row[column]}")
    return 1 << of.index(row[column])


def changes(table, services):
    out, seen = [], []
    for row in table:
        name = f"access_changes.tsv: {row['change']}"
        check_dates(name, row)
        index = -1 if row["service"] == "*" else services.index(row["service"]) if row["service"] in services else None
        if index is None or row["allowed"] not in ("yes", "no"):
            fail(f"{name}: there is no such service, or allowed is not yes or no")
        masks = [choice(name, row, "role", ROLES), choice(name, row, "type", TYPES), choice(name, row, "state", STATES)]
        named = sum(row[column] != "*" for column in ("service", "role", "type", "state"))
        asks = "State" if row["state"] != "*" else "Type" if row["type"] != "*" else "Role"
        if asks == "Role" and row["role"] == "*":
            fail(f"{name}: names no role, no type and no state")
        end = "9999" if row["to"] == "-" else row["to"]
        for other in seen:
            meets = (other["asks"] == asks and other["named"] == named and (index in (-1, other["index"]) or other["index"] == -1)
                     and all(a & b for a, b in zip(masks, other["masks"])) and row["from"] < other["end"] and other["from"] < end)
            if meets:
                fail(f"{name} meets {other['change']}, which names as many")
        seen.append({"asks": asks, "named": named, "index": index, "masks": masks, "from": row["from"], "end": end,
                     "change": row["change"]})
        says = "/".join(row[column] for column in ("service", "role", "type", "state")) + " " + row["allowed"]
        out.append(f"    {{{row_of('change.' + row['change'], row, says, 0)}, {index}, Question::{asks}, "
                   f"{', '.join(map(str, masks))}, {named}, {'true' if row['allowed'] == 'yes' else 'false'}}},")
    return out


def main(paths, output):
    table = {pathlib.Path(path).stem: rows(path) for path in paths}
    services = sorted(table["services"], key=lambda row: row["service_reference_variant"])
    names = [row["service_reference_variant"] for row in services]
    cases = {}
    for row in table["use_cases"]:
        cases.setdefault(row["use_case"], row["devices"])
    refusals = {row["refusal"]: row for row in table["refusals"]}
    states = {}
    for row in table["access_states"]:
        states.setdefault(row["service"], []).append(row)
    for row in table["access_types"]:
        if row["how_sure"] not in SURE:
            fail(f"access_types.tsv: {row['pattern']}: how_sure {row['how_sure']}")
    if not set(states) <= set(names):
        fail(f"access_states.tsv: no such service: {sorted(set(states) - set(names))}")
    out = ["// Made by scripts/access_tables.py from spec/access_*.tsv, services.tsv, use_cases.tsv and refusals.tsv.",
           "inline constexpr CellRow kRoleRows[] = {"]
    for index, service in enumerate(services):
        roles = service["eligible_user_roles"].split()
        said = {"clause": "SEC Appendix E", "how_sure": "V", "source": "services.tsv", "from": BEGIN, "to": "-"}
        out.append(f"    {{{index}, {row_of('role.' + names[index], said, 'of ' + ' '.join(roles), mask_of(roles, ROLES))}}},")
    out += ["};", "inline constexpr CellRow kTypeRows[] = {"]
    for index, service in enumerate(services):
        if service["non_device"] == "Yes":
            continue
        found = types_of(service, cases, table["access_types"])
        weakest = next((p for _, p in found.values() if p["how_sure"] == "unconfirmed"), None)
        pattern = weakest or next((p for _, p in found.values()), table["access_types"][-1])
        said = dict(pattern, **{"from": BEGIN, "to": "-"})
        words = ", ".join(f"{name} by {tag}" for name, (tag, _) in sorted(found.items()))
        may = mask_of(found, TYPES)
        out.append(f"    {{{index}, {row_of('type.' + names[index], said, words, may)}}},")
    out += ["};", "inline constexpr CellRow kStateRows[] = {"]
    for index, service in enumerate(services):
        chain = sorted(states.get(names[index], []), key=lambda row: row["from"])
        if (service["non_device"] == "Yes") != (not chain):
            fail(f"access_states.tsv: {names[index]}: rows are for services that devices take part in, and for each of them")
        if not chain:
            continue
        check_chain(f"access_states.tsv: {names[index]}", chain)
        for row in chain:
            if any(row[state] not in ("yes", "no") for state in STATES):
                fail(f"access_states.tsv: {names[index]}: a cell is yes or no")
            may = mask_of([state for state in STATES if row[state] == "yes"], STATES)
            out.append(f"    {{{index}, {row_of('state.' + names[index], row, '', may)}}},")
    out += ["};", "inline constexpr RuleRow kRuleRows[] = {"]
    rules = {}
    for row in table["access_rules"]:
        rules.setdefault(row["rule"], []).append(row)
    for name, chain in rules.items():
        chain.sort(key=lambda row: row["from"])
        check_chain(f"access_rules.tsv: {name}", chain)
        for row in chain:
            if row["refusal"] != "-" and row["refusal"] not in refusals:
                fail(f"access_rules.tsv: {name}: no refusal {row['refusal']}")
            out.append(f"    {{{row_of(name, row, row['says'], 0)}, {text(row['value'])}}},")
    for role in ROLES:
        if any(row["value"] not in ("appointed", "eligible") for row in rules.get("responsible." + role, [{"value": ""}])):
            fail(f"access_rules.tsv: responsible.{role}: appointed or eligible")
    out += ["};", "inline constexpr ReasonRow kReasonRows[] = {"]
    for name, row in refusals.items():
        out.append(f"    {{{text(name)}, {text(row['case'])}, {text('' if row['duis_code'] == '-' else row['duis_code'])}}},")
    out += ["};", f"inline constexpr ChangeRow kChangeRows[{max(1, len(table['access_changes']))}] = {{"]
    out += changes(table["access_changes"], names)
    out += ["};", f"inline constexpr std::size_t kChanges = {len(table['access_changes'])};", ""]
    with open(output, "w", encoding="utf-8") as file:
        file.write("\n".join(out))


if __name__ == "__main__":
    main(sys.argv[1:-1], sys.argv[-1])

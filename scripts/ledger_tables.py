#!/usr/bin/env python3
"""spec/job_types.tsv, ledger_{kinds,fields,transitions,exports}.tsv -> the arrays of records/ledger/kind.cpp. What cannot be right (a kind,
role, state, field or type that there is not, a state that nothing leads to) ends the build."""
import sys

import spec_rows
from spec_rows import text

TYPES = ("text", "long", "date", "instant", "integer", "decimal", "boolean", "choice", "reference", "attachment")
CLASSES = ("White", "Green", "Amber", "Red")


def rows(path):
    return [{k: "" if v == "-" and k != "from" else v for k, v in row.items()} for row in spec_rows.rows(path)]


def words(value):
    return [word for word in value.split(",") if word]


def check(condition, sentence):
    if not condition:
        sys.exit(sentence)


def check_fields(kinds, fields, states):
    seen = set()
    for row in fields:
        place = f"ledger_fields.tsv: {row['kind']}.{row['field']}"
        check(row["kind"] == "*" or row["kind"] in kinds, f"{place}: no such kind")
        check((row["kind"], row["field"]) not in seen and ("*", row["field"]) not in seen, f"{place}: stands there twice")
        seen.add((row["kind"], row["field"]))
        base = row["type"].removeprefix("list ")
        check(base in TYPES, f"{place}: no type {row['type']}")
        check(base != "choice" or "|" in row["of"], f"{place}: a choice needs its choices")
        check(base != "reference" or row["of"] == "*" or row["of"] in kinds, f"{place}: refers to no kind")
        check(row["class"] in ("", *CLASSES), f"{place}: no class {row['class']}")
        check(row["set_by"] in ("anyone", "action", "rule"), f"{place}: set_by {row['set_by']}")
        if row["required"].startswith("before "):
            for state in words(row["required"][7:]):
                check(state in states[row["kind"]], f"{place}: no state {state}")
        else:
            check(row["required"] in ("always", "no"), f"{place}: required {row['required']}")


def check_transitions(kinds, transitions, fields, roles, states):
    seen = set()
    for row in transitions:
        place = f"ledger_transitions.tsv: {row['kind']} {row['from']} {row['action']}"
        key = (row["kind"], row["from"], row["action"])
        check(key not in seen, f"{place}: stands there twice")
        seen.add(key)
        check(row["kind"] in kinds, f"{place}: no such kind")
        check(row["from"] in ("-", "*") or row["from"] in states[row["kind"]], f"{place}: nothing leads to {row['from']}")
        check((row["action"] == "create") == (row["from"] == "-"), f"{place}: a record begins with create")
        for who in words(row["who"]):
            check(who in roles or who in ("owner", "anyone"), f"{place}: nobody is {who}")
        for field in words(row["needs"]):
            check((row["kind"], field) in fields or ("*", field) in fields, f"{place}: no field {field}")


def main(roles_path, kinds_path, fields_path, transitions_path, exports_path, output):
    roles = [row["job_type"] for row in rows(roles_path)]
    kind_rows = rows(kinds_path)
    field_rows = rows(fields_path)
    transition_rows = rows(transitions_path)
    kinds = {row["kind"]: row for row in kind_rows}
    check(len(kinds) == len(kind_rows), "ledger_kinds.tsv: a kind stands there twice")
    states = {kind: {r["to"] for r in transition_rows if r["kind"] == kind and r["to"] != "="} for kind in kinds}
    fields = {(row["kind"], row["field"]): row for row in field_rows}
    check_fields(kinds, field_rows, states)
    check_transitions(kinds, transition_rows, fields, roles, states)
    no_table = {row["kind"]: row["instead"] for row in rows(exports_path)}
    for kind in no_table:
        check(kind in kinds and no_table[kind], f"ledger_exports.tsv: {kind}: no such kind, or no other way")
    for kind, row in kinds.items():
        place = f"ledger_kinds.tsv: {kind}"
        check(any(r["kind"] == kind and r["from"] == "-" for r in transition_rows), f"{place}: has no action create")
        check(row["class"] in CLASSES, f"{place}: no class {row['class']}")
        for who in words(row["creates"]) + words(row["changes"]):
            check(who in roles or who in ("owner", "anyone"), f"{place}: nobody is {who}")
        for column in ("owner", "date", "name"):
            check(not row[column] or (kind, row[column]) in fields, f"{place}: {column} is no field of it")
        for column in ("owner", "date"):  # what lists are asked for by
            check(not row[column] or fields[kind, row[column]]["indexed"] == "yes", f"{place}: {column} is not indexed")
    lines = ["// Made by scripts/ledger_tables.py from spec/ledger_*.tsv.", "inline constexpr std::string_view kRoles[] = {"]
    lines += [f"    {text(role)}," for role in roles]
    lines += ["};", "inline constexpr Field kFields[] = {"]
    common = [row for row in field_rows if row["kind"] == "*"]
    spans, at = {}, 0
    for kind in kinds:
        begin = at
        for row in [r for r in field_rows if r["kind"] == kind] + common:
            base = row["type"].removeprefix("list ")
            level = f"Classification::{row['class']}" if row["class"] else "Classification::White"
            needed = row["required"][7:] if row["required"].startswith("before ") else ""
            lines.append(f"    {{{text(row['field'])}, Type::{base.capitalize()}, {str(row['type'] != base).lower()}, "
                         f"{text(row['of'])}, {str(row['required'] == 'always').lower()}, {text(needed)}, "
                         f"SetBy::{row['set_by'].capitalize()}, {level}, {str(row['indexed'] == 'yes').lower()}, "
                         f"{text(row['meaning'])}, {text(row['source'])}}},")
            at += 1
        spans[kind] = (begin, at - begin)
    lines += ["};", "inline constexpr Transition kTransitions[] = {"]
    moves, at = {}, 0
    for kind in kinds:
        begin = at
        for row in [r for r in transition_rows if r["kind"] == kind]:
            start = "" if row["from"] == "-" else row["from"]
            lines.append("    {" + ", ".join(text(v) for v in (start, row["action"], row["to"], row["who"], row["guard"],
                                                            row["effect"], row["needs"], row["meaning"], row["source"])) + "},")
            at += 1
        moves[kind] = (begin, at - begin)
    lines += ["};", "inline constexpr Kind kKinds[] = {"]
    for kind, row in kinds.items():
        lines.append(f"    {{{text(kind)}, {text(row['title'])}, {text(row['format'])}, {text(row['alias'])}, "
                     f"{text(row['creates'])}, {text(row['changes'])}, Classification::{row['class']}, {text(row['owner'])}, "
                     f"{text(row['date'])}, {text(row['name'])}, {text(row['meaning'])}, {text(row['source'])}, {text(no_table.get(kind, ''))}, "
                     f"{{kFields + {spans[kind][0]}, {spans[kind][1]}}}, {{kTransitions + {moves[kind][0]}, {moves[kind][1]}}}}},")
    lines += ["};", ""]
    with open(output, "w", encoding="utf-8") as file:
        file.write("\n".join(lines))


if __name__ == "__main__":
    main(*sys.argv[1:7])

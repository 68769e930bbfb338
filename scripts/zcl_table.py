#!/usr/bin/env python3
"""Writes the C++ tables of ZCL commands, their fields and attribute names.

zcl_table.py spec/zcl_commands.tsv spec/zcl_attributes.tsv <output.inc>
"""
import csv
import re
import sys

TYPES = {"u8": "U8", "u16": "U16", "u24": "U24", "u32": "U32", "u48": "U48", "i32": "I32", "bm8": "Bm8", "bm16": "Bm16",
         "bm32": "Bm32", "e8": "E8", "utc": "Utc", "str": "String", "date": "Date", "bytes": "Bytes", "attr": "Attribute",
         "status": "Status", "typed": "Typed"}
TOKEN = re.compile(r"(?P<group>\w+)\{(?P<inner>[^}]*)\}\*|(?P<name>\w+):(?P<type>\w+)(?P<many>[?*]?)(?P<count>\w*)")


def read(path):
    with open(path, encoding="utf-8") as lines:
        return list(csv.DictReader((line for line in lines if not line.startswith("#")), delimiter="\t"))


def fields_of(text):
    """Rows {name, type, repeat, count, members} in order; the members of a group follow it."""
    rows = []
    rest = TOKEN.sub("", text).strip()
    if rest:
        sys.exit(f"cannot read {rest!r} in {text!r}")
    for token in TOKEN.finditer(text):
        if token["group"]:
            inner = fields_of(token["inner"])
            rows.append((token["group"], "Group", "ToEnd", "", len(inner)))
            rows += inner
        else:
            repeat = {"": "Once", "?": "IfLeft", "*": "Counted" if token["count"] else "ToEnd"}[token["many"]]
            rows.append((token["name"], TYPES[token["type"]], repeat, token["count"], 0))
    return rows


def main():
    commands, attributes, output = sys.argv[1:]
    fields, rows = [], []
    for row in read(commands):
        mine = fields_of(row["fields"] or "")
        direction = {"general": "General", "to-server": "ToServer", "to-client": "ToClient"}[row["direction"]]
        cluster = "0" if row["cluster"] == "-" else "0x" + row["cluster"]
        rows.append(f'CommandRow{{{cluster}, Direction::{direction}, 0x{row["command"]}, "{row["name"]}", {len(fields)}, {len(mine)}}},\n')
        fields += mine
    with open(output, "w", encoding="utf-8") as out:
        out.write("// Written by scripts/zcl_table.py from spec/zcl_commands.tsv and spec/zcl_attributes.tsv.\n")
        out.write("constexpr FieldRow kFields[] = {\n")
        for name, kind, repeat, count, members in fields:
            out.write(f'FieldRow{{"{name}", FieldType::{kind}, Repeat::{repeat}, "{count}", {members}}},\n')
        out.write("};\nconstexpr CommandRow kCommands[] = {\n" + "".join(rows) + "};\nconstexpr AttributeRow kAttributes[] = {\n")
        for row in read(attributes):
            out.write(f'AttributeRow{{0x{row["cluster"]}, 0x{row["first"]}, 0x{row["last"]}, "{row["name"]}"}},\n')
        out.write("};\n")


if __name__ == "__main__":
    main()

#!/usr/bin/env python3
"""Writes the C++ tables of GBZ commands: gbz_table.py spec/gbz_commands.tsv spec/gbz_maps.tsv <output.inc>.

The field language is described at the top of spec/gbz_commands.tsv.
"""
import csv
import re
import sys

SIMPLE = {"now": ("Now", 4), "start": ("Start", 4), "start.last": ("StartLast", 4), "cin": ("Cin", 0), "index": ("Index", 1)}
SIZE = {"u8": 1, "u16": 2, "u24": 3, "u32": 4, "u48": 6, "i32": 4}
FIELD = re.compile(r"(?P<kind>[a-z][a-z0-9_.-]*\??)(?P<mark>[:@]?)(?P<rest>.*)")


def rows(path):
    with open(path, encoding="utf-8") as lines:
        yield from csv.DictReader((line for line in lines if not line.startswith("#")), delimiter="\t")


def text(value):
    return "nullptr" if value == "-" else f'"{value}"'


def pascal(name):
    return "".join(word.capitalize() for word in name.split("_"))


def path(rest):
    """A path relative to the element of the row; "." is that element itself."""
    return '""' if rest == "." else f'"{rest}"'


def field(token, maps):
    """The C++ initialisers {op, size, value, path} of one field token."""
    kind, mark, rest = FIELD.fullmatch(token).group("kind", "mark", "rest")
    parts = kind.split(".")
    if token in SIMPLE:
        op, size = SIMPLE[token]
        return [f"{{GbzOp::{op}, {size}, 0, nullptr}}"]
    if kind == "attributes":
        return [f"{{GbzOp::Constant, 2, 0x{attribute}, nullptr}}" for attribute in rest.split(",")]
    if kind == "part":
        name, at = rest.split("@")
        return [f"{{GbzOp::Part, 0, static_cast<std::uint64_t>(GbzPart::{pascal(name)}), {path(at)}}}"]
    if mark == ":":
        return [f"{{GbzOp::Constant, {SIZE[kind]}, {int(rest, 0)}u, nullptr}}"]
    if kind in ("count", "count-1"):
        return [f"{{GbzOp::Count, 1, {1 if kind == 'count-1' else 0}, {path(rest)}}}"]
    if kind == "text":
        return [f"{{GbzOp::Text, 0, 0, {path(rest)}}}"]
    if kind == "utc":
        return [f"{{GbzOp::Time, 4, 0, {path(rest)}}}"]
    if kind.startswith("map."):
        return [f"{{GbzOp::Map, {SIZE[parts[2]]}, {maps.index(parts[1])}, {path(rest)}}}"]
    if kind.startswith("decimal"):
        return [f"{{GbzOp::Decimal, {SIZE[parts[1]]}, {int(parts[0][7:])}, {path(rest)}}}"]
    if kind.endswith("?"):
        return [f"{{GbzOp::Optional, {SIZE[kind[:-1]]}, 0, {path(rest)}}}"]
    return [f"{{GbzOp::{'Signed' if kind[0] == 'i' else 'Unsigned'}, {SIZE[kind]}, 0, {path(rest)}}}"]


def main():
    commands, words, output = sys.argv[1:]
    words = list(rows(words))
    maps = sorted({row["map"] for row in words})
    fields, components = [], []
    for row in rows(commands):
        own = [init for token in row["fields"].split() for init in field(token, maps)]
        each, times, alike = row["each"], 1, row["each"].startswith("alike:")
        each = each.removeprefix("alike:")
        if re.fullmatch(r"x\d+", each):
            each, times = "-", int(each[1:])
        origin = "{GbzOp::Constant, 0, 0, nullptr}" if row["from"] == "-" else field(row["from"], maps)[0]
        components.append(f'{{0x{row["code"]}, {text(row["when"])}, {text(each)}, {times}, {str(alike).lower()}, {origin}, 0x{row["cluster"]}, '
                          f'0x{row["frame"]}, 0x{row["command"]}, {len(fields)}, {len(own)}}},  // {row["use_case"]} {row["zcl_name"]}')
        fields += own
    with open(output, "w", encoding="utf-8") as out:
        out.write("// Written by scripts/gbz_table.py from spec/gbz_commands.tsv and spec/gbz_maps.tsv.\n")
        out.write("constexpr GbzField kFields[] = {\n" + "".join(f"    {init},\n" for init in fields) + "};\n")
        out.write("constexpr GbzComponent kComponents[] = {\n" + "".join(f"    {init}\n" for init in components) + "};\n")
        out.write("constexpr GbzWord kWords[] = {\n" + "".join(
            f'    {{{maps.index(row["map"])}, "{row["word"]}", {int(row["value"], 0)}u}},  // {row["map"]}\n'
            for row in words) + "};\n")


if __name__ == "__main__":
    main()

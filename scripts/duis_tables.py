#!/usr/bin/env python3
"""Schema tables -> C++ arrays: python3 scripts/duis_tables.py <duis_types.tsv> <duis_simple_types.tsv> <output.inc>

A type is referred to by number: a complex type by its place in kComplexTypes, a simple one by -1 - its place in
kSimpleTypes. Particles stand in preorder; `end` is the place after the last one inside.
"""
import csv
import pathlib
import re
import sys

BUILTINS = {
    "xs:string": "String", "xs:token": "Token", "xs:anyURI": "AnyUri", "xs:ID": "Id", "xs:boolean": "Boolean", "xs:decimal": "Decimal",
    "xs:integer": "Integer", "xs:positiveInteger": "PositiveInteger", "xs:nonNegativeInteger": "NonNegativeInteger",
    "xs:nonPositiveInteger": "NonPositiveInteger", "xs:int": "Int", "xs:short": "Short", "xs:unsignedLong": "UnsignedLong",
    "xs:unsignedInt": "UnsignedInt", "xs:unsignedShort": "UnsignedShort", "xs:dateTime": "DateTime", "xs:date": "Date",
    "xs:time": "Time", "xs:hexBinary": "HexBinary", "xs:base64Binary": "Base64Binary",
}
SPACES = {"sr": 0, "ra": 1, "ds": 2}
UNBOUNDED = 65535


def rows_of(path):
    with path.open(encoding="utf-8", newline="") as text:
        return list(csv.DictReader(text, delimiter="\t", quoting=csv.QUOTE_NONE))


def quoted(text):
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def literal(text, width=96):
    """A long string as adjacent literals, to keep lines short."""
    return "\n    ".join(quoted(text[at:at + width]) for at in range(0, len(text), width)) or '""'


def bounds(text):
    """'4..8' -> (4, 8); -1 where there is none."""
    low, _, high = text.partition("..")
    return (int(low) if low else -1, int(high) if high else -1)


def value_range(text):
    low, _, high = text.partition("..")
    return low[1:], "true" if low.startswith("(") else "false", high[:-1], "true" if high.endswith(")") else "false"


class Tables:
    def __init__(self, types, simple):
        self.out = []
        self.particles, self.attributes, self.values, self.patterns = [], [], [], []
        builtin = [{"type": name, "base": name, "length": "", "range": "", "total_digits": "", "fraction_digits": "",
                    "patterns": "", "values": ""} for name in BUILTINS]
        self.simple = builtin + simple
        self.simple_places = {row["type"]: place for place, row in enumerate(self.simple)}
        heads = [row for row in types if row["depth"] == "0" and row["kind"] != "global"]
        self.complex_places = {row["type"]: place for place, row in enumerate(heads)}
        self.globals = [row for row in types if row["kind"] == "global"]
        named = {row["name"] for row in types if row["kind"] in ("element", "global")}
        self.names = sorted((SPACES[name.split(":")[0]], name.split(":")[1]) for name in named)
        self.name_places = {pair: place for place, pair in enumerate(self.names)}
        self.by_type = {}
        for row in types:
            self.by_type.setdefault(row["type"], []).append(row)

    def name(self, text):
        space, local = text.split(":")
        return self.name_places[(SPACES[space], local)]

    def type(self, text):
        return -1 - self.simple_places[text] if text in self.simple_places else self.complex_places[text]

    def tree(self, rows, at):
        """Writes the particle rows[at] with what it holds; returns the row after it and whether it can be empty."""
        row = rows[at]
        depth, kind = int(row["depth"]), row["kind"]
        least, most = int(row["min"]), UNBOUNDED if row["max"] == "*" else int(row["max"])
        place = len(self.particles)
        self.particles.append(None)
        after, empties = at + 1, []
        while after < len(rows) and int(rows[after]["depth"]) > depth:
            after, empty = self.tree(rows, after)
            empties.append(empty)
        hollow = kind == "sequence" and all(empties) or kind == "choice" and any(empties)
        name, of = 0, 0
        if kind == "element":
            name, of = self.name(row["name"]), self.type(row["of"])
        elif kind == "any":
            name, of = int(row["name"] == "other"), int(row["of"] == "lax")
        self.particles[place] = (f"{{ParticleKind::{kind.capitalize()}, {'true' if hollow else 'false'}, {name}, {of}, {least}, {most}, "
                                 f"{len(self.particles)}, {quoted(row['default'])}}}")
        return after, hollow or least == 0

    def complex_row(self, name):
        rows = self.by_type[name]
        head = rows[0]
        first_attribute, first_particle = len(self.attributes), len(self.particles)
        attributes = [row for row in rows if row["kind"] == "attribute"]
        for row in attributes:
            self.attributes.append(f"{{{quoted(row['name'])}, {self.type(row['of'])}, {'true' if row['min'] == '1' else 'false'}}}")
        body = [row for row in rows[1:] if row["kind"] != "attribute"]
        if body and self.tree(body, 0)[0] != len(body):
            sys.exit(f"{name}: more than one top particle")
        of = self.type(head["of"]) if head["of"] else 0
        return (f"{{{quoted(name)}, ContentKind::{head['kind'].capitalize()}, {of}, {first_attribute}, {len(attributes)}, "
                f"{first_particle}, {len(self.particles)}}}")

    def simple_row(self, row):
        shortest, longest = bounds(row["length"])
        low, low_open, high, high_open = value_range(row["range"])
        values = row["values"].split("|") if row["values"] else []
        patterns = row["patterns"].split(" & ") if row["patterns"] else []
        first_value, first_pattern = len(self.values), len(self.patterns)
        self.values += values
        self.patterns += patterns
        return (f"{{{quoted(row['type'])}, Builtin::{BUILTINS[row['base']]}, {shortest}, {longest}, {quoted(low)}, {low_open}, "
                f"{quoted(high)}, {high_open}, {row['total_digits'] or -1}, {row['fraction_digits'] or -1}, "
                f"{first_pattern}, {len(patterns)}, {first_value}, {len(values)}}}")

    def array(self, kind, name, rows):
        self.out.append(f"constexpr {kind} {name}[] = {{\n" + "".join(f"    {row},\n" for row in rows) + "};\n")

    def text(self):
        simple = [self.simple_row(row) for row in self.simple]
        complexes = [self.complex_row(name) for name in self.complex_places]
        self.array("Name", "kNames", [f"{{{space}, {quoted(local)}}}" for space, local in self.names])
        self.array("Particle", "kParticles", self.particles)
        self.array("AttributeRule", "kAttributes", self.attributes)
        self.array("ComplexType", "kComplexTypes", complexes)
        self.array("std::string_view", "kPatterns", [literal(pattern) for pattern in self.patterns])
        self.array("std::string_view", "kValues", [quoted(value) for value in self.values])
        self.array("SimpleType", "kSimpleTypes", simple)
        self.array("GlobalElement", "kGlobals", [f"{{{self.name(row['name'])}, {self.type(row['of'])}}}" for row in self.globals])
        return "\n".join(self.out)


def main():
    types_path, simple_path, output = map(pathlib.Path, sys.argv[1:])
    simple = rows_of(simple_path)
    for row in simple:
        if not re.fullmatch(r"([\[(][-0-9.]*?)?(\.\.)?([-0-9.]*[\])])?", row["range"]):
            sys.exit(f"{row['type']}: range {row['range']}")
    output.write_text(Tables(rows_of(types_path), simple).text(), encoding="utf-8")


if __name__ == "__main__":
    main()

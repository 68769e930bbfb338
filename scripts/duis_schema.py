#!/usr/bin/env python3
"""Official DUIS schema -> our tables: python3 scripts/duis_schema.py <folder with the .xsd files> <types.tsv> <simple_types.tsv>

Run by hand when a new schema version comes out; the tables are committed, the schema is not. Derivation is resolved
here: a type row holds all of its content (what it extends comes first), a simple type row all of its facets, so the
reader of the tables needs no inheritance. Types that no global element leads to are left out. docs/wire/duis.md
explains the columns.
"""
import pathlib
import sys
import xml.etree.ElementTree as ET

XS = "{http://www.w3.org/2001/XMLSchema}"
PREFIXES = {
    "http://www.dccinterface.co.uk/ServiceUserGateway": "sr",
    "http://www.dccinterface.co.uk/ResponseAndAlert": "ra",
    "http://www.w3.org/2000/09/xmldsig#": "ds",
}
IGNORED = {"annotation", "import"}
FACETS = {"length", "minLength", "maxLength", "pattern", "enumeration", "minInclusive", "maxInclusive", "minExclusive",
          "maxExclusive", "totalDigits", "fractionDigits"}


def local(node):
    return node.tag.removeprefix(XS)


class Schemas:
    """All three schemas as one set of named parts; names are written "sr:Request"."""

    def __init__(self, folder):
        self.types, self.elements = {}, {}
        self.complex, self.simple = {}, {}  # finished rows by type name
        for path in sorted(folder.glob("*.xsd")):
            root = ET.parse(path).getroot()
            prefix = PREFIXES[root.get("targetNamespace")]
            if root.get("elementFormDefault") != "qualified":
                sys.exit(f"{path}: elements are not qualified")
            for part in root:
                if part.tag in (XS + "complexType", XS + "simpleType"):
                    self.types[f"{prefix}:{part.get('name')}"] = (prefix, part)
                elif part.tag == XS + "element":
                    self.elements[f"{prefix}:{part.get('name')}"] = (prefix, part)
                elif local(part) not in IGNORED:
                    sys.exit(f"{path}: unexpected {part.tag}")

    @staticmethod
    def qualified(name):
        return name if ":" in name else "xs:" + name  # only the signature schema has a default namespace

    def use(self, name):
        """Finishes the named type unless it is built in or done; returns its name."""
        if not name.startswith("xs:") and name not in self.complex and name not in self.simple:
            prefix, node = self.types[name]
            self.define(name, prefix, node)
        return name

    def define(self, name, prefix, node):
        if node.tag == XS + "simpleType":
            self.simple[name] = self.read_simple(name, prefix, node)
        else:
            self.complex[name] = []  # before the content, which may name this type again
            self.complex[name] = self.read_complex(name, prefix, node)

    # ---- simple types: one row of base and facets

    def read_simple(self, name, prefix, node):
        (restriction,) = [part for part in node if local(part) not in IGNORED]
        if restriction.tag != XS + "restriction":
            sys.exit(f"{name}: {restriction.tag} is not supported")
        base = self.qualified(restriction.get("base"))
        row = {"base": base, "patterns": []}
        if not base.startswith("xs:"):
            self.use(base)
            row = dict(self.simple[base])
            row["patterns"] = list(row["patterns"])
        values, patterns = [], []
        for facet in restriction:
            kind, value = local(facet), facet.get("value")
            if kind in IGNORED:
                continue
            if kind not in FACETS:
                sys.exit(f"{name}: facet {kind} is not supported")
            if kind == "enumeration":
                values.append(value)
            elif kind == "pattern":
                patterns.append(value)
            elif kind == "length":
                row["minLength"] = row["maxLength"] = value
            else:
                row[kind] = value
        if values:
            row["values"] = values
        if patterns:
            row["patterns"].append("|".join(patterns))  # several in one step mean "or"
        return row

    # ---- complex types: a content kind, attributes, and the particle tree in preorder

    def read_complex(self, name, prefix, node):
        rows = {"kind": "elements", "of": "", "attributes": [], "particles": []}
        if node.get("mixed") == "true":
            rows["kind"] = "mixed"
        body = node
        wrapper = node.find(XS + "complexContent")
        simple = node.find(XS + "simpleContent")
        if wrapper is not None or simple is not None:
            (body,) = [part for part in (wrapper if wrapper is not None else simple) if local(part) not in IGNORED]
            if body.tag != XS + "extension":
                sys.exit(f"{name}: only extension is supported")
            base = self.use(self.qualified(body.get("base")))
            if base in self.complex:
                inherited = self.complex[base]
                rows = {**inherited, "attributes": list(inherited["attributes"]), "particles": list(inherited["particles"])}
            elif simple is not None:
                rows["kind"], rows["of"] = "simple", base
        for part in body:
            kind = local(part)
            if kind == "attribute":
                if part.get("default") or part.get("fixed") or part.get("ref"):
                    sys.exit(f"{name}: attribute default, fixed, ref are not supported")
                rows["attributes"].append((part.get("name"), self.type_of(f"{name}.{part.get('name')}", prefix, part),
                                           1 if part.get("use") == "required" else 0))
            elif kind in ("sequence", "choice"):
                rows["particles"] += self.particle(name, prefix, part, 0)
            elif kind not in IGNORED:
                sys.exit(f"{name}: {kind} is not supported")
        if rows["kind"] == "elements" and not rows["particles"]:
            rows["kind"] = "empty"
        elif rows["kind"] == "empty" and rows["particles"]:
            rows["kind"] = "elements"
        return rows

    def type_of(self, anonymous, prefix, node):
        if node.get("type"):
            return self.use(self.qualified(node.get("type")))
        for part in node:
            if part.tag in (XS + "complexType", XS + "simpleType"):
                while anonymous in self.complex or anonymous in self.simple:
                    anonymous += "'"  # the same element name twice in one type
                self.define(anonymous, prefix, part)
                return anonymous
        sys.exit(f"{anonymous}: no type")

    def particle(self, owner, prefix, node, depth):
        kind = local(node)
        most = node.get("maxOccurs", "1")
        bounds = (node.get("minOccurs", "1"), "*" if most == "unbounded" else most)
        if kind in ("sequence", "choice"):
            rows = [(depth, kind, "", "", *bounds, "")]
            for part in node:
                if local(part) not in IGNORED:
                    rows += self.particle(owner, prefix, part, depth + 1)
            return rows
        if kind == "any":
            space = {"##other": "other", "##any": "any", None: "any"}[node.get("namespace")]
            return [(depth, "any", space, node.get("processContents", "strict"), *bounds, "")]
        if kind != "element" or node.get("nillable") or node.get("fixed"):
            sys.exit(f"{owner}: {kind} is not supported")
        if node.get("ref"):
            name = self.qualified(node.get("ref"))
            where, declared = self.elements[name]
            return [(depth, "element", name, self.type_of(name, where, declared), *bounds, declared.get("default", ""))]
        name = f"{prefix}:{node.get('name')}"
        return [(depth, "element", name, self.type_of(f"{owner}.{node.get('name')}", prefix, node), *bounds, node.get("default", ""))]


def span(row, low, high, brackets):
    """'[1..4]', '(0..', '..8]': a bracket includes the bound, a parenthesis excludes it."""
    if row.get(low) is None and row.get(high) is None:
        return ""
    return (brackets[0] + row[low] if row.get(low) is not None else "") + ".." + (
        row[high] + brackets[1] if row.get(high) is not None else "")


def value_range(name, row):
    if row.get("minInclusive") and row.get("minExclusive") or row.get("maxInclusive") and row.get("maxExclusive"):
        sys.exit(f"{name}: an inclusive and an exclusive bound")
    low = "minExclusive" if row.get("minExclusive") is not None else "minInclusive"
    high = "maxExclusive" if row.get("maxExclusive") is not None else "maxInclusive"
    return span(row, low, high, ("(" if "Ex" in low else "[") + (")" if "Ex" in high else "]"))


def simple_row(name, row):
    values = row.get("values", [])
    if any("|" in value for value in values):
        sys.exit(f"{name}: a value holds the separator")
    return [name, row["base"], span(row, "minLength", "maxLength", ["", ""]), value_range(name, row), row.get("totalDigits", ""),
            row.get("fractionDigits", ""), " & ".join(row["patterns"]), "|".join(values)]


def write(path, header, rows):
    lines = [header] + ["\t".join(map(str, row)) for row in rows]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


def main():
    folder, types_path, simple_path = map(pathlib.Path, sys.argv[1:])
    schemas = Schemas(folder)
    globals_ = [(name, schemas.type_of(name, prefix, node)) for name, (prefix, node) in sorted(schemas.elements.items())]
    rows = [("", 0, "global", name, of, "", "", "") for name, of in globals_]
    for name, content in sorted(schemas.complex.items()):
        rows.append((name, 0, content["kind"], "", content["of"], "", "", ""))
        rows += [(name, 1, "attribute", attribute, of, least, 1, "") for attribute, of, least in content["attributes"]]
        top = content["particles"]
        groups = sum(1 for particle in top if particle[0] == 0)
        if groups > 1:  # what a base brings, then what the type adds: one sequence of both
            rows.append((name, 1, "sequence", "", "", 1, 1, ""))
        rows += [(name, particle[0] + (2 if groups > 1 else 1), *particle[1:]) for particle in top]
    write(types_path, "type\tdepth\tkind\tname\tof\tmin\tmax\tdefault", rows)
    write(simple_path, "type\tbase\tlength\trange\ttotal_digits\tfraction_digits\tpatterns\tvalues",
          [simple_row(name, row) for name, row in sorted(schemas.simple.items())])


if __name__ == "__main__":
    main()

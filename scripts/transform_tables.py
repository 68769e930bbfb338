#!/usr/bin/env python3
"""Writes the C++ rows of one table of the transform step: transform_tables.py spec/<table>.tsv <output.inc>.

The columns that are not plain text are named below with the way they are written."""
import csv
import sys

from spec_rows import text

ACCESS = {"get": "Get", "set": "Set", "action": "Action", "range": "GetWithSelection"}
ROUTE = {"user": "User", "broker": "Broker", "broker-alone": "BrokerAlone", "transitional-cos": "TransitionalCos"}
WRITE = {
    "access": lambda value: "Access::" + ACCESS[value],
    "route": lambda value: "Route::" + ROUTE[value],
    "kind": lambda value: "RuleKind::" + "".join(word.capitalize() for word in value.split("_")),
    "class": lambda value: "0x" + value,
    "code": lambda value: "{0x" + value + "}",
    "member": str,
}


def main():
    source, output = sys.argv[1:]
    with open(source, encoding="utf-8") as lines:
        rows = csv.DictReader((line for line in lines if not line.startswith("#")), delimiter="\t", quoting=csv.QUOTE_NONE)
        written = [", ".join(WRITE.get(name, text)(value) for name, value in row.items()) for row in rows]
    with open(output, "w", encoding="utf-8") as out:
        out.write(f"// Written by scripts/transform_tables.py from {source.rsplit('/', 1)[-1]}.\n")
        out.writelines("{" + row + "},\n" for row in written)


if __name__ == "__main__":
    main()

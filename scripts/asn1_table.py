#!/usr/bin/env python3
"""Writes the C++ table of ASN.1 field names, a row a message code and sorted by it: asn1_table.py spec/asn1_fields.tsv <output.inc>."""
import csv
import sys

KIND = {"c": "Command", "r": "Response", "a": "Alert"}


PSEUDO = {"*": 0x0000, "x509": 0xFFFE, "pkcs10": 0xFFFF}


def codes_of(text):
    for part in text.split():
        if part in PSEUDO:
            yield PSEUDO[part]
            continue
        first, _, last = part.partition("-")
        yield from range(int(first, 16), int(last or first, 16) + 1)


def main():
    source, output = sys.argv[1:]
    with open(source, encoding="utf-8") as lines:
        rows = list(csv.DictReader((line for line in lines if not line.startswith("#")), delimiter="\t"))
    written = []
    for row in rows:
        path = "" if row["path"] == "-" else row["path"]
        values = "" if row["values"] == "-" else row["values"]
        for code in codes_of(row["codes"]):
            line = f'FieldRow{{0x{code:04x}, Kind::{KIND[row["kind"]]}, "{path}", "{row["name"]}", "{values}"}},\n'
            written.append((code, "cra".index(row["kind"]), line))
    with open(output, "w", encoding="utf-8") as out:
        out.write("// Written by scripts/asn1_table.py from spec/asn1_fields.tsv.\n")
        out.writelines(line for _, _, line in sorted(written, key=lambda each: each[:2]))


if __name__ == "__main__":
    main()

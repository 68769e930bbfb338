#!/usr/bin/env python3
"""Writes the C++ table of GBCS use cases: use_case_table.py spec/use_cases.tsv <output.inc>."""
import csv
import sys

PAYLOAD = {"DLMS": "Dlms", "GBZ": "Gbz", "ASN.1": "Asn1", "by-device": "ByDevice", "ZSE": "Zse", "-": "None"}
PROTECTION = {"-": "None", "mac": "Mac", "sign": "Sign", "sign+mac": "SignAndMac", "any": "Any"}


def text(value):
    return '"' + ("" if value == "-" else value) + '"'


def flag(value):
    return "true" if value == "yes" else "false"


def main():
    source, output = sys.argv[1:]
    with open(source, encoding="utf-8") as lines:
        rows = list(csv.DictReader((line for line in lines if not line.startswith("#")), delimiter="\t"))
    with open(output, "w", encoding="utf-8") as out:
        out.write("// Written by scripts/use_case_table.py from spec/use_cases.tsv.\n")
        # Rows without a message code come first: their code is 0.
        for row in sorted(rows, key=lambda r: 0 if r["code"] == "-" else int(r["code"], 16)):
            code = "0" if row["code"] == "-" else "0x" + row["code"]
            protection = ", ".join("Protection::" + PROTECTION[row[k]] for k in ("command", "response", "alert"))
            out.write(f'UseCase{{{{{code}}}, {text(row["use_case"])}, {text(row["name"])}, {text(row["services"])}, '
                      f'{text(row["message_type"])}, PayloadKind::{PAYLOAD[row["payload"]]}, {text(row["devices"])}, '
                      f'{text(row["parties"])}, {text(row["supplementary"])}, {protection}, '
                      f'{flag(row["encrypted"])}, {flag(row["date_time"])}}},\n')


if __name__ == "__main__":
    main()

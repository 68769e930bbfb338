#!/usr/bin/env python3
"""Writes the C++ table of alert names: alert_table.py <device_alerts.tsv> <output.inc>."""
import csv
import sys


def read(path):
    with open(path, encoding="utf-8") as lines:
        return list(csv.DictReader((line for line in lines if not line.startswith("#")), delimiter="\t"))


def text(value):
    return '"' + ("" if value == "-" else value.replace('"', '\\"')) + '"'


def main():
    alerts, output = sys.argv[1:]
    with open(output, "w", encoding="utf-8") as out:
        out.write("// Written by scripts/alert_table.py.\nconstexpr AlertNameRow kAlertNames[] = {\n")
        for row in read(alerts):
            out.write(f'AlertNameRow{{0x{row["code"]}, {text(row["name"])}}},\n')
        out.write("};\n")


if __name__ == "__main__":
    main()

#!/usr/bin/env python3
"""Writes the C++ table of readings: readings_table.py spec/readings.tsv <output.inc>."""
import csv
import sys

UNITS = {"scaler": "Scaler", "Wh": "WattHours", "money": "Money", "volume": "Volume", "days": "Days",
         "load_switch": "LoadSwitch", "valve": "Valve"}


def main():
    source, output = sys.argv[1:]
    with open(source, encoding="utf-8") as lines:
        rows = list(csv.DictReader((line for line in lines if not line.startswith("#")), delimiter="\t"))
    with open(output, "w", encoding="utf-8") as out:
        out.write("// Written by scripts/readings_table.py from spec/readings.tsv.\n")
        for row in rows:
            cluster, _, attribute = row["place"].rpartition("/")
            first = f"0x{attribute}, 0" if not cluster else f"0x{cluster}, 0x{attribute}"
            is_gbz = "true" if cluster else "false"
            out.write(f'ReadingRow{{{is_gbz}, {first}, {row["item"]}, "{row["name"]}", Unit::{UNITS[row["unit"]]}}},\n')


if __name__ == "__main__":
    main()

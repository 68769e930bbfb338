#!/usr/bin/env python3
"""spec/field_words.tsv -> rows of standard/forms/words.cpp: those that name services first."""
import csv
import sys


def main(table, services_path, types_path, output):
    with open(services_path, encoding="utf-8") as file:
        known = {line.split("\t")[1] for line in file if not line.startswith("#")}
    with open(types_path, encoding="utf-8") as file:
        elements = {line.split("\t")[3].split(":")[-1] for line in file}
    with open(table, encoding="utf-8", newline="") as file:
        lines = [line for line in file if not line.startswith("#")]
    rows = list(csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE))
    rows.sort(key=lambda row: row["services"] == "*")
    out = ["// Made by scripts/field_words.py from spec/field_words.tsv."]
    for row in rows:
        services = row["services"].split()
        for service in services:
            if service != "*" and service not in known:
                sys.exit(f"field_words.tsv: {row['path']}: no service {service}")
        for name in row["path"].split("/"):
            if name not in elements:
                sys.exit(f"field_words.tsv: {row['path']}: no element {name}")
        if row["how_sure"] not in ("V", "unconfirmed"):
            sys.exit(f"field_words.tsv: {row['path']}: how_sure is V or unconfirmed")
        names = "" if services == ["*"] else " " + " ".join(services) + " "
        cells = [row["path"], names] + ["" if row[c] == "-" else row[c] for c in ("unit", "help", "words", "how_sure")]
        out.append("    {" + ", ".join('"' + cell.replace('"', '\\"') + '"' for cell in cells) + "},")
    with open(output, "w", encoding="utf-8") as file:
        file.write("\n".join(out) + "\n")


if __name__ == "__main__":
    main(*sys.argv[1:])

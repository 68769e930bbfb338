#!/usr/bin/env python3
"""spec/sample_values.tsv -> rows of standard/duis/sample_body.cpp."""
import csv
import sys


def main(table, services_path, output):
    with open(services_path, encoding="utf-8") as file:
        known = {line.split("\t")[1] for line in file if not line.startswith("#")}
    with open(table, encoding="utf-8", newline="") as file:
        lines = [line for line in file if not line.startswith("#")]
    out = ["// Made by scripts/sample_values.py from spec/sample_values.tsv."]
    for row in csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE):
        services = row["services"].split()
        unknown = [service for service in services if service != "*" and service not in known]
        if unknown:
            sys.exit(f"sample_values.tsv: {row['path']}: no service {unknown[0]}")
        names = "" if services == ["*"] else " " + " ".join(services) + " "
        out.append(f'    {{"{row["path"]}", "{names}", "{row["value"]}"}},')
    with open(output, "w", encoding="utf-8") as file:
        file.write("\n".join(out) + "\n")


if __name__ == "__main__":
    main(*sys.argv[1:])

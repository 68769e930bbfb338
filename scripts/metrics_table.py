#!/usr/bin/env python3
"""spec/metrics.tsv -> the array of base/metrics/metrics.cpp, in the order of the names. What is no name of Prometheus, a counter
without _total, a row whose labels or bounds make no sense end the build."""
import re
import sys

from spec_rows import filled_rows, text

TYPES = {"counter": "Counter", "gauge": "Gauge", "histogram": "Histogram"}
FORBIDDEN = {"eui", "user", "device", "request", "le"}  # one series for each of very many, or a word of the format itself


def problem(row):
    bounds = [float(one) for one in row["bounds"].split(",") if one]
    labels = [one for one in row["labels"].split(",") if one]
    if not re.fullmatch(r"[a-z_][a-z0-9_]*", row["name"]):
        return "no name"
    if row["type"] not in TYPES:
        return "type: " + ", ".join(TYPES)
    if (row["type"] == "counter") != row["name"].endswith("_total"):
        return "counters, and nothing else, end with _total"
    if (row["type"] == "histogram") != bool(bounds) or bounds != sorted(set(bounds)):
        return "bounds: of histograms, rising"
    if any(not re.fullmatch(r"[a-z_]+", one) or one in FORBIDDEN for one in labels) or len(set(labels)) != len(labels):
        return "labels"
    if not row["help"]:
        return "help"
    return None


def main(path, output):
    table = sorted(filled_rows(path), key=lambda row: row["name"])
    out = ["// Made by scripts/metrics_table.py from spec/metrics.tsv.", "inline constexpr Row kRows[] = {"]
    for before, row in zip([None] + table, table):
        wrong = problem(row) or ("stands there twice" if before and before["name"] == row["name"] else None)
        if wrong:
            sys.exit(f"metrics.tsv: {row['name']}: {wrong}")
        out.append(f"    {{{text(row['name'])}, Type::{TYPES[row['type']]}, {text(row['labels'])}, {text(row['bounds'])}, "
                   f"{text(row['help'])}}},")
    with open(output, "w", encoding="utf-8") as file:
        file.write("\n".join(out + ["};", ""]))


if __name__ == "__main__":
    main(*sys.argv[1:3])

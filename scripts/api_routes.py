#!/usr/bin/env python3
"""spec/api_routes.tsv -> the array of portal/server/routes.cpp: of paths that fit alike, the one with more words of its own
first."""
import csv
import sys


def text(value):
    return '"' + ("" if value == "-" else value).replace("\\", "\\\\").replace('"', '\\"') + '"'


def main(path, output):
    with open(path, encoding="utf-8", newline="") as file:
        lines = (line for line in file if not line.startswith("#"))
        rows = list(csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE))
    seen = set()
    for row in rows:
        key = (row["method"], row["path"])
        if key in seen:
            sys.exit(f"api_routes.tsv: {key} stands there twice")
        seen.add(key)
    rows.sort(key=lambda row: [part.startswith("{") for part in row["path"].split("/")])
    out = ["// Made by scripts/api_routes.py from spec/api_routes.tsv.", "inline constexpr Route kRoutes[] = {"]
    for row in rows:
        out.append("    {" + ", ".join(text(row[c]) for c in ("method", "path", "handler", "function", "query", "takes", "gives",
                                                             "summary")) + "},")
    with open(output, "w", encoding="utf-8") as file:
        file.write("\n".join(out + ["};", ""]))


if __name__ == "__main__":
    main(*sys.argv[1:3])

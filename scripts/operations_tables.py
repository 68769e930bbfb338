#!/usr/bin/env python3
"""spec/{figures,report_forms,incident_categories,dated_rules,ledger_fields}.tsv -> the arrays of oversight/operations/table.cpp. A
form that names no figure, a figure that names no rule, a condition on no question ends the build."""
import re
import sys

from spec_rows import filled_rows as rows
from spec_rows import text


def check(condition, sentence):
    if not condition:
        sys.exit(sentence)


def array(kind, name, table, columns, conversions=None):
    conversions = conversions or {}
    lines = [f"inline constexpr {kind} {name}[] = {{"]
    for row in table:
        lines.append("    {" + ", ".join(conversions.get(c, text)(row[c]) for c in columns) + "},")
    return lines + ["};"]


def main(figures_path, forms_path, categories_path, rules_path, fields_path, output):
    figures, forms, categories = rows(figures_path), rows(forms_path), rows(categories_path)
    rules = {row["name"] for row in rows(rules_path)}
    fields = {row["field"] for row in rows(fields_path) if row["kind"] == "incident"}
    names = [row["figure"] for row in figures]
    check(len(set(names)) == len(names), "figures.tsv: a figure stands there twice")
    for row in figures:
        check(row["unit"] in ("percent", "count", "variance", "share"), f"figures.tsv: {row['figure']}: unit {row['unit']}")
        for column in ("target", "minimum"):
            check(not row[column] or row[column] in rules, f"figures.tsv: {row['figure']}: no rule {row[column]}")
    for row in forms:
        if row["content"].startswith("table "):
            continue
        for name in row["content"].split(","):
            check(name in names, f"report_forms.tsv: {row['form']}: no figure {name}")
    for row in categories:
        for condition in filter(None, row["conditions"].split(",")):
            name = re.split(r">=|=", condition)[0]
            check(name in fields, f"incident_categories.tsv: no question {name}")
    check(not categories[-1]["conditions"], "incident_categories.tsv: the last row has a condition")
    yes = {"headline": lambda v: "true" if v == "yes" else "false", "months_back": lambda v: v}
    out = ["// Made by scripts/operations_tables.py from spec/."]
    out += array("FigureRow", "kFigures", figures, ("figure", "title", "unit", "query", "by", "numerator", "denominator",
                                                    "exclusions", "target", "minimum", "clause", "how_sure", "headline"), yes)
    out += array("SectionRow", "kSections", forms, ("form", "title", "clause", "section", "months_back", "content"), yes)
    out += array("CategoryRow", "kCategories", categories, ("category", "conditions", "because", "how_sure"))
    with open(output, "w", encoding="utf-8") as file:
        file.write("\n".join(out + [""]))


if __name__ == "__main__":
    main(*sys.argv[1:7])

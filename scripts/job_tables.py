#!/usr/bin/env python3
"""spec/job_kinds.tsv, job_columns.tsv -> the arrays of records/jobs/kind.cpp. A service or class that there is not ends the build, as
does a class without a rate."""
import sys

from spec_rows import filled_rows, text

FORMS = ("eui", "moment", "text")


def check(condition, sentence):
    if not condition:
        sys.exit(sentence)


def main(kinds_path, columns_path, services_path, classes_path, rules_path, output):
    kinds, columns = filled_rows(kinds_path), filled_rows(columns_path)
    services = {row["service_reference_variant"] for row in filled_rows(services_path)}
    classes = {row["class"] for row in filled_rows(classes_path)}
    rules = {row["name"] for row in filled_rows(rules_path)}
    out = ["// Made by scripts/job_tables.py from spec/job_kinds.tsv, job_columns.tsv.", "inline constexpr Column kColumns[] = {"]
    names = [row["kind"] for row in kinds]
    check(len(set(names)) == len(names), "job_kinds.tsv: a kind stands there twice")
    of_kind = {row["kind"]: row["services"].split(",") for row in kinds}
    seen = set()
    for row in columns:
        place = f"job_columns.tsv: {row['kind']} {row['column']}"
        check(row["kind"] in of_kind, f"{place}: no such kind")
        check(row["service"] == "*" or row["service"] in of_kind[row["kind"]], f"{place}: not a service of the kind")
        check(row["form"] in FORMS, f"{place}: form {row['form']}")
        check(row["needed"] in ("", "yes"), f"{place}: needed {row['needed']}")
        key = (row["kind"], row["column"], row["service"])
        check(key not in seen, f"{place}: stands there twice")
        seen.add(key)
        service = "" if row["service"] == "*" else row["service"]
        out.append(f"    {{{text(row['kind'])}, {text(row['column'])}, {text(service)}, {text(row['element'])}, "
                   f"{str(row['needed'] == 'yes').lower()}, Form::{row['form'].capitalize()}, {text(row['meaning'])}, "
                   f"{text(row['source'])}}},")
    out += ["};", "inline constexpr Kind kKinds[] = {"]
    for row in kinds:
        place = f"job_kinds.tsv: {row['kind']}"
        for service in of_kind[row["kind"]]:
            check(service in services, f"{place}: there is no service {service}")
        check(row["class"] in classes, f"{place}: there is no class {row['class']}")
        check(f"jobs.rate.{row['class']}" in rules, f"{place}: dated_rules.tsv has no jobs.rate.{row['class']}")
        out.append(f"    {{{text(row['kind'])}, {text(row['services'])}, {text(row['class'])}, {text(row['again'])}, "
                   f"{text(row['what'])}, {text(row['clause'])}, {text(row['how_sure'])}}},")
    with open(output, "w", encoding="utf-8") as file:
        file.write("\n".join(out + ["};", ""]))


if __name__ == "__main__":
    main(*sys.argv[1:7])

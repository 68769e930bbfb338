#!/usr/bin/env python3
"""spec/job_types.tsv, permissions.tsv -> the arrays of records/permission/permission.cpp. A row that names a job type that there is
not, or stands there twice, ends the build; so does a function that no route of spec/api_routes.tsv has, and a route without one."""
import sys

from spec_rows import filled_rows as rows
from spec_rows import text


ANOMALY_SCOPES = ("the User of his own party", "the back-up channel")


def check(condition, sentence):
    if not condition:
        sys.exit(sentence)


def main(types_path, permissions_path, routes_path, output):
    types, permissions = rows(types_path), rows(permissions_path)
    names = {row["job_type"] for row in types}
    check(len(names) == len(types), "job_types.tsv: a job type stands there twice")
    for row in types:
        check(row["given"] in ("person", "node"), f"job_types.tsv: {row['job_type']}: given {row['given']}")
        check(row["verified"] in ("", "yes"), f"job_types.tsv: {row['job_type']}: verified {row['verified']}")
    seen = set()
    for row in permissions:
        place = f"permissions.tsv: {row['function']}"
        check(row["function"] and row["job_types"], f"{place}: says nothing")
        check(row["noted"] in ("", "yes"), f"{place}: noted {row['noted']}")
        check(row["how_sure"] in ("V", "S", "C", "unconfirmed"), f"{place}: how_sure {row['how_sure']}")
        # records/anomaly/roles.cpp reads these words.
        check(not row["function"].startswith("anomaly.") or not row["scope"] or row["scope"].startswith(ANOMALY_SCOPES),
              f"{place}: a scope that anomaly detection does not know: {row['scope']}")
        for who in row["job_types"].split(","):
            check(who in names or who in ("anyone", "anybody"), f"{place}: there is no job type {who}")
            check((row["function"], who) not in seen, f"{place}: {who} stands there twice")
            seen.add((row["function"], who))
    functions = {row["function"] for row in permissions}
    called = set()
    for row in rows(routes_path):
        check(row["function"] in functions, f"api_routes.tsv: {row['method']} {row['path']}: its function, {row['function']}, has "
              "no row in permissions.tsv, so that nobody could call it")
        called.add(row["function"])
    for function in sorted(functions - called):
        sys.exit(f"permissions.tsv: no route of api_routes.tsv is {function}")
    out = ["// Made by scripts/permission_tables.py from spec/job_types.tsv, permissions.tsv.", "inline constexpr JobType kJobTypes[] = {"]
    for row in types:
        out.append(f"    {{{text(row['job_type'])}, {str(row['given'] == 'person').lower()}, {str(row['verified'] == 'yes').lower()}, "
                   f"{text(row['meaning'])}, {text(row['source'])}, {text(row['how_sure'])}}},")
    out += ["};", "inline constexpr Permission kPermissions[] = {"]
    for row in sorted(permissions, key=lambda row: row["function"]):
        out.append(f"    {{{text(row['function'])}, {text(row['job_types'])}, {text(row['scope'])}, "
                   f"{str(row['noted'] == 'yes').lower()}, {text(row['clause'])}, {text(row['how_sure'])}}},")
    with open(output, "w", encoding="utf-8") as file:
        file.write("\n".join(out + ["};", ""]))


if __name__ == "__main__":
    main(*sys.argv[1:5])

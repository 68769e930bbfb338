#!/usr/bin/env python3
"""spec/trace_steps.tsv and next_moves.tsv -> the rows of flow/tracing. A refusal or a response code of which nobody's move is said, an
area (spec/event_areas.tsv) or a party that is none, ends the build."""
import fnmatch
import sys

from spec_rows import rows, text

SPENT = {"-", "work", "user", "device", "network", "queue", "date"}
WHO = {"user", "adaptor", "platform", "device", "registration", "operations", "done", "in_progress"}


def fail(why):
    sys.exit("trace_tables.py: " + why)


def best(code, patterns):
    """The row that names most of the code: itself, or the longest pattern that fits."""
    fitting = [row for row in patterns if fnmatch.fnmatchcase(code, row["case"].removeprefix("code."))]
    if not fitting:
        fail(f"next_moves.tsv: nothing is said of {code}")
    return max(fitting, key=lambda row: (row["case"] == "code." + code, len(row["case"])))


def move(case, row):
    return f"    {{{text(case)}, {text(row['area'])}, {text(row['who'])}, {text(row['next'])}, {text(row['source'])}, {text(row['how_sure'])}}},"


def main(steps_path, moves_path, refusals_path, responses_path, areas_path, output):
    steps, moves = rows(steps_path), rows(moves_path)
    refusals = [row["refusal"] for row in rows(refusals_path)]
    codes = [row["code"] for row in rows(responses_path)]
    areas = {row["area"] for row in rows(areas_path)} | {"OTHER"}
    for row in steps:
        if row["spent"] not in SPENT:
            fail(f"trace_steps.tsv: {row['step']} {row['outcome']}: spent {row['spent']}")
    for row in moves:
        if row["area"] not in areas or row["who"] not in WHO or not row["next"].endswith("."):
            fail(f"next_moves.tsv: {row['case']}: area {row['area']}, who {row['who']}, next is a sentence")
    by_case = {row["case"]: row for row in moves}
    if len(by_case) != len(moves):
        fail("next_moves.tsv: a case stands there twice")
    out = {case: row for case, row in by_case.items() if case.startswith("state.")}
    for refusal in refusals:
        if "refusal." + refusal not in by_case:
            fail(f"next_moves.tsv: nothing is said of the refusal {refusal}")
        out["refusal." + refusal] = by_case["refusal." + refusal]
    patterns = [row for row in moves if row["case"].startswith("code.")]
    for code in codes:
        out["code." + code] = best(code, patterns)
    known = set(out) | {row["case"] for row in patterns}
    if set(by_case) - known:
        fail(f"next_moves.tsv: there is no {sorted(set(by_case) - known)}")
    steps.sort(key=lambda row: (row["step"], row["outcome"]))
    lines = ["// Made by scripts/trace_tables.py from spec/trace_steps.tsv and next_moves.tsv.", "inline constexpr StepRow kSteps[] = {"]
    for row in steps:
        lines.append(f"    {{{text(row['step'])}, {text(row['outcome'])}, {text(row['spent'])}, {text(row['title'])}}},")
    lines += ["};", "inline constexpr MoveRow kMoves[] = {"]
    lines += [move(case, out[case]) for case in sorted(out)]
    lines += ["};", ""]
    with open(output, "w", encoding="utf-8") as file:
        file.write("\n".join(lines))


if __name__ == "__main__":
    main(*sys.argv[1:7])

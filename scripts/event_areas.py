#!/usr/bin/env python3
"""spec/event_areas.tsv -> the rows of flow/envelope/event_area.cpp. Ends the build where a step's last row does not take every
outcome, where a row stands behind one that takes all of its events, and where a refusal is none of spec/refusals.tsv."""
import sys

from spec_rows import filled_rows as rows
from spec_rows import text

TONES = ("going", "done", "held", "refused", "failed", "note")
SUMMED_UP = "more in one minute than are written one by one"  # flow/envelope/refusal_log.cpp


def check(condition, sentence):
    if not condition:
        sys.exit(f"event_areas.tsv: {sentence}")


def main(areas_path, refusals_path, output):
    table = rows(areas_path)
    refusals = {row["refusal"] for row in rows(refusals_path)} | {"*", "", SUMMED_UP}
    steps = [row["step"] for row in table]
    check(steps == sorted(steps), "rows are in the order of their steps")
    closed = set()
    for row in table:
        step, outcome, refusal = row["step"], row["outcome"], row["refusal"]
        place = f"{step} {outcome} {refusal}"
        check(row["tone"] in TONES, f"{place}: tone {row['tone']}")
        check(refusal in refusals, f"{place}: no such refusal")
        check((step, "*") not in closed and (step, outcome) not in closed, f"{place}: a row before it takes all of its events")
        if refusal in ("", "*"):
            closed.add((step, outcome))
    for step in steps:
        check((step, "*") in closed, f"{step}: no row takes its other outcomes")
    out = ["// Made by scripts/event_areas.py from spec/event_areas.tsv."]
    for row in table:
        cells = ", ".join(text(row[column]) for column in ("step", "outcome", "refusal", "area", "tone", "meaning"))
        out.append(f"    {{{cells}}},")
    with open(output, "w", encoding="utf-8") as file:
        file.write("\n".join(out + [""]))


if __name__ == "__main__":
    main(*sys.argv[1:4])

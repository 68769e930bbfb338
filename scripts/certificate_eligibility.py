#!/usr/bin/env python3
"""spec/certificate_eligibility.tsv -> the rows of oversight/devices/eligibility.cpp. A gap or an overlap in the dates of one
role and kind of certificate, or a refusal without a reason or a lawful route, ends the build."""
import sys

from spec_rows import filled_rows, text


def main(path, output):
    rows = filled_rows(path)
    ends = {}
    for row in sorted(rows, key=lambda r: (r["role"], r["certificate"], r["from"])):
        key = (row["role"], row["certificate"])
        if row["eligible"] not in ("yes", "no") or (row["eligible"] == "no" and not (row["reason"] and row["route"])):
            sys.exit(f"certificate_eligibility.tsv: {key}: eligible yes, or no with a reason and a route")
        if key in ends and ends[key] != row["from"]:
            sys.exit(f"certificate_eligibility.tsv: {key}: a gap or an overlap at {row['from']}")
        ends[key] = row["to"]
    out = ["// Made by scripts/certificate_eligibility.py from spec/certificate_eligibility.tsv.",
           "inline constexpr EligibilityRow kEligibility[] = {"]
    for row in rows:
        out.append("    {" + ", ".join(text(row[c]) for c in ("role", "certificate")) + ", " +
                   ("true" if row["eligible"] == "yes" else "false") + ", " +
                   ", ".join(text(row[c]) for c in ("from", "to", "clause", "how_sure", "reason", "route")) + "},")
    with open(output, "w", encoding="utf-8") as file:
        file.write("\n".join(out + ["};", ""]))


if __name__ == "__main__":
    main(*sys.argv[1:3])

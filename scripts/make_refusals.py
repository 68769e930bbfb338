#!/usr/bin/env python3
"""spec/refusals.tsv -> the enumeration Refusal and its rows; spec/responses.tsv -> the known response codes."""
import sys

from spec_rows import rows, text


GENERAL = "E100"


def main(refusals_path, responses_path, output):
    refusals = rows(refusals_path)
    responses = rows(responses_path)
    codes = {row["code"] for row in responses}
    means = {row["code"] for row in responses if row["meaning"] != "-"}
    documented = {row["code"] for row in responses if row["how_sure"] == "documented"}
    for row in refusals:
        if row["duis_code"] != "-" and row["duis_code"] not in codes:
            sys.exit(f"refusals.tsv: {row['refusal']} names {row['duis_code']}, which responses.tsv does not have")
        # A specific code says what nobody knows that it means: the general one is told instead.
        if row["duis_code"] != "-" and row["duis_code"] != GENERAL and row["duis_code"] not in means:
            sys.exit(f"refusals.tsv: {row['refusal']}: the meaning of {row['duis_code']} is not known; {GENERAL} is the general code")
        if row["how_sure"] == "documented" and row["duis_code"] not in documented:
            sys.exit(f"refusals.tsv: {row['refusal']}: {row['duis_code']} is not documented")
    lines = ["// Made by scripts/make_refusals.py from spec/refusals.tsv and spec/responses.tsv.", "#ifdef METERWAY_REFUSAL_ENUM"]
    for row in refusals:
        lines.append(f"{row['refusal'].title().replace('_', '')},")
    lines += ["#else", "inline constexpr RefusalRow kRefusals[] = {"]
    for row in refusals:
        http = {"push": "0"}.get(row["http"], row["http"])
        code = "" if row["duis_code"] == "-" else row["duis_code"]
        configurable = "true" if "configurable" in row["how_sure"] else "false"
        lines.append(f"    {{{text(row['refusal'])}, {text(row['case'])}, {http}, {text(code)}, {configurable}}},")
    lines += ["};", "inline constexpr ResponseCodeRow kResponseCodes[] = {"]
    for row in sorted(responses, key=lambda r: r["code"]):
        meaning = "" if row["meaning"] == "-" else row["meaning"]
        lines.append(f"    {{{text(row['code'])}, {text(meaning)}}},")
    lines += ["};", "#endif", ""]
    with open(output, "w", encoding="utf-8") as file:
        file.write("\n".join(lines))


if __name__ == "__main__":
    main(*sys.argv[1:4])

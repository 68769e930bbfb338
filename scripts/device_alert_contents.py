#!/usr/bin/env python3
"""spec/device_alert_contents.tsv -> rows of field::AlertContentRow: device_alert_contents.py <table> <output.inc>."""
import re
import sys

from spec_rows import filled_rows, text

FORMS = {"elements": "Elements", "structure": "Structure", "octets": "Octets", "der": "Der", "detail": "Detail",
         "asn1": "Asn1", "log": "Log", "billing": "Billing"}
PART = re.compile(r"[a-z_0-9]+:(u8|u16|u64|eui|time|text|obis|hex\d+|bits\d+)[=!]\S+")


def row(r):
    parts = r["parts"].split()
    for part in parts:
        if not PART.fullmatch(part):
            sys.exit(f"device_alert_contents.tsv: {r['message']}: {part}")
    if bool(parts) == (r["form"] in ("log", "billing")):
        sys.exit(f"device_alert_contents.tsv: {r['message']}: parts of {r['form']}")
    return f"AlertContentRow{{{{0x{r['message']}}}, AlertForm::{FORMS[r['form']]}, {text(r['parts'])}}},"


def main(source, output):
    lines = [row(r) for r in filled_rows(source)]
    if lines != sorted(lines):
        sys.exit("device_alert_contents.tsv: sorted by message code")
    with open(output, "w", encoding="utf-8") as file:
        file.write("// Made by scripts/device_alert_contents.py from spec/device_alert_contents.tsv.\n")
        file.write("\n".join(lines) + "\n")


if __name__ == "__main__":
    main(*sys.argv[1:3])

#!/usr/bin/env python3
"""spec/services.tsv -> the rows of duis::kServices: python3 scripts/services.py <services.tsv> <output.inc>"""
import csv
import pathlib
import sys

CLASSES = {"No": "FutureDating::None", "Device": "FutureDating::Device", "DSP": "FutureDating::Dcc", "DSP & Device": "FutureDating::Either"}


def quoted(text):
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def flag(text):
    return {"Yes": "true", "No": "false"}[text]


def web_services(text):
    """'T4,S5,D6,S7' -> {'4': 'T', ...}"""
    return {part[1:]: part[0] for part in text.split(",")}


def row(service):
    variants = service["command_variants_permitted"].split(",")
    addresses = web_services(service["web_service_per_variant"])
    if sorted(addresses) != sorted(variants):
        sys.exit(f"{service['service_reference_variant']}: variants and web services disagree")
    roles = " | ".join(f"role_bit(UserRole::{role})" for role in service["eligible_user_roles"].split())
    mask = "".join(addresses.get(str(n), "-") for n in range(1, 9))
    return "Service{" + ", ".join([
        quoted(service["service_reference"]), quoted(service["service_reference_variant"]), quoted(service["name"]),
        quoted(service["xsd_body_element"]), flag(service["critical"]), roles, flag(service["on_demand"]),
        CLASSES[service["future_dated_pattern"]], flag(service["dcc_scheduled"]), flag(service["non_device"]), quoted(mask),
        quoted(service["gbcs_use_case_tags"]),
    ]) + "},"


def main():
    table, output = map(pathlib.Path, sys.argv[1:])
    with table.open(encoding="utf-8", newline="") as text:
        services = list(csv.DictReader(text, delimiter="\t", quoting=csv.QUOTE_NONE))
    services.sort(key=lambda service: service["service_reference_variant"])
    output.write_text("".join(row(service) + "\n" for service in services), encoding="utf-8")


if __name__ == "__main__":
    main()

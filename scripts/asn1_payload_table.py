#!/usr/bin/env python3
"""Writes the C++ tables of ASN.1 commands:
asn1_payload_table.py spec/asn1_commands.tsv spec/asn1_credentials.tsv spec/asn1_credential_bodies.tsv <output.inc>.

The content language is described at the top of spec/asn1_commands.tsv.
"""
import csv
import sys

PLAIN = {"{": "Begin", "}": "End", "null": "Null", "counter": "Counter", "start": "Start", "credentials": "Credentials",
         "partner": "Partner", "partner_certificate": "PartnerCertificate", "device_log": "DeviceLog"}
AT = {"usage": "Usage", "octets": "Octets", "eui": "Eui", "certificate": "Certificate", "roles": "Roles", "time": "Time"}
USAGE = {"ds": "DigitalSigning", "ka": "KeyAgreement"}


def rows(path):
    with open(path, encoding="utf-8") as lines:
        yield from csv.DictReader((line for line in lines if not line.startswith("#")), delimiter="\t")


def text(value):
    return "nullptr" if value == "-" else f'"{value}"'


def item(token):
    if token in PLAIN:
        return f"{{Asn1Op::{PLAIN[token]}, 0, nullptr, nullptr}}"
    if token.startswith("integer:"):
        return f"{{Asn1Op::Integer, {int(token[8:])}, nullptr, nullptr}}"
    if token.startswith("usage:"):
        return f"{{Asn1Op::FixedUsage, static_cast<std::uint8_t>(CellUsage::{USAGE[token[6:]]}), nullptr, nullptr}}"
    kind, path = token.split("@")
    path, _, more = path.partition("+")
    return f'{{Asn1Op::{AT[kind]}, 0, "{path}", {text(more or "-")}}}'


def main():
    commands, credentials, bodies, output = sys.argv[1:]
    items, contents = [], []
    for row in rows(commands):
        own = [item(token) for token in row["content"].split()]
        contents.append(f'{{0x{row["code"]}, {len(items)}, {len(own)}}},  // {row["use_case"]}')
        items += own
    with open(output, "w", encoding="utf-8") as out:
        out.write("// Written by scripts/asn1_payload_table.py from spec/asn1_*.tsv.\n")
        out.write("constexpr Asn1Item kItems[] = {\n" + "".join(f"    {init},\n" for init in items) + "};\n")
        out.write("constexpr Asn1Content kContents[] = {\n" + "".join(f"    {init}\n" for init in contents) + "};\n")
        out.write("constexpr ReplacementMode kModes[] = {\n")
        for row in rows(credentials):
            hub_only = row["authoriser"].endswith("*")
            out.write(f'    {{0x{row["code"]}, {row["mode"]}, {row["role"]}, {text(row["body_role"])}, {row["authoriser"].rstrip("*")}, '
                      f'{str(hub_only).lower()}, FloorKind::{ {"own": "Own", "other": "Other", "-": "None"}[row["floor"]]}}},  '
                      f'// {row["name"]}\n')
        out.write("};\nconstexpr CredentialBody kBodies[] = {\n")
        for row in rows(bodies):
            paths = ", ".join(text(row[key]) for key in ("body", "role", "floor", "prepayment_floor", "certificates"))
            out.write(f'    {{{paths}, {str(row["dated"] == "device").lower()}}},\n')
        out.write("};\n")


if __name__ == "__main__":
    main()

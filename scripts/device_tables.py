#!/usr/bin/env python3
"""Writes a C++ table of the emulated devices: device_tables.py spec/device_<table>.tsv <output.inc>."""
import csv
import os
import re
import sys

# What a row's device may have to be besides its type: ESME+twin.
NEEDS = {"": "Nothing", "twin": "Twin", "polyphase": "Polyphase"}
ACCESS = {"r": 1, "w": 2, "x": 4}
NUMBERS = {"u8": (0x11, 1), "u16": (0x12, 2), "u32": (0x06, 4), "i8": (0x0F, 1), "i16": (0x10, 2), "i32": (0x05, 4), "enum": (0x16, 1)}


def split(text):
    """The members of a comma separated list, not looking into brackets."""
    parts, depth, start = [], 0, 0
    for i, c in enumerate(text):
        depth += (c in "[{") - (c in "]}")
        if c == "," and depth == 0:
            parts.append(text[start:i])
            start = i + 1
    return parts + [text[start:]] if text else []


def length(count):
    return bytes([count]) if count < 0x80 else bytes([0x81, count]) if count < 0x100 else b"\x82" + count.to_bytes(2, "big")


def prices(value):
    """Price matrix: registers 01..30, then A1..A8, B1..B8, C1..C8, D1..D8 (block, rate); only the first has a price."""
    indices = list(range(1, 49)) + [block << 4 | rate for block in range(0xA, 0xE) for rate in range(1, 9)]
    return "[" + ",".join("{octets:%02X,i16:%d}" % (i, value if i == 1 else 0) for i in indices) + "]"


def dlms(text):
    """A DLMS Data element from the notation of device_objects.tsv."""
    if text in ("-", "null"):
        return b"\x00"
    if text[0] in "[{":
        items = split(text[1:-1])
        return bytes([0x01 if text[0] == "[" else 0x02]) + length(len(items)) + b"".join(map(dlms, items))
    kind, _, value = text.partition(":")
    if kind == "@prices":
        return dlms(prices(int(value)))
    if kind == "bool":
        return b"\x03\xff" if value == "true" else b"\x03\x00"
    if kind in ("octets", "ascii"):
        raw = bytes.fromhex(value) if kind == "octets" else value.encode()
        return b"\x09" + length(len(raw)) + raw
    if kind in ("visible", "utf8"):
        raw = value.encode()
        return bytes([0x0A if kind == "visible" else 0x0C]) + length(len(raw)) + raw
    if kind == "bits":
        digits, _, count = value.partition("/")
        raw = bytes.fromhex(digits)
        return b"\x04" + length(int(count) if count else 8 * len(raw)) + raw
    tag, size = NUMBERS[kind]
    return bytes([tag]) + (int(value) % (1 << 8 * size)).to_bytes(size, "big")


def groups_of(text):
    groups = [int(g) for g in re.split("[-:.]", text)]
    assert len(groups) in (5, 6), text
    return groups + [255] * (6 - len(groups))


def instance(text):
    return "{" + ", ".join("0x%02X" % g for g in groups_of(text)) + "}"


def object_row(row):
    access = sum(ACCESS[c] for c in row["access"])
    device, _, needs = row["device"].partition("+")
    return (f'ObjectRow{{DeviceType::{device}, {row["class"]}, {instance(row["instance"])}, {row["attribute"]}, {access}, '
            f'"{row["source"]}", "{dlms(row["value"]).hex()}", Needs::{NEEDS[needs]}}}')


def object_rows(rows):
    """In the order in which the emulator looks them up; a row of several devices is there for each of them."""
    each = [dict(row, device=device) for row in rows for device in row["device"].split()]
    seen = set()
    for row in each:
        for letter in row["access"]:
            place = (row["device"].partition("+")[0], row["class"], row["instance"], row["attribute"], letter)
            assert place not in seen, "twice: %s" % (place,)
            seen.add(place)
    return sorted(each, key=lambda row: (int(row["class"]), groups_of(row["instance"]), int(row["attribute"]), row["device"]))


def activation_row(row):
    def part(prefix):
        return f'{{{row[prefix + "class"]}, {instance(row[prefix + "instance"])}, {row[prefix + "attribute"]}}}'
    return ",\n".join(f'ActivationRow{{DeviceType::{device}, {part("")}, {part("from_")}, {part("to_")}}}' for device in row["device"].split())


def attribute_row(row):
    devices = f'"{row["devices"]}"'
    return f'AttributeRow{{{devices}, 0x{row["cluster"]}, 0x{row["attribute"]}, 0x{row["type"]}, "{row["source"]}", "{row["value"]}"}}'


def use_case_row(row):
    return f'UseCaseRow{{{{0x{row["code"]}}}, "{row["devices"]}", "{row["roles"]}"}}'


ROLES = {"S": "Supplier", "N": "NetworkOperator", "A": "AccessControlBroker", "T": "TransitionalCos", "W": "WanProvider", "R": "Recovery",
         "L": "LoadController"}


def replacement_row(row):
    assert row["devices"] in ("all", "CHF", "except CHF"), row
    assert row["authorised"] in ("signature", "mac") and row["floor"] in ("moved", "-"), row
    assert row["how_sure"] in ("S", "F", "unconfirmed") and row["clause"], row
    opens = ", ".join("PartyRole::" + ROLES[letter] for letter in row["opens"].split())
    assert row["role"] in ("cell", "any"), row
    by_mac, floor = ("true" if row[name] == word else "false" for name, word in (("authorised", "mac"), ("floor", "moved")))
    return (f'ReplacementRule{{{{0x{row["code"]}}}, {int(row["mode"])}, "{row["devices"]}", PartyRole::{ROLES[row["authorised_by"]]}, '
            f'{by_mac}, {{{opens}}}, {floor}, {YES[{"cell": "no", "any": "yes"}[row["role"]]]}}}')


def command_row(row):
    """Columns cluster and frame of a general command are * and 00; the answer is `default` or frame control/command."""
    default = row["answer"] == "default"
    frame, command = ("00", "00") if default else row["answer"].split("/")
    cluster = "GbzCommandRow::kAnyCluster" if row["cluster"] == "*" else "0x" + row["cluster"]
    text = {name: "" if row[name] == "-" else row[name] for name in ("use_cases", "starts", "keeps")}
    assert row["source"].startswith(("ref ", "ours")), row
    return (f'GbzCommandRow{{"{row["devices"]}", "{text["use_cases"]}", {cluster}, 0x{row["frame"]}, 0x{row["command"]}, "{row["rule"]}", '
            f'{str(default).lower()}, 0x{frame}, 0x{command}, "{text["starts"]}", "{text["keeps"]}"}}')


def gas_event_row(row):
    return f'GasEventRow{{0x{row["event"]}, 0x{row["configuration"]}}}'


PARTNERS = {"GSME": 0, "ESME": 1, "CHF": 2, "GPF": 3, "HCALCS": 4, "PPMID": 5, "type2": 6}
YES = {"yes": "true", "no": "false"}


def join_row(row):
    return (f'JoinRow{{{{0x{row["code"]}}}, {row["method"]}, DeviceType::{row["device"]}, {PARTNERS[row["partner"]]}, '
            f'{YES[row["network"]]}, {YES[row["certificate"]]}}}')


def log_row(row):
    assert row["clears"] in ("action", "nobody"), row
    device, _, needs = row["device"].partition("+")
    return (f'LogRow{{DeviceType::{device}, Needs::{NEEDS[needs]}, {row["class"]}, {instance(row["instance"])}, "{row["kept"]}", {row["capacity"]}, '
            f'{"true" if row["clears"] == "action" else "false"}, "{row["columns"]}"}}')


def event_row(row):
    return f'EventRow{{0x{row["first"]}, 0x{row["last"]}, "{row["log"]}"}}'


def behaviour_row(row):
    assert row["source"] in ("T", "S"), row
    return f'BehaviourRow{{0x{row["first"]}, 0x{row["last"]}}}'


WRITERS = {"device_objects": object_row, "device_activations": activation_row, "device_attributes": attribute_row,
           "device_use_cases": use_case_row, "device_replacements": replacement_row,
           "device_joins": join_row, "device_logs": log_row, "device_events": event_row, "device_commands": command_row,
           "device_gas_events": gas_event_row, "device_behaviours": behaviour_row}


def main():
    source, output = sys.argv[1:]
    table = os.path.splitext(os.path.basename(source))[0]
    with open(source, encoding="utf-8") as lines:
        rows = list(csv.DictReader((line for line in lines if not line.startswith("#")), delimiter="\t", quoting=csv.QUOTE_NONE))
    with open(output, "w", encoding="utf-8") as out:
        out.write(f"// Written by scripts/device_tables.py from spec/{table}.tsv.\n")
        for row in object_rows(rows) if table == "device_objects" else rows:
            out.write(WRITERS[table](row) + ",\n")


if __name__ == "__main__":
    main()

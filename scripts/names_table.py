#!/usr/bin/env python3
"""Writes the C++ arrays of names, shapes, units and words: names_table.py <table.tsv>.. <output.inc>, the tables in the order
of main(). A row that names a shape, unit or list that is not there fails the build."""
import itertools
import re
import sys

from spec_rows import rows, text

KINDS = {
    "number": "Number", "boolean": "Boolean", "text": "Text", "octets": "Octets", "eui": "Eui", "instance": "Instance",
    "date_time": "DateTime", "date": "Date", "time": "Time",
    "seconds": "Seconds",                  # since 2000-01-01T00:00:00Z
    "moment": "Moment",                    # seconds or a date-time, as the type on the wire says
    "duration_or_time": "DurationOrTime",  # minutes or a date-time
    "flags": "Flags",                      # each bit has a word
    "channels": "Channels",                # a page of radio channels in the upper five bits, then a bit a channel
    "events": "Events",                    # 256 bits: bit n is event code high byte, 255 - n
    "event_settings": "EventSettings",     # 512 bits: which events, then which of them are on
    "event": "Event", "message_code": "MessageCode",
    "byte": "Byte",                        # a number in an octet string
    "scaler": "Scaler", "cosem_unit": "CosemUnit", "price_scale": "PriceScale",
    "bitmap": "Bitmap",                    # a number whose bits and groups of bits have words
    "run": "Run",                          # fields of fixed size in an octet string
}
UNITS = {"-": "None", "Wh": "WattHours", "varh": "VarHours", "W": "Watts", "V": "Volts", "s": "Seconds", "min": "Minutes",
         "millipence": "Millipence", "dBm": "DecibelMilliwatts", "hundredths_percent": "HundredthsPercent",
         "scaled": "Scaled", "scaled_price": "ScaledPrice", "price": "Price", "80xx": "Events80", "81xx": "Events81",
         "volume": "Volume", "days": "Days", "tenths_second": "TenthsSecond", "percent": "Percent"}
ACCESS = {"attribute": 0, "method": 1, "answer": 2}
CHOICE = {"get": ("attribute", "Get"), "set": ("attribute", "Set"), "range": ("attribute", "Get"), "action": ("method", "Action")}


def octets(obis):
    return bytes(int(part) for part in re.split("[-:.]", obis))


class Names:
    def __init__(self, objects, shapes, words):
        self.lists = {name: list(group) for name, group in itertools.groupby(words, lambda row: row["list"])}
        assert sum(len(group) for group in self.lists.values()) == len(words), "lists of words are not together"
        self.numbers = {name: number for number, name in enumerate(self.lists)}
        self.shapes = {name: list(group) for name, group in itertools.groupby(shapes, lambda row: row["shape"])}
        self.starts = {}
        for position, name in enumerate(self.shapes):
            self.starts.setdefault(name.split("#")[0], position)
        for name, members in self.shapes.items():
            assert [int(row["member"]) for row in members] == list(range(len(members))), f"members of {name}"
            assert "#" not in name or int(name.split("#")[1]) == len(members), f"number of members of {name}"
        self.objects = sorted(objects, key=self.key)
        assert [self.key(row) for row in objects] == [self.key(row) for row in self.objects], "objects are not sorted"
        self.places = {self.key(row): place for place, row in enumerate(self.objects)}
        assert len(self.places) == len(objects), "an object stands twice"

    @staticmethod
    def key(row):
        return (int(row["class"]), octets(row["instance"]), ACCESS[row["access"]], int(row["index"]))

    def form(self, shape, unit):
        """Form{kind, is list, shape, unit, list of words, layout of a run}"""
        name = shape.strip("[]")
        is_list = "true" if shape.startswith("[") else "false"
        words, run = "kNone", '""'
        if unit.startswith("="):
            words, unit = self.numbers[unit[1:]], "-"
        for layout in re.findall("=([a-z_]+)", unit if name == "run" else ""):
            assert layout in self.numbers, f"list of words {layout}"
        if name == "run":
            run, unit = text(unit), "-"
        if name in KINDS:
            return f"{{ValueKind::{KINDS[name]}, {is_list}, kNone, Unit::{UNITS[unit]}, {words}, {run}}}"
        return f"{{ValueKind::Shape, {is_list}, {self.starts[name]}, Unit::{UNITS[unit]}, {words}, {run}}}"


def zcl_form(names, unit):
    """The form of a ZCL number: "=list" an enumeration, "~list" a bitmap, "=event" an event code, else a unit."""
    if unit == "=event":
        return names.form("event", "=event_group")
    return names.form("bitmap", "=" + unit[1:]) if unit.startswith("~") else names.form("number", unit)


def zcl(names, values):
    """The rows of fields and of attributes, each sorted as they are looked up."""
    fields, attributes = [], []
    for row in values:
        if row["command"] == "attr":
            first, last = (int(number, 16) for number in row["field"].split("-"))
            attributes.append((int(row["cluster"], 16), first, last, zcl_form(names, row["unit"])))
        else:
            command = 0x100 if row["command"] == "*" else int(row["command"], 16)
            fields.append((int(row["cluster"], 16), row["field"], command, zcl_form(names, row["unit"])))
    return ([f"0x{c:04x}, {text(name)}, 0x{command:x}, {form}" for c, name, command, form in sorted(fields)],
            [f"0x{c:04x}, 0x{first:04x}, 0x{last:04x}, {form}" for c, first, last, form in sorted(attributes)])


def alerts(names, contents, shapes):
    """A row for each element: its name, and its layout or shape."""
    by_place = {(row["code"], row["element"]): row for row in shapes}
    lines = []
    for row in sorted(contents, key=lambda each: (each["code"], int(each["element"]))):
        shape = by_place.pop((row["code"], row["element"]), None)
        assert (shape is None) == (row["layout"] != "-"), f"alert element {row['code']}/{row['element']}: layout or shape"
        block = "kNone"
        if shape is None:
            form = names.form("run", row["layout"])
        elif shape["shape"] == "protected":
            cls, instance, attribute = shape["unit"].split("/")
            form, block = names.form("octets", "-"), names.places[(int(cls), octets(instance), 0, int(attribute))]
        else:
            form = names.form(shape["shape"], shape["unit"])
        lines.append(f"0x{row['code']}, {row['element']}, {text(row['name'])}, {form}, {block}")
    assert not by_place, f"shapes of no element: {list(by_place)}"
    return lines


def computed(instance, index):
    """The instance with its computed byte, of a controller or switch with that index; None beyond a byte."""
    def byte(match):
        total = sum(index if part.startswith("@") else int(part, 0) for part in match[1].split("+"))
        return f"{total:02x}"
    return bytes.fromhex(re.sub(r"\{([^}]*)\}", byte, instance))


def items(names, row):
    """(object, choice, optional, protected objects) of a row of dlms_commands.tsv: as often as there are named objects."""
    access, choice = CHOICE[row["access"]]
    key = lambda instance, kind: (int(row["class"], 16), instance, ACCESS[kind], int(row["member"]))
    if row["class"] == "001e":
        selected = [(int(cls), bytes.fromhex(instance), 0, int(attribute)) for cls, instance, attribute in re.findall(
            r"\{u16\((\d+)\), octets\(#([0-9a-f]{12})\), i8\((\d+)\)", row["data"])]
        place = names.places[key(bytes.fromhex(row["instance"]), access)]
        return [(place, choice, False, [names.places[each] for each in selected])]
    if "{" not in row["instance"]:
        optional = row["each"] != "-" or row["when"] != "-"
        return [(names.places[key(bytes.fromhex(row["instance"]), access)], choice, optional, [])]
    found = []
    for index in range(1, 256):
        place = names.places.get(key(computed(row["instance"], index), access))
        if place is None:
            break
        found.append((place, choice, True, []))
    assert found, f"no object for {row['instance']}"
    return found


def main():
    *tables, output = sys.argv[1:]
    objects, shapes, commands, use_cases, zcl_values, alert_contents, alert_shapes, *words = map(rows, tables)
    names = Names(objects, shapes, [row for table in words for row in table])
    codes = {row["use_case"]: int(row["code"], 16) for row in use_cases}
    by_code = {}
    for row in commands:
        for use_case in row["use_case"].split():
            by_code.setdefault(codes[use_case], []).extend(items(names, row))
    out = ["// Written by scripts/names_table.py."]

    def array(kind, name, lines):
        out.extend([f"constexpr {kind} {name}[] = {{", *(f"{kind}{{{line}}}," for line in lines), "};"])

    def value_range(row):
        mask, _, masked = row["value"].partition("/")
        first, _, last = (masked or mask).partition("-")
        word, number = re.sub(r" ?\{\d\} ?", "", row["word"]), re.search(r"\{(\d)\}", row["word"])
        first_of_all = "true" if row["word"].startswith("{") else "false"
        return f"{first}, {last or first}, {mask if masked else 0}, {text(word)}, {number[1] if number else -1}, {first_of_all}"

    start = 0
    word_lists, members, shape_rows = [], [], []
    for name, group in names.lists.items():
        word_lists.append(f"{text(name)}, {start}, {len(group)}")
        start += len(group)
    for name, group in names.shapes.items():
        base = name.split("#")[0]
        rest = list(names.shapes)[list(names.shapes).index(name) + 1:][:1]
        more = "true" if rest and rest[0].split("#")[0] == base else "false"
        shape_rows.append(f"{text(base)}, {len(members)}, {len(group)}, {more}")
        members.extend(f"{text(row['name'])}, {names.form(row['kind'], row['unit'])}" for row in group)
    array("WordRow", "kWords", [value_range(row) for group in names.lists.values() for row in group])
    array("WordListRow", "kWordLists", word_lists)
    array("Member", "kMembers", members)
    array("ShapeRow", "kShapes", shape_rows)
    array("Object", "kObjects", [
        f"{int(row['class'])}, 0x{octets(row['instance']).hex()}, Access::{row['access'].capitalize()}, {int(row['index'])}, "
        f"{text(row['name'])}, {names.form(row['shape'], row['unit'])}" for row in names.objects])
    protected, item_rows, command_rows = [], [], []
    for code, listed in sorted(by_code.items()):
        command_rows.append(f"0x{code:04x}, {len(item_rows)}, {len(listed)}")
        for place, choice, optional, selected in listed:
            item_rows.append(f"{place}, dlms::Choice::{choice}, {'true' if optional else 'false'}, {len(protected)}, {len(selected)}")
            protected.extend(str(each) for each in selected)
    array("std::uint16_t", "kProtected", protected)
    array("ItemRow", "kItems", item_rows)
    array("CommandItems", "kCommands", command_rows)
    fields, attributes = zcl(names, zcl_values)
    array("ZclFieldRow", "kZclFields", fields)
    array("ZclAttributeRow", "kZclAttributes", attributes)
    array("AlertElementRow", "kAlertElements", alerts(names, alert_contents, alert_shapes))
    with open(output, "w", encoding="utf-8") as file:
        file.write("\n".join(out) + "\n")


if __name__ == "__main__":
    main()

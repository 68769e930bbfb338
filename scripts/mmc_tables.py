#!/usr/bin/env python3
"""Writes the C++ tables of the Message Mapping Catalogue:
mmc_tables.py mmc.tsv mmc_words.tsv mmc_services.tsv mmc_messages.tsv use_cases.tsv dlms_commands.tsv duis_types.tsv <output.inc>.

Refused: an element or attribute that the schema does not have at that place, a shape that nobody uses or that is not there, an owner
that is no message code, a list of words that is empty, an instruction that no command gives."""
import collections
import re
import sys

from spec_rows import filled_rows, rows, text

FORMS = {"integer", "boolean", "decimal", "scaled", "trailing", "divided", "time", "clock", "day", "text", "hex", "eui", "base64",
         "word", "const", "empty", "always", "each_code", "plus", "within", "signed32", "trailing_scale", "member", "alert"}
ALERT = "ra:DeviceAlertContentType"


class Schema:
    """Elements and attributes of the complex types of the response and alert namespace."""

    def __init__(self, path):
        self.elements = collections.defaultdict(dict)
        self.attributes = collections.defaultdict(set)
        for row in rows(path):
            if row["kind"] == "element":
                self.elements[row["type"]][row["name"].removeprefix("ra:")] = row["of"]
            elif row["kind"] == "attribute":
                self.attributes[row["type"]].add(row["name"])

    def down(self, type_name, step, where):
        if "{" in step:
            pattern = re.compile(re.escape(step[:step.index("{")]) + r"[0-9A-F]+$")
            found = [of for name, of in self.elements[type_name].items() if pattern.match(name)]
        else:
            found = [of for name, of in self.elements[type_name].items() if name == step]
        if not found:
            sys.exit(f"{where}: {type_name} has no element {step}")
        return found[0]

    def at(self, type_name, path, where):
        """The type of the last element of a path; None for an attribute or the text of the element itself."""
        steps = path.split("/")
        for step in steps[:-1]:
            type_name = self.down(type_name, step, where)
        if steps[-1] == ".":
            return None
        if steps[-1].startswith("@"):
            if steps[-1][1:] not in self.attributes[type_name]:
                sys.exit(f"{where}: {type_name} has no attribute {steps[-1]}")
            return None
        return self.down(type_name, steps[-1], where)


def read_rows(path, codes):
    out = []
    for row in filled_rows(path):
        where = f"mmc.tsv: {row['owner']} {row['element']}"
        form = row["form"].split(":")[0]
        if not form.startswith("@") and form not in FORMS:
            sys.exit(f"{where}: no form {form}")
        if not row["source"] and form != "always":
            sys.exit(f"{where}: no source")
        for owner in row["owner"].split():
            code = owner.removeprefix("a:")
            if not owner.startswith("@") and owner != "alert" and code not in codes:
                sys.exit(f"{where}: no message code {code}")
            out.append(dict(row, owner=owner))
    return sorted(out, key=lambda row: row["owner"])


def expanded(table, types, schema):
    """Rows of form each_code, one for every alert code that the element has: xCODE is bit 255 minus the low byte."""
    for row in table:
        if row["form"] != "each_code":
            yield row
            continue
        where = f"mmc.tsv: {row['owner']} {row['element']}"
        codes = schema.elements[schema.at(types[row["owner"]][0], row["element"], where)]
        for code in codes:
            bit = 255 - (int(code[1:], 16) & 0xFF)
            yield dict(row, element=f"{row['element']}/{code}", source=f"{row['source']} s{bit}", form="word:enable")


def types_of_codes(use_cases, services, schema):
    """The type of the answer's element by message code, where all services of the code have one of the same type or the first has."""
    elements = {row["service"]: row["element"] for row in services}
    answers = schema.elements["ra:ResponsePayload.SMETSData"]
    types = {}
    for row in use_cases:
        found = [elements[service] for service in row["services"].split() if elements.get(service)]
        for element in found:
            if element not in answers:
                sys.exit(f"mmc_services.tsv: the schema has no {element}")
        types[row["code"]] = [answers[element] for element in dict.fromkeys(found)]
    return types


def check(table, types, schema, words):
    by_owner = collections.defaultdict(list)
    for row in table:
        by_owner[row["owner"]].append(row)
    seen = set()

    def walk(owner, type_name):
        if (owner, type_name) in seen:
            return
        seen.add((owner, type_name))
        if owner not in by_owner:
            sys.exit(f"mmc.tsv: nothing says what {owner} is")
        for row in by_owner[owner]:
            where = f"mmc.tsv: {owner} {row['element']}"
            below = schema.at(type_name, row["element"], where)
            if row["form"].startswith("@"):
                walk(row["form"], below)
            elif row["form"].startswith("word:") and row["form"][5:] not in words:
                sys.exit(f"{where}: no list {row['form'][5:]}")

    for owner in by_owner:
        if owner == "alert" or owner.startswith("a:"):
            walk(owner, ALERT)
        elif not owner.startswith("@"):
            if not types[owner]:
                sys.exit(f"mmc.tsv: {owner} belongs to no service with an element")
            for type_name in types[owner]:
                walk(owner, type_name)
    unused = {owner for owner in by_owner if owner.startswith("@")} - {owner for owner, _ in seen}
    if unused:
        sys.exit(f"mmc.tsv: nobody uses {', '.join(sorted(unused))}")


def check_items(table, path):
    """What a source calls an instruction of a DLMS command, some row of spec/dlms_commands.tsv must ask for."""
    asked = set()
    for row in rows(path):
        if "{" not in row["instance"]:
            octets = [str(int(row["instance"][i:i + 2], 16)) for i in range(0, 12, 2)]
            mark = "!" if row["access"] == "action" else "/"
            asked.add(f"{int(row['class'], 16)}/{octets[0]}-{octets[1]}:{'.'.join(octets[2:])}{mark}{row['member']}")
    for row in table:
        for source in (row["source"], row["with"], *row["when"].split(" & ")):
            name = re.split("[ =]|!=", source)[0]
            if ":" in name and name not in asked:
                sys.exit(f"mmc.tsv: {row['owner']} {row['element']}: no command asks for {name}")


def main():
    mmc, words_path, services_path, messages_path, use_cases_path, commands, types_path, output = sys.argv[1:]
    schema = Schema(types_path)
    use_cases = filled_rows(use_cases_path)
    services = filled_rows(services_path)
    messages = filled_rows(messages_path)
    words = rows(words_path)
    table = read_rows(mmc, {row["code"] for row in use_cases})
    types = types_of_codes(use_cases, services, schema)
    table = list(expanded(table, types, schema))
    check_items(table, commands)
    check(table, types, schema, {row["list"] for row in words})
    with open(output, "w", encoding="utf-8") as out:
        out.write("// Written by scripts/mmc_tables.py from spec/mmc*.tsv.\n")
        out.write("constexpr Row kRows[] = {\n")
        for row in table:
            out.write("{" + ", ".join(text(row[c]) for c in ("owner", "element", "source", "form", "with", "when")) + "},\n")
        out.write("};\nconstexpr WordRow kWords[] = {\n")
        for row in words:
            is_any = row["number"] == "*"
            out.write(f'{{{text(row["list"])}, {str(is_any).lower()}, {0 if is_any else row["number"]}, {text(row["word"])}}},\n')
        out.write("};\nconstexpr ServiceRow kServices[] = {\n")
        for row in services:
            out.write(f'{{{text(row["service"])}, {text(row["element"])}, {text(row["success"])}}},\n')
        out.write("};\nconstexpr MessageRow kMessages[] = {\n")
        for row in messages:
            out.write(f'{{MessageCode{{0x{row["code"]}}}, {text(row["when"])}, {text(row["service"])}}},\n')
        out.write("};\n")


if __name__ == "__main__":
    main()

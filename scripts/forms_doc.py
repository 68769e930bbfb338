#!/usr/bin/env python3
"""Writes docs/reference/forms.md from the tables: every service, the forms it has, and which test proves it.

forms_doc.py          writes the page
forms_doc.py --check  fails when the page is not what the tables say, when a service has no test, or a test does not exist
"""
import csv
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "reference" / "forms.md"
TEST = re.compile(r"^TEST(?:_F|_P)?\(\s*(\w+),\s*(\w+)\)", re.M)
DATED = {"Device": "by the device", "DSP": "by the DCC", "DSP & Device": "by both", "No": "-"}
CHECKS = {"Forms.TwoHundredRandomRequestsOfEachBecomeCommands": "random",
          "Forms.EveryLeafReachesTheBytesOfTheCommand": "leaves",
          "Executed.RandomRequestsAreCarriedOutAndAnsweredInNamedFields": "executed",
          "Executed.EveryMessageOfTheRunsIsReadAlikeByASecondReader": "read twice",
          "RoundTrip.EveryServiceRequestHasItsEffectByEveryCommandVariant": "trip"}


def rows(name):
    with open(ROOT / name, encoding="utf-8") as lines:
        return list(csv.DictReader((line for line in lines if not line.startswith("#")), delimiter="\t", quoting=csv.QUOTE_NONE))


def tests_of_the_tree():
    found = set()
    for folder in ("src", "tests"):
        for path in (ROOT / folder).rglob("*_test.cpp"):
            found.update(f"{suite}.{name}" for suite, name in TEST.findall(path.read_text(encoding="utf-8")))
    return found


def forms_of(service, choices):
    """Use cases by type of device, with their conditions."""
    out = []
    for row in choices:
        if row["service"] != service:
            continue
        condition = "" if row["when"] == "-" else f" ({row['when'].replace('|', ' or ')})"
        text = f"{row['devices'].replace('*', 'any')}: {row['use_case']}{condition}"
        if text not in out:
            out.append(text)
    return out


def page(problems):
    known = tests_of_the_tree()
    proofs = {}
    for row in rows("tests/forms/proofs.tsv"):
        proofs.setdefault(row["service"], []).append(row["test"])
        if row["test"] not in known:
            problems.append(f"tests/forms/proofs.tsv: there is no test {row['test']}")
    floors = {row["stage"].partition("/")[2]: int(row["floor"]) for row in rows("tests/conformance/floor.tsv")
              if row["stage"].startswith("transform/")}
    choices = rows("spec/transform_use_cases.tsv")
    trips = rows("tests/round_trip/trips.tsv")
    gone = {row["service"] for row in trips if row["open"] == "-"}
    refused = rows("tests/forms/refusals.tsv")
    silent = rows("tests/forms/silent.tsv")
    lines, counts = [], {"random": 0, "reference": 0, "dcc": 0}
    for service in sorted(rows("spec/services.tsv"), key=lambda row: [int(part) for part in row["service_reference_variant"].split(".")]):
        variant = service["service_reference_variant"]
        forms = forms_of(variant, choices)
        tests = list(proofs.get(variant, []))
        if forms:
            tests = proofs["*"] + tests
            counts["random"] += 1
        elif tests:
            counts["dcc"] += 1
        if variant in gone:
            tests = tests + proofs["trip"]
        elif not any(row["service"] == variant for row in trips):
            problems.append(f"{variant} has no trip (tests/round_trip/trips.tsv)")
        proof = ["[" + CHECKS.get(test, test) + "]" if test in CHECKS else f"`{test}`" for test in tests]
        if floors.get(variant):
            proof.append(f"{floors[variant]} published messages byte for byte")
            counts["reference"] += 1
        if not tests:
            problems.append(f"{variant} has no test (tests/forms/proofs.tsv)")
        notes = [f"refused: {row['reason']}" for row in refused if row["service"] == variant]
        notes += [f"`{row['leaf'].rsplit('/', 1)[-1]}` {row['reason']}" for row in silent if row["service"] == variant]
        notes += [f"trip: {row['open']}" for row in trips if row["service"] == variant and row["open"] != "-"]
        lines.append(f"| {variant} | {service['name']} | {'<br>'.join(forms) or 'answered by the DCC'} | "
                     f"{DATED.get(service['future_dated_pattern'], service['future_dated_pattern'])} | "
                     f"{service['command_variants_permitted']} | {'<br>'.join(proof) or 'none yet'} | {'<br>'.join(dict.fromkeys(notes))} |")
    head = f"""# Services, their forms and their tests

Written by `scripts/forms_doc.py` from `spec/services.tsv`, `spec/transform_use_cases.tsv` and the tables of `tests/forms` and
`tests/conformance`; its test fails when a service has no test or the page is not what the tables say.

{len(lines)} services: {counts['random']} reach a device, {counts['dcc']} are answered by the DCC, each with a test of its own.
Of those that reach a device, {counts['reference']} have published messages that are met byte for byte. *random*: 200 requests drawn from the schema for each
device and role become commands, or are refused for a reason that stands in `tests/forms/refusals.tsv`
(`Forms.TwoHundredRandomRequestsOfEachBecomeCommands`). *leaves*: each value of a request reaches the bytes of its command, or stands in
`tests/forms/silent.tsv` with the reason (`Forms.EveryLeafReachesTheBytesOfTheCommand`). *executed*: 200 random requests of each service are
carried out by emulated devices, and answered in fields that all have names; what a device refuses stands in `tests/executed/outcomes.tsv` with the
reason; what they set is asked for again and is as it was set, after its date where it has one (`ReadBack`). *read twice*: the second reader of `tests/reader` reads the same in each of those messages. *trip*: asked over the whole road by
every command variant it may go, its effect read back by another request (`tests/round_trip/trips.tsv`,
`RoundTrip.EveryServiceRequestHasItsEffectByEveryCommandVariant`). Forms are chosen from top to bottom; the words in
brackets are conditions on the body, the party and the device. CV: permitted command variants. How many published answers the emulated devices
give, by use case: `tests/reference/floor.tsv`.

| Service | Name | Forms | Dated | CV | Proved by | Of note |
| --- | --- | --- | --- | --- | --- | --- |
"""
    return head + "\n".join(lines) + "\n"


def main():
    problems = []
    text = page(problems)
    if "--check" in sys.argv[1:]:
        if not PAGE.exists() or PAGE.read_text(encoding="utf-8") != text:
            problems.append("docs/reference/forms.md is not what the tables say: run scripts/forms_doc.py")
    else:
        PAGE.parent.mkdir(exist_ok=True)
        PAGE.write_text(text, encoding="utf-8")
    print("\n".join(problems))
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())

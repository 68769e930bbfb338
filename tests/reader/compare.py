#!/usr/bin/env python3
"""Reads messages a second time, by code of another hand, and compares with what the program decodes.

compare.py --program build/release/meterway [--data ../shared/rtds]      the reference messages
compare.py --runs FILE                                                   lines of name, hex and JSON, tab separated

Prints every difference with its place; ends with 1 when there is one, with 77 when the reference data is absent.
"""
import argparse
import json
import os
import subprocess
import sys
import tempfile

import keys
import messages
import program

HERE = os.path.dirname(os.path.abspath(__file__))
SKIPPED = 77


def difference(ours, theirs, place=""):
    """The first place where two trees differ, in words; empty when they do not."""
    if isinstance(ours, list) and isinstance(theirs, list):
        for i, (one, other) in enumerate(zip(ours, theirs)):
            found = difference(one, other, "%s/%d" % (place, i))
            if found:
                return found
        if len(ours) != len(theirs):
            return "%s: %d elements, the program has %d" % (place, len(ours), len(theirs))
        return ""
    return "" if ours == theirs else "%s: %r, the program says %r" % (place, ours, theirs)


def compare(cases, store):
    """cases: (name, bytes, parsed JSON). Gives the number of cases and of those that differ."""
    total = wrong = 0
    for name, data, said in cases:
        total += 1
        try:
            found = difference(messages.Message(data).values(store), program.values(said))
        except (messages.LayoutError, KeyError, ValueError) as error:
            found = repr(error)
        if found:
            wrong += 1
            print("%s %s" % (name, found))
    return total, wrong


def reference_cases(binary, folder, keystore):
    names = sorted(os.listdir(folder))
    with tempfile.TemporaryDirectory() as work:
        for start in range(0, len(names), 500):
            paths = [os.path.join(folder, name) for name in names[start:start + 500]]
            subprocess.run([binary, "decode", "--format", "json", "--keystore", keystore, "--out", work] + paths, check=True)
        for name in names:
            with open(os.path.join(folder, name), encoding="ascii") as file:
                data = bytes.fromhex("".join(file.read().split()))
            with open(os.path.join(work, os.path.splitext(name)[0] + ".json"), encoding="utf-8") as file:
                yield name, data, json.load(file)


def run_cases(path):
    with open(path, encoding="utf-8") as lines:
        for line in lines:
            name, data, said = line.rstrip("\n").split("\t")
            yield name, bytes.fromhex(data), json.loads(said)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--program")
    parser.add_argument("--data", default=os.path.join(HERE, "../../../shared/rtds"))
    parser.add_argument("--runs")
    parser.add_argument("--keystore")
    args = parser.parse_args()
    if args.runs:
        total, wrong = compare(run_cases(args.runs), keys.Keys(args.keystore) if args.keystore and keys.AVAILABLE else None)
    else:
        data = os.environ.get("METERWAY_RTDS") or args.data
        if not os.path.exists(os.path.join(data, "manifest.tsv")):
            print("skipped: no reference data at %s (set METERWAY_RTDS)" % data)
            return SKIPPED
        if not keys.AVAILABLE:
            print("skipped: python package cryptography is missing")
            return SKIPPED
        keystore = os.path.join(data, "keystore", "rtds")
        total, wrong = compare(reference_cases(args.program, os.path.join(data, "hex"), keystore), keys.Keys(keystore))
    print("second reader: %d of %d messages read alike" % (total - wrong, total))
    return 0 if total and not wrong else 1


if __name__ == "__main__":
    sys.exit(main())

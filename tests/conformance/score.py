#!/usr/bin/env python3
"""Scores the built program against the reference data and fails below the floors of floor.tsv.

score.py --program build/dev/meterway --data ../shared/rtds <stage>

Stages: check, addmac, transform (judged by score_transform.py of the tools folder beside the data) and round_trip
(decode to JSON in one process, encode in another). Exit status 77: the reference data or its tools are absent.
"""
import argparse
import csv
import os
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
SKIPPED = 77


def floor_of(stage):
    with open(os.path.join(HERE, "floor.tsv"), encoding="utf-8") as lines:
        rows = csv.DictReader((line for line in lines if not line.startswith("#")), delimiter="\t")
        return next(int(row["floor"]) for row in rows if row["stage"] == stage)


def run_batch(program, arguments, files, out):
    """All files in few processes: a command line holds a few thousand names."""
    for start in range(0, len(files), 500):
        result = subprocess.run([program] + arguments + ["--out", out] + files[start:start + 500],
                                stderr=subprocess.PIPE, check=False)
        sys.stdout.write(result.stderr.decode(errors="replace"))


def round_trip(args):
    folder = os.path.join(args.data, "hex")
    names = sorted(os.listdir(folder))
    with tempfile.TemporaryDirectory() as work:
        json, back = os.path.join(work, "json"), os.path.join(work, "hex")
        run_batch(args.program, ["decode", "--format", "json"], [os.path.join(folder, name) for name in names], json)
        run_batch(args.program, ["encode"], [os.path.join(json, name) for name in sorted(os.listdir(json))], back)
        passed = raw = 0
        for name in names:
            stem = os.path.splitext(name)[0]
            with open(os.path.join(folder, name), encoding="ascii") as file:
                want = "".join(file.read().split()).lower()
            try:
                with open(os.path.join(back, stem + ".hex"), encoding="ascii") as file:
                    same = file.read().strip() == want
                with open(os.path.join(json, stem + ".json"), encoding="utf-8") as file:
                    text = file.read()
                raw += '"format": "raw"' in text or '"payload":' in text
            except FileNotFoundError:
                same = False
            passed += same
            if not same:
                print(f"FAIL {name}")
    print(f"round_trip: {raw} contents fall back to raw bytes")
    return (passed if raw == 0 else 0), len(names)


def judged(args, stage):
    sys.path.insert(0, args.tools)
    import score_transform  # the judge; not part of this project
    if not score_transform.gbcs.HAVE_CRYPTO:
        print("note: python package cryptography is missing, the judge does not check MACs and signatures")
    with tempfile.TemporaryDirectory() as work:
        judge = argparse.Namespace(outputs=work, product=None, timeout=20, verbose=False)
        if stage == "transform":
            judge.product = args.program
        else:
            with open(os.path.join(args.data, "manifest.tsv"), encoding="utf-8") as file:
                rows = list(csv.DictReader(file, delimiter="\t"))
            files = []
            inputs = os.path.join(work, "inputs")
            os.makedirs(inputs)
            for case, _, source, _, _ in score_transform.cases_for(stage, rows, args.data):
                data = source if isinstance(source, bytes) else score_transform.gbcs.load_hex(source)
                files.append(os.path.join(inputs, case + ".hex"))
                with open(files[-1], "w", encoding="ascii") as file:
                    file.write(data.hex() + "\n")
            run_batch(args.program, [stage, "--keystore", os.path.join(args.data, "keystore", "rtds")], files, os.path.join(work, stage))
        return score_transform.score("reference", args.data, judge, stage)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--program", required=True)
    parser.add_argument("--data", default=os.environ.get("METERWAY_RTDS") or os.path.join(HERE, "../../../shared/rtds"))
    parser.add_argument("stage", choices=["check", "addmac", "round_trip", "transform"])
    args = parser.parse_args()
    args.data = os.environ.get("METERWAY_RTDS") or args.data
    args.tools = os.path.join(args.data, "..", "tools")
    if not os.path.exists(os.path.join(args.data, "manifest.tsv")):
        print(f"skipped: no reference data at {args.data} (set METERWAY_RTDS)")
        return SKIPPED
    if args.stage != "round_trip" and not os.path.exists(os.path.join(args.tools, "score_transform.py")):
        print(f"skipped: no judge at {args.tools}")
        return SKIPPED
    passed, total = round_trip(args) if args.stage == "round_trip" else judged(args, args.stage)
    floor = floor_of(args.stage)
    print(f"{args.stage}: {passed} of {total} (floor {floor})")
    return 0 if total and passed >= floor else 1


if __name__ == "__main__":
    sys.exit(main())

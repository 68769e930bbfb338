#!/usr/bin/env python3
"""Holds the XML of the Message Mapping Catalogue against the published schema 5.4 with xmllint.

mmc_schema.py --program build/dev/meterway --data ../shared/rtds

Every response and alert of the reference data. Exit status 77: the reference data or xmllint is absent.
"""
import argparse
import os
import shutil
import subprocess
import sys
import tempfile

SKIPPED = 77
SCHEMAS = {"MMC Schema V5.4.xsd": "mmc.xsd", "xmldsig-core-schema.xsd": "xmldsig-core-schema.xsd",
           "XMLSchema.dtd": "XMLSchema.dtd", "datatypes.dtd": "datatypes.dtd"}


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--program", required=True)
    parser.add_argument("--data", required=True)
    args = parser.parse_args()
    data = os.environ.get("METERWAY_RTDS") or args.data
    folder = os.path.join(data, "hex")
    if not os.path.isdir(folder) or not shutil.which("xmllint"):
        print("no reference data, or no xmllint")
        return SKIPPED
    names = [name for name in sorted(os.listdir(folder)) if "COMMAND" not in name]
    with tempfile.TemporaryDirectory() as work:
        out = os.path.join(work, "mmc")
        for name, plain in SCHEMAS.items():
            if os.path.exists(os.path.join(data, "xsd", name)):
                shutil.copyfile(os.path.join(data, "xsd", name), os.path.join(work, plain))
        subprocess.run([args.program, "decode", "--format", "mmc", "--keystore", os.path.join(data, "keystore", "rtds"),
                        "--out", out] + [os.path.join(folder, name) for name in names], check=False)
        files = [os.path.join(out, name) for name in sorted(os.listdir(out))]
        judged = subprocess.run(["xmllint", "--noout", "--nonet", "--schema", os.path.join(work, "mmc.xsd")] + files,
                                capture_output=True, text=True, check=False)
    valid = sum(line.endswith(" validates") for line in judged.stderr.splitlines())
    if valid != len(names):
        print(judged.stderr[:20000])
    print(f"mmc: {valid} of {len(names)} valid")
    return 0 if valid == len(names) else 1


if __name__ == "__main__":
    sys.exit(main())

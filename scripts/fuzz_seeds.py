#!/usr/bin/env python3
"""Writes seed inputs for the fuzz targets: fuzz_seeds.py OUT [REFERENCE_DIR].

Seeds that are ours stand in fuzz/seeds/<subject>/ as files of hex (.hex) or text and are copied, hex decoded; those
of the reference data (messages and requests) are added where it is present.
"""
import pathlib
import shutil
import sys

HERE = pathlib.Path(__file__).resolve().parent.parent
OF_MESSAGES = ("alert", "gbcs", "mmc", "dlms", "gbz", "asn1", "der")
OF_REQUESTS = ("xml", "scan", "duis")


def content_of(message):
    """The content of a GBCS message, cut out by its layout (docs/wire/gbcs.md)."""
    def length(at):
        first = message[at]
        if first < 0x80:
            return first, at + 1
        count = first & 0x7F
        return int.from_bytes(message[at + 1:at + 1 + count], "big"), at + 1 + count
    at = 0
    if message[0] == 0xDD:
        _, at = length(7)
        at += 5
    at += 11 + 9 + 9
    size, at = length(at)
    at += size
    size, at = length(at)
    at += size
    size, at = length(at)
    return message[at:at + size]


def main(out, reference):
    out = pathlib.Path(out)
    for folder in sorted((HERE / "fuzz" / "seeds").glob("*")):
        target = out / folder.name
        target.mkdir(parents=True, exist_ok=True)
        for file in folder.iterdir():
            if file.suffix == ".hex":
                (target / file.stem).write_bytes(bytes.fromhex("".join(file.read_text().split())))
            else:
                shutil.copy(file, target / file.name)
    if not reference:
        return
    for i, file in enumerate(sorted(pathlib.Path(reference, "hex").glob("*.HEX"))):
        raw = bytes.fromhex("".join(file.read_text().split()))
        for subject in OF_MESSAGES:
            target = out / subject
            target.mkdir(parents=True, exist_ok=True)
            (target / f"reference-{i}").write_bytes(raw if subject in ("alert", "gbcs", "mmc") else content_of(raw))
    for i, file in enumerate(sorted(pathlib.Path(reference, "duis").glob("*.XML"))):
        for subject in OF_REQUESTS:
            target = out / subject
            target.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(file, target / f"reference-{i}.xml")


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2] if len(sys.argv) > 2 else "")

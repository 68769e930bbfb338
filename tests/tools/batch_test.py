#!/usr/bin/env python3
"""The batch tools as scripts see them: batch_test.py PROGRAM. Needs nothing but the committed vectors."""
import base64
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import unittest

PROGRAM = sys.argv.pop(1) if len(sys.argv) > 1 else "meterway"
VECTORS = pathlib.Path(__file__).resolve().parent.parent / "vectors" / "messages.vec"


def messages():
    """(name, hex) of every message vector."""
    for block in VECTORS.read_text(encoding="ascii").split("\n\n"):
        values = dict(line.split("=", 1) for line in block.splitlines() if "=" in line and not line.startswith("#"))
        if "message" in values:
            yield values["name"].replace(" ", "_"), values["message"]


def run(*arguments):
    return subprocess.run([PROGRAM, *map(str, arguments)], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, check=False)


class BatchTools(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.work = pathlib.Path(folder.name)
        (self.work / "keys").mkdir()
        self.files = []
        for name, text in messages():
            self.files.append(self.work / f"{name}.hex")
            self.files[-1].write_text(text.upper() + "\n", encoding="ascii")

    def test_json_of_one_process_is_encoded_by_another(self):
        decoded = run("decode", "--format", "json", "--out", self.work / "json", *self.files)
        self.assertEqual((decoded.returncode, decoded.stderr), (0, ""))
        encoded = run("encode", "--out", self.work / "back", *sorted((self.work / "json").iterdir()))
        self.assertEqual((encoded.returncode, encoded.stderr), (0, ""))
        for name, text in messages():
            self.assertEqual((self.work / "back" / f"{name}.hex").read_text(encoding="ascii"), text + "\n")
            json.loads((self.work / "json" / f"{name}.json").read_text(encoding="utf-8"))

    def test_check_prints_one_line_of_words(self):
        checked = run("check", "--keystore", self.work / "keys", self.files[0])
        self.assertEqual(checked.returncode, 0)
        self.assertEqual(checked.stdout, "kind=command code=0059 originator=90b3d51f30aa0001 target=00db1234567890f0 "
                                         "counter=7001 mac=unknown signature=none\n")

    def test_one_bad_file_is_reported_in_one_line_and_the_rest_is_done(self):
        bad = self.work / "bad.hex"
        bad.write_text("DF08", encoding="ascii")
        result = run("check", "--keystore", self.work / "keys", "--out", self.work / "out", bad, *self.files)
        self.assertNotEqual(result.returncode, 0)
        self.assertEqual(result.stderr, f"{bad}: a tag or fixed byte is not the expected one (transaction id length) at byte 1\n")
        self.assertEqual(len(list((self.work / "out").iterdir())), len(self.files))

    def test_every_truncation_is_refused_with_its_place(self):
        _, text = next(messages())
        cut = self.work / "cut.hex"
        for size in range(0, len(text) // 2, 7):
            cut.write_text(text[:2 * size], encoding="ascii")
            result = run("decode", cut)
            self.assertEqual(result.returncode, 1)
            self.assertIn("cut.hex: the input ends too early", result.stderr)
            self.assertEqual(result.stderr.count("\n"), 1)

    def test_text_that_is_no_hex_is_refused_with_its_place(self):
        bad = self.work / "bad.hex"
        bad.write_text("DF0x", encoding="ascii")
        self.assertIn("the text is not hexadecimal", run("decode", bad).stderr)
        self.assertIn("at byte 3", run("decode", bad).stderr)

    def blocks(self, message, size, frame=b""):
        """The message as general-block-transfer APDUs, a file each (docs/wire/link.md)."""
        cut = [message[at:at + size] for at in range(0, len(message), size)]
        files = []
        for number, data in enumerate(cut, 1):
            control = 0xBF if number == len(cut) else 0x7F
            length = bytes([len(data)]) if len(data) < 128 else b"\x81" + bytes([len(data)])
            apdu = frame + bytes([0xE0, control]) + number.to_bytes(2, "big") + b"\0\0" + length + data
            files.append(self.work / f"block{number}.hex")
            files[-1].write_text(apdu.hex(), encoding="ascii")
        return files

    def test_blocks_are_put_together(self):
        message = bytes.fromhex(self.files[0].read_text(encoding="ascii"))
        alone = run("decode", self.files[0]).stdout
        frame = bytes([9]) + (7).to_bytes(8, "big") + bytes([2]) + bytes(8) + bytes(8) + len(message).to_bytes(4, "big")
        for blocks in (self.blocks(message, 40), self.blocks(message, 40, frame)):
            decoded = run("decode", *reversed(blocks))
            self.assertEqual((decoded.returncode, decoded.stderr), (0, ""))
            self.assertEqual(decoded.stdout.count("kind: block of a message\n"), len(blocks))
            self.assertEqual(decoded.stdout.count(alone), 1)
            one = json.loads(run("decode", "--format", "json", blocks[0]).stdout)
            self.assertEqual((one["kind"], one["number"], one["last"], one["octets"]), ("block", 1, False, 40))
            last = run("decode", "--format", "json", "--out", self.work / "json", *blocks)
            self.assertEqual(last.returncode, 0)
            last = json.loads((self.work / "json" / f"{blocks[-1].stem}.json").read_text(encoding="utf-8"))
            self.assertEqual(last["message"], json.loads(run("decode", "--format", "json", self.files[0]).stdout))
            self.assertNotIn("message of", run("decode", *blocks[1:]).stdout)
        self.assertIn("of: deliver 7\n", run("decode", blocks[0]).stdout)
        blocks[1].write_text(blocks[1].read_text(encoding="ascii")[:-2], encoding="ascii")
        self.assertIn("the input ends too early", run("decode", *blocks).stderr)

    def test_a_document_or_several_lines_are_read_as_well(self):
        (_, one), (_, other) = list(messages())[:2]
        alone = [run("decode", file).stdout for file in self.files[:2]]
        payload = [base64.b64encode(bytes.fromhex(text)).decode("ascii") for text in (one, other)]
        both = "\n".join(alone)
        document = self.work / "answer.xml"
        document.write_text(f"<?xml version='1.0'?>\n<r xmlns='urn:x'><GBCSPayload>{payload[0]}</GBCSPayload>"
                            f"<p><GBCSPayload>\n{payload[1]}\n</GBCSPayload></p></r>", encoding="ascii")
        lines = self.work / "lines.hex"
        lines.write_text(f"{one}\n\n{other.upper()}\n", encoding="ascii")
        for file in (document, lines):
            decoded = run("decode", file)
            self.assertEqual((decoded.returncode, decoded.stderr, decoded.stdout), (0, "", both))
        broken = self.work / "broken.hex"
        broken.write_text(f"{one[:40]}\n{one[40:]}\n", encoding="ascii")
        self.assertEqual(run("decode", broken).stdout, alone[0])
        coded = self.work / "coded.txt"
        coded.write_text(payload[0] + "\n", encoding="ascii")
        self.assertEqual(run("decode", coded).stdout, alone[0])
        document.write_text("<r><b/></r>", encoding="ascii")
        self.assertIn("(GBCSPayload)", run("decode", document).stderr)

    def test_missing_files_folders_and_keys_are_named(self):
        missing = self.work / "none.hex"
        self.assertIn("none.hex", run("decode", missing).stderr)
        self.assertIn("nowhere", run("check", "--keystore", self.work / "nowhere", self.files[0]).stderr)
        self.assertIn("key agreement", run("addmac", "--keystore", self.work / "keys", self.files[1]).stderr)
        self.assertNotEqual(run("addmac", "--keystore", self.work / "keys", self.files[1]).returncode, 0)


if __name__ == "__main__":
    unittest.main()

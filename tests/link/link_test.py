#!/usr/bin/env python3
"""A stranger's region against a running platform: link_test.py PROGRAM. See region.py."""
import json
import pathlib
import subprocess
import sys
import tempfile
import time
import unittest

PROGRAM = sys.argv.pop(1) if len(sys.argv) > 1 else "meterway"
REGION = pathlib.Path(__file__).resolve().parent / "region.py"
BLOCKS = REGION.parent / "blocks_region.py"
HUB, METER, USER = "00db1234567890a2", "00db1234567890a0", "90b3d51f30010000"


class Link(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.data = pathlib.Path(folder.name)
        config = self.data / "blocks.json"
        config.write_text('{"link_block_bytes":64}', encoding="utf-8")
        self.start("serve", "--http-port", "0", "--smki-port", "0", "--link-port", "0", "--no-estate", "--config", config,
                   ready="ready:")
        self.port = json.loads((self.data / "world.json").read_text(encoding="utf-8"))["link_port"]

    def start(self, *arguments, ready=None):
        log = open(self.data / f"{arguments[0]}.log", "w+", encoding="utf-8")
        child = subprocess.Popen([PROGRAM, *arguments, "--data", str(self.data)], stdout=log, stderr=log)
        self.addCleanup(log.close)
        self.addCleanup(child.wait)
        self.addCleanup(child.terminate)
        for _ in range(300):
            if ready is None or ready in (self.data / f"{arguments[0]}.log").read_text(encoding="utf-8"):
                return child
            time.sleep(0.1)
        raise AssertionError(f"{arguments[0]} is not ready")

    def region(self, *options, kind=REGION):
        child = subprocess.Popen([sys.executable, str(kind), str(self.port), HUB, METER, *options],
                                 stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.addCleanup(child.stdout.close)
        self.addCleanup(child.wait)
        self.addCleanup(child.stdin.close)
        self.assertEqual(child.stdout.readline(), "accepted\n")
        return child

    def test_a_command_is_carried_and_its_answer_delivered(self):
        region = self.region()
        sent = subprocess.run([PROGRAM, "send", "4.1.1", "--to", METER, "--data", str(self.data)],
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False, timeout=60)
        carried = region.stdout.readline().split()
        self.assertEqual(carried[0], "carried", sent.stdout)
        self.assertTrue(carried[2].startswith("dd00"))
        self.assertEqual(region.stdout.readline(), "stored 1\n")
        self.assertIn("I0", sent.stdout)  # the platform delivers it; that the MAC is none is for the User to find

    def test_a_command_and_its_answer_cross_in_blocks(self):
        region = self.region(kind=BLOCKS)
        sent = subprocess.run([PROGRAM, "send", "4.1.1", "--to", METER, "--data", str(self.data)],
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False, timeout=60)
        self.assertEqual(region.stdout.readline(), "lost 2\n", sent.stdout)
        carried = region.stdout.readline().split()
        self.assertEqual(carried[0], "carried", sent.stdout)
        self.assertTrue(carried[2].startswith("dd00"))
        self.assertEqual(region.stdout.readline(), "asked 1\n")
        self.assertRegex(region.stdout.readline(), "asked [2-9]\n", "all of them have come")
        self.assertEqual(region.stdout.readline(), "stored 1\n")
        self.assertIn("I0", sent.stdout)

    def test_a_loss_of_supply_is_told_and_reported(self):
        region = self.region("--outage")
        self.assertEqual(region.stdout.readline(), "stored 1\n")
        for _ in range(50):
            report = subprocess.run([PROGRAM, "outages", "--csv", "--data", str(self.data)],
                                    stdout=subprocess.PIPE, text=True, check=True, timeout=30).stdout.splitlines()
            if len(report) > 1:
                break
            time.sleep(0.1)
        self.assertTrue(report[1].startswith(f"loss,{HUB},North,1,"), report)


if __name__ == "__main__":
    unittest.main()

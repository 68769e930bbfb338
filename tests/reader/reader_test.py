#!/usr/bin/env python3
"""The second reader itself: worked examples of the message sheet (section 9), and that it sees what it is there to see."""
import contextlib
import copy
import io
import unittest

import compare
import messages
from octets import LayoutError

# 9.2: the response of an ESME that was asked for its firmware version.
FIRMWARE = bytes.fromhex("dd000000000000451100000000df090200000000000003e80800db1234567890a00890b3d51f3001000000020059"
                         "11da200003e800000109040123abcd01010000" "3ba27aac07f946bfd463702f")
# 9.4: the same of a GSME.
GAS_FIRMWARE = bytes.fromhex("dd000000000000481100000000df090200000000000003e80800db1234567890a10890b3d51f3001000000020084"
                             "1401090101" "0702000c" "080001" "0602004104" "0123abcd" "00" + 12 * "00")


def differs(said):
    """How many of one case differ; what differs is not shown."""
    with contextlib.redirect_stdout(io.StringIO()):
        return compare.compare([("case", FIRMWARE, said)], None)[1]


class SecondReader(unittest.TestCase):
    def test_reads_a_dlms_response_by_its_layout(self):
        self.assertEqual(messages.Message(FIRMWARE).values(),
                         ["response", "0059", "00db1234567890a0", "90b3d51f30010000", 1000, "", [None] * 4,
                          ["dlms", "response", "200003e8", [[1, 0, ["octet-string", "0123abcd"], None]]], "",
                          "3ba27aac07f946bfd463702f"])

    def test_reads_a_gas_response_by_its_layout(self):
        content = messages.Message(GAS_FIRMWARE).values()[7]
        self.assertEqual(content, ["gbz", [["0702", "08", 0, "01", None, None, None, [[[0x0206, 0, "0123abcd"]]]]]])

    def test_reads_a_compact_array_like_the_array_it_packs(self):
        import dlms
        from octets import Octets
        packed = Octets(bytes.fromhex("1302020912061100"))
        with self.assertRaises(LayoutError):
            dlms.element(packed)
        whole = Octets(bytes.fromhex("13" "02" "02" "09" "12" "0a" "02aabb0001" "02ccdd0002"))
        self.assertEqual(dlms.element(whole), ["compact-array", [["structure", [["octet-string", "aabb"], ["uint16", 1]]],
                                                                ["structure", [["octet-string", "ccdd"], ["uint16", 2]]]]])

    def test_refuses_every_truncation_and_what_is_left_over(self):
        for message in (FIRMWARE, GAS_FIRMWARE):
            for size in range(len(message)):
                with self.assertRaises((LayoutError, KeyError, TypeError)):
                    messages.Message(message[:size]).values()
            with self.assertRaises(LayoutError):
                messages.Message(message + b"\x00").values()

    def test_every_change_of_what_the_program_says_is_a_difference(self):
        said = {"kind": "response", "code": "0059", "originator": "00db1234567890a0", "target": "90b3d51f30010000", "counter": "1000",
                "content": {"format": "dlms", "apdu": "access-response", "invoke_id": "200003e8",
                            "items": [{"choice": "get", "result": 0, "data": {"type": "octet-string", "hex": "0123abcd"}}]},
                "signature": "", "mac": "3ba27aac07f946bfd463702f"}
        self.assertEqual(differs(said), 0)
        changes = [("code", "0058"), ("counter", "1001"), ("mac", "00" * 12), ("target", "90b3d51f30010001")]
        for member, value in changes:
            self.assertEqual(differs(dict(said, **{member: value})), 1, member)
        for member, value in (("result", 1), ("choice", "set"), ("data", {"type": "octet-string", "hex": "0123abce"}),
                              ("data", {"type": "visible-string", "hex": "0123abcd"})):
            other = copy.deepcopy(said)
            other["content"]["items"][0][member] = value
            self.assertEqual(differs(other), 1, member)


if __name__ == "__main__":
    unittest.main()

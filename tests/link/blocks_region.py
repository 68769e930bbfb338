#!/usr/bin/env python3
"""region.py with "Large messages" of docs/wire/link.md, from that document alone: blocks_region.py PORT HUB DEVICE.

It takes commands in blocks, of which it loses the first one that is numbered 2, and sends its answers in blocks of 32 octets,
backwards, the first of them only when it is asked for."""
import struct
import sys

from region import Region, start

ROOM = 32


class BlocksRegion(Region):
    version = 4

    def __init__(self, *where):
        super().__init__(*where)
        self.blocks = {}  # of commands: transaction -> number -> octets
        self.lost = False
        self.cut = {}  # answers: transaction -> octets

    def send_block(self, transaction, of, total, control, number, acknowledged, octets=b""):
        self.send(struct.pack(">BQBQQIBBHHB", 9, transaction, of, self.hub, self.device, total, 0xE0, control, number,
                              acknowledged, len(octets)) + octets)

    def answer(self, response):
        transaction, self.next = self.next, self.next + 1
        self.cut[transaction] = response
        self.waiting[transaction] = response
        for number in range(-(-len(response) // ROOM), 1, -1):
            self.send_piece(transaction, number, streaming=number > 2)

    def send_piece(self, transaction, number, streaming):
        response = self.cut[transaction]
        last = number * ROOM >= len(response)
        control = last << 7 | streaming << 6 | 63
        self.send_block(transaction, 4, len(response), control, number, 0, response[(number - 1) * ROOM:number * ROOM])

    def take(self, frame):
        if frame[0] != 9:
            super().take(frame)
            return
        transaction, of, hub, device, total, tag, control, number, acknowledged = struct.unpack(">QBQQIBBHH", frame[1:36])
        at = 37 if frame[36] < 0x80 else 37 + (frame[36] & 0x7F)
        if tag != 0xE0 or len(frame) - at != (frame[36] if at == 37 else int.from_bytes(frame[37:at], "big")):
            sys.exit("not a block")
        if of == 4:
            print("asked", acknowledged + 1, flush=True)
            if acknowledged == 0:
                self.send_piece(transaction, 1, streaming=False)
        elif number == 2 and not self.lost:
            self.lost = True
            print("lost", number, flush=True)
        else:
            self.gather(transaction, hub, device, total, control, number, frame[at:])

    def gather(self, transaction, hub, device, total, control, number, octets):
        blocks = self.blocks.setdefault(transaction, {})
        blocks[number] = octets
        there = 0
        while there + 1 in blocks:
            there += 1
        whole = b"".join(blocks[n + 1] for n in range(there))
        if not control & 0x40 or len(whole) == total:
            self.send_block(transaction, 2, total, 63, 0, there)
        if len(whole) == total:
            del self.blocks[transaction]
            self.carry(transaction, hub, device, whole)


if __name__ == "__main__":
    start(BlocksRegion)
    sys.stdin.read()

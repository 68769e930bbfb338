#!/usr/bin/env python3
"""A region that plays one hub, from docs/wire/link.md alone: region.py PORT HUB DEVICE [--outage].

It acknowledges what it is told to carry, recognises repeats, answers each command with a response that has the right
header and a MAC that is none (only the User can tell), and with --outage reports a loss of supply that is three minutes
old. It says on standard output what happened, a line each, and ends when its input does."""
import socket
import struct
import sys
import threading
import time


def now_us():
    return int(time.time() * 1_000_000)


class Region:
    version = 2

    def __init__(self, port, hub, device):
        self.hub, self.device = hub, device
        self.socket = socket.create_connection(("127.0.0.1", port))
        self.taken = set()  # transactions that reached their device
        self.waiting = {}  # ours, until they are acknowledged
        self.next = 1

    def send(self, frame):
        self.socket.sendall(struct.pack(">I", len(frame)) + frame)

    def say(self, kind, content):
        """A frame that is kept until it is acknowledged."""
        frame = struct.pack(">BQ", kind, self.next) + content
        self.waiting[self.next] = frame
        self.next += 1
        self.send(frame)

    def hello(self):
        self.send(b"\x01MWLK" + struct.pack(">BHQ", self.version, 1, self.hub))

    def lose_supply(self):
        at = now_us()
        self.say(6, struct.pack(">QBQQQQQ", self.hub, 1, at - 180_000_000, 0, at, at, now_us()))

    @staticmethod
    def response_to(command):
        """The command's header as a response (docs/wire/gbcs.md), without content."""
        header = command[command.index(b"\xdf\x09\x01"):]
        counter, originator, target, code = header[3:11], header[12:20], header[21:29], header[31:33]
        signing = b"\xdf\x09\x02" + counter + b"\x08" + target + b"\x08" + originator + b"\x00\x02" + code + b"\x00\x00"
        rest = b"\x11\x00\x00\x00\x00" + signing + bytes(12)
        return b"\xdd\x00\x00\x00\x00\x00\x00" + bytes([len(rest)]) + rest

    def take(self, frame):
        kind, (transaction,) = frame[0], struct.unpack(">Q", frame[1:9])
        if kind == 5:
            if transaction == 0:
                print("accepted", flush=True)
            elif self.waiting.pop(transaction, None) is not None:
                print("stored", transaction, flush=True)
        elif kind == 2:
            hub, device, size = struct.unpack(">QQI", frame[9:29])
            message = frame[29:]
            if len(message) != size:
                sys.exit("not a deliver")
            self.carry(transaction, hub, device, message)

    def carry(self, transaction, hub, device, message):
        if hub != self.hub:
            sys.exit("not for this hub")
        if device != self.device:
            self.send(struct.pack(">BQB", 3, transaction, 2))
            return
        self.send(struct.pack(">BQ", 5, transaction))
        print("repeat" if transaction in self.taken else "carried", transaction, message.hex(), flush=True)
        if transaction not in self.taken:
            self.taken.add(transaction)
            self.answer(self.response_to(message))

    def answer(self, response):
        self.say(4, struct.pack(">QQ", self.hub, self.device) + self.sized(response))

    @staticmethod
    def sized(message):
        return struct.pack(">I", len(message)) + message

    def run(self):
        stream = self.socket.makefile("rb")
        while True:
            head = stream.read(4)
            if len(head) < 4:
                return
            self.take(stream.read(struct.unpack(">I", head)[0]))


def start(kind):
    region = kind(int(sys.argv[1]), int(sys.argv[2], 16), int(sys.argv[3], 16))
    threading.Thread(target=region.run, daemon=True).start()
    region.hello()
    return region


if __name__ == "__main__":
    region = start(Region)
    if "--outage" in sys.argv:
        time.sleep(1)
        region.lose_supply()
    sys.stdin.read()

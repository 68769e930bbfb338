"""A second reader of GBCS messages, written from the layouts and from nothing of the program.

It exists to disagree: what `meterway decode` says of a message is compared with what this says of the same bytes. So it takes no
table of spec/, calls no C++, and names nothing; it gives values in the order in which they stand:

    message   [kind, code, originator, target, counter, date-time, other information.., content, signature, MAC]
    content   ["dlms", ..], ["gbz", ..] or ["asn1", ..]: see dlms.py, gbz.py and asn1.py

Bytes are hexadecimal text, numbers are numbers. Source: GBCS message layouts, sections 1 and 4 of the message sheet.
"""
import hashlib

import asn1
import dlms
import gbz
from octets import LayoutError, Octets

KINDS = {1: "command", 2: "response", 3: "alert"}


class Message:
    """The grouping header and what it holds, each as it stands in the bytes."""

    def __init__(self, data):
        octets = Octets(data)
        self.mac = None
        if octets.peek() == 0xDD:
            octets.expect("dd000000000000")
            body = Octets(octets.take(octets.length()))
            octets.end()
            octets = body
            octets.expect("1100000000")
            self.mac = octets.data[-12:]
            octets.data = octets.data[:-12]
        octets.expect("df09")
        self.kind = KINDS[octets.number(1)]
        self.counter = octets.number(8)
        self.originator = self._identity(octets)
        self.target = self._identity(octets)
        self.date_time = octets.take(octets.number(1))
        other = Octets(octets.take(octets.length()))
        self.code = other.number(2)
        self.party = self.party_counter = self.originator_counter = self.certificate = None
        if other.left() >= 8:
            self.party = other.take(8)
        if other.left() >= 8:
            self.party_counter = other.number(8)
        if other.left() == 8:
            self.originator_counter = other.number(8)
        elif other.left():
            self.certificate = other.take(other.left())
        self.content = octets.take(octets.length())
        self.signature = octets.take(octets.length()) if octets.left() else None
        octets.end()

    @staticmethod
    def _identity(octets):
        octets.expect("08")
        return octets.take(8)

    def values(self, keys=None):
        """Everything as nested lists; encrypted parts are opened where `keys` holds a key for them."""
        def opened(block):
            return open_block(self, block, keys) if keys else None
        head = [self.kind, "%04x" % self.code, self.originator.hex(), self.target.hex(), self.counter, self.date_time.hex()]
        other = [part.hex() if isinstance(part, bytes) else part
                 for part in (self.party, self.party_counter, self.originator_counter, self.certificate)]
        signature = None if self.signature is None else self.signature.hex()
        return head + [other, read_content(self, opened), signature, None if self.mac is None else self.mac.hex()]


def read_content(message, opened):
    first = message.content[0] if message.content else None
    if message.content[:2] == b"\x01\x09":
        return gbz.read(message.content, message.kind, message.code, opened)
    if first in (0xD9, 0xDA, 0x0F):
        return dlms.read(message.content, opened)
    if first in (0x02, 0x03, 0x04, 0x05, 0x30):
        return asn1.read(message.content)
    raise LayoutError("no content begins with %s" % first)


def open_block(message, block, keys):
    """Plain text of 31 00000000 ciphertext tag, or None without a key. Sections 4.1 and 4.3."""
    party = message.party or message.target
    counter = message.originator_counter if message.originator_counter is not None else message.counter
    secret = keys.shared_secret(party.hex(), message.originator.hex())
    if secret is None:
        return None
    other = bytes.fromhex("60857406080300") + message.originator + b"\x09\x04" + counter.to_bytes(8, "big") + party
    key = hashlib.sha256(b"\x00\x00\x00\x01" + secret + other).digest()[:16]
    return keys.open(key, message.originator + bytes(4), block[5:], block[:1])

"""DER contents: ["asn1", element], an element being [tag, hexadecimal text] or [tag, [elements]]. Section 7 of the message sheet."""
from octets import LayoutError, Octets


def element(octets):
    tag = octets.number(1)
    if tag & 0x1F == 0x1F:
        raise LayoutError("tag of more than one byte")
    value = octets.take(octets.length())
    if not tag & 0x20:
        return ["%02x" % tag, value.hex()]
    inner = Octets(value)
    items = []
    while inner.left():
        items.append(element(inner))
    return ["%02x" % tag, items]


def read(content):
    octets = Octets(content)
    root = element(octets)
    octets.end()
    return ["asn1", root]

"""DLMS contents: access requests, access responses, notifications. Section 5 of the message sheet.

    request        ["dlms", "request", invoke id, [[choice, class, instance, index, selector, selection, data]..]]
    response       ["dlms", "response", invoke id, [[choice, result, data, opened]..]]
    notification   ["dlms", "notification", invoke id, data, opened]

data is [type, value]: a number, hexadecimal text, [bits, text] of a bit string, or the list of elements.
"""
from octets import LayoutError, Octets

GET, SET, ACTION, GET_SELECTED = 1, 2, 3, 4
NUMBERS = {0x03: ("boolean", 1, False), 0x05: ("int32", 4, True), 0x06: ("uint32", 4, False), 0x0F: ("int8", 1, True),
           0x10: ("int16", 2, True), 0x11: ("uint8", 1, False), 0x12: ("uint16", 2, False), 0x14: ("int64", 8, True),
           0x15: ("uint64", 8, False), 0x16: ("enum", 1, False)}
STRINGS = {0x09: "octet-string", 0x0A: "visible-string", 0x0C: "utf8-string"}


def value_of(octets, tag):
    """The value after its tag; inside a compact array there are no tags."""
    if tag == 0x00:
        return ["null", None]
    if tag in (0x01, 0x02):
        return ["array" if tag == 0x01 else "structure", [element(octets) for _ in range(octets.length())]]
    if tag in NUMBERS:
        name, size, signed = NUMBERS[tag]
        return [name, octets.number(size, signed=signed)]
    if tag == 0x04:
        bits = octets.length()
        return ["bit-string", [bits, octets.take((bits + 7) // 8).hex()]]
    if tag in STRINGS:
        return [STRINGS[tag], octets.take(octets.length()).hex()]
    if tag == 0x13:
        shape = shape_of(octets)
        packed = Octets(octets.take(octets.length()))
        items = []
        while packed.left():
            items.append(packed_value(packed, shape))
        return ["compact-array", items]
    raise LayoutError("data type %02x" % tag)


def element(octets):
    return value_of(octets, octets.number(1))


def shape_of(octets):
    tag = octets.number(1)
    if tag == 0x01:
        count = octets.number(2)
        return ("array", [shape_of(octets)] * count)
    if tag == 0x02:
        return ("structure", [shape_of(octets) for _ in range(octets.number(1))])
    return (tag, None)


def packed_value(octets, shape):
    kind, members = shape
    if members is None:
        return value_of(octets, kind)
    return [kind, [packed_value(octets, member) for member in members]]


def block_in(data):
    """The encrypted block of structure{ array of protection parameters, octet string }, or None."""
    if data[0] == "structure" and len(data[1]) == 2:
        parameters, block = data[1]
        if parameters[0] == "array" and block[0] == "octet-string" and block[1].startswith("3100000000"):
            return bytes.fromhex(block[1])
    return None


def opened_in(block, opened):
    plain = opened(block) if block else None
    if plain is None:
        return None
    octets = Octets(plain)
    data = element(octets)
    octets.end()
    return data


def read(content, opened):
    octets = Octets(content)
    tag = octets.number(1)
    invoke_id = octets.take(4).hex()
    if octets.take(octets.number(1)):
        raise LayoutError("a date-time")
    if tag == 0x0F:
        body = element(octets)
        octets.end()
        blocks = None
        if body[0] == "structure" and len(body[1]) == 4:
            blocks = block_in(["structure", body[1][2:]])
        return ["dlms", "notification", invoke_id, body, opened_in(blocks, opened)]
    if tag == 0xDA:
        octets.expect("00")
        data = [element(octets) for _ in range(octets.length())]
        results = [[octets.number(1), octets.number(1)] for _ in range(octets.length())]
        octets.end()
        if len(data) != len(results):
            raise LayoutError("%d values, %d results" % (len(data), len(results)))
        return ["dlms", "response", invoke_id,
                [result + [value, opened_in(block_in(value), opened)] for result, value in zip(results, data)]]
    specifications = []
    for _ in range(octets.length()):
        choice = octets.number(1)
        one = [choice, octets.number(2), octets.take(6).hex(), octets.number(1)]
        one += [octets.number(1), element(octets)] if choice == GET_SELECTED else [None, None]
        specifications.append(one)
    data = [element(octets) for _ in range(octets.length())]
    octets.end()
    if len(data) != len(specifications):
        raise LayoutError("%d values, %d specifications" % (len(data), len(specifications)))
    return ["dlms", "request", invoke_id, [one + [value] for one, value in zip(specifications, data)]]

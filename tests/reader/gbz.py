"""GBZ contents: ZCL frames inside GBCS. Section 6 of the message sheet.

    command, response   ["gbz", [component..]]
    alert               ["gbz", alert code, time, count, [component..], detail]
    component           [cluster, frame control, sequence, command, from, frame counter, ciphered, [value..]]

Values stand in the order of the layouts below; what repeats is a list of lists.
"""
from octets import LayoutError, Octets

SIZES = {"u8": 1, "u16": 2, "u24": 3, "u32": 4, "u48": 6, "i32": 4, "utc": 4}
TYPED = {0x08: 1, 0x10: 1, 0x18: 1, 0x19: 2, 0x1B: 4, 0x20: 1, 0x21: 2, 0x22: 3, 0x23: 4, 0x25: 6, 0x2B: 4, 0x30: 1}
SNAPSHOT = "u32 utc u8 u8 u8 u32 u8"

# cluster, server to client, command: what the payload holds. {..} repeats to the end, n*x: as often as the number before says,
# x*: to the end, ?: what is left.
LAYOUTS = {
    (0x0700, 0, 0x00): "u8", (0x0700, 0, 0x0B): "utc u32 u8 u8",
    (0x0700, 1, 0x00): "u32 str utc utc u8 u16 u8 u8 utc u16 u32 ?", (0x0700, 1, 0x01): "u32 utc utc u24 u8 u8 u8 u8",
    (0x0700, 1, 0x02): "utc utc u32 u8", (0x0700, 1, 0x03): "utc utc u32 u8 u8",
    (0x0700, 1, 0x04): "u32 utc u32 utc u8 str u8 u8 u8 u16 u8 u32 u8 u24 u24",
    (0x0700, 1, 0x05): "u32 utc utc u32 u8 u8 u8 {u8 u32}", (0x0700, 1, 0x06): "u32 utc utc u32 u8 u8 u8 u8 u48*",
    (0x0700, 1, 0x09): "u32 utc utc u24 u8 u8",
    (0x0702, 0, 0x06): "utc utc u8 u32", (0x0702, 1, 0x06): SNAPSHOT + " u48 u8 n*u48 u8 u48*",
    (0x0702, 0, 0x07): "utc utc u8 u16 u16", (0x0702, 0, 0x08): "u16 utc u8 u16", (0x0702, 1, 0x07): "u16 utc u8 u16 u16 n*u24",
    (0x0702, 0, 0x0B): "u32 utc utc utc u8 u8", (0x0702, 1, 0x0C): "u32 utc utc u8", (0x0702, 0, 0x0D): "utc u8 u8 u8 u8",
    (0x0702, 1, 0x0D): "u16", (0x0702, 0, 0x0E): "u32 utc u16 u8 u16 u16 u8 u16",
    (0x0703, 1, 0x00): "utc u8 utc u16 str u8?",
    (0x0705, 0, 0x00): "utc u8", (0x0705, 0, 0x02): "utc str i32 u8 u8 utc u16 u8 i32 u16", (0x0705, 0, 0x03): "utc utc u32 u32",
    (0x0705, 0, 0x04): "u8 str", (0x0705, 1, 0x03): "u8 i32 u8 i32", (0x0705, 0, 0x05): "utc utc u8 i32",
    (0x0705, 0, 0x06): "u32 utc utc u16 i32", (0x0705, 1, 0x02): "u8 u32 u32 u32", (0x0705, 0, 0x07): "utc utc u8 u32",
    (0x0705, 1, 0x01): SNAPSHOT + " i32 u32 u32 u32 u32 i32", (0x0705, 0, 0x08): "utc u8", (0x0705, 1, 0x05): "u8 u8 {str i32 utc}",
    (0x0705, 0, 0x09): "u32", (0x0705, 0, 0x0A): "utc u8 u8", (0x0705, 1, 0x06): "u8 u8 {utc u32 u8 u32}",
    (0x0705, 0, 0x0B): "u32 utc utc u32 u32", (0x0705, 0, 0x0C): "u32 utc utc i32",
    (0x0707, 0, 0x00): "?", (0x0707, 0, 0x01): "u32 u32 u8 u8", (0x0707, 0, 0x02): "u32 u32 u8 u8", (0x0707, 0, 0x03): "u32 u32",
    (0x0707, 0, 0x04): "utc u8 u8 u32 u32", (0x0707, 1, 0x00): "u32 utc u32 utc u8 u8 str u8 u8 u8",
    (0x0707, 1, 0x01): "u32 utc u32 u8 u8 u8 u8 u8 {u16 u8}", (0x0707, 1, 0x02): "u32 utc u32 u8 u8 u8 u8 u8 u8 u8 u8",
    (0x0707, 1, 0x03): "u32 utc u32 u8 u8 {date u8}", (0x0707, 1, 0x04): "u32 utc u32 utc u8 u8 u8 u8 {date u8}",
    (0x0708, 1, 0x00): "u32 utc u8 utc u32", (0x0708, 1, 0x01): "u32 utc u8 u32 utc u32 str str", (0x0708, 1, 0x02): "utc utc u16 u8 str",
    (0x0708, 1, 0x03): "utc utc u32 str", (0x0708, 1, 0x04): "utc utc u8 u8 u8 n*u16", (0x0708, 1, 0x05): "u16",
    (0x0708, 0, 0x04): "u8 u8 {u16 u8}", (0x0708, 1, 0x06): "utc utc u32 str",
    (0x0709, 0, 0x00): "u8 u16 utc utc u8 u16", (0x0709, 1, 0x01): "u16 u8 u8 u8 {u8 u16 utc str}", (0x0709, 0, 0x01): "u8",
    (0x0709, 1, 0x02): "u8",
}


def scalar(octets, kind):
    if kind == "str":
        return octets.take(octets.number(1)).hex()
    if kind == "date":
        return octets.take(4).hex()
    return octets.number(SIZES[kind], "little", signed=kind.startswith("i"))


def fields(octets, layout):
    values = []
    text = layout
    while text:
        if text.startswith("{"):
            inner, _, text = text[1:].partition("}")
            rows = []
            while octets.left():
                rows.append(fields(octets, inner))
            values.append(rows)
            text = text.strip()
            continue
        part, _, text = text.partition(" ")
        if part == "?":
            if octets.left():
                values.append(octets.take(octets.left()).hex())
        elif part.endswith("?"):
            if octets.left():
                values.append(scalar(octets, part[:-1]))
        elif part.startswith("n*"):
            values += [scalar(octets, part[2:]) for _ in range(values[-1])]
        elif part.endswith("*"):
            while octets.left():
                values.append(scalar(octets, part[:-1]))
        else:
            values.append(scalar(octets, part))
    return values


def typed(octets):
    kind = octets.number(1)
    if kind in (0x41, 0x42):
        return octets.take(octets.number(1)).hex()
    if kind not in TYPED:
        raise LayoutError("attribute type %02x" % kind)
    return octets.number(TYPED[kind], "little", signed=kind == 0x2B)


def general(command, octets):
    """Read attributes and its response, write attributes, default response."""
    if command == 0x0B:
        return [octets.number(1), octets.number(1)]
    values = []
    while octets.left():
        number = octets.number(2, "little")
        if command == 0x00:
            values.append(number)
        elif command == 0x01:
            status = octets.number(1)
            values.append([number, status] + ([typed(octets)] if status == 0 else []))
        elif command == 0x02:
            values.append([number, typed(octets)])
        else:
            raise LayoutError("general command %02x" % command)
    return values if command == 0x00 else [values]


def payload(cluster, control, command, data):
    octets = Octets(data)
    if control & 1:
        layout = LAYOUTS.get((cluster, control >> 3 & 1, command))
        if layout is None:
            raise LayoutError("command %04x/%02x" % (cluster, command))
        values = fields(octets, layout)
    else:
        values = general(command, octets)
    octets.end()
    return values


def component(octets, opened):
    flags = octets.number(1)
    cluster = octets.number(2)
    body = Octets(octets.take(octets.number(2)))
    counter = came = ciphered = values = None
    if flags & 0x02:
        body.expect("00")
        counter = body.number(1)
    if flags & 0x10:
        came = body.number(4)
    control, sequence, command = body.number(1), body.number(1), body.number(1)
    if flags & 0x02:
        block = body.take(body.number(2))
        ciphered = block.hex()
        plain = opened(block)
        if plain is not None:
            values = payload(cluster, control, command, plain)
    else:
        values = payload(cluster, control, command, body.take(body.left()))
    body.end()
    return ["%04x" % cluster, "%02x" % control, sequence, "%02x" % command, came, counter, ciphered, values], bool(flags & 1)


def components(octets, count, opened):
    found = []
    for i in range(count):
        one, last = component(octets, opened)
        if last != (i == count - 1):
            raise LayoutError("component %d of %d" % (i + 1, count))
        found.append(one)
    return found


def read(content, kind, code, opened):
    octets = Octets(content)
    octets.expect("0109")
    count = octets.number(1)
    if kind != "alert":
        found = components(octets, count, opened)
        octets.end()
        return ["gbz", found]
    alert, time = octets.number(2), octets.number(4)
    # Codes 00CD, 00CF and 00F2 carry a detail of their own; the number counts nothing that follows.
    detailed = code in (0x00CD, 0x00CF, 0x00F2)
    found = [] if detailed else components(octets, count, opened)
    detail = octets.take(octets.left()).hex() if detailed else ""
    octets.end()
    return ["gbz", "%04x" % alert, time, count, found, detail]

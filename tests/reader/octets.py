"""Taking bytes from the front."""


class LayoutError(ValueError):
    """The bytes are not what the layout says."""


class Octets:
    def __init__(self, data):
        self.data = bytes(data)
        self.at = 0

    def left(self):
        return len(self.data) - self.at

    def peek(self):
        return self.data[self.at] if self.left() else None

    def take(self, count):
        if count > self.left():
            raise LayoutError("%d bytes wanted at %d, %d left" % (count, self.at, self.left()))
        self.at += count
        return self.data[self.at - count:self.at]

    def number(self, count, order="big", signed=False):
        return int.from_bytes(self.take(count), order, signed=signed)

    def length(self):
        """One byte below 80, or 80 + n and n bytes."""
        first = self.number(1)
        return first if first < 0x80 else self.number(first - 0x80)

    def expect(self, text):
        wanted = bytes.fromhex(text)
        if self.take(len(wanted)) != wanted:
            raise LayoutError("%s wanted at %d" % (text, self.at - len(wanted)))

    def end(self):
        if self.left():
            raise LayoutError("%d bytes too many at %d" % (self.left(), self.at))

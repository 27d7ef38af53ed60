# SPDX-License-Identifier: MIT
"""packets.py - the framing of gdb's Remote Serial Protocol.

    $payload#cs     a packet, and the sum of its bytes as two hex digits
    +  -            it came well; send it again
    0x03            alone, from gdb: interrupt the program

Both ends may agree to do without + and - (QStartNoAckMode), since a pipe loses
nothing. Inside a payload two abbreviations occur: "}" announces a byte that is
sent xor 0x20, and "*" with a count repeats the byte before it. Whoever passes
a packet on need not care, for the sum is over the payload as it is sent; so a
Line hands over payloads untouched, and expand() is for those who read them.
"""
import os
import re

INTERRUPT = b"\x03"
SHORT = re.compile(rb"\}(.)|(.)\*(.)", re.DOTALL)


class Gone(Exception):
    """The other end of a line has closed it."""

    def __init__(self, line):
        super().__init__("the line is closed")
        self.line = line


def expand(payload):
    """A payload without its abbreviations."""
    return SHORT.sub(
        lambda short: bytes([short[1][0] ^ 0x20]) if short[1] else
        short[2] * (short[3][0] - 28), payload)


def escape(data):
    """Arbitrary bytes, fit to be sent in a payload."""
    out = bytearray()
    for byte in data:
        if byte in b"#$}*":
            out += b"}"
            byte ^= 0x20
        out.append(byte)
    return bytes(out)


class Line:
    """One end of a conversation: packets go out and come in."""

    def __init__(self, read_fd, write_fd):
        self.read_fd = read_fd
        self.write_fd = write_fd
        self.acks = True
        self.unread = b""
        self.last_sent = b""

    def send(self, payload):
        self.last_sent = b"$%s#%02x" % (payload, sum(payload) & 0xff)
        self.write(self.last_sent)

    def write(self, data):
        """All of it; Gone if nobody reads any more."""
        try:
            while data:
                data = data[os.write(self.write_fd, data):]
        except OSError:
            raise Gone(self) from None

    def fill(self):
        """Wait until something comes."""
        try:
            data = os.read(self.read_fd, 1 << 16)
        except OSError:
            raise Gone(self) from None
        if not data:
            raise Gone(self)
        self.unread += data

    def take(self):
        """The next payload that has come, INTERRUPT, or None: no whole one."""
        while self.unread:
            first = self.unread[:1]
            if first == b"$":
                end = self.unread.find(b"#")
                if end < 0 or len(self.unread) < end + 3:
                    return None
                payload = self.accept(self.unread[1:end],
                                      self.unread[end + 1:end + 3])
                self.unread = self.unread[end + 3:]
                if payload is not None:
                    return payload
                continue
            self.unread = self.unread[1:]
            if first == INTERRUPT:
                return INTERRUPT
            if first == b"-" and self.acks:
                self.write(self.last_sent)
        return None

    def accept(self, payload, check):
        """Say whether it came well; None if not: it will come again."""
        if not self.acks:
            return payload
        well = b"%02x" % (sum(payload) & 0xff) == check.lower()
        self.write(b"+" if well else b"-")
        return payload if well else None

    def receive(self):
        """The next payload, or INTERRUPT, however long it takes."""
        while True:
            item = self.take()
            if item is not None:
                return item
            self.fill()

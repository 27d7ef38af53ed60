# SPDX-License-Identifier: MIT
"""Reading the trace that a test program leaves; see harness/lab.h.

Whoever wrote it may have wanted to deceive, so nothing is taken on trust: the
nonce is this run's, the numbers run on, the end is there, and its checksum is
that of the bytes before it.
"""
import collections
import re

MASK = (1 << 64) - 1
LINE = re.compile(r"([0-9]{1,9}) (-?[0-9]{1,9}) (.+)")
END = re.compile(r"end ([0-9]{1,9}) ([0-9a-f]{1,16})")

Event = collections.namedtuple("Event", "number lane words")


class BadTrace(Exception):
    """Not the trace of a whole run. `events`: what could be read of it."""

    def __init__(self, why, events=()):
        super().__init__(why)
        self.events = list(events)


def checksum(data, nonce):
    """FNV-1a, begun with the nonce."""
    value = 0xcbf29ce484222325 ^ nonce
    for byte in data:
        value = ((value ^ byte) * 0x100000001b3) & MASK
    return value


def read_trace(data, nonce):
    """The events of a whole trace, or BadTrace."""
    if not data:
        raise BadTrace("there is no trace: the program ended before its test "
                       "began")
    lines = data.split(b"\n")
    if lines[0] != f"threadbare-trace {nonce:x}".encode():
        raise BadTrace("the trace is forged: it does not begin with this "
                       "run's number")
    events = []
    for at, line in enumerate(lines[1:], 1):
        text = line.decode("ascii", "replace")
        if not text.isprintable():
            text = repr(text)  # whoever reads it has a terminal to lose
        if match := LINE.fullmatch(text):
            events.append(Event(int(match[1]), int(match[2]), match[3]))
            if events[-1].number != len(events):
                raise BadTrace("the trace is forged: event "
                               f"{len(events)} is missing", events[:-1])
        elif match := END.fullmatch(text):
            before = b"\n".join(lines[:at]) + b"\n"
            if int(match[1]) != len(events) or \
                    int(match[2], 16) != checksum(before, nonce):
                raise BadTrace("the trace is forged: its checksum is wrong",
                               events)
            if lines[at + 1:] != [b""]:
                raise BadTrace("something was written behind the end of the "
                               "trace", events)
            return events
        elif text or at != len(lines) - 1:
            raise BadTrace(f"line {at + 1} of the trace is none: "
                           f"{text[:40]!r}", events)
    raise BadTrace(f"the trace stops after event {len(events)}", events)

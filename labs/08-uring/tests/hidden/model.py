# SPDX-License-Identifier: MIT
"""What must hold of these scenarios: their twins; or where several orders are
right, what must be true in each."""
import re

from grader.judge import Broken


def check_flood(events, random):
    length = 250000 + random.below(100000)
    key = 1 + random.below(5000)
    total = sum((p + 1) * (p * key >> 8 & 255) for p in range(length))
    right = {1: f"wrote {length}",
             0: f"read {length}, sum {total}, then 0"}
    for event in events:
        if event.words != right.get(event.lane):
            raise Broken(event.number, f"thread {event.lane} says "
                         f"{event.words!r}; right is {right[event.lane]!r}")
    if len(events) != 2:
        raise Broken(len(events), "not both have come to their end")


def errors(world):
    for _ in range(1 + world.random.below(4)):
        for words in (
                "no descriptor: -1 EBADF", "the wrong end: -1 EBADF",
                "no place to seek: -1 ESPIPE", "nor to write at: -1 ESPIPE",
                "closed: -1 EBADF",
                "nobody reads: -1 EPIPE", "no memory: -1 EFAULT", "memory: 3",
                "the writer goes: 0", "and is gone: 0", "the peer goes: 0",
                "and is gone: 0", "send to nobody: -1 EPIPE",
                "the reader goes: -1 EPIPE", "a flag is no reason: 1",
                "nor of a socket: 1", "unless one asks: -1 EAGAIN",
                "too late: -1 ETIMEDOUT"):
            world.say(0, words)
    return
    yield


class File:
    """A file and its position."""

    def __init__(self, text):
        self.text = text
        self.at = 0

    def write(self, at, text):
        """Put it there, behind a gap of zeros if need be."""
        before = self.text[:at].ljust(at, "\0")
        self.text = before + text + self.text[at + len(text):]

    def read(self, at, count):
        """What is there; as a C string says it."""
        return self.text[at:at + count]


def files(world):
    draw = world.random.below
    file, written = File("." * 40), 0
    world.say(0, "pwrite 40")

    def letters(count):
        nonlocal written
        written += 1
        return chr(97 + (written - 1) % 26) * count

    for _ in range(60):
        what, count, at = draw(5), 1 + draw(12), draw(40)
        if what == 0:
            file.write(file.at, letters(count))
            file.at += count
            world.say(0, f"write {count}")
        elif what == 1:
            file.write(at, letters(count))
            world.say(0, f"pwrite {count}")
        elif what in (2, 3):
            text = file.read(file.at if what == 2 else at, count)
            file.at += len(text) if what == 2 else 0
            world.say(0, f"{'read' if what == 2 else 'pread'} {len(text)}: "
                         f"{text}")
        else:
            file.at = at // 2
            world.say(0, f"seek {at // 2}")
    world.say(0, "fsync 0")
    return
    yield


def check_sockets(events, random):
    rounds = 1 + random.below(6)
    right = {0: ["accept a descriptor", "peek 3: hel", "received 5: hello",
                 "sent 2", "sent 2", "the end 0"] * rounds,
             1: ["connect 0", "sent 5", "received 4: and!"] * rounds}
    for event in events:
        wanted = right[event.lane].pop(0) if right.get(event.lane) else "none"
        if event.words != wanted:
            raise Broken(event.number, f"{event.words!r}; a right library has "
                         f"{wanted!r}")
    if right[0] or right[1]:
        raise Broken(len(events), "not both have come to their end")


def check_deadlines(events, random):
    rounds = 1 + random.below(4)
    counts = {}
    wrong = re.compile(r"early|filled (?!3)|memory: [^.]|read 0|nothing|"
                       r"(late|closed): cancelled 1|cancelled: cancelled 0")
    for event in events:
        if wrong.search(event.words):
            raise Broken(event.number, f"{event.words!r}: whoever gives up "
                         "takes nothing, and not before it is time")
        key = (event.lane, event.words)
        counts[key] = counts.get(key, 0) + 1
    late, byte = "read -1: ETIMEDOUT", "read 1: a byte"
    then = "then read 1: a byte, in memory: ."
    right = {(2, late): 1, (1, byte): 1, (3, byte): 1, (4, byte): 1,
             (0, "filled 3, the second's memory: ."): 1, (1, late): 2,
             (0, f"late: cancelled 0, {then}"): 1,
             (0, f"cancelled: cancelled 1, {then}"): 1,
             (0, "close 0"): 1, (1, "read -1: EBADF"): 1,
             (0, f"closed: cancelled 0, {then}"): 1}
    for key, count in right.items():
        if counts.pop(key, 0) != count * rounds:
            raise Broken(len(events), f"{key[1]!r} of thread {key[0]} was to "
                         f"be said {count * rounds} times")
    if counts:
        raise Broken(len(events), f"{sorted(counts)[0][1]!r} is no right word")


def check_crowd(events, random):
    wanted, left = random.below(3) + 1, None
    for event in events:
        if match := re.match(r"readers (\d+)", event.words):
            if left:
                raise Broken(event.number, "not all have read")
            left = sorted(i % 256 for i in range(int(match[1])))
            if len(left) != 100 + random.below(300):
                raise Broken(event.number, "these are not the readers")
            wanted -= 1
        elif not (match := re.match(r"read 1: (\d+)", event.words)) or \
                int(match[1]) not in left:
            raise Broken(event.number, f"{event.words!r}: this byte was not "
                         "there to be read")
        else:
            left.remove(int(match[1]))
    if left or wanted:
        raise Broken(len(events), "not all have read")


def signals(world):
    for i in range(3 + world.random.below(5)):
        world.say(0, f"read 1: {chr(97 + i)}, after five 1")
    return
    yield


def check_idle(events, random):
    given = [0] * 6
    for _ in range(30):
        given[random.below(6)] += 1
    happens, left = 30 + 30 + 10, {0, *range(1, 7)}
    for event in events:
        if match := re.fullmatch(r"has (\d+) of \d+", event.words):
            if int(match[1]) != given[event.lane - 1]:
                raise Broken(event.number, f"thread {event.lane} was given "
                             f"{given[event.lane - 1]} bytes")
        elif match := re.fullmatch(r"calls (\d+)", event.words):
            if int(match[1]) > 4 * happens:
                raise Broken(event.number, f"{happens} things happened, and "
                             f"io_uring_enter was called {match[1]} times: "
                             "that is a busy-wait")
        else:
            raise Broken(event.number, f"what is {event.words!r}?")
        left.discard(event.lane)
    if left or len(events) != 7:
        raise Broken(len(events), "not all have come to their end")


def check_busy(events, _random):
    reads = 0
    for event in events:
        if event.words == "read 1":
            reads += 1
        elif event.words != f"done {reads}":
            raise Broken(event.number, f"{event.words!r}: this is no byte")
        elif event.lane == 0 and reads == 0:
            raise Broken(event.number, "somebody was always ready, and who "
                         "waited was not heard of")
    if reads != 5 or len(events) != 10:
        raise Broken(len(events), f"{reads} of 5 bytes were read")


def poll(world):
    for _ in range(20 + world.random.below(40)):
        world.say(0, f"poll 1: {world.random.below(5)}, read 1")
    world.say(0, "none: 0")
    return
    yield

# SPDX-License-Identifier: MIT
"""What must hold of these scenarios: their twins; or where several orders are
right, what must be true in each."""
import re

from grader.judge import Broken

LATE = 1000  # us of the played clock: looking around takes some


class Outside:
    """The letters that come from outside, one after another."""

    def __init__(self):
        self.given = 0

    def letter(self):
        """The next one."""
        self.given += 1
        return chr(97 + (self.given - 1) % 26)


def interrupted(world):
    letters = Outside()
    draw = world.random.below

    def sleep():
        world.say(0, f"slept for {4 + draw(8)} ms")

    for _ in range(2 + draw(4)):
        draw(5)
        world.say(0, "write 1, 0 to come")
        world.say(0, "read 1: q, 0 to come")
        span = 4 + draw(8)
        world.say(0, f"read 1: {letters.letter()} after {span} ms")
        sleep()
    sleep()
    world.say(1, "read 1")
    return
    yield


def short(world):
    letters = "abcdefghijklmnopqrstuvwxyz"
    for _ in range(3 + world.random.below(6)):
        written = 1 + world.random.below(9)
        world.say(0, f"write {written}")
        read = min(1 + world.random.below(9), written)
        world.say(0, f"read {read}: {letters[:read].ljust(12, '.')}")
        rest = letters[read:written] + "!"
        world.say(0, f"the rest {len(rest)}: {rest.ljust(12, '.')}")
    return
    yield


def errors(world):
    for _ in range(1 + world.random.below(4)):
        for words in (
                "no descriptor: -1 EBADF", "nor to write: -1 EBADF",
                "the wrong end: -1 EBADF", "the other: -1 EBADF",
                "closed: -1 EBADF", "nobody reads: -1 EPIPE",
                "no memory: -1 EFAULT", "memory: 3",
                "no memory, later: -1 EFAULT", "memory, at last: 1",
                "the writer goes: 0", "and is gone: 0", "the peer goes: 0",
                "and is gone: 0", "send to nobody: -1 EPIPE",
                "the reader goes: -1 EPIPE", "a flag is no reason: 1",
                "nor of a socket: 1", "unless one asks: -1 EAGAIN",
                "too late: -1 ETIMEDOUT"):
            world.say(0, words)
    return
    yield


def crowd(world):
    letters = Outside()
    draw = world.random.below
    for _ in range(2 + draw(3)):
        count, given = 2 + draw(8), 0
        world.say(0, f"readers {count}")
        while given < count:
            given += 1 + draw(count - given)
        for lane in range(1, count + 1):
            world.say(lane, f"read 1: {letters.letter()}")
        world.say(10, "left to write 0")
    return
    yield


def close(world):
    letters = Outside()

    def read_later():
        world.say(0, f"read 1: {letters.letter()}")

    def another():
        world.say(0, "the number is the same")
        read_later()

    read_later()
    for _ in range(2 + world.random.below(5)):
        count = 1 + world.random.below(4)
        world.say(0, "close 0")
        for lane in range(1, count + 1):
            world.say(lane, "read -1: EBADF")
        another()
        another()
    return
    yield


def deadlines(world):
    letters = Outside()
    draw = world.random.below
    for _ in range(1 + draw(4)):
        late = 2 + draw(5)
        world.say(2, f"read -1: ETIMEDOUT after {late} ms")
        memory = ["."] * 4
        for after, lane in enumerate((1, 3, 4), 10):
            world.say(lane, f"read 1: a byte after {after} ms")
            memory[lane - 1] = letters.letter()
        world.say(0, f"in memory: {''.join(memory)}")
        late = 3 + draw(4)
        world.say(1, f"read -1: ETIMEDOUT after {late} ms")
        world.say(0, f"then read 1: {letters.letter()}, in memory: .")
        world.say(0, f"cancelled 1, then read 1: {letters.letter()}, "
                     "in memory: .")
    return
    yield


def check_idle(events, random):
    given = [0] * 20
    for _ in range(60):
        given[random.below(20)] += 1
    happens = 60 + 8 * 10
    most = {"sleeps": 3 * happens, "looks": 6 * happens,
            "registered": 4 * happens}
    seen = set()
    for event in events:
        if match := re.match(r"has (\d+) of", event.words):
            if int(match[1]) != given[event.lane - 1]:
                raise Broken(event.number, f"thread {event.lane} was given "
                             f"{given[event.lane - 1]} bytes")
            seen.add(event.lane)
        elif match := re.match(r"(\w+) (\d+)", event.words):
            if int(match[2]) > most[match[1]]:
                raise Broken(event.number, f"{happens} things happened, and "
                             f"it {match[1]} {match[2]} times: that is a "
                             "busy-wait")
            seen.add(match[1])
    if len(seen) != 23:
        raise Broken(len(events), "not all have come to their end")


def check_busy(events, _random):
    for event in events:
        match = re.match(r"asked for (\d+) us, (read 1|slept) \w+ (\d+)",
                         event.words)
        if not match:
            raise Broken(event.number, "this is no byte")
        asked, took = int(match[1]), int(match[3])
        if took < asked:
            raise Broken(event.number, f"{took} us of {asked}: too early")
        if took > asked + LATE:
            raise Broken(event.number, f"{took} us of {asked}: others ran, "
                         "and nobody looked at what had come")
    if len(events) != 10:
        raise Broken(len(events), f"{len(events)} of 10 waits have ended")


def between(world):
    letters = Outside()
    for _ in range(2 + world.random.below(4)):
        for what in ("first", "before", "waited", "before"):
            world.say(0, f"{what}: read 1: {letters.letter()}")
    return
    yield


def check_heap(events, random):
    spans = [2000 + random.below(200000) for _ in range(300)]
    woken = {lane for lane in range(1, 301) if random.below(2) == 0}
    seen, last = set(), 0
    for event in events:
        lane = event.lane
        if lane and (event.words == "woken") != (lane in woken):
            raise Broken(event.number, "it was posted to, and says that it "
                         "was not; or the other way round")
        if match := re.match(r"ETIMEDOUT: (\d+) of (\d+)", event.words):
            waited, span = int(match[1]), spans[lane - 1]
            if int(match[2]) != span or not span <= waited <= span + LATE:
                raise Broken(event.number, f"thread {lane} waits for {waited} "
                             f"us of {span}")
            if span < last:
                raise Broken(event.number, f"thread {lane}, with the earlier "
                             "deadline, wakes later")
            last = span
        seen.add(lane)
    if len(seen) != 301:
        raise Broken(len(events), f"{len(seen) - 1} of 300 have gone on")

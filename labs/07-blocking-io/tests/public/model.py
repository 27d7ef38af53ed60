# SPDX-License-Identifier: MIT
"""What must hold of these scenarios in whatever order their threads run."""
import re

from grader.judge import Broken

LATE = 1000  # us of the played clock: looking around takes some


def check_sleepers(events, _random):
    wanted, last = {}, 0
    for event in events:
        if match := re.match(r"sleeps for (\d+)", event.words):
            wanted[event.lane] = int(match[1])
        elif match := re.match(r"has slept for (\d+)", event.words):
            asked, slept = wanted.get(event.lane, 0), int(match[1])
            if slept < asked:
                raise Broken(event.number, f"thread {event.lane} wakes after "
                             f"{slept} us of {asked}: too early")
            if slept > asked + LATE:
                raise Broken(event.number, f"thread {event.lane} wakes after "
                             f"{slept} us of {asked}: too late")
            if asked < last:
                raise Broken(event.number, f"thread {event.lane}, with the "
                             "earlier deadline, wakes later")
            last = asked
        elif event.words.endswith("some time"):
            raise Broken(event.number, "a deadline in the past is waited for")
    slept = sum(e.words.startswith("has slept") for e in events)
    if len(wanted) != 12 or slept != 12:
        raise Broken(len(events), f"{slept} of 12 have slept")


def check_stall(events, _random):
    wanted = ticks = letter = rounds = 0
    for event in events:
        if match := re.match(r"waits .* in (\d+) ms", event.words):
            wanted, ticks, rounds = int(match[1]), 0, rounds + 1
        elif event.words == "tick":
            ticks += 1
        elif match := re.match(r"read (-?\d+): (.)", event.words):
            if match[1] != "1" or match[2] != chr(97 + letter):
                raise Broken(event.number, "it has not read the byte that "
                             "came")
            if not wanted - 1 <= ticks <= wanted + 1:
                raise Broken(event.number, f"the byte came after {wanted} ms, "
                             f"and meanwhile there were {ticks} ticks")
            letter += 1
    if letter < 2 or letter != rounds:
        raise Broken(len(events), f"{letter} of {rounds} bytes were read")


def check_stream(events, random):
    length = 150000 + random.below(100000)
    key = 1 + random.below(5000)
    total = sum((p + 1) * (p * key >> 8 & 255) for p in range(length))
    right = {1: f"wrote {length}", 2: f"passed on {length}, then 0",
             0: f"read {length}, sum {total}, then 0"}
    for event in events:
        if event.words != right.get(event.lane):
            raise Broken(event.number, f"thread {event.lane} says "
                         f"{event.words!r}; right is {right[event.lane]!r}")
    if len(events) != 3:
        raise Broken(len(events), "not all three have come to their end")

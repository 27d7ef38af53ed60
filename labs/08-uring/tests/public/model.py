# SPDX-License-Identifier: MIT
"""What the scenarios here must say: their twins, or what must hold."""
import re

from grader.judge import Broken


def relay(world):
    members = 2 + world.random.below(19)
    rounds = 1 + world.random.below(5)
    value = world.random.below(1000)
    for turn in range(members * rounds):
        world.say(1 + turn % members, f"has {value + turn}")
    return
    yield


def check_batch(events, random):
    count = 60 + random.below(140)
    most = {"begun": count // 8, "waiting": 4, "done": 4 + count // 4}
    handed_over = 0
    for event, what in zip(events, most):
        match = re.fullmatch(rf"{what} (\d+): handed over (\d+), "
                             r"calls (\d+)", event.words)
        if not match or int(match[1]) != count:
            raise Broken(event.number, f"{count} threads were to be {what}")
        if int(match[3]) > most[what]:
            raise Broken(event.number, f"{match[3]} calls of io_uring_enter "
                         f"for {count} operations; together it takes "
                         f"{most[what]} at most")
        handed_over += int(match[2])
        if what == "waiting" and not count <= handed_over <= count + 8:
            raise Broken(event.number, f"the kernel was given {handed_over} "
                         f"operations, and {count} threads wait for one")
    if len(events) != 3:
        raise Broken(len(events), "not all have come to their end")


def check_stall(events, _random):
    wanted = ticks = reads = 0
    given = False
    for event in events:
        if match := re.match(r"waits for (\d+)", event.words):
            wanted, ticks, given = int(match[1]), 0, False
        elif event.words == "tick":
            ticks += 1
        elif event.words == "gives":
            given = True
        else:
            if event.words != f"read 1: {chr(97 + reads)}" or not given:
                raise Broken(event.number, "it has not read the byte that "
                             "was given")
            if ticks != wanted:
                raise Broken(event.number, f"there were {ticks} ticks of "
                             f"{wanted}")
            reads += 1
    if reads < 2:
        raise Broken(len(events), f"{reads} bytes were read")

# SPDX-License-Identifier: MIT
"""What must hold of these scenarios: in whatever order their threads run, or
where the order is given, their twins."""
import re

from grader.judge import Broken
from grader.schedules import split


def errors(world):
    def say(words):
        world.say(0, words)

    def one_kind(unlock, again, depth):
        say(f"unlock what is free: {unlock}")
        say("lock: 0")
        say(f"try again: {'0' if depth > 1 else 'EBUSY'}")
        if again:
            say(f"lock again: {again}")
        for _ in range(depth):
            say("a stranger tries: EBUSY")
            say("a stranger unlocks: EPERM")
            say("unlock: 0")
        say("destroy: 0")
        say("unlock once too often: EPERM")

    one_kind("EPERM", None, 1)
    depth = 1 + world.random.below(20)
    for word in ("deeper", "back"):
        for _ in range(depth):
            say(f"{word}: 0")
    one_kind("EPERM", "0", 3)
    one_kind("EPERM", "EDEADLK", 1)
    for words in ("wait without the mutex: EPERM", "wait with it twice: EPERM",
                  "signal nobody: 0", "tell nobody: 0"):
        say(words)
    return
    yield


def check_hand_over(events, _random):
    for part in split(events):
        line, times = [], 0
        for event in part:
            if event.words == "wants":
                line.append(event.lane)
            elif event.words == "has":
                if not line or line[0] != event.lane:
                    raise Broken(event.number, f"thread {event.lane} has "
                                 f"overtaken thread {line[0]}" if line else
                                 "nobody wanted it")
                line.pop(0)
                times += 1
        if times != 12:
            raise Broken(part[-1].number, f"it was held {times} times, not 12")


def waiting(world):
    kinds = {1: "mutex", 2: "semaphore", 3: "barrier"}
    for _ in range(2 + world.random.below(4)):
        for lane, kind in kinds.items():
            world.say(lane, f"blocked {kind}, turns 0")
    world.say(0, "serial 1")
    for lane in kinds:
        world.say(lane, "goes on")
    world.say(0, "signal 0")
    return
    yield


def signals(world):
    def worker(w, lane):
        w.say(lane, "waits")
        return
        yield

    for lane in range(1, 7):
        world.create(worker, lane)
    yield
    one_by_one = 2 + world.random.below(3)
    for lane in range(1, one_by_one + 1):
        world.say(0, "signal")
        world.say(lane, "woken 0, others get it: 0")
    world.say(0, "busy 1")
    world.say(0, "broadcast")
    for lane in range(one_by_one + 1, 7):
        world.say(lane, "woken 0, others get it: 0")
    world.say(0, "busy 0")


def check_semaphore(events, _random):
    if not events or events[-1].words != "too many 1":
        raise Broken(len(events), "a semaphore counts beyond SEMAPHORE_MAX")
    for part in split(events):
        value, inside, came = 0, set(), 0
        for event in part:
            if match := re.match(r"value (\d)", event.words):
                value = int(match[1])
            elif event.words == "in":
                inside.add(event.lane)
                came += 1
                if len(inside) > value:
                    raise Broken(event.number, f"{len(inside)} are inside, "
                                 f"and the semaphore lets in {value}")
            elif event.words == "out":
                inside.discard(event.lane)
            elif match := re.match(r"left (\d+)", event.words):
                if int(match[1]) != value or came != 5:
                    raise Broken(event.number, f"{match[1]} are left of "
                                 f"{value}; {came} of 5 were inside")


def check_flood(events, _random):
    for part in split(events):
        said = {event.words for event in part}
        if not said.issuperset({"posted 300", "taken 300", "left 0"}):
            raise Broken(part[-1].number, "300 were posted, and not 300 taken")


def check_barrier(events, _random):
    for part in split(events):
        come, gone, serial = {}, {}, {}
        for event in part:
            word, _, rest = event.words.partition(" ")
            if word not in ("comes", "goes"):
                continue
            number = int(rest[0])
            if word == "comes":
                come[number] = come.get(number, 0) + 1
                continue
            gone[number] = gone.get(number, 0) + 1
            if come.get(number, 0) != 4:
                raise Broken(event.number, f"thread {event.lane} goes on in "
                             f"round {number} when {come.get(number, 0)} of 4 "
                             "have come")
            if rest.endswith("serial"):
                serial[number] = serial.get(number, 0) + 1
        everyone = {1: 4, 2: 4, 3: 4}
        if come != everyone or gone != everyone:
            raise Broken(part[-1].number, "not all have come and gone")
        if serial != {1: 1, 2: 1, 3: 1}:
            raise Broken(part[-1].number, "not one of each round was told "
                         f"that he is the one: {serial}")


def deadlines(world):
    for _ in range(1 + world.random.below(5)):
        world.say(0, "lock: 0")
        world.say(1, "mutex: ETIMEDOUT")
        world.say(1, "semaphore: ETIMEDOUT")
        for words in ("cond: ETIMEDOUT", "unlock: 0", "it is free: 0",
                      "unlock: 0", "post: 0", "value 1", "take it: 0",
                      "and no more: EAGAIN"):
            world.say(0, words)
    return
    yield

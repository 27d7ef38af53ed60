# SPDX-License-Identifier: MIT
"""What the scenarios here must say: their twins, where a tick that is served
is a yield."""


def spin(world):
    for words in ("preempt: 0", "token at 0",
                  "no fewer switches than it takes: 1"):
        world.say(0, words)
    return
    yield


def moments(world):
    put_off = 0

    def worker(w, lane):
        nonlocal put_off
        for _ in range(12):
            kind = w.random.below(5)
            w.say(lane, ("computes, tick", "calls the C library, tick",
                         "calls your library, tick", "calls the C library",
                         "yields")[kind])
            if kind in (1, 2, 3):
                w.say(lane, "comes back")
                put_off += kind != 3
            if kind != 3:
                yield
            w.say(lane, "goes on")

    world.say(0, "preempt: 0")
    workers = [world.create(worker, lane) for lane in (1, 2, 3)]
    while not all(thread.done for thread in workers):
        yield
    world.say(0, f"breakpoints reached: {put_off}")


def checkpoint(world):
    def worker(w, lane):
        due = False
        for _ in range(70):
            kind = w.random.below(5)
            w.say(lane, ("computes, tick", "calls the C library, tick",
                         "calls your library, tick", "checkpoint",
                         "yields")[kind])
            if kind in (1, 2):
                w.say(lane, "comes back")
                due = True
            elif kind != 3 or due:
                due = False
                yield
            if kind == 3:
                w.say(lane, "checkpoint")
            w.say(lane, "goes on")

    world.say(0, "preempt: 0")
    workers = [world.create(worker, lane) for lane in (1, 2)]
    while not all(thread.done for thread in workers):
        yield

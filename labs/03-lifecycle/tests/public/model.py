# SPDX-License-Identifier: MIT
"""What the scenarios here must say: their twins, on a right library."""


def order(world):
    steps = {}

    def worker(w, lane):
        for i in range(1, steps[lane] + 1):
            w.say(lane, f"step {i}")
            yield
        w.say(lane, "end")

    threads = {}
    for i in range(1, 4 + world.random.below(4)):
        steps[i] = world.random.below(6)
        world.say(0, f"create {i}")
        threads[i] = world.create(worker, i)
        if world.random.below(2) and i > 1:
            yield
    for i, thread in threads.items():
        yield thread
        world.say(0, f"joined {i}")


def values(world):
    count = 12
    value = [world.random.bits() for _ in range(count)]
    for left in range(count, 0, -1):
        i = world.random.below(left)
        world.say(0, f"value {value[i]:x}")
        value[i] = value[left - 1]
    return
    yield


def join_waits(world):
    rounds = 2 + world.random.below(5)

    def worker(w, lane):
        for _ in range(rounds):
            w.say(lane, "main blocked join for 1, turns 0")
            yield
        w.say(lane, "end")

    first, second = world.create(worker, 1), world.create(worker, 2)
    for number, thread in ((1, first), (2, second)):
        yield thread
        world.say(0, f"joined {number}")

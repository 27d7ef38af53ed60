# SPDX-License-Identifier: MIT
"""What the scenarios here must say: their twins, on a right library."""


def order(world):
    count = 2 + world.random.below(7)
    hops = 20 + world.random.below(40)
    turns = [0] * count
    at = 0
    while at or hops > 0:
        if at:
            turns[at] += 1
            world.say(at, f"turn {turns[at]}")
            hops -= 1
        to = (at + 1 + world.random.below(count - 1)) % count
        world.say(at, f"to {to}")
        at = to
    return
    yield


def begin(world):
    count = 2 + world.random.below(4)
    for _ in range(1, count):
        world.random.bits()
    for _ in range(2):
        for i in range(1, count):
            world.say(i, "own stack yes, aligned yes")
            world.say(0, "parked on its stack yes, main on its own yes, "
                      "above yes")
    return
    yield

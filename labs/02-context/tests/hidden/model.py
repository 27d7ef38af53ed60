# SPDX-License-Identifier: MIT
"""What the scenarios here must say: their twins, on a right library.

Where a scenario switches contexts itself, its twin's contexts are Python's
own generators.
"""
MASK = (1 << 64) - 1


def depth(world):
    most = 6
    left = most - 1

    def descend(level):
        mine = world.random.bits()
        yield
        if level > 0:
            mine ^= ((yield from descend(level - 1)) * 3) & MASK
        yield
        return mine

    def entry(me):
        nonlocal left
        level = 1 + world.random.below(10)
        total = yield from descend(level)
        world.say(me, f"depth {level}, sum {total:x}")
        left -= 1
        while True:
            yield

    contexts = [entry(i) for i in range(most)]
    while left > 0:
        next(contexts[1 + world.random.below(most - 1)])
    return
    yield


def registers(world):
    names = ("rbx", "rbp", "r12", "r13", "r14", "r15")
    kept = {}
    for _ in range(6):
        for me in range(1, 5):
            for name, value in zip(names, kept.get(me, ())):
                world.say(me, f"{name} {value:x}")
            kept[me] = [world.random.bits() for _ in names]
    return
    yield


def rounding(world):
    maker = world.random.below(4)
    way = {}
    for _ in range(4):
        for me in range(1, 5):
            now = way.get(me, maker)
            world.say(me, f"sse {now}, x87 {now}")
            if me not in way:
                way[me] = world.random.below(4)
            world.say(0, "sse 0, x87 0")
    return
    yield


def many(world):
    count = 10000
    total = sum(i * turn for i in range(count) for turn in (1, 2, 3))
    world.say(0, f"turns {total}")
    for _ in range(20):
        world.say(0, f"above {world.random.below(count)}: intact")
    return
    yield


def leave(world):
    secret = 0
    for life in range(1, 6 + world.random.below(20)):
        secret ^= world.random.bits()
        world.say(0, f"life {life}: {secret:x}")
    return
    yield


def threads(world):
    steps = {}

    def worker(w, lane):
        for i in range(1, steps[lane] + 1):
            w.say(lane, f"step {i}")
            yield
        return lane

    made = []
    for i in range(1, 9):
        steps[i] = world.random.below(6)
        made.append(world.create(worker, i))
    for thread in made:
        number = yield thread
        world.say(0, f"joined {number}")


def speed(world):
    """Two affine maps by turns, a million times each: squared again and
    again, it is the work of a moment."""
    factor = world.random.bits() | 1
    first, second = world.random.bits(), world.random.bits()

    def after(one, other):
        return (other[0] * one[0] & MASK,
                (other[0] * one[1] + other[1]) & MASK)

    both, all_of_them, left = after((factor, first), (factor, second)), \
        (1, 0), 2000000 // 2
    while left:
        if left & 1:
            all_of_them = after(all_of_them, both)
        both, left = after(both, both), left >> 1
    world.say(0, f"the number is {all_of_them[1]:x}")
    return
    yield

# SPDX-License-Identifier: MIT
"""What the scenarios here must say: their twins, on a right library."""


def errors(world):
    for words in ("no function: EINVAL", "a tiny stack: EINVAL",
                  "no such priority: EINVAL", "a stack too large: ENOMEM",
                  "nobody: ESRCH", "oneself: EDEADLK", "once: 0",
                  "twice: ESRCH", "detached: EINVAL",
                  "detached again: EINVAL", "detached and gone: ESRCH",
                  "nobody to detach: ESRCH"):
        world.say(0, words)
    world.say(2, "circle: EDEADLK")
    # By now the second has ended, its joiner is ready, and it is still his.
    world.say(0, "joined by another: EINVAL")
    world.say(0, "to detach what is joined: EINVAL")
    world.say(0, "the end: 0")
    return
    yield


ALL, MOST, REPORTS = 100000, 40, 10


def joined_memory(world):
    made = said = 0
    while made < ALL:
        made += 1 + world.random.below(MOST)
        while said < made // (ALL // REPORTS):
            world.say(0, "stacks 1")  # the idle thread's
            said += 1
    return
    yield


def detached_memory(world):
    made = said = 0
    while made < ALL:
        made += 1 + world.random.below(MOST)
        while said < made // (ALL // REPORTS):
            # The last to end may still wait for the next switch.
            world.say(0, (f"ended {made}, stacks 1", f"ended {made}, stacks 2"))
            said += 1
    return
    yield


def detach_late(world):
    for _ in range(20):
        world.say(0, "detach 0")
    world.say(0, "stacks 11, threads 11")
    world.say(0, ("stacks 1, threads 1", "stacks 2, threads 1"))
    return
    yield


def main_exits(world):
    count = 1 + world.random.below(6)

    def worker(w, lane):
        for i in range(lane + 1):
            w.say(lane, f"step {i}")
            yield
        if lane == count:
            w.say(count, "exit handler")

    for i in range(1, count + 1):
        world.create(worker, i)
    world.say(0, "main leaves")
    return "exit"
    yield


def no_memory(world):
    for _ in range(2 + world.random.below(4)):
        world.say(0, "no stack: ENOMEM, stacks 0, threads 1")
        world.say(0, "no timer: ENOMEM, stacks 0, threads 1")
        world.say(0, "all there: 0, stacks 0, threads 1")
    return
    yield


def family(world):
    wanted = 10 + world.random.below(30)
    threads = {}

    def worker(w, lane):
        w.say(lane, "begin")
        for _ in range(2):
            if len(threads) < wanted:
                child = len(threads) + 1
                threads[child] = w.create(worker, child)
        yield
        if lane + 2 <= len(threads):
            number = yield threads[lane + 2]
            w.say(lane, f"joined {number}")
        return lane

    for i in (1, 2):
        threads[i] = world.create(worker, i)
    for i in (1, 2):
        number = yield threads[i]
        world.say(0, f"joined {number}")
    world.say(0, "stacks 1, threads 1")

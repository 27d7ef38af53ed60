# SPDX-License-Identifier: MIT
"""What the scenarios here must say, in whatever order their threads run."""


def errors(world):
    def say(words):
        world.say(0, words)

    for words in ("no function: EINVAL", "a tiny stack: EINVAL",
                  "no such priority: EINVAL", "no kernel thread: EAGAIN",
                  "threads 1", "nobody: ESRCH", "oneself: EDEADLK", "once: 0",
                  "twice: ESRCH", "detached: EINVAL",
                  "detached again: EINVAL", "nobody to detach: ESRCH",
                  "joined by another: EINVAL",
                  "to detach what is joined: EINVAL", "a circle: EDEADLK",
                  "the end: 0"):
        say(words)

    def one_kind(again, try_again, depth):
        say("unlock what is free: EPERM")
        say("lock: 0")
        say(f"try again: {try_again}")
        if again:
            say(f"lock again: {again}")
        for _ in range(depth):
            say("a stranger tries: EBUSY")
            say("a stranger unlocks: EPERM")
            say("unlock: 0")
        say("unlock once too often: EPERM")
        say("destroy: 0")

    one_kind(None, "EBUSY", 1)
    one_kind("0", "0", 3)
    one_kind("EDEADLK", "EBUSY", 1)
    return
    yield


def detach(world):
    count = 3 + world.random.below(9)
    world.say(0, f"joined: joined {count}, detached 0, loose 0")
    world.say(0, (f"from the first: joined 0, detached 0, loose {count}",
                  f"from the first: joined 0, detached {count}, loose 0"))
    for words in ("while it runs", "after its end"):
        world.say(0, f"{words}: joined 0, detached {count}, loose 0")
    return
    yield


def memory(world):
    kinds = ["joined", "detached"]
    for word in reversed(kinds) if world.random.below(2) else kinds:
        world.say(0, f"{word}: 3000 made, nothing kept")
    return
    yield


def main_exits(world):
    count = 2 + world.random.below(6)
    world.say(0, "main leaves")
    world.say(1, "main gave 42")
    for i in range(2, count + 1):
        world.say(2, f"number {i}")
    world.say(0, "exit handler, 0 left")
    return
    yield


def keys(world):
    count = 3 + world.random.below(5)
    left = [n for n in range(1, count + 1) if n % 3]
    world.say(0, f"destroyed {len(left)}, sum {sum(left)}, wrong 0")
    for words in ("rounds 4", "set: 0", "delete: 0", "after: NULL",
                  "set what is not: EINVAL", "delete what is not: EINVAL",
                  "the same number: yes, its value: NULL", "124 more",
                  "one too many: EAGAIN", "no such key: EINVAL"):
        world.say(0, words)
    return
    yield


def semaphore(world):
    world.random.below(3)
    for words in ("180 went through, never too many", "left 0",
                  "all wait, value 0, destroy EBUSY", "value 0",
                  "one too many: EOVERFLOW"):
        world.say(0, words)
    return
    yield


def blocked(world):
    kinds = ["mutex", "cond", "semaphore", "join"]
    first = world.random.below(4)
    for i in range(4):
        world.say(0, f"waits for {kinds[(first + i) % 4]}, asleep")
    world.say(0, "threads 1")
    return
    yield


def deadlines(world):
    for _ in range(2 + world.random.below(5)):
        for words in ("mutex: ETIMEDOUT", "it is not his: EPERM",
                      "cond: ETIMEDOUT", "in time", "it is mine again: 0",
                      "semaphore: ETIMEDOUT", "what is there: 0",
                      "nobody waits: 0"):
            world.say(0, words)
    return
    yield

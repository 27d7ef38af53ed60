# SPDX-License-Identifier: MIT
"""What the scenarios here must say: their twins, where a tick that is served
is a yield."""


def play(world, worker, count, drawn=True):
    """Workers, and a main that is ready all the time. Whether there are
    breakpoints may be drawn, and makes no difference."""
    if drawn:
        world.random.below(2)
    world.say(0, "preempt: 0")
    workers = [world.create(worker, lane) for lane in range(1, count + 1)]
    while not all(thread.done for thread in workers):
        yield


def errno(world):
    def worker(w, lane):
        for _ in range(15):
            place, error = w.random.below(3), 1 + w.random.below(100)
            w.say(lane, f"sets errno to {error}")
            if place:
                w.say(lane, "comes back")
            yield
            w.say(lane, f"finds {error}")

    return play(world, worker, 4)



def late(world):
    def worker(w, lane):
        for _ in range(40):
            kind = w.random.below(6)
            w.say(lane, ("tick", "tick, then yields")[kind] if kind < 2
                  else "yields")
            if kind:
                yield
            if kind < 2:
                w.say(lane, "comes back")
            if not kind:
                yield
            w.say(lane, "goes on")

    return play(world, worker, 2)


def counters(world):
    ticks = served = deferred = 0

    def worker(w, lane):
        nonlocal ticks, served, deferred
        for _ in range(12):
            in_library = w.random.below(3)
            tick = not in_library or w.random.below(4) > 0
            if in_library:
                w.say(lane, "comes back")
            if tick:
                ticks, served = ticks + 1, served + 1
                deferred += in_library > 0
                yield
            w.say(lane, f"ticks {ticks}, served {served}, deferred "
                  f"{deferred}")

    return play(world, worker, 3, False)


def alone(world):
    below, setting, there = world.random.below, "off", 0

    def turn(to):
        nonlocal setting
        if to != setting:
            world.say(0, f"timer: {to}")
        setting = to

    def someone_ready():
        if setting == "off":
            turn("quantum")

    def served():
        """A tick, while there are others: is the CPU given away?"""
        someone_ready()
        turn("quantum")

    def worker(w, lane):
        nonlocal there
        for _ in range(below(4)):
            w.say(lane, "turn")
            served()
            yield
        w.say(lane, "ends")
        there -= 1

    def create(lane):
        nonlocal there
        world.say(lane, "is new")
        world.create(worker, lane)
        someone_ready()
        there += 1

    world.say(0, "preempt: 0")
    for _ in range(40):
        create(1)
        if below(2):
            create(2)
        while there:
            yield
        for _ in range(1 + below(5)):
            kind = below(4)
            if kind == 0:
                world.say(0, "tick")
            if kind == 3:
                world.say(0, "yields")
                someone_ready()
            elif kind == 2 and setting != "off":
                turn("soon")  # in the library nothing may be believed
            elif setting != "off":
                turn("off")
            if kind in (1, 2):
                world.say(0, "comes back")


def timer(world):
    for words in ("preempt: 0", "timers: 1", "counts CPU time: 1",
                  "signals this kernel thread: 1", "again and again: 1",
                  "the handler learns of what: 1", "system calls go on: 1",
                  "on the thread's own stack: 1",
                  "cpu, quantum as asked for: 1"):
        world.say(0, words)
    return
    yield


def refusals(world):
    def say(what, error, is_on):
        state = "timers 1, cpu" if is_on else "timers 0, off"
        world.say(0, f"{what}: {error}, {state}, thread 0 0")

    def refuse(is_on):
        say("below 10 us", 22, is_on)
        world.random.below(9999)
        say("above 10 s", 22, is_on)
        world.random.below(9999)
        say("no timer", 11, False)
        say("no handler", 38, False)

    refuse(False)
    for what, is_on in (("on", True), ("another quantum", True),
                        ("off", False), ("a late signal", False),
                        ("off again", False), ("on again", True)):
        say(what, 0, is_on)
    refuse(True)
    return
    yield


def malloc(world):
    world.say(0, "preempt: 0")
    for lane in range(1, 5):
        world.say(lane, "broken blocks: 0")
    return
    yield


def stdio(world):
    world.say(0, "preempt: 0")
    world.say(0, "broken lines: 0")
    return
    yield

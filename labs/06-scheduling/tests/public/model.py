# SPDX-License-Identifier: MIT
"""What the scenarios here must say: twins, and what must hold of any order."""
from grader.judge import Broken

PRIORITY_MAX = 63


def levels(world):
    kinds = [PRIORITY_MAX] + [1 + world.random.below(PRIORITY_MAX - 1)
                              for _ in range(2)]
    ready = []
    for lane in range(1, 9):
        mine = kinds[lane - 1 if lane <= 3 else world.random.below(3)]
        ready.append((mine, lane, 1 + world.random.below(5), 1))
        world.say(0, f"thread {lane} has priority {mine}")
    while ready:
        first = max(ready, key=lambda entry: entry[0])  # of equals, the first
        ready.remove(first)
        mine, lane, turns, turn = first
        world.say(lane, f"turn {turn}")
        if turn < turns:
            ready.append((mine, lane, turns, turn + 1))
    return
    yield


def inversion(world):
    mediums = range(3, 4 + world.random.below(4))
    works = 1 + world.random.below(5)
    world.say(1, "has")
    world.say(2, "wants")
    for _ in range(works):
        world.say(1, "works, priority 30")
    world.say(1, "leaves")
    # It goes on until its turn is over, and is the least urgent again.
    world.say(1, "works, priority 10")
    for words in ("has", "leaves"):
        world.say(2, words)
    for _ in range(3):
        for lane in mediums:
            world.say(lane, "computes")
    for _ in range(works - 1):
        world.say(1, "works, priority 10")
    return
    yield


def level_after(turns):
    """The level of a thread that has had so many turns: 2 at the highest,
    then 4, 8, ... and no boost yet."""
    level = 0
    while level < 7 and turns >= 2 << level:
        turns -= 2 << level
        level += 1
    return level


def check_feedback(events, _random):
    had = {}
    ended = 0
    for event in events:
        if event.words == "is new":
            had[event.lane] = 0
        elif event.words == "turn":
            mine = level_after(had[event.lane])
            for lane, turns in had.items():
                if level_after(turns) < mine:
                    raise Broken(
                        event.number, f"thread {event.lane}, after "
                        f"{had[event.lane]} turns at level {mine}, comes "
                        f"before thread {lane}, which after {turns} is at "
                        f"level {level_after(turns)}")
            had[event.lane] += 1
        elif event.words == "ends":
            del had[event.lane]
            ended += 1
    if ended != 6:
        raise Broken(len(events), f"{ended} of 6 threads have ended")

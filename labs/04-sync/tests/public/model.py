# SPDX-License-Identifier: MIT
"""What must hold of these scenarios in whatever order their threads run."""
import re

from grader.judge import Broken
from grader.schedules import split


def check_mutex(events, _random):
    for part in split(events):
        owner, times = None, 0
        for event in part:
            if event.words == "has":
                if owner is not None:
                    raise Broken(event.number, f"thread {event.lane} has the "
                                 f"mutex while thread {owner} has it")
                owner, times = event.lane, times + 1
            elif event.words == "leaves":
                owner = None
            elif event.words.startswith("destroy ") and \
                    event.words != "destroy 0":
                raise Broken(event.number, "the mutex is not free at the end")
        if times != 8:
            raise Broken(part[-1].number, f"it was held {times} times, not 8")


def check_cond(events, _random):
    for part in split(events):
        there, capacity, taken = [], 0, 0
        for event in part:
            if match := re.match(r"capacity (\d)", event.words):
                capacity = int(match[1])
            elif match := re.match(r"put (\d+), (\d+) there", event.words):
                there.append(match[1])
                if len(there) > capacity or int(match[2]) != len(there):
                    raise Broken(event.number, "more was put than there is "
                                 "room for, or two were inside at once")
            elif match := re.match(r"take (\d+), (\d+) there", event.words):
                taken += 1
                if match[1] not in there or int(match[2]) != len(there) - 1:
                    raise Broken(event.number, f"{match[1]} was taken and is "
                                 "not there, or two were inside at once")
                there.remove(match[1])
        if there or taken != 6:
            raise Broken(part[-1].number, f"{taken} of 6 items were taken")

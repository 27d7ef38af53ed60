# SPDX-License-Identifier: MIT
"""A trace of many schedules (harness/schedules.h): its parts, whether all are
there, and in which of them something went wrong."""
import collections
import re

# What a run was asked for: {strategy: how many}, and if it was but one of
# them, its number.
Asked = collections.namedtuple("Asked", "counts only")
NONE = Asked(None, None)

BEGIN = re.compile(r"schedule (\d+) (random|pct|dfs)")
NO_OTHER = "no other schedule"
STRATEGIES = ("random", "pct", "dfs")


def split(events):
    """The events of each schedule in turn."""
    parts = []
    for event in events:
        if BEGIN.fullmatch(event.words):
            parts.append([])
        if parts:
            parts[-1].append(event)
    return parts


def missing(events, asked):
    """What of what was asked for was not played, in words; or None."""
    played = [match.groups() for event in events
              if (match := BEGIN.fullmatch(event.words))]
    if asked.only:
        return None if [number for number, _ in played] == \
            [str(asked.only)] else f"schedule {asked.only} was not played"
    for strategy in STRATEGIES if asked.counts else ():
        count = [name for _, name in played].count(strategy)
        over = strategy == "dfs" and count > 0 and any(
            event.words == NO_OTHER for event in events)
        if count != asked.counts.get(strategy, 0) and not over:
            return (f"{count} of {asked.counts.get(strategy, 0)} schedules "
                    f"({strategy}) were played")
    return None


def where(events, at=None):
    """(number, strategy) of the schedule in which this event, or the last one,
    lies; or None."""
    for event in reversed(events[:at]):
        if match := BEGIN.fullmatch(event.words):
            return int(match[1]), match[2]
    return None

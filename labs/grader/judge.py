# SPDX-License-Identifier: MIT
"""The verdict: a run's record against what a right library does.

A lab's model.py has, for a test called some-test, either

    def some_test(world): ...     its twin on the model's threads (world.py):
                                  the trace must be the same, event by event
    def check_some_test(events, random): ...
                                  what must hold whatever the order; raises
                                  Broken

A test that has a paper of the submission to read, {"paper": "report.json"},
is checked by check_some_test(events, random, paper).
"""
import functools
import importlib.util

from . import schedules, trace
from .play import status_words
from .world import Random, World


class Broken(Exception):
    """The invariant does not hold from this event on (counted from 1)."""

    def __init__(self, at, why):
        super().__init__(why)
        self.at = at


class Verdict:
    """What one run proved: `why` is None if all was well."""

    def __init__(self, why=None, events=(), at=None):
        self.why = why
        self.events = list(events)
        self.at = at


@functools.cache
def load_model(path):
    """The module in a model.py, read once."""
    spec = importlib.util.spec_from_file_location("model", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def quote(pair):
    lane, words = pair
    if isinstance(words, tuple):
        words = " or ".join(repr(w) for w in words)
    else:
        words = repr(words)
    return f"{words} in lane {lane}"


def compare(events, expected):
    """Event by event; several words stand for any of them."""
    for event, (lane, words) in zip(events, expected):
        right = words if isinstance(words, tuple) else (words,)
        if event.lane != lane or event.words not in right:
            raise Broken(event.number,
                         f"event {event.number} is "
                         f"{quote((event.lane, event.words))}; a right "
                         f"library has {quote((lane, words))}")
    if len(events) > len(expected):
        raise Broken(len(expected) + 1,
                     f"event {len(expected) + 1} is one too many")
    if len(events) < len(expected):
        raise Broken(len(events), "the scenario ended early: next was "
                     f"{quote(expected[len(events)])}")


def check(model, test, seed, events, paper=None, asked=schedules.NONE):
    """Raises Broken if these are not the events of a right library. A model
    may take what it reads for what a program of ours has said: if it cannot
    read it, nobody of ours has."""
    try:
        compare_or_check(model, test, seed, events, paper)
    except (ArithmeticError, AttributeError, LookupError, RuntimeError,
            TypeError, ValueError) as error:
        raise Broken(len(events), "it says what no scenario does: "
                     f"{error}"[:200]) from error
    if why := schedules.missing(events, asked):
        raise Broken(len(events), why)


def compare_or_check(model, test, seed, events, paper):
    """By the model's twin of the scenario, or by what must hold of it."""
    name = test.replace("-", "_")
    if checker := getattr(model, "check_" + name, None):
        papers = () if paper is None else (paper.decode("utf-8", "replace"),)
        checker(events, Random(seed), *papers)
    else:
        compare(events, World(seed).run(getattr(model, name)))


def excess_words(excess):
    return {"time": "it was not done in time, and was killed",
            "trace": "the trace is too long; the program was killed",
            "output": "it printed without end, and was killed"}[excess]


def last_words(output):
    """The last thing the program printed, for whoever looks for the cause."""
    lines = output.decode("utf-8", "replace").strip().splitlines()
    plain = ["".join(c if c.isprintable() else "?" for c in line)[:200]
             for line in lines[:3]]
    return f"; it printed: {' / '.join(plain)}" if plain else ""


def judge(model, test, nonce, seed, record, paper=None,
          asked=schedules.NONE):
    """The Verdict on one run."""
    try:
        events = trace.read_trace(record.trace, nonce)
    except trace.BadTrace as bad:
        return judge_cut(model, test, seed, record, bad, paper, asked)
    if record.excess:
        return Verdict(excess_words(record.excess), events)
    if record.status != 0:
        return Verdict("the trace is whole, but "
                       f"{status_words(record.status)}", events)
    try:
        check(model, test, seed, events, paper, asked)
    except Broken as broken:
        return Verdict(str(broken), events, broken.at)
    return Verdict(events=events)


def judge_cut(model, test, seed, record, bad, paper, asked):
    """Why the trace is no good; or, if what there is of it is wrong already,
    that, which says more."""
    why = str(bad)
    end = excess_words(record.excess) if record.excess else \
        status_words(record.status)
    if "forged" not in why and bad.events:
        try:
            check(model, test, seed, bad.events, paper, asked)
        except Broken as broken:
            if broken.at < len(bad.events):
                return Verdict(f"{broken}; later, {end}"
                               f"{last_words(record.output)}", bad.events,
                               broken.at)
    return Verdict(f"{why}; {end}{last_words(record.output)}", bad.events)

# SPDX-License-Identifier: MIT
"""What the scenarios here must say, and what a report must have in it.

What is drawn at random is drawn again; in which order the kernel lets threads
run does not show. Of measurements only ratios count, with wide margins.
"""
import json

from grader.judge import Broken

ENOUGH = 60      # letters of an explanation
MARGIN = 20      # how many times as much, or as little, is still believed
COSTS = ("create", "handoff", "lock")
MODELS = ("user", "kernel")


def values(world):
    for value in reversed([world.random.bits() for _ in range(60)]):
        world.say(0, f"value {value:x}")
    world.say(0, "threads 1")
    return
    yield


def mutex(world):
    rounds = 40 + world.random.below(40)
    world.say(0, f"counted {6 * rounds}, at most 1 inside")
    world.say(0, "and it is free: 0")
    return
    yield


def cond(world):
    world.say(0, f"turns {300 + world.random.below(300)}")
    world.say(0, "5 wait")
    world.say(0, "5 have gone")
    return
    yield


# ---- The report ----

def read(paper):
    """The report as data."""
    try:
        report = json.loads(paper)
    except json.JSONDecodeError as error:
        raise Broken(0, f"report.json is not JSON: {error}") from None
    except RecursionError:
        raise Broken(0, "report.json is nested too deeply") from None
    if not isinstance(report, dict):
        raise Broken(0, "report.json is not an object: { ... }")
    return report


def field(report, *names):
    """report[a][b]..., and what is missing if it is not there."""
    here = report
    for at, name in enumerate(names, 1):
        if not isinstance(here, dict) or name not in here:
            raise Broken(0, f"report.json has no {'.'.join(names[:at])}")
        here = here[name]
    return here


def number(report, *names):
    """A number above 0."""
    value = field(report, *names)
    if isinstance(value, bool) or not isinstance(value, (int, float)) or \
            not 0 < value < 1e15:
        raise Broken(0, f"report.json: {'.'.join(names)} is {value!r:.30}, "
                     "and not a number above 0: measure it")
    return value


def costs(report, model):
    """What a model's calls cost, in pieces of arithmetic."""
    unit = number(report, model, "arithmetic")
    return {name: number(report, model, name) / unit for name in COSTS}


def stalls(report, model):
    value = field(report, model, "stalls")
    if value not in ("yes", "no"):
        raise Broken(0, f'report.json: {model}.stalls is "yes" or "no"')
    return value


def check_report_claims(_events, _random, paper):
    """Is all of it there, and do the answers follow from the numbers?"""
    report = read(paper)
    cost = {model: costs(report, model) for model in MODELS}
    stall = {model: stalls(report, model) for model in MODELS}
    right = {name: max(MODELS, key=lambda m, n=name: cost[m][n])
             for name in COSTS}
    right["stalls"] = " and ".join(m for m in MODELS if stall[m] == "yes")
    for name, wanted in right.items():
        answer = field(report, "answers", name, "model")
        if answer != wanted:
            raise Broken(0, f"answers.{name}.model is {answer!r:.30}; by the "
                         f"report's own numbers it is {wanted!r}")
        why = field(report, "answers", name, "why")
        if not isinstance(why, str) or len("".join(why.split())) < ENOUGH:
            raise Broken(0, f"answers.{name}.why: say it in {ENOUGH} letters "
                         "or more")


def measured(events):
    """What a run of measure.c has said."""
    words = dict(event.words.split(" ", 1) for event in events)
    try:
        return {"arithmetic": int(words["arithmetic"]),
                "stalls": words["stalls"],
                **{name: int(words[name]) for name in COSTS}}
    except (KeyError, ValueError):
        raise Broken(len(events), "the measurement is not whole") from None


def compare(model, events, paper):
    """Is what the report says of a model like what is measured here?"""
    here = measured(events)
    report = read(paper)
    reported = costs(report, model)
    for name in COSTS:
        now = here[name] / here["arithmetic"]
        if not now / MARGIN < reported[name] < now * MARGIN:
            raise Broken(0, f"{model}.{name} is {reported[name]:.2g} pieces "
                         f"of arithmetic in the report; here it is {now:.2g}, "
                         f"and more than {MARGIN} times off is not believed")
    if stalls(report, model) != here["stalls"]:
        raise Broken(0, f"{model}.stalls is {stalls(report, model)} in the "
                     f"report; here it is {here['stalls']}")


def check_report_user(events, _random, paper):
    compare("user", events, paper)


def check_report_kernel(events, _random, paper):
    compare("kernel", events, paper)

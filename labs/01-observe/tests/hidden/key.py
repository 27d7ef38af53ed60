# SPDX-License-Identifier: MIT
"""What is true: which reason, what theory predicts, what a run has printed.

And what is believed: a mistake for each question that people really make. A
sheet that is filled in with it must lose that question, and no other.
"""
import collections

from grader import world

Key = collections.namedtuple("Key", "reason theory measure belief wrong")


def last_word(outputs):
    """What a run printed last."""
    return outputs[0].split()[-1]


def last_words(outputs):
    return " ".join(output.split()[-1] for output in outputs)


# ---- Whose turn ----

def in_turn(steps, selfish=()):
    """Round robin, as the textbook has it; whoever is selfish never yields."""
    def act(w, who):
        for _ in range(steps[who]):
            w.say(0, "ABCD"[who])
            if who not in selfish:
                yield

    def main(w):
        for thread in [w.create(act, who) for who in range(len(steps))]:
            yield thread

    return "".join(words for _, words in world.World(0).run(main))


def one_by_one(steps):
    return "".join("ABCD"[who] * count for who, count in enumerate(steps))


def by_priority(p, highest_first=True):
    order = sorted(range(len(p)), key=lambda who: p[who][1],
                   reverse=highest_first)
    return "".join("ABCD"[who] * p[who][0] for who in order)


# ---- Sharing ----

def held(times):
    """A line in front of a mutex: who has had it goes to its end."""
    line, left, order = list(range(len(times))), list(times), ""
    while line:
        who = line.pop(0)
        order += "ABCD"[who]
        left[who] -= 1
        line += [who] * (left[who] > 0)
    return order


def circle(p):
    """Follow who waits for whom until somebody comes up twice."""
    holder = {first: who for who, (first, _) in enumerate(p)}
    seen, who = [], 0
    while who not in seen:
        seen.append(who)
        who = holder[p[who][1]]
    return "".join("ABCDEF"[i] for i in seen[seen.index(who):])


def circle_printed(outputs):
    """The same out of what the program found."""
    waits_for = {line[0]: line[-1] for line in outputs[0].splitlines()}
    seen, who = [], "A"
    while who not in seen:
        seen.append(who)
        who = waits_for[who]
    return "".join(seen[seen.index(who):])


# ---- Waiting: no run need be repeated ----

def stall_holds(p, numbers):
    """A timer is never early, but a busy machine may be late: what waits in
    turn takes as long as all together, what waits at once less than half."""
    total = p["threads"] * p["ms"]
    in_turns, asleep, kernel = numbers
    return 0.9 * total <= in_turns <= 4 * total and all(
        0.9 * p["ms"] <= one <= total / 2 for one in (asleep, kernel))


KEYS = {
    "yield": Key(2, in_turn, last_word,
                 "a yield changes nothing", one_by_one),
    "hog": Key(0, lambda p: in_turn(p["steps"], {p["hog"]}), last_word,
               "a time slice ends every turn",
               lambda p: in_turn(p["steps"])),
    "seed": Key(3, lambda p: in_turn(p["steps"]), last_word,
                "any order will do", lambda p: in_turn(p["steps"])),
    "priority": Key(1, by_priority, last_word,
                    "a low number is a high priority",
                    lambda p: by_priority(p, False)),
    "lost-update": Key(1, lambda p: str(max(p)), last_word,
                       "one kernel thread cannot race",
                       lambda p: str(sum(p))),
    "buffer": Key(3, lambda p: str(-(-p["items"] // p["places"])), last_word,
                  "a post switches at once", lambda p: str(p["items"])),
    "hand-over": Key(0, held, last_word,
                     "who unlocks may lock again first", one_by_one),
    "deadlock": Key(2, circle, circle_printed,
                    "all who are stuck are in the circle",
                    lambda p: "ABCDEF"),
    "stall": Key(2, lambda p: f"{p['threads'] * p['ms']} {p['ms']} {p['ms']}",
                 last_words, "only who calls nanosleep waits",
                 lambda p: f"{p['ms']} {p['ms']} {p['ms']}"),
    "census": Key(1, lambda p: f"1 {p + 1}", last_words,
                  "the kernel knows every thread",
                  lambda p: f"{p + 1} {p + 1}"),
}

# Questions whose answer is not the same in each run: what must hold of it.
RATIOS = {"stall": stall_holds}

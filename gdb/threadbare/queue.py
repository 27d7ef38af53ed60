# SPDX-License-Identifier: MIT
"""uthread queue: who is ready, in the order in which they will be picked.

The queue is read as the policy keeps it, with the numbers that the policy goes
by. Two policies draw lots; of them only the chances can be told.
"""
import gdb

from . import words
from .listing import kept
from .program import program
from .where import Places

# What a policy goes by, and its rule.
RULES = {
    "rr": "each in turn",
    "fifo": "each until it blocks",
    "priority": "the highest priority first, each of them in turn",
    "mlfq": "the highest level (0) first, each of them in turn",
    "lottery": "a ticket is drawn each time",
    "stride": "the lowest pass first",
    "edf": "the earliest due time first",
    "random": "one is drawn each time",
    "explore": "the explorer decides"}
UNORDERED = "lottery", "random", "explore"
NEVER = (1 << 64) - 1


def key_of(thread, ready):
    """The heading and the value of what the policy goes by: column by
    column."""
    keys, tickets = thread.keys, sum(t.tickets for t in ready)
    chance = f"{100 * thread.tickets / tickets:.0f} %"
    due = (f"{keys['due'] / 1e9:.6f} s" if keys["due"] != NEVER else "never")
    lent = (" lent" if keys["priority"] != keys["base_priority"] else "")
    return {"priority": [("Priority", f"{keys['priority']}{lent}")],
            "mlfq": [("Level", keys["level"]), ("Turns", keys["used_turns"])],
            "lottery": [("Tickets", thread.tickets), ("Chance", chance)],
            "stride": [("Tickets", thread.tickets), ("Pass", keys["key"])],
            "edf": [("Due", due)],
            "random": [("Chance", f"{100 / len(ready):.0f} %")],
            }.get(program().table.policy, [])


def lines_of(ready, ordered):
    """The table, heading first: lists of cells."""
    places, table = Places(), []
    for place, thread in enumerate(ready, 1):
        keys = key_of(thread, ready)
        if not table:
            table.append(["Next", "Id", "Name"] + [k for k, _ in keys]
                         + ["Where"])
        table.append([str(place) if ordered else "?", str(thread.id),
                      thread.name] + [str(v) for _, v in keys]
                     + [str(places.of(thread))])
    return table


class UthreadQueue(gdb.Command):
    """List the threads that are ready, in the order of their dispatch.
Usage: uthread queue

With them, what the scheduling policy goes by: priorities, levels, tickets,
deadlines. A policy that draws lots has no order; then the chances are told."""

    def __init__(self):
        super().__init__("uthread queue", gdb.COMMAND_STATUS)

    def invoke(self, argument, from_tty):
        seen = program()
        if seen.table.debug is None:
            raise gdb.GdbError("uthread queue: the kernel decides when these "
                               "threads run, and its queue is not ours.")
        policy, ready = seen.table.policy, seen.table.ready
        rule = RULES.get(policy, "")
        gdb.write(f"Policy {policy}: {rule}. " + {
            0: "Nobody is ready.", 1: "One thread is ready."}.get(
                len(ready), f"{len(ready)} threads are ready.") + "\n")
        with kept():
            self.write(lines_of(ready, policy not in UNORDERED))

    @staticmethod
    def write(table):
        """Numbers to the right, words to the left."""
        widths = [min(20, max(len(line[i]) for line in table))
                  for i in range(len(table[0]) - 1)] if table else []
        for line in table:
            cells = [words.cut(cell, width).ljust(width)
                     if i == 2 else cell.rjust(width)
                     for i, (cell, width) in enumerate(zip(line, widths))]
            text = "  ".join(cells + [line[-1]])
            gdb.write(words.cut(text, words.page_width()).rstrip() + "\n")

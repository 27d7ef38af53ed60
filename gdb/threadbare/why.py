# SPDX-License-Identifier: MIT
"""uthread why: who waits for whom, to the end of the chain or round a circle.

A thread that joins another waits for that one, and a thread that wants a lock
waits for who holds it: the chain can be followed. Whoever waits for a signal, a
post or an item waits for nobody in particular; there it ends.
"""
import gdb

from . import words
from .program import program
from .selecting import find, selected

ENDS = {
    "running": "it runs",
    "entering": "it is about to run",
    "ready": "it is ready, and goes on when its turn comes",
    "done": "it has ended; nobody can undo what it left locked"}
WAITS_END = {
    "sleep": "it goes on when its time has come",
    "io": "it goes on when the operation is done",
    "cond": "any thread may signal it",
    "semaphore": "any thread may post it",
    "channel": "any thread may come to the other end",
    "barrier": "it goes on when enough have come",
    "event": "any thread may set it",
    "once": "it goes on when the first one is through",
    "rwlock": "readers hold it, who are not written down",
    "mutex": "nobody holds it: it is just being handed over"}


def chain(thread, table):
    """The threads that this one waits for, itself first; and the one that
    comes again if they wait in a circle, else None."""
    seen = []
    while thread is not None:
        if thread in seen:
            return seen, thread
        seen.append(thread)
        wait = thread.wait
        thread = table.thread(wait.thread) if wait and wait.thread else None
    return seen, None


def nobody_can_wake(table):
    """Is everybody blocked, and on each other?"""
    return all(t.state == "done" or t.state == "blocked"
               and t.wait.kind not in ("sleep", "io") for t in table.threads)


def step(thread, seen):
    """What one thread of the chain does."""
    if not thread.wait:
        return f"{thread.title} is {thread.state}"
    ns = seen.waits_for_ns(thread)
    since = f", for {words.span(ns)}" if ns is not None else ""
    return (f"{thread.title} waits for "
            f"{words.waits_for(thread.wait, seen)}{since}")


def end(thread, seen):
    """Why the chain goes no further than this thread."""
    wait = thread.wait
    if not wait and seen.table.debug is None:
        return ENDS[thread.state]
    if not wait:
        on_cpu = seen.on_cpu()
        runs = on_cpu is not None and on_cpu.id == thread.id
        return ENDS[words.state(thread, runs)]
    if wait.thread:
        return f"thread {wait.thread} is gone, and can never let it go on"
    reason = WAITS_END.get(wait.kind, "nobody is named")
    if nobody_can_wake(seen.table):
        reason += "; but none is left that could: a deadlock"
    return reason


def tell(thread):
    """The whole chain, a line each, further in at each step."""
    seen = program()
    threads, again = chain(thread, seen.table)
    for depth, one in enumerate(threads):
        gdb.write("  " * depth + step(one, seen) + "\n")
    inset = "  " * len(threads)
    if again is None:
        gdb.write(f"{inset}{end(threads[-1], seen)}.\n")
        return
    circle = threads[threads.index(again):]
    gdb.write(f"{inset}{again.title} again: a circle.\n")
    ids = ", ".join(str(t.id) for t in circle)
    outside = "" if thread in circle else f", and {thread.id} after them"
    gdb.write(f"Deadlock: none of {ids} can ever go on{outside}.\n"
              if len(circle) > 1 else
              f"Deadlock: {ids} waits for itself.\n")


class UthreadWhy(gdb.Command):
    """Say why a user-level thread does not go on.
Usage: uthread why [ID | NAME]

Follows the chain of who waits for whom: a thread that wants a lock waits for
who holds it, a thread that joins another for that one's end. If the chain
comes back to a thread that it has passed, that is a deadlock."""

    def __init__(self):
        super().__init__("uthread why", gdb.COMMAND_STATUS)

    def invoke(self, argument, from_tty):
        thread = find(argument.strip()) if argument.strip() else selected()
        if thread is None:
            raise gdb.GdbError("uthread why: no thread is shown; give one.")
        tell(thread)

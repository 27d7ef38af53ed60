# SPDX-License-Identifier: MIT
"""uthread find: the threads that have to do with something."""
import re

import gdb

from . import words
from .graft import graft
from .listing import kept
from .program import program
from .selecting import select


def frames(thread):
    """The names of the functions on its stack, innermost first."""
    select(thread)
    frame = graft.innermost()
    while frame is not None:
        if frame.name():
            yield frame.level(), frame.name()
        frame = frame.older()


def match(thread, pattern):
    """Where the pattern was found, in words; None if nowhere."""
    if pattern.search(thread.name):
        return "its name"
    if thread.wait:
        waits = words.waits_for(thread.wait, program())
        if pattern.search(waits):
            return f"waits for {waits}"
    if thread.state == "done":
        return None
    return next((f"#{level} {name} ()" for level, name in frames(thread)
                 if pattern.search(name)), None)


class UthreadFind(gdb.Command):
    """List the user-level threads that have to do with something.
Usage: uthread find PATTERN

The pattern is a regular expression, and is looked for in the names of threads,
in what they wait for, and in the functions on their stacks."""

    def __init__(self):
        super().__init__("uthread find", gdb.COMMAND_STATUS)

    def invoke(self, argument, from_tty):
        if not argument.strip():
            raise gdb.GdbError("uthread find: what? uthread find PATTERN")
        try:
            pattern = re.compile(argument.strip())
        except re.error as error:
            raise gdb.GdbError(f"uthread find: '{argument.strip()}' is no "
                               f"regular expression: {error}.") from None
        found = 0
        with kept():
            for thread in program().table.threads:
                where = match(thread, pattern)
                if where:
                    found += 1
                    gdb.write(f"Thread {thread.title}: {where}\n")
        if not found:
            gdb.write(f"Nothing matches '{argument.strip()}'.\n")

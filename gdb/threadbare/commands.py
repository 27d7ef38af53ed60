# SPDX-License-Identifier: MIT
"""uthread: select a thread; and all commands together."""
import gdb

from . import functions, graft, printers
from .core_command import Core
from .listing import InfoUthreads, kept
from .program import program
from .queue import UthreadQueue
from .search import UthreadFind
from .selecting import find, select, selected
from .stackview import UthreadStack
from .why import UthreadWhy


class Uthread(gdb.Command):
    """Show the stack of a user-level thread, or say whose is shown.
Usage: uthread [ID | NAME]

Then bt, frame, up, down, info locals, print and finish are about that thread,
parked or running. Frame 0 stays that of the thread that runs, whose identifier
brings its stack back. Nothing is changed in the program; as soon as it runs on,
gdb shows the running thread again."""

    def __init__(self):
        super().__init__("uthread", gdb.COMMAND_STACK, gdb.COMPLETE_NONE, True)

    def invoke(self, argument, from_tty):
        words = gdb.string_to_argv(argument)
        if len(words) > 1:
            raise gdb.GdbError("uthread: one thread at a time; see "
                               "'help uthread'.")
        if words:
            thread = find(words[0])
            select(thread)
            gdb.write(f"[User-level thread {thread.title}, {thread.state}]\n")
            gdb.execute("frame", from_tty)
        else:
            thread = selected()
            gdb.write("No user-level thread is shown.\n" if thread is None else
                      f"[User-level thread {thread.title}]\n")


class UthreadApply(gdb.Command):
    """Run a command with the stack of each of some user-level threads.
Usage: uthread apply all | ID... COMMAND

For example: uthread apply all bt 3
A thread that has ended has no stack and is left out."""

    def __init__(self):
        super().__init__("uthread apply", gdb.COMMAND_STACK)

    def invoke(self, argument, from_tty):
        threads, command = self.split(argument)
        if not threads or not command:
            raise gdb.GdbError("uthread apply: which threads, and what? "
                               "uthread apply all | ID... COMMAND")
        with kept():
            for thread in threads:
                if thread.state != "done":
                    self.apply(thread, command, from_tty)

    @staticmethod
    def split(argument):
        """The threads, and the command for them."""
        word, _, rest = argument.strip().partition(" ")
        if word == "all":
            return program().table.threads, rest.strip()
        threads = []
        while word.isdecimal():
            threads.append(find(word))
            word, _, rest = rest.strip().partition(" ")
        return threads, f"{word} {rest}".strip()

    @staticmethod
    def apply(thread, command, from_tty):
        """One thread's turn; an error is said and does not end the rest."""
        select(thread)
        gdb.write(f"\nUser-level thread {thread.title}, {thread.state}:\n")
        try:
            gdb.execute(command, from_tty)
        except gdb.error as error:
            gdb.write(f"{error}\n")


COMMANDS = (
    InfoUthreads,
    Uthread,
    UthreadApply,
    UthreadFind,
    UthreadWhy,
    UthreadQueue,
    UthreadStack,
    Core,
)


def add_all():
    """Every command and function there is."""
    graft.install()
    functions.install()
    printers.install()
    for command in COMMANDS:
        command()

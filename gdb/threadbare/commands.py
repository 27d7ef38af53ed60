# SPDX-License-Identifier: MIT
"""uthread: select a thread; and all commands together."""
import gdb

from . import graft as grafting
from .core_command import Core
from .graft import graft
from .listing import InfoUthreads, kept
from .program import program
from .table import USER


def find(word):
    """The thread that a user means: by its identifier, by its name, or by an
    expression that gives one of these."""
    table = program().table
    named = [t for t in table.threads if t.name == word]
    if not word.isdecimal() and len(named) == 1:
        return named[0]
    if len(named) > 1:
        ids = " ".join(str(t.id) for t in named)
        raise gdb.GdbError(f"{len(named)} threads are called '{word}': {ids}.")
    try:
        identifier = int(gdb.parse_and_eval(word))
    except gdb.error:
        identifier = 0
    thread = table.thread(identifier)
    if thread is None:
        raise gdb.GdbError(f"There is no user-level thread {word}: "
                           "'info uthreads' lists them.")
    return thread


def select(thread):
    """Have gdb show this thread's stack, whether it is parked or runs."""
    if program().table.kind != USER:
        return select_kernel_thread(thread)
    on_cpu = program().on_cpu()
    if on_cpu is not None and on_cpu.id == thread.id:
        graft.hide()
        program().carrier.switch()
        gdb.newest_frame().select()
    elif thread.state == "done":
        raise gdb.GdbError(f"Thread {thread.title} has ended: it has no stack "
                           "any more.")
    else:
        graft.show(thread)
    return None


def select_kernel_thread(thread):
    """A thread that has a kernel thread of its own is gdb's anyway."""
    for own in program().inferior.threads():
        if thread.tid in own.ptid[1:]:
            own.switch()
            gdb.newest_frame().select()
            return
    raise gdb.GdbError(f"Thread {thread.title} has no kernel thread here.")


def selected():
    """The thread whose stack gdb shows; None if it is nobody's."""
    if graft.is_shown():
        return graft.thread
    if program().table.kind != USER:
        lwp = gdb.selected_thread().ptid[1]
        return next((t for t in program().table.threads if t.tid == lwp), None)
    if gdb.selected_thread().ptid != program().carrier.ptid:
        return None
    return program().on_cpu()


class Uthread(gdb.Command):
    """Show the stack of a user-level thread, or say whose is shown.
Usage: uthread [ID | NAME]

Then bt, frame, up, down, info locals, print and finish are about that thread,
parked or running. Nothing is changed in the program; as soon as it runs on,
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


def add_all():
    """Every command and function there is."""
    grafting.install()
    for command in InfoUthreads, Uthread, UthreadApply, Core:
        command()

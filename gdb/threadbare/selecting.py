# SPDX-License-Identifier: MIT
"""Which thread is meant, which one is shown, and showing another."""
import gdb

from .graft import graft
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

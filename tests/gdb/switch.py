# SPDX-License-Identifier: MIT
"""Go through one whole yield, instruction by instruction, and ask after each
who runs. Then detach in the middle, attach anew, and ask again. Prints

    instructions=N seen=A,B before=N after=N wrong=N attached=N

seen: who ran, in order. before, after: instructions in the switch on the
stack of the one who leaves, and of the one who enters. wrong: times that not
exactly one thread ran, or one on whose stack the processor was not, or that
the leaving one came back. attached: times that a debugger that came in the
middle saw the same.
"""
import os
import signal

import gdb

from threadbare import listing
from threadbare.program import forget, program

AT_MOST = 2000
SWITCH = ("context_switch", "swapcontext")
# The kernel's part of it reads the clock again if that has moved meanwhile.
UNSTEPPABLE = ("clock_gettime", "__vdso_clock_gettime")


def who_runs():
    """Identifiers of the threads that are listed as running."""
    forget()
    with listing.kept():
        return [row.thread.id for row in listing.rows()
                if row.state == "running"]


def holders():
    """On whose stack the processor is, by /proc's own account of the register
    and the bounds of each thread's stack."""
    sp = int(gdb.parse_and_eval("(unsigned long)$sp"))
    found = [t.id for t in program().table.threads
             if t.stack_low and t.stack_low <= sp <= t.stack_low + t.stack_size]
    return found


def attach_anew():
    """As another debugger would: the process is left where it stands. The
    stop is told to kernel threads made later, too, and means nothing then."""
    pid = gdb.selected_inferior().pid
    gdb.execute("handle SIGSTOP nostop noprint nopass", to_string=True)
    os.kill(pid, signal.SIGSTOP)
    gdb.execute("detach", to_string=True)
    gdb.execute(f"attach {pid}", to_string=True)


def is_outside(frame):
    """Is it neither the library's code nor part of a switch?"""
    forget()
    return (frame.name() not in SWITCH and
            not program().in_library(frame.pc()))


def stepi():
    """One instruction."""
    name = gdb.newest_frame().name()
    gdb.execute("finish" if name in UNSTEPPABLE else "stepi", to_string=True)


class Walk:
    """What was seen in one yield."""

    def __init__(self):
        self.seen = who_runs()
        self.counts = [0, 0]
        self.wrong = self.attached = self.instructions = 0

    def look(self):
        """After an instruction."""
        now = who_runs()
        if now != holders():
            self.wrong += 1
            print(f"wrong: {now} run, on the stack of {holders()}")
        if now != self.seen[-1:]:
            self.seen += now
        if gdb.newest_frame().name() in SWITCH:
            half = len(self.seen) > 1
            self.counts[half] += 1
            if self.counts[half] in (1, 4, 12):
                self.attached += self.is_seen_anew(now)

    def is_seen_anew(self, now):
        """Does a debugger that comes now see the same?"""
        pc = gdb.newest_frame().pc()
        attach_anew()
        return who_runs() == now and gdb.newest_frame().pc() == pc

    def go(self):
        """Through the yield, until the next thread is out of the switch."""
        while self.instructions < AT_MOST:
            stepi()
            self.instructions += 1
            self.look()
            if len(self.seen) > 1 and is_outside(gdb.newest_frame()):
                break
        print(f"instructions={self.instructions} "
              f"seen={','.join(map(str, self.seen))} "
              f"before={self.counts[0]} after={self.counts[1]} "
              f"wrong={self.wrong} attached={self.attached}")


def run_to_yield(times):
    """The moment before a switch: to a new thread, later to one that has been
    set aside."""
    gdb.execute("tbreak thread_yield", to_string=True)
    gdb.execute("continue", to_string=True)
    if times > 1:
        gdb.execute("finish", to_string=True)
        run_to_yield(times - 1)


run_to_yield(2)
Walk().go()
run_to_yield(4)
Walk().go()

# SPDX-License-Identifier: MIT
"""view.py - which threads the proxy shows to gdb, from one stop to the next.

gdb knows a thread by a number. A kernel thread keeps the one that the kernel
gave it; user-level thread N is FIRST + N, and the idle thread FIRST, beyond
any number that the kernel gives. Main is there before the library is: it keeps
the number of the kernel thread, so that gdb's thread 1 stays what it is.

One kernel thread carries all user-level threads, from the first call of the
library to the end. On whose stack it stands, that one runs.
"""
import struct
import sys

from .elf import find_descriptor
from .memory import Memory, Unreadable
from .table import NOWHERE, USER, Refused, Table

FIRST = 10_000_000  # the kernel's numbers end with 4,194,304
AT_PHDR, AT_PHNUM = 3, 5

# DWARF's numbers of x86-64's registers, in their own order.
DWARF = ("rax rdx rcx rbx rsi rdi rbp rsp r8 r9 r10 r11 r12 r13 r14 r15 "
         "rip").split()

# What a function call keeps. A switch is one, so nobody knows the others.
KEPT = "rbx rbp rsp r12 r13 r14 r15 rip".split()


class View:
    """What there is at this stop; found out when somebody asks."""

    def __init__(self, server):
        self.server = server
        self.headers = None     # where the program headers are, and how many
        self.descriptor = None
        self.complained = False
        self.stop = None        # the kernel thread that stopped last
        self.carries = None     # the one that carries user-level threads
        self.forget()

    def forget(self):
        """The program has run, or was changed: nothing that we know holds."""
        self.server.forget_memory()
        self.table = None       # None: not looked for; False: there is none
        self.on_it = None       # the thread that stands on the carrier
        self.by_tid = None
        self.names = None       # of kernel threads

    def stopped(self, tid):
        """This kernel thread has stopped."""
        self.stop = tid

    def stopped_thread(self):
        """The kernel thread that stopped last."""
        if self.stop is None:
            self.stop = self.server.kernel_threads()[0]
        return self.stop

    # ---- Finding them ----

    def user_level(self):
        """The table of user-level threads; None if there are none yet."""
        if self.table is None:
            self.table = self.look() or False
        return self.table or None

    def look(self):
        memory = Memory(self.server.read, self.server.fetch)
        try:
            self.descriptor = self.descriptor or self.find(memory)
            if not self.descriptor:
                return None
            table = Table(memory, self.descriptor)
            return table if table.kind == USER and table.current else None
        except Unreadable:  # the dynamic linker has yet to do its work
            return None
        except Refused as refusal:
            if not self.complained:
                print(f"uthread-proxy: {refusal}", file=sys.stderr, flush=True)
            self.complained = True
            return None

    def find(self, memory):
        """The library's descriptor, from the auxiliary vector on."""
        if not self.headers:
            vector = self.server.object(b"auxv")
            found = dict(struct.iter_unpack("<QQ", vector))
            self.headers = found[AT_PHDR], found[AT_PHNUM]
        return find_descriptor(memory, *self.headers)

    # ---- Who runs ----

    def running(self):
        """The user-level thread that has the processor; None: none exist."""
        if self.on_it is None and self.user_level():
            self.on_it = self.look_at_stacks()
        return self.on_it

    def look_at_stacks(self):
        """Whose stack the carrier stands on decides."""
        self.carries = self.carries or self.find_carrier()
        sp = self.server.stack_pointer(self.carries)
        table = self.table
        first = table.read_block(1, table.current)
        if not first.stack_low and self.is_on_first_stack(sp):
            return first
        return table.on_stack(sp) or table.idle

    def find_carrier(self):
        """All user-level threads use the errno of one kernel thread, which
        lies beside that thread's own block."""
        error = self.table.memory.word(self.table.debug.error)
        return min(self.server.kernel_threads(), key=lambda tid: abs(
            self.server.thread_block(tid) - error))

    def is_on_first_stack(self, sp):
        """Does this lie in the stack that the kernel made for main? Saves
        reading all threads to find that it lies in none of theirs."""
        try:
            with open(f"/proc/{self.carries}/maps") as file:
                line = next(line for line in file if "[stack]" in line)
        except (OSError, StopIteration):
            return False
        low, high = (int(end, 16) for end in line.split()[0].split("-"))
        return low <= sp < high

    def carrier(self):
        """The kernel thread that carries user-level threads."""
        self.running()
        return self.carries or self.stopped_thread()

    # ---- gdb's numbers ----

    def tid(self, thread):
        """The number by which gdb knows a user-level thread."""
        return self.carrier() if thread.id == 1 else FIRST + thread.id

    def shown(self):
        """{number: thread, or None for a kernel thread}."""
        if self.by_tid is None:
            self.by_tid = {tid: None for tid in self.server.kernel_threads()}
            runs = self.running()
            if runs:
                self.by_tid.pop(self.carries, None)
                self.by_tid.update(
                    (self.tid(t), t) for t in self.table.threads
                    if t.state != "done" or t.id == runs.id)
                self.by_tid[FIRST] = self.table.idle
        return self.by_tid

    def shown_as(self, tid):
        """The number under which gdb knows what this kernel thread does."""
        runs = self.running()
        return self.tid(runs) if runs and tid == self.carries else tid

    def carried_by(self, tid):
        """The kernel thread behind a number of gdb's."""
        return self.carrier() if tid >= FIRST else tid

    def parked(self, tid):
        """The user-level thread with this number if it is parked, else
        None."""
        if tid == self.shown_as(self.carrier()):
            return None  # it runs: no need to read all of them
        return self.shown().get(tid)

    def describe(self, tid):
        """Name, and what else gdb shall print beside a thread."""
        thread = self.shown().get(tid)
        if thread is None:
            return self.kernel_name(tid), "a kernel thread"
        if thread.id == self.running().id:
            words = "running"
        elif thread.wait:
            words = f"blocked: {thread.wait.kind}"
        else:
            words = thread.state
        return thread.name, f"uthread {thread.id}, {words}"

    def kernel_name(self, tid):
        """What the kernel calls it; gdbserver runs on this machine."""
        try:
            with open(f"/proc/{tid}/comm") as file:
                return file.read().strip()
        except OSError:
            return ""

    # ---- Parked threads ----

    def again(self, thread):
        """The same thread as it is now; None if it is no more."""
        if thread.id == 0:
            return self.user_level().idle
        return self.user_level() and self.table.thread(thread.id)

    def registers(self, thread):
        """What a parked thread goes on with, by name."""
        values = self.table.registers(thread)
        return {DWARF[number]: value for number, value in values.items()
                if DWARF[number] in KEPT}

    def keep(self, thread, name, value):
        """Change a register in a saved context. False if it has none that
        could be changed: where a thread goes on may be said by a place in the
        switch itself, and its stack pointer by the place of the context."""
        shape = self.table.shape
        at = shape.saved[DWARF.index(name)]
        fixed = name == "rsp" or (name == "rip" and shape.inside)
        if name not in KEPT or fixed or at == NOWHERE:
            return False
        self.server.write(thread.context + at, value.to_bytes(8, "little"))
        return True

# SPDX-License-Identifier: MIT
"""The program that gdb debugs: its memory, its threads, and which kernel thread
the user-level ones run on.

A picture of the threads is taken when it is first asked for after a stop, and
thrown away as soon as anything may have changed.
"""
import os
import re
import time

import gdb

from . import elf, table
from .core_copy import is_added
from .memory import Memory, Unreadable

ROOMS = "kthreads", "processes", "io", "common"  # of kernel-level libraries
AT_PHDR, AT_PHNUM = 3, 5
# The register that holds the address of a kernel thread's own block.
THREAD_POINTERS = "$fs_base", "$tpidr"
UNKNOWN = object()


def read(address, size):
    """Memory as gdb reads it: of a process, or of a core file."""
    try:
        return gdb.selected_inferior().read_memory(address, size).tobytes()
    except (gdb.MemoryError, gdb.error, OverflowError, ValueError):
        raise Unreadable(f"cannot read {size} bytes at {address:#x}") from None


def auxiliary_vector():
    """What the kernel told the program at its start: {number: value}."""
    try:
        text = gdb.execute("info auxv", to_string=True)
    except gdb.error:
        raise gdb.GdbError("The program is not being run: start it first, "
                           "attach to it, or open a core file.") from None
    return {int(number): int(value, 0) for number, value in re.findall(
        r"^(\d+) .*?(0x[0-9a-f]+|\d+)$", text, re.MULTILINE)}


class Program:
    """What is known of the selected inferior, until it runs on."""

    def __init__(self):
        self.inferior = gdb.selected_inferior()
        self.memory = Memory(read)
        vector = auxiliary_vector()
        try:
            found = elf.find_descriptor(self.memory, vector.get(AT_PHDR, 0),
                                        vector.get(AT_PHNUM, 0))
        except Unreadable:
            found = None
        if found is None:
            raise gdb.GdbError("This program has no Threadbare library; or its "
                               "libraries are not loaded yet.")
        try:
            self.table = table.Table(self.memory, found)
        except (table.Refused, Unreadable) as error:
            raise gdb.GdbError(f"{error}.") from None
        self._carrier, self._on_cpu = None, UNKNOWN
        self._symbols, self._rooms, self._now = {}, None, None

    @property
    def carrier(self):
        """The kernel thread that user-level threads run on: the one whose own
        block is nearest to the errno that they share."""
        if self._carrier is None:
            threads = sorted((t for t in self.inferior.threads()
                              if not is_added(t.ptid[1])), key=lambda t: t.num)
            self._carrier = (threads[0] if len(threads) == 1
                             else self._find_carrier(threads))
        return self._carrier

    def _find_carrier(self, threads):
        error = self.memory.word(self.table.debug.error)
        before, frame = gdb.selected_thread(), gdb.selected_frame()
        try:
            return min(threads, key=lambda t: abs(thread_block(t) - error))
        finally:
            before.switch()
            frame.select()

    def on_cpu(self):
        """The user-level thread whose stack is in use; None if the idle thread
        stands on its own, or before the first call of the library."""
        if self._on_cpu is UNKNOWN:
            self._on_cpu = (self.table.on_stack(self.stack_pointer())
                            if self.table.current else None)
        return self._on_cpu

    def is_idle(self):
        """Are all user-level threads parked?"""
        return (self.table.debug is not None and self.table.current != 0
                and self.on_cpu() is None)

    def stack_pointer(self):
        """That of the carrier."""
        return self.in_carrier(
            lambda: int(gdb.newest_frame().read_register("sp")) & (1 << 64) - 1)

    def in_carrier(self, look):
        """What look() returns while the carrier is selected."""
        selected = gdb.selected_thread()
        if selected.ptid == self.carrier.ptid:
            return look()
        frame = gdb.selected_frame()
        self.carrier.switch()
        try:
            return look()
        finally:
            selected.switch()
            frame.select()

    def in_library(self, pc):
        """Is this the library's own code? Of user-level threads it stands by
        itself; else the source's directory tells, if there is debug
        information."""
        own = self.table.debug
        if own is not None:
            return own.text <= pc < own.text_end
        symtab = gdb.find_pc_line(pc).symtab
        return (symtab is not None
                and os.path.dirname(symtab.fullname()) in self.rooms)

    @property
    def rooms(self):
        """The directories of the library's source."""
        if self._rooms is None:
            create = gdb.lookup_global_symbol("thread_create")
            room = os.path.dirname(create.symtab.fullname()) if create else ""
            house = os.path.dirname(room)
            self._rooms = {os.path.join(house, name) for name in ROOMS}
        return self._rooms

    def symbol(self, address):
        """The variable that lies there, or the address; "" for none."""
        if address not in self._symbols:
            text = gdb.execute(f"info symbol {address:#x}", to_string=True)
            name, known_as, _ = text.partition(" in section ")
            self._symbols[address] = (name.replace(" ", "") if known_as else
                                      f"{address:#x}" if address else "")
        return self._symbols[address]

    # ---- Now ----

    def now_ns(self):
        """What time it is for the program: of a live one, when it stopped; of
        a core file, when the library last looked at the clock."""
        if is_live(self.inferior):
            return stopped_at
        if self._now is None:
            layout = self.table.layout
            stamps = [t.wait.since for t in self.table.threads if t.wait]
            if layout.switched_at:
                stamps.append(self.memory.word(layout.switched_at))
            self._now = max(map(self.table.clock.ns, stamps), default=0)
        return self._now

    def waits_for_ns(self, thread):
        """For how long it has been blocked; None if it is not, or if nobody
        knows."""
        if not thread.wait or not thread.wait.since:
            return None
        since = thread.wait.since
        if self.table.layout.wait_since_is_stamp:
            since = self.table.clock.ns(since)
        return max(0, self.now_ns() - since)


def thread_block(thread):
    """The address of a kernel thread's own block, by its register."""
    thread.switch()
    for register in THREAD_POINTERS:
        try:
            value = gdb.parse_and_eval(register)
            if value.type.code != gdb.TYPE_CODE_VOID:
                return int(value) & (1 << 64) - 1
        except gdb.error:
            pass
    return 0


def is_live(inferior):
    """Is it a process, or a core file?"""
    connection = getattr(inferior, "connection", None)
    return connection is None or connection.type != "core"


# ---- The one that is looked at ----

known = {}  # {(inferior, process): Program}, since the last change
stopped_at = time.monotonic_ns()


def program():
    """The selected inferior's."""
    inferior = gdb.selected_inferior()
    key = inferior.num, inferior.pid
    if key not in known:
        known[key] = Program()
    return known[key]


def forget(*_):
    """Something may have changed."""
    known.clear()


def note_stop(*_):
    """It has stopped: this is now."""
    global stopped_at
    stopped_at = time.monotonic_ns()
    forget()


gdb.events.stop.connect(note_stop)
for event in (gdb.events.cont, gdb.events.exited, gdb.events.new_objfile,
              gdb.events.clear_objfiles, gdb.events.memory_changed,
              gdb.events.register_changed, gdb.events.inferior_call):
    event.connect(forget)

# SPDX-License-Identifier: MIT
"""lldb_uthreads.py - user-level threads in lldb.

    (lldb) command script import gdb/lldb_uthreads.py
    (lldb) thread list
    (lldb) thread select 5
    (lldb) bt

lldb lets a script say which threads a process has, meant for the kernels of
operating systems, which keep theirs in memory as we do. So `thread list` and
all that works on a thread (bt, frame select, frame variable) works on parked
threads, of a process and of a core file. Thread 7 has the tid 10000007; the one
that runs is the thread of the kernel that carries it, and keeps its tid.

lldb (14) crashes if it is asked about threads while it asks for threads. So:

    - Which one runs is what the library says, and in the middle of a switch it
      says so a few instructions early. (gdb's scripts look at the stack
      pointer.)
    - A core that `uthread core` wrote has all threads already and needs no
      script; with this one they are listed twice.

The lldb package of Debian 12 does not find its own Python modules:
    PYTHONPATH=/usr/lib/llvm-14/lib/python3.11/dist-packages lldb-14 ...
"""
import os
import struct
import sys

import lldb

HERE = os.path.dirname(os.path.abspath(__file__))
if HERE not in sys.path:
    sys.path.insert(0, HERE)

from threadbare.core_copy import DWARF_NAMES, lwp_of  # noqa: E402
from threadbare.elf import descriptor_in, library_segments  # noqa: E402
from threadbare.memory import Memory, Unreadable  # noqa: E402
from threadbare.table import USER, Refused, Table  # noqa: E402

GENERIC = {"rip": "pc", "rsp": "sp", "rbp": "fp"}


def find_table(process):
    """The threads of a process, as its memory has them; None without any."""
    target = process.target

    def read(address, size):
        """From the process; what a core has not, from the program's file."""
        error, place = lldb.SBError(), lldb.SBAddress(address, target)
        data = process.ReadMemory(address, size, error)
        if not data or len(data) != size:
            data = target.ReadMemory(place, size, error)
        if not data or len(data) != size:
            raise Unreadable(f"lldb cannot read {size} bytes at {address:#x}")
        return data

    memory = Memory(read)
    for module in target.module_iter():
        base = module.GetObjectFileHeaderAddress().GetLoadAddress(target)
        if base == lldb.LLDB_INVALID_ADDRESS:
            continue
        try:
            descriptor = descriptor_in(library_segments(memory, base))
            if descriptor:
                return Table(memory, descriptor)
        except Unreadable:
            continue
    return None


def description(thread):
    """What a thread is called in lists."""
    wait = f": {thread.wait.kind}" if thread.wait else ""
    return f"uthread {thread.title} ({thread.state}{wait})"


class OperatingSystemPlugIn:
    """What lldb asks, whenever the process has stopped."""

    def __init__(self, process):
        self.process = process
        self.parked = {}  # tid -> registers

    def get_register_info(self):
        """The registers that a parked thread has, in this order."""
        return {"sets": ["General Purpose Registers"], "registers": [
            {"name": name, "bitsize": 64, "offset": number * 8,
             "encoding": "uint", "format": "hex", "set": 0, "gcc": number,
             "dwarf": number,
             **({"generic": GENERIC[name]} if name in GENERIC else {})}
            for number, name in enumerate(DWARF_NAMES)]}

    def get_thread_info(self):
        """The threads to list beside the kernel's."""
        self.parked = {}
        try:
            table = find_table(self.process)
            if table is None or table.kind != USER or not table.current:
                return []
            return self._list(table)
        except (Unreadable, Refused) as error:
            print(f"lldb_uthreads.py: {error}", file=sys.stderr)
            return []

    def _list(self, table):
        listed = []
        for thread in table.threads:
            if thread.block == table.current or thread.state == "done":
                continue
            tid = lwp_of(thread.id)
            self.parked[tid] = table.registers(thread)
            listed.append({"tid": tid, "name": description(thread),
                           "state": "stopped", "stop_reason": "none"})
        return listed

    def get_register_data(self, tid):
        """The registers of a parked thread; what its switch has not kept is
        zero."""
        values = self.parked.get(tid)
        return values and struct.pack(
            f"<{len(DWARF_NAMES)}Q",
            *(values.get(number, 0) for number in range(len(DWARF_NAMES))))

    def create_thread(self, tid, context):
        """lldb may ask for a thread that it was told of by other means."""
        return None


def __lldb_init_module(debugger, internal):
    """Imported: become the plug-in. lldb imports its plug-in once more for each
    process, and one that is set again is loaded again, and so on for ever."""
    setting = "target.process.python-os-plugin-path"
    here = os.path.abspath(__file__)
    values = debugger.GetInternalVariableValue(setting,
                                               debugger.GetInstanceName())
    if (values.GetStringAtIndex(0) or "").strip('"') != here:
        debugger.HandleCommand(f'settings set {setting} "{here}"')

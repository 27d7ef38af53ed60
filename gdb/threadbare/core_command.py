# SPDX-License-Identifier: MIT
"""uthread core OUT - the command; see core_copy.py for what it writes.

Where the memory and the notes come from depends on what is debugged:

    a core file      that file: elf_core.py
    a process here   the notes from gdb, which holds the registers; the memory
                     from the kernel: core_live.py
    one elsewhere    from gdb, all of it: the notes and what there is to be had
                     in a core of its own making, the memory bit by bit
"""
import contextlib
import os
import re
import tempfile

import gdb

from . import core_copy, core_live, elf_core
from .memory import PAGE, Unreadable
from .program import program, read
from .table import USER


def core_file():
    """The path of the core file that gdb has open; None if it has none."""
    text = gdb.execute("info files", to_string=True)
    found = re.search(r"Local core dump file:\s*`(.*)', file type", text)
    return found and found[1]


def is_here(inferior):
    """Is it a process of this machine, whose memory /proc shows us?"""
    connection = getattr(inferior, "connection", None)
    return (connection is not None and connection.type == "native"
            and os.access(f"/proc/{inferior.pid}/mem", os.R_OK | os.W_OK))


@contextlib.contextmanager
def without_memory(pid):
    """Have gdb leave all memory out of a core: it asks the kernel which kinds
    of it the process wants in, as the kernel does itself."""
    path = f"/proc/{pid}/coredump_filter"
    with open(path) as file:
        before = file.read().strip()
    with open(path, "w") as file:
        file.write("0")
    try:
        yield
    finally:
        with open(path, "w") as file:
            file.write("0x" + before)


def what_gdb_wrote(path):
    """gdb does not always notice that the disk is full."""
    try:
        return elf_core.Core(path)
    except elf_core.CoreError:
        raise elf_core.CoreError("gdb could not write its part of the core "
                                 "beside it: is the disk full?") from None


@contextlib.contextmanager
def core_by_gdb(directory):
    """What gdb's own command writes, open, and gone afterwards."""
    fd, path = tempfile.mkstemp(prefix="uthread.", suffix=".part",
                                dir=directory)
    os.close(fd)
    try:
        gdb.execute(f"generate-core-file {path}", to_string=True)
        with contextlib.closing(what_gdb_wrote(path)) as core:
            yield core
    finally:
        with contextlib.suppress(FileNotFoundError):
            os.unlink(path)  # gdb may have: it takes away what is half done


class Elsewhere:
    """A process that only gdb can reach. Has segments, notes and contents(),
    as elf_core.Core has; its memory not from gdb's core: see core_live.py."""

    def __init__(self, core):
        self.segments, self.notes = core.segments, core.notes

    def contents(self, segment):
        end = segment.address + segment.in_file
        for low in range(segment.address, end, elf_core.CHUNK):
            for address, data in readable(low, min(elf_core.CHUNK, end - low)):
                yield address - segment.address, data


def readable(address, size):
    """What can be read of this memory: where one cannot, halves are tried, down
    to single pages. Pages of zeros are left out."""
    try:
        data = read(address, size)
        if any(data):
            yield address, data
    except Unreadable:
        half = size // 2 // PAGE * PAGE
        if half:
            yield from readable(address, half)
            yield from readable(address + half, size - half)


@contextlib.contextmanager
def source_of(inferior, directory):
    """The memory and the notes of what is debugged."""
    path = core_file()
    if path:
        with contextlib.closing(elf_core.Core(path)) as core:
            yield core
    elif is_here(inferior):
        with without_memory(inferior.pid), core_by_gdb(directory) as core:
            notes = core.notes
        with contextlib.closing(
                core_live.Process(inferior.pid, notes)) as process:
            yield process
    else:
        with core_by_gdb(directory) as core:
            yield Elsewhere(core)


def write(out):
    """Write the copy; how many threads were added."""
    here = program()
    if here.table.kind != USER:
        raise gdb.GdbError("These threads are the kernel's: generate-core-file"
                           " writes them all.")
    path = core_file()
    if path and os.path.exists(out) and os.path.samefile(path, out):
        raise gdb.GdbError("The copy would replace the core file that is open:"
                           " give it another name.")
    added = core_copy.parked(here.table, here.on_cpu())
    with source_of(here.inferior, os.path.dirname(out) or ".") as source:
        core_copy.write(source, here.carrier.ptid[1], added, out)
    return len(added)


class Core(gdb.Command):
    """Write a core file in which every user-level thread is a thread.

Usage: uthread core FILE

Writes a copy of the core file that is open, or a core file of the process, in
which each parked thread is a thread of its own, for any debugger: with
`gdb PROGRAM FILE`, `info threads` shows them all, and `thread apply all bt`.
Thread 7 is LWP 10000007; the one that runs keeps the LWP of the process."""

    def __init__(self):
        super().__init__("uthread core", gdb.COMMAND_DATA,
                         gdb.COMPLETE_FILENAME)

    def invoke(self, argument, from_tty):
        words = gdb.string_to_argv(argument)
        if len(words) != 1:
            raise gdb.GdbError("Usage: uthread core FILE")
        self.dont_repeat()
        out = os.path.expanduser(words[0])
        try:
            count = write(out)
        except (elf_core.CoreError, Unreadable) as error:
            raise gdb.GdbError(str(error)) from None
        except OSError as error:
            raise gdb.GdbError(f"Cannot write {out}: {error.strerror}."
                               ) from None
        gdb.write(f"Wrote {out}: the core, and {count} parked threads.\n")

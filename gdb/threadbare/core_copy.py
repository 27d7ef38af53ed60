# SPDX-License-Identifier: MIT
"""core_copy - write a core file in which user-level threads are threads.

A debugger shows one thread for each prstatus note that it finds in a core
file. A parked user-level thread has all that goes into one: the registers that
its switch saved, and a stack, which is in memory like everything else. So the
copy has the same memory, the same notes, and one prstatus more for each parked
thread. The running thread needs none: it is the kernel thread that carries it,
with the real registers.

    header | program headers | notes, and the new ones | memory, page by page

Memory that the original has as holes, being untouched, is holes in the copy.

What a switch does not save is given as zero: the calling convention lets a
call destroy it, so no frame can miss it. Of floating-point registers nothing is
said, and a debugger shows them as unavailable.

A kernel thread's identifier is at most 2^22, so a user-level thread's number
plus FIRST_LWP is no kernel thread's, and can still be read: thread 7 is
LWP 10000007.
"""
import os
import struct
import tempfile
from collections import namedtuple

from . import elf_core as elf

FIRST_LWP = 10_000_000
MOST_LWPS = 2_000_000_000  # an identifier is a 32-bit int in the note

PAGE = 4096
SIGNAL_INFO = 12 + 2  # bytes of a prstatus: why the thread stopped

# What table.py's registers are called, by the numbers that DWARF gives them.
DWARF_NAMES = ("rax rdx rcx rbx rsi rdi rbp rsp r8 r9 r10 r11 r12 r13 r14 r15 "
               "rip").split()

# A parked thread: its number, and its registers by name.
Parked = namedtuple("Parked", "id registers")


def lwp_of(thread):
    """The identifier under which a debugger will show this thread."""
    return FIRST_LWP + thread % MOST_LWPS


def is_added(lwp):
    """Was it one of ours that was given this identifier?"""
    return lwp >= FIRST_LWP


# ---- The threads ----

def carrier(table, kernel_threads):
    """The kernel thread on which the user-level threads take turns: the one
    whose errno the library keeps for them. errno lies in the thread's own
    storage, and that ends where fs_base points."""
    error = table.memory.word(table.debug.error)
    above = {lwp: registers["fs_base"] - error
             for lwp, registers in kernel_threads.items()
             if registers["fs_base"] > error and not is_added(lwp)}
    if not above:
        raise elf.CoreError("the library had not started, or the kernel thread"
                            " that it ran on is not in the core")
    return min(above, key=above.get)


def parked(table, running):
    """All threads that are set aside, with what they go on with."""
    return [Parked(t.id, {DWARF_NAMES[number]: value for number, value
                          in table.registers(t).items()})
            for t in table.threads
            if t.state != "done" and t is not running]


# ---- Their notes ----

def prstatus(like, parked):
    """A parked thread's note, where it is like its kernel thread's."""
    data = bytearray(like.bytes)
    data[:SIGNAL_INFO] = bytes(SIGNAL_INFO)
    struct.pack_into("<i", data, elf.PRSTATUS_PID, lwp_of(parked.id))
    values = dict(zip(elf.REGISTERS, elf.REGISTER_FILE.unpack_from(
        data, elf.PRSTATUS_REGISTERS)))
    kept = {"cs", "ss", "ds", "es", "fs", "gs", "fs_base", "gs_base", "eflags"}
    values = {name: value if name in kept else 0
              for name, value in values.items()}
    values.update(orig_rax=2**64 - 1)  # it is in no system call
    values.update(parked.registers)
    elf.REGISTER_FILE.pack_into(data, elf.PRSTATUS_REGISTERS,
                                *(values[name] for name in elf.REGISTERS))
    return elf.Note(like.name, like.type, bytes(data))


def carrier_note(notes, lwp):
    """The prstatus of the kernel thread on which the others take turns."""
    for note in filter(elf.is_prstatus, notes):
        if struct.unpack_from("<i", note.bytes, elf.PRSTATUS_PID)[0] == lwp:
            return note
    raise elf.CoreError(f"the core has no kernel thread {lwp}")


def notes_with(notes, carrier, threads):
    """These notes, and those of the parked threads after them."""
    like = carrier_note(notes, carrier)
    return notes + [prstatus(like, parked) for parked in threads]


# ---- The file ----

def page_up(offset):
    return -(-offset // PAGE) * PAGE


def headers(segments, notes_size):
    """All that comes before the notes, and where each segment will lie."""
    count = len(segments) + 1
    many = count >= elf.PN_XNUM
    sections = elf.HEADER.size + count * elf.PROGRAM_HEADER.size
    notes_at = sections + many * elf.SECTION_HEADER.size
    parts = [elf.HEADER.pack(
        b"\x7fELF\x02\x01\x01".ljust(16, b"\0"), elf.ET_CORE, elf.EM_X86_64, 1,
        0, elf.HEADER.size, sections * many, 0, elf.HEADER.size,
        elf.PROGRAM_HEADER.size, min(count, elf.PN_XNUM),
        elf.SECTION_HEADER.size, int(many), 0)]
    parts.append(elf.PROGRAM_HEADER.pack(elf.PT_NOTE, 4, notes_at, 0, 0,
                                         notes_size, 0, 4))
    places, at = [], page_up(notes_at + notes_size)
    for segment in segments:
        places.append(at)
        parts.append(elf.PROGRAM_HEADER.pack(
            elf.PT_LOAD, segment.flags, at, segment.address, 0,
            segment.in_file, segment.size, PAGE))
        at = page_up(at + segment.in_file)
    if many:
        parts.append(elf.SECTION_HEADER.pack(0, 0, 0, 0, 0, 0, 0, count, 0, 0))
    return b"".join(parts), places, at


def put(fd, data, at):
    """All of it, or an OSError: a disk that fills up writes a part first."""
    view = memoryview(data)
    while view:
        written = os.pwrite(fd, view, at)
        view, at = view[written:], at + written


def write_to(fd, source, notes):
    """Lay out a whole core file: this memory, and these notes."""
    notes = elf.join_notes(notes)
    start, places, size = headers(source.segments, len(notes))
    put(fd, start + notes, 0)
    for segment, place in zip(source.segments, places):
        for offset, data in source.contents(segment):
            put(fd, data, place + offset)
    os.ftruncate(fd, size)


def write(source, carrier, threads, out):
    """Write a copy of a core to the file `out`, with threads added.

    source has segments, contents(segment) and notes, as elf_core.Core has;
    carrier is the kernel thread on which the parked ones take turns. The file
    appears whole or not at all: it is written under another name beside.
    Raises OSError if the world does not allow it.
    """
    notes = notes_with(source.notes, carrier, threads)
    if os.path.exists(out) and not os.path.isfile(out):
        raise elf.CoreError(f"{out}: there is something that is not a file")
    fd, part = tempfile.mkstemp(prefix=os.path.basename(out) + ".",
                                suffix=".part",
                                dir=os.path.dirname(out) or ".")
    try:
        with os.fdopen(fd, "wb") as file:
            write_to(file.fileno(), source, notes)
        os.replace(part, out)
    except BaseException:
        os.unlink(part)
        raise

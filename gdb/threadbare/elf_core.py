# SPDX-License-Identifier: MIT
"""elf_core - core files: what is in one, and how one is laid out.

A core file is an ELF file with no sections and two kinds of segments. The
loadable ones are the memory of the process as it was; the one of kind note
holds all the rest, as a list of records: a name, a type, some bytes.

    CORE   1        prstatus  of each kernel thread: number, signal, registers
    CORE   2        fpregset  ... of the same one: floating-point registers
    CORE   6        auxv      what the kernel told the program of itself
    CORE   "FILE"             which file each part of memory was mapped from

What follows a prstatus, up to the next one, belongs to the same thread. That
is all that a debugger knows of threads in a core, and it asks nobody whether
the kernel had ever heard of them: see core_copy.py.

Needs the standard library only, so that it serves gdb, lldb, and commands.
Only x86-64: a core of another processor is refused.
"""
import bisect
import errno
import os
import struct
from collections import namedtuple

from .memory import Unreadable

ET_CORE, PT_LOAD, PT_NOTE = 4, 1, 4
EM_X86_64 = 62
PN_XNUM = 0xFFFF  # more segments than fit in 16 bits: see the first section

NT_PRSTATUS, NT_AUXV, NT_FILE = 1, 6, 0x46494C45
AT_PHDR, AT_PHNUM = 3, 5

HEADER = struct.Struct("<16sHHIQQQIHHHHHH")
PROGRAM_HEADER = struct.Struct("<IIQQQQQQ")
SECTION_HEADER = struct.Struct("<IIQQQQIIQQ")
NOTE_HEADER = struct.Struct("<III")

PRSTATUS_SIZE, PRSTATUS_PID, PRSTATUS_REGISTERS = 336, 32, 112
REGISTERS = ("r15 r14 r13 r12 rbp rbx r11 r10 r9 r8 rax rcx rdx rsi rdi "
             "orig_rax rip cs eflags rsp ss fs_base gs_base ds es fs gs"
             ).split()
REGISTER_FILE = struct.Struct(f"<{len(REGISTERS)}Q")

CHUNK = 1 << 20  # bytes copied at a time

Segment = namedtuple("Segment", "address size flags offset in_file")
Note = namedtuple("Note", "name type bytes")
Mapping = namedtuple("Mapping", "low high offset path")


class CoreError(Exception):
    """Says what is wrong with a core file, and what to do."""


# ---- Notes ----

def padded(size):
    """Names and contents of notes are padded to four bytes."""
    return -(-size // 4) * 4


def split_notes(data):
    """The records in a segment of notes."""
    notes, at = [], 0
    while at + NOTE_HEADER.size <= len(data):
        name_size, size, kind = NOTE_HEADER.unpack_from(data, at)
        name = at + NOTE_HEADER.size
        begin = name + padded(name_size)
        notes.append(Note(data[name:name + name_size].rstrip(b"\0"), kind,
                          data[begin:begin + size]))
        at = begin + padded(size)
    return notes


def join_notes(notes):
    """The segment that holds these records."""
    parts = []
    for note in notes:
        name = note.name + b"\0"
        parts += [NOTE_HEADER.pack(len(name), len(note.bytes), note.type),
                  name.ljust(padded(len(name)), b"\0"),
                  note.bytes.ljust(padded(len(note.bytes)), b"\0")]
    return b"".join(parts)


def is_prstatus(note):
    return note.name == b"CORE" and note.type == NT_PRSTATUS


def kernel_threads(notes):
    """Identifier -> registers by name, of every kernel thread, in order."""
    threads = {}
    for note in filter(is_prstatus, notes):
        lwp, = struct.unpack_from("<i", note.bytes, PRSTATUS_PID)
        values = REGISTER_FILE.unpack_from(note.bytes, PRSTATUS_REGISTERS)
        threads[lwp] = dict(zip(REGISTERS, values))
    return threads


def contents_of(notes, kind):
    """What the first note of this type holds; nothing if there is none."""
    return next((note.bytes for note in notes
                 if note.name == b"CORE" and note.type == kind), b"")


def mapped_files(notes):
    """What was mapped from files."""
    data = contents_of(notes, NT_FILE)
    if not data:
        return []
    count, page = struct.unpack_from("<QQ", data)
    places, paths = data[16:16 + 24 * count], data[16 + 24 * count:]
    return [Mapping(low, high, offset * page, os.fsdecode(path))
            for (low, high, offset), path in zip(
                struct.iter_unpack("<QQQ", places), paths.split(b"\0"))]


def program_headers(notes):
    """The address and number of the program's own, which are in memory."""
    told = dict(struct.iter_unpack("<QQ", contents_of(notes, NT_AUXV)))
    return told.get(AT_PHDR, 0), told.get(AT_PHNUM, 0)


# ---- A core file ----

class Core:
    """A core file, open for reading."""

    def __init__(self, path):
        self.path = path
        self.file = open(path, "rb")
        try:
            self.size = os.fstat(self.file.fileno()).st_size
            headers = self._program_headers()
            self._find_segments(headers)
        except BaseException:
            self.file.close()
            raise

    def close(self):
        self.file.close()

    def _fail(self, what):
        raise CoreError(f"{self.path}: {what}")

    def _at(self, offset, size):
        """These bytes of the file: all of them."""
        data = os.pread(self.file.fileno(), size, offset)
        if len(data) < size:
            self._fail(f"cut short: it ends at byte {self.size:,}, in the "
                       "middle of its headers (was the disk full, or "
                       "`ulimit -c` too small?)")
        return data

    def _program_headers(self):
        start = os.pread(self.file.fileno(), HEADER.size, 0)
        if start[:4] != b"\x7fELF":
            self._fail("not a core file")
        if start[4:6] != b"\x02\x01":
            self._fail("not a core file of a 64-bit, little-endian machine")
        (_, kind, machine, _, _, at, sections, _, _, size, count, _, _,
         _) = HEADER.unpack(self._at(0, HEADER.size))
        if kind != ET_CORE:
            self._fail("an ELF file, but not a core file")
        if machine != EM_X86_64:
            self._fail("a core file of another processor than x86-64")
        if size != PROGRAM_HEADER.size:
            self._fail("its program headers have an unknown form")
        if count == PN_XNUM:
            first = self._at(sections, SECTION_HEADER.size)
            count = SECTION_HEADER.unpack(first)[7]
        return PROGRAM_HEADER.iter_unpack(self._at(at, count * size))

    def _find_segments(self, headers):
        self.segments, self.notes, end = [], [], 0
        for kind, flags, offset, address, _, in_file, size, _ in headers:
            end = max(end, offset + in_file)
            if kind == PT_LOAD:
                self.segments.append(
                    Segment(address, size, flags, offset, in_file))
            elif kind == PT_NOTE:
                self.notes += split_notes(self._at(offset, in_file))
        if end > self.size:
            self._fail(f"cut short: it ends at byte {self.size:,} of {end:,} "
                       "(was the disk full, or `ulimit -c` too small?)")
        if not any(map(is_prstatus, self.notes)):
            self._fail("it has no threads")
        self.segments.sort()

    def contents(self, segment):
        """What the file has of a segment, without its holes: pairs of offset
        in the segment and bytes."""
        fd, at = self.file.fileno(), segment.offset
        end = at + segment.in_file
        while at < end:
            try:
                at = os.lseek(fd, at, os.SEEK_DATA)
                hole = min(os.lseek(fd, at, os.SEEK_HOLE), end)
            except OSError as error:
                if error.errno != errno.ENXIO:
                    raise
                return  # a hole up to the end of the file
            while at < hole:
                data = os.pread(fd, min(CHUNK, hole - at), at)
                yield at - segment.offset, data
                at += len(data)


# ---- Its memory ----

class Image:
    """The memory of the process that a core was taken of.

    A core leaves out what files have as well: the program's text, and its
    constants if it is not position-independent. They are read from those
    files, which must still be where and what they were.
    """

    def __init__(self, core):
        self.core = core
        self.starts = [segment.address for segment in core.segments]
        self.mappings = mapped_files(core.notes)
        self.files = {}

    def close(self):
        for file in self.files.values():
            file.close()

    def _from_core(self, address, size):
        """As much of it as one segment has, which may be nothing."""
        index = bisect.bisect_right(self.starts, address) - 1
        if index < 0:
            return b""
        segment = self.core.segments[index]
        at = address - segment.address
        left = max(segment.in_file - at, 0)
        return os.pread(self.core.file.fileno(), min(size, left),
                        segment.offset + at) if left else b""

    def _file(self, path):
        if path not in self.files:
            try:
                self.files[path] = open(path, "rb")
            except OSError as error:
                raise Unreadable(f"{path}: {error.strerror}; the core has not "
                                 "what was mapped from there") from error
        return self.files[path]

    def _from_file(self, address, size):
        for mapping in self.mappings:
            if mapping.low <= address < mapping.high:
                return os.pread(self._file(mapping.path).fileno(),
                                min(size, mapping.high - address),
                                mapping.offset + address - mapping.low)
        return b""

    def read(self, address, size):
        """So many bytes from there on, or Unreadable."""
        parts = []
        while size:
            part = self._from_core(address, size) or \
                self._from_file(address, size)
            if not part:
                raise Unreadable(f"the core has no memory at {address:#x}")
            parts.append(part)
            address, size = address + len(part), size - len(part)
        return b"".join(parts)

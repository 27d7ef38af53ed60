# SPDX-License-Identifier: MIT
"""From what is loaded to the library's descriptor.

A program that is loaded brings its program headers with it, and the auxiliary
vector says where they are. They lead to the notes, and to the dynamic section;
that one leads to the dynamic linker's list of libraries, and each of those
begins with an ELF header, and has notes of its own. One of the notes is
Threadbare's and holds the distance from itself to the descriptor: see
common/descriptor.h. No symbol is needed, so it works in stripped programs.
"""
import struct

from .memory import Unreadable

PT_LOAD, PT_DYNAMIC, PT_NOTE, PT_PHDR = 1, 2, 4, 6
DT_DEBUG = 21
NOTE_NAME, NOTE_TYPE = b"Threadbare\0", 1
MOST_LIBRARIES = 4096  # a list that is longer goes round in a circle
PHDR = "<IIQQQQQQ"
PHDR_SIZE = struct.calcsize(PHDR)


class Segments:
    """The program headers of one loaded file, at the addresses they have."""

    def __init__(self, memory, headers, count, bias=None):
        table = memory.read(headers, count * PHDR_SIZE)
        fields = list(struct.iter_unpack(PHDR, table))
        if bias is None:  # the program's own: its table says where it belongs
            bias = next((headers - field[3] for field in fields
                         if field[0] == PT_PHDR), 0)
        self.memory = memory
        self._all = [(field[0], field[3] + bias, field[6]) for field in fields]

    def of_kind(self, kind):
        """Pairs of address and size."""
        return [(address, size) for what, address, size in self._all
                if what == kind]


def library_segments(memory, base):
    """The segments of the file whose ELF header was loaded at this address."""
    ident, headers, count = struct.unpack_from(
        "<6s26xQ16xH", memory.read(base, 64))
    if ident[:5] != b"\x7fELF\x02":
        raise Unreadable(f"no 64-bit ELF header at {base:#x}")
    return Segments(memory, base + headers, count, base)


def libraries(program):
    """Where the libraries of a program begin, by its dynamic linker's list."""
    memory = program.memory
    for dynamic, size in program.of_kind(PT_DYNAMIC):
        tags = struct.iter_unpack("<QQ", memory.read(dynamic, size))
        debug = next((value for tag, value in tags if tag == DT_DEBUG), 0)
        if not debug:
            continue
        item = memory.word(debug + 8)
        for _ in range(MOST_LIBRARIES):
            if not item:
                break
            base, _, _, following = memory.unpack("<QQQQ", item)
            if base:  # the program itself stands there with 0, or is known
                yield base
            item = following


def notes(segments):
    """(name, type, address and size of the content) of each note."""
    for start, size in segments.of_kind(PT_NOTE):
        data, at = segments.memory.read(start, size), 0
        while at + 12 <= size:
            name_size, size_of, kind = struct.unpack_from("<III", data, at)
            name = at + 12
            content = name + (name_size + 3 & -4)
            at = content + (size_of + 3 & -4)
            yield data[name:name + name_size], kind, start + content, size_of


def descriptor_in(segments):
    """The address of the descriptor that this file brings; or None."""
    for name, kind, address, size in notes(segments):
        if (name, kind, size) == (NOTE_NAME, NOTE_TYPE, 8):
            distance, = segments.memory.unpack("<q", address)
            return address + distance
    return None


def find_descriptor(memory, headers, count):
    """The address of the descriptor in the process whose program headers are
    at this address; None if none of its files has one."""
    program = Segments(memory, headers, count)
    found = descriptor_in(program)
    for base in () if found else libraries(program):
        try:
            found = descriptor_in(library_segments(memory, base))
        except Unreadable:
            continue  # what cannot be read is not ours
        if found:
            break
    return found

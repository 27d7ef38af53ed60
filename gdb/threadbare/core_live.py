# SPDX-License-Identifier: MIT
"""core_live - a stopped process, seen as if it were a core file.

gdb can write a core of a process by itself (generate-core-file), but not one
of ours as it should be: it reads megabytes at once, and where a guard lies
within one it gives up and writes zeros, stacks and all; and it reads pages that
were never touched, of which each thread has some sixty. So gdb writes the notes
(see core_command.py), and the memory comes from the kernel's own files:

    /proc/PID/maps      what is mapped where
    /proc/PID/pagemap   eight bytes a page: has it memory, is it a guard
    /proc/PID/mem       the memory

What is taken is what the kernel takes for a core of its own, page by page:
memory of the process itself; of a file that is mapped, the pages that it has
changed, and the first, by which debuggers know the file.
"""
import re
from array import array

from . import elf_core as elf

PAGE = 4096
PRESENT, SWAPPED, OF_FILE, GUARD = 1 << 63, 1 << 62, 1 << 61, 1 << 58
SCAN = 1 << 16  # pages looked up at a time

LINE = re.compile(r"(\w+)-(\w+) (....) (\w+) \S+ (\d+) *(.*)")
NOT_MEMORY = ("[vvar]", "[vvar_vclock]", "[vsyscall]")


class Mapping:
    """A line of /proc/PID/maps."""

    def __init__(self, line):
        low, high, self.rights, offset, inode, self.path = \
            LINE.match(line).groups()
        self.low, self.high = int(low, 16), int(high, 16)
        self.offset = int(offset, 16)
        self.of_file = inode != "0"
        self.shared = self.rights[3] == "s"

    def may_matter(self):
        """Not what nobody may touch, nor devices, nor files that are shared,
        unless they are in no directory: memory under another name."""
        nameless = self.path.startswith(("/memfd:", "/SYSV", "/dev/zero"))
        return self.rights[:3] != "---" and self.path not in NOT_MEMORY and \
            not (self.shared and self.of_file and not nameless)

    def sparse(self):
        """Is a page that has no memory a page of zeros?"""
        return self.path != "[vdso]" and (self.shared or not self.of_file)

    def segment(self, in_file):
        r, w, x = (letter != "-" for letter in self.rights[:3])
        return elf.Segment(self.low, self.high - self.low, r * 4 + w * 2 + x,
                           0, in_file)


class Process:
    """Has segments, notes and contents(), as elf_core.Core has."""

    def __init__(self, pid, notes):
        self.notes = notes
        self.memory = open(f"/proc/{pid}/mem", "rb", buffering=0)
        self.pagemap = open(f"/proc/{pid}/pagemap", "rb", buffering=0)
        with open(f"/proc/{pid}/maps") as maps:
            mappings = [Mapping(line) for line in maps]
        self.mappings = {m.low: m for m in mappings if m.may_matter()}
        self.segments = [m.segment(self._worth(m))
                         for m in self.mappings.values()]

    def close(self):
        self.memory.close()
        self.pagemap.close()

    def _pages(self, mapping):
        """Pairs of address and what pagemap has of it, but for nothing."""
        for start in range(mapping.low, mapping.high, SCAN * PAGE):
            self.pagemap.seek(start // PAGE * 8)
            count = min(SCAN, (mapping.high - start) // PAGE)
            for i, entry in enumerate(array("Q", self.pagemap.read(count * 8))):
                if entry:
                    yield start + i * PAGE, entry

    def _own(self, mapping):
        """The pages that have memory of the process's own."""
        for address, entry in self._pages(mapping):
            if entry & GUARD or not entry & (PRESENT | SWAPPED):
                continue
            if mapping.shared or not entry & OF_FILE:
                yield address

    def _worth(self, mapping):
        """How many of its bytes go into the file. A file's are not split: a
        hole would read as zeros, and not as what the file has there."""
        if not mapping.of_file or mapping.sparse() or any(self._own(mapping)):
            return mapping.high - mapping.low
        return PAGE if mapping.offset == 0 else 0

    def _runs(self, mapping):
        """The pages to take, those side by side as one: pairs of addresses."""
        low = high = mapping.low
        for address in self._own(mapping):
            if address != high or high - low >= elf.CHUNK:
                if high > low:
                    yield low, high
                low = address
            high = address + PAGE
        if high > low:
            yield low, high

    def contents(self, segment):
        mapping = self.mappings[segment.address]
        runs = [(mapping.low, mapping.low + segment.in_file)]
        if mapping.sparse():
            runs = self._runs(mapping)
        for low, high in runs:
            self.memory.seek(low)
            yield low - mapping.low, self.memory.read(high - low)

# SPDX-License-Identifier: MIT
"""Where a parked thread is: the first function outside the library.

gdb needs milliseconds to unwind a stack, which is long if there are 10,000. But
most threads are parked where others are, and were called from the same places:
then all that differs is the address of their stack. So what gdb has found for
one thread is kept, as the return addresses and how far above the stack pointer
each was found; a thread that has the same words in the same places is in the
same place.
"""
import os

import gdb

from .graft import graft
from .program import program

LIBC = "libc.", "libc-", "libpthread", "ld-", "libasan", "libtsan", "libubsan"
MOST_FRAMES = 32  # how deep to look for the program's own code


class Place:
    """A line of the program, in a function."""

    def __init__(self, function, sal):
        self.function, self.line = function, ""
        if sal is not None and sal.symtab is not None:
            self.line = f"{os.path.basename(sal.symtab.filename)}:{sal.line}"

    def __str__(self):
        return f"{self.function} () {self.line}".rstrip()


def place_of_frame(frame):
    """Where a frame is; by its address if it has no name."""
    return Place(frame.name() or f"{frame.pc():#x}", frame.find_sal())


def place_of_start(pc):
    """Where a thread will begin that has not run yet."""
    block = gdb.block_for_pc(pc)
    name = block.function.name if block and block.function else f"{pc:#x}"
    return Place(name, gdb.find_pc_line(pc))


def in_libc(frame):
    """Is it the C library's, which may come with debug information, or a
    sanitizer's, which takes its place?"""
    library = os.path.basename(gdb.solib_name(frame.pc()) or "")
    return library.startswith(LIBC)


def code_of(frame):
    """An address in the code that a frame executes: of a caller, the call. A
    return address may be the next function's already."""
    newer = frame.newer()
    called = newer is not None and newer.type() != gdb.SIGTRAMP_FRAME
    return frame.pc() - 1 if called else frame.pc()


def program_frame(frame):
    """The first frame from here on that is the program's own: not the
    library's, nor if it can be helped the C library's. And all frames looked
    at on the way."""
    seen, outside = [], None
    while frame is not None and len(seen) < MOST_FRAMES:
        seen.append(frame)
        own = frame.type() != gdb.SIGTRAMP_FRAME
        if own and not program().in_library(code_of(frame)):
            outside = outside or frame
            if frame.find_sal().symtab is not None and not in_libc(frame):
                return frame, seen
        frame = frame.older()
    return outside or seen[0], seen


class Trail:
    """What the stack of a thread in a certain place looks like."""

    def __init__(self, frames, sp, place):
        self.place = place
        self.steps = []  # (how far above sp, the return address there)
        for frame in frames[1:]:
            if frame.type() == gdb.INLINE_FRAME:
                continue
            at = int(frame.read_register("sp")) - 8 - sp
            self.steps.append((at, frame.pc()))

    def leads(self, memory, sp):
        """Does this thread's stack look so?"""
        return all(memory.word(sp + at) == pc for at, pc in self.steps)


class Places:
    """Where the threads of one picture are."""

    def __init__(self):
        self.program = program()
        self.trails = {}  # by the pc at which a thread was set aside

    def of(self, thread):
        """Where a parked thread is. Changes what the graft shows."""
        table, memory = self.program.table, self.program.memory
        if not thread.switches:
            return place_of_start(thread.entry)
        registers = table.registers(thread)
        pc, sp = registers[table.shape.pc], registers[table.shape.sp]
        known = self.trails.setdefault(pc, [])
        for trail in known:
            if trail.leads(memory, sp):
                known.remove(trail)  # the next thread is likely there too
                known.insert(0, trail)
                return trail.place
        graft.show(thread)
        frame, seen = program_frame(graft.innermost())
        place = place_of_frame(frame)
        if all(f.type() in (gdb.NORMAL_FRAME, gdb.INLINE_FRAME)
               for f in seen) and len(seen) > 1:
            trail = Trail(seen, sp, place)
            if trail.leads(memory, sp):  # the ABI may keep them elsewhere
                known.append(trail)
        return place


def running_place():
    """Where the thread is that has the CPU."""
    return place_of_frame(program_frame(gdb.newest_frame())[0])

# SPDX-License-Identifier: MIT
"""uthread stack: a picture of one thread's stack, drawn as stacks grow.

How deep it ever was is found in two steps: the lowest page that has memory
(the kernel says so of a process; reading to find out would give each page some)
and the lowest byte in it that is not zero.
"""
import gdb

from . import words
from .memory import PAGE, Unreadable
from .program import is_live, program
from .selecting import find, selected

PRESENT = 3 << 62  # in memory, or swapped out: see proc(5), pagemap
INSIDE = 24        # columns in the picture


def lowest_page(low, top):
    """The lowest page of a live process's stack that has memory; low if
    nobody can tell."""
    pid, count = program().inferior.pid, -(-(top - low) // PAGE)
    try:
        with open(f"/proc/{pid}/pagemap", "rb") as pagemap:
            pagemap.seek(low // PAGE * 8)
            entries = pagemap.read(count * 8)
    except OSError:
        return low
    for page in range(len(entries) // 8):
        entry = entries[page * 8:page * 8 + 8]
        if int.from_bytes(entry, "little") & PRESENT:
            return low + page * PAGE
    return top


def high_water(low, top):
    """The lowest address in the stack that was ever written to."""
    memory = program().memory
    page = lowest_page(low, top) if is_live(program().inferior) else low
    while page < top:
        try:
            data = memory.read(page, PAGE)
        except Unreadable:
            data = b""  # a core file leaves out what was never touched
        written = data.lstrip(b"\0")
        if written:
            return page + PAGE - len(written)
        page += PAGE
    return top


def stack_pointer(thread, table):
    """Where the thread's stack ends now."""
    on_cpu = program().on_cpu()
    if on_cpu is not None and on_cpu.id == thread.id:
        return program().stack_pointer()
    return table.registers(thread)[table.shape.sp]


def edge(address, what, dashed=False):
    """A line across, with what is at this address."""
    line = "+" + ("- " * INSIDE)[:INSIDE] + "+" if dashed else (
        "+" + "-" * INSIDE + "+")
    gdb.write(f"  {address:#014x}  {line}  {what}".rstrip() + "\n")


def part(what, size):
    """What lies between two lines, and how much of it."""
    amount = words.size(size) if size is not None else ""
    gdb.write(f"{'':16}  |{what:^{INSIDE}}|  {amount}".rstrip() + "\n")


def draw(thread, sp, deepest, own):
    """From the top, where it begins, down to the guard."""
    part("the library's own", thread.stack_top - own)
    edge(own, "where the thread begins")
    if sp < thread.stack_low:
        part("in use", own - thread.stack_low)
        edge(thread.stack_low, "limit")
        part("guard", None)
        edge(sp, "stack pointer: an overflow")
        return
    part("in use", own - sp)
    edge(sp, "stack pointer")
    if deepest < sp:
        part("was in use", sp - deepest)
        edge(deepest, "high water", dashed=True)
    part("never used", deepest - thread.stack_low)
    edge(thread.stack_low, "limit")
    part("guard", None)


def show(thread):
    """The picture, and below it the sum."""
    table = program().table
    if table.debug is None or not thread.stack_low:
        raise gdb.GdbError(f"The stack of thread {thread.title} was not made "
                           "by the user-level library.")
    if thread.state == "done":
        raise gdb.GdbError(f"Thread {thread.title} has ended: nothing on its "
                           "stack is in use.")
    own = min(thread.block, thread.stack_top)  # all above is ours
    room = thread.stack_size - table.layout.stack_head
    sp = stack_pointer(thread, table)
    deepest = min(high_water(thread.stack_low, own), sp)
    gdb.write(f"The stack of thread {thread.title}, {words.size(room)}:\n")
    edge(thread.stack_top, "")
    draw(thread, sp, deepest, own)
    gdb.write(f"In use: {words.size(own - sp)}, "
              f"{100 * (own - sp) / room:.0f} %; at most so far: "
              f"{words.size(own - deepest)}, "
              f"{100 * (own - deepest) / room:.0f} %.\n")


class UthreadStack(gdb.Command):
    """Draw the stack of a user-level thread.
Usage: uthread stack [ID | NAME]

How large it is, how much of it is in use now, how much ever was, and where the
guard begins. An earlier thread's use of the same stack may count as well."""

    def __init__(self):
        super().__init__("uthread stack", gdb.COMMAND_STACK)

    def invoke(self, argument, from_tty):
        thread = find(argument.strip()) if argument.strip() else selected()
        if thread is None:
            raise gdb.GdbError("uthread stack: no thread is shown; give one.")
        show(thread)

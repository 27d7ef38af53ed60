# SPDX-License-Identifier: MIT
"""server.py - gdbserver, as the proxy sees it: questions, memory, registers.

gdbserver runs the program and knows of kernel threads only. It speaks with us
over a pair of pipes; what the program prints, it sends to standard error.
"""
import os
import re
import select
import shutil
import signal
import struct
import subprocess

from .memory import PAGE, Unreadable
from .packets import INTERRUPT, Line, expand

IN_FLIGHT = 64  # questions that may wait for their answers at a time

# The registers of x86-64 as they come in a g packet, eight bytes each; gdb's
# numbers for them are the places in this list.
GENERAL = ("rax rbx rcx rdx rsi rdi rbp rsp r8 r9 r10 r11 r12 r13 r14 r15 "
           "rip").split()
RSP, RIP = GENERAL.index("rsp"), GENERAL.index("rip")
FS_BASE = 2 * 544  # which hex digit of the packet

# What gdb and gdbserver may agree on, as far as the proxy keeps up with it.
# Thread names stay single numbers, and only the proxy judges conditions.
NOT_FOR_US = re.compile(
    rb"(multiprocess|QNonStop|QThreadEvents|QThreadOptions|no-resumed|"
    rb"fork-events|vfork-events|exec-events|ConditionalBreakpoints|"
    rb"BreakpointCommands|QAgent|QTBuffer|tracenz|ConditionalTracepoints|"
    rb"TraceStateVariables|TracepointSource|DisconnectedTracing|"
    rb"FastTracepoints|StaticTracepoints|InstallInTrace|QStartNoAckMode)\b")


class Missing(Exception):
    """There is no gdbserver."""


def find_gdbserver():
    """Its path; GDBSERVER names another one."""
    wanted = os.environ.get("GDBSERVER", "gdbserver")
    path = shutil.which(wanted)
    if not path:
        raise Missing(f"there is no {wanted}. It is Debian's package "
                      "gdbserver; without it, use gdb/utgdb, which shows "
                      "user-level threads by commands of their own.")
    return path


class Server:
    """A gdbserver that was started with these arguments."""

    def __init__(self, arguments):
        self.process = subprocess.Popen(
            [find_gdbserver(), "--once", *arguments], stdin=subprocess.PIPE,
            stdout=subprocess.PIPE)
        self.line = Line(self.process.stdout.fileno(),
                         self.process.stdin.fileno())
        self.pages = {}
        self.selected = None  # the kernel thread that questions are about
        self.breakpoints = set()  # gdb's own: "address,kind"
        self.piece = 1024  # bytes of memory that one answer can hold
        self.filters = False  # can it judge conditions of breakpoints?

    def end(self):
        """Close the line; gdbserver ends by that, or is ended."""
        self.process.stdin.close()
        try:
            self.process.wait(3)
        except subprocess.TimeoutExpired:
            self.process.send_signal(signal.SIGKILL)
            self.process.wait()

    # ---- Questions ----

    def ask(self, payload):
        """Its answer to a question, as it was sent."""
        self.line.send(payload)
        return self.answer()

    def answer(self):
        while True:
            item = self.line.receive()
            if item is not INTERRUPT:
                return item

    def ask_all(self, payloads):
        """The answers to many questions: a pipe is quick, to turn round on
        it is not."""
        answers = []
        for start in range(0, len(payloads), IN_FLIGHT):
            some = payloads[start:start + IN_FLIGHT]
            for payload in some:
                self.line.send(payload)
            answers += [self.answer() for _ in some]
        return answers

    def greet(self, offered):
        """Agree on features: what gdb offers; what gdb is to be told."""
        wanted = [part for part in offered.partition(b":")[2].split(b";")
                  if not NOT_FOR_US.match(part)]
        features = self.ask(b"qSupported:" + b";".join(wanted)).split(b";")
        self.filters = b"ConditionalBreakpoints+" in features
        for part in features:
            if part.startswith(b"PacketSize="):
                self.piece = int(part[11:], 16) // 2 - 8
        if b"QStartNoAckMode+" in features:
            if self.ask(b"QStartNoAckMode") == b"OK":
                self.line.acks = False
        return b";".join([part for part in features
                          if not NOT_FOR_US.match(part)] +
                         [b"QStartNoAckMode+"])

    # ---- Memory ----

    def read(self, address, size):
        """Bytes of the program's memory, from what was read since it stopped
        if possible. Raises Unreadable."""
        pages = range(address & -PAGE, address + size, PAGE)
        self.fetch(pages)
        try:
            whole = b"".join(self.pages[page] for page in pages)
        except KeyError:
            raise Unreadable(f"no memory at {address:#x}") from None
        return whole[address - pages[0]:address - pages[0] + size]

    def fetch(self, pages):
        """Get those of these pages that we have not, and that there are."""
        step = PAGE if self.piece >= PAGE else 1024
        missing = [page for page in pages if page not in self.pages]
        places = [page + i for page in missing for i in range(0, PAGE, step)]
        answers = self.ask_all([b"m%x,%x" % (at, step) for at in places])
        found = {}
        for at, answer in zip(places, answers):
            found[at & -PAGE] = found.get(at & -PAGE, b"") + from_hex(answer)
        self.pages.update((page, data) for page, data in found.items()
                          if len(data) == PAGE)

    def forget_memory(self):
        """It has changed."""
        self.pages.clear()

    def write(self, address, data):
        """Change the program's memory. Raises Unreadable."""
        self.forget_memory()
        packet = b"M%x,%x:" % (address, len(data)) + data.hex().encode()
        if self.ask(packet) != b"OK":
            raise Unreadable(f"no memory to write at {address:#x}")

    def object(self, name):
        """What gdbserver hands out in pieces, such as the auxiliary vector."""
        whole, more = b"", b"m"
        while more == b"m":
            answer = self.ask(b"qXfer:%s:read::%x,%x"
                              % (name, len(whole), self.piece))
            more, piece = answer[:1], expand(answer[1:])
            if more not in b"ml":
                raise Unreadable(f"gdbserver does not say its {name.decode()}")
            whole += piece
        return whole

    # ---- Kernel threads ----

    def kernel_threads(self):
        """Their numbers."""
        found, packet = [], b"qfThreadInfo"
        while (some := self.ask(packet))[:1] == b"m":
            found += [int(name, 16) for name in some[1:].split(b",")]
            packet = b"qsThreadInfo"
        return found

    def select(self, tid):
        """Have the questions that follow be about this kernel thread."""
        if self.selected != tid and self.ask(b"Hg%x" % tid) == b"OK":
            self.selected = tid

    def registers(self, tid):
        """The g packet of a kernel thread, without abbreviations."""
        self.select(tid)
        return expand(self.ask(b"g"))

    def stack_pointer(self, tid):
        return register(self.registers(tid), RSP)

    def thread_block(self, tid):
        """The address of a kernel thread's own block."""
        return number(self.registers(tid)[FS_BASE:FS_BASE + 16])

    # ---- Going on ----

    def resume(self, actions, line):
        """Let the program go on, and wait until it stops: the stop reply.
        `line` leads to gdb, which may interrupt it, and hears its output."""
        self.selected = None
        self.line.send(b"vCont;" + b";".join(actions))
        while True:
            item = self.line.take()
            if item is None:
                self.wait_for_either(line)
            elif item[:1] == b"O" and item != b"OK":
                line.send(item)
            elif item is not INTERRUPT:
                return item

    def wait_for_either(self, line):
        """Until gdbserver says something; what gdb says meanwhile can only
        mean that the program is to be interrupted."""
        while line.take() is not None:
            self.line.write(INTERRUPT)
        ready, _, _ = select.select([self.line.read_fd, line.read_fd], [], [])
        for fd in ready:
            (self.line if fd == self.line.read_fd else line).fill()

    def note_breakpoint(self, packet):
        """gdb has inserted (Z0) or removed (z0) a breakpoint."""
        where = packet[3:].split(b";")[0]
        if packet[:2] == b"Z0":
            self.breakpoints.add(where)
        else:
            self.breakpoints.discard(where)

    def only_near(self, sp):
        """A condition for a breakpoint, in the byte code that gdbserver runs:
        that the stack pointer is near this. Empty if it runs none; then more
        will stop. The code: $rsp - low < width, unsigned."""
        if not self.filters:
            return b""
        width = 256
        code = struct.pack(">BHBQBBQBB", 0x26, RSP, 0x25, sp - width // 2,
                           0x03, 0x25, width, 0x15, 0x27)
        return b";X%x,%s" % (len(code), code.hex().encode())


def register(packet, place):
    """One of the general registers, from a g packet; None: not known."""
    return number(packet[16 * place:16 * place + 16])


def number(field):
    """Eight bytes in hex digits, the lowest first; None: not known."""
    if b"x" in field:
        return None
    return int.from_bytes(bytes.fromhex(field.decode()), "little")


def from_hex(answer):
    """The memory in the answer to an m packet; nothing, if it is an error."""
    data = expand(answer)
    return b"" if data[:1] == b"E" else bytes.fromhex(data.decode())

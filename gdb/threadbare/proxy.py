# SPDX-License-Identifier: MIT
"""proxy.py - between gdb and gdbserver: user-level threads as plain threads.

    gdb  <-- Remote Serial Protocol -->  proxy  <-- the same -->  gdbserver
    sees user-level threads                       sees kernel threads

gdb asks for threads, their registers, and to let some of them go on. Where a
kernel thread carries user-level threads, the proxy puts these in its place:

- the list of threads has each of them, and names them;
- the registers of a parked thread are the ones in its saved context;
- a stop of the kernel thread is a stop of the one that runs on it;
- who steps, steps on in the same thread (see resume.py).

All else passes through as it is. Who runs is decided by the stack pointer: in
the middle of a switch, too, exactly one thread stands on the processor.
"""
import sys
from xml.sax.saxutils import quoteattr

from .memory import Unreadable
from .packets import INTERRUPT, escape, expand
from .resume import Resumption, THREAD
from .server import GENERAL, register
from .view import View

# In a g packet: behind the general registers come the flags, six segment
# registers (four bytes each), then those of the floating-point units up to
# mxcsr. Places of hex digits.
FLAGS = 16 * len(GENERAL)
SEGMENTS = FLAGS + 8
FLOATS, AFTER_FLOATS = SEGMENTS + 6 * 8, 2 * 536


class Refused(Exception):
    """gdb asks for what cannot be done."""


class Proxy:
    """One conversation, from the first packet to the last."""

    def __init__(self, gdb, server):
        self.gdb = gdb
        self.server = server
        self.view = View(server)
        self.general = None  # the thread that gdb's questions are about
        self.document = b""  # the list of threads, while gdb fetches it

    def serve(self):
        """Answer until one of the two ends has had enough."""
        while True:
            packet = self.gdb.receive()
            if packet is INTERRUPT:
                continue  # the program stands still already
            if packet == b"k" or packet.startswith(b"vKill;"):
                return self.kill(packet)
            answer = self.handle(packet)
            self.gdb.send(answer)
            if packet == b"QStartNoAckMode":
                self.gdb.acks = False
            if packet[:1] == b"D" and answer == b"OK":
                return

    def kill(self, packet):
        """End the program, and with it the conversation."""
        self.server.line.send(b"k")
        if packet != b"k":
            self.gdb.send(b"OK")

    def method_for(self, packet):
        """Whose business a packet is; None: gdbserver's."""
        if packet in self.WHOLE:
            return self.WHOLE[packet]
        return next((method for start, method in self.BEGINNINGS.items()
                     if packet.startswith(start)), None)

    def handle(self, packet):
        """The answer to a packet."""
        method = self.method_for(packet)
        try:
            return method(self, packet) if method else self.pass_on(packet)
        except Refused as refusal:
            return b"E." + str(refusal).encode()
        except (Unreadable, ValueError, IndexError) as error:
            print(f"uthread-proxy: no answer to {packet[:40]!r}: {error}",
                  file=sys.stderr, flush=True)
            return b"E01"

    def pass_on(self, packet):
        """Let gdbserver answer, about the thread that gdb means; but memory
        is everybody's."""
        if self.general and packet[:1] != b"m":
            self.server.select(self.view.carried_by(self.general))
        return self.server.ask(packet)

    # ---- Beginning ----

    def supported(self, packet):
        return self.server.greet(packet)

    def no_ack_mode(self, _packet):
        return b"OK"

    def refused(self, _packet):
        return b""

    # ---- Stops ----

    def why_stopped(self, packet):
        return self.stopped(self.server.ask(packet))

    def go_on(self, packet):
        resumption = Resumption(self.server, self.view, self.gdb)
        return self.stopped(resumption.run(packet))

    def stopped(self, reply):
        """A stop reply, with the name of the thread that gdb knows."""
        self.view.forget()
        self.general = None
        match = THREAD.search(reply)
        if reply[:1] != b"T" or not match:
            return reply
        self.view.stopped(int(match[1], 16))
        shown = self.view.shown_as(int(match[1], 16))
        self.general = shown
        return THREAD.sub(b"thread:%x;" % shown, reply, count=1)

    # ---- Threads ----

    def current(self, _packet):
        return b"QC%x" % (self.general or
                          self.view.shown_as(self.view.stopped_thread()))

    def first_threads(self, _packet):
        return b"m" + b",".join(b"%x" % tid for tid in self.view.shown())

    def more_threads(self, _packet):
        return b"l"

    def thread_list(self, packet):
        """The same as XML, piece by piece."""
        offset, size = (int(n, 16) for n in packet.split(b":")[-1].split(b","))
        if offset == 0:
            self.document = self.threads_as_xml().encode()
        piece = self.document[offset:offset + size]
        last = offset + size >= len(self.document)
        return (b"l" if last else b"m") + escape(piece)

    def threads_as_xml(self):
        lines = ["<threads>"]
        for tid in self.view.shown():
            name, words = self.view.describe(tid)
            named = f" name={quoteattr(name)}" if name else ""
            lines.append(f'<thread id="{tid:x}"{named}>{words}</thread>')
        return "\n".join([*lines, "</threads>", ""])

    def extra_info(self, packet):
        tid = int(packet.split(b",")[1], 16)
        return " ".join(self.view.describe(tid)).encode().hex().encode()

    def alive(self, packet):
        known = int(packet[1:], 16) in self.view.shown()
        return b"OK" if known else b"E01"

    def select(self, packet):
        """Hg: whom the questions that follow are about. Hc says who shall go
        on, which vCont says better."""
        tid = int(packet[2:], 16)
        if packet[:2] == b"Hc":
            return b"OK"
        if self.view.stop is None:  # gdb has not even asked why it stands
            return self.server.ask(packet)
        if tid in (0, -1):
            tid = self.view.shown_as(self.view.stop)
        if tid not in self.view.shown():
            return b"E01"
        self.general = tid
        return b"OK"

    def thread_local(self, packet):
        """Kernel threads have thread-local storage; user-level threads share
        that of the kernel thread below them."""
        tid, rest = packet[len("qGetTLSAddr:"):].split(b",", 1)
        carrier = self.view.carried_by(int(tid, 16))
        return self.server.ask(b"qGetTLSAddr:%x,%s" % (carrier, rest))

    # ---- Registers ----

    def read_registers(self, _packet=None):
        parked = self.view.parked(self.general)
        live = expand(self.pass_on(b"g"))
        if not parked:
            return live
        return parked_packet(live, self.view.registers(parked))

    def read_register(self, packet):
        start, end = place(int(packet[1:], 16))
        return self.read_registers()[start:end] or b"E01"

    def write_registers(self, packet):
        parked = self.view.parked(self.general)
        if not parked:
            return self.pass_on(packet)
        self.write_parked(parked, expand(packet[1:]))
        return b"OK"

    def write_register(self, packet):
        number, value = packet[1:].split(b"=")
        start, end = place(int(number, 16))
        if len(value) != end - start:
            return b"E01"
        now = self.read_registers()
        return self.write_registers(b"G" + now[:start] + value + now[end:])

    def write_parked(self, parked, wanted):
        """Change registers of a saved context: those that it has kept."""
        now = self.read_registers()
        changed = {}
        for number, name in enumerate(GENERAL):
            new, old = register(wanted, number), register(now, number)
            if new != old and (old is not None or new):
                changed[name] = new
        for name, value in changed.items():
            if not self.view.keep(parked, name, value):
                raise Refused(f"thread {parked.title} is parked: its context "
                              f"keeps no {name} that could be changed")
        self.view.forget()

    # ---- Memory and breakpoints ----

    def write_memory(self, packet):
        self.view.forget()
        return self.pass_on(packet)

    def breakpoint(self, packet):
        answer = self.server.ask(packet)
        if answer == b"OK":
            self.server.note_breakpoint(packet)
        return answer

    # Whole packets, and beginnings of packets.
    WHOLE = {
        b"QStartNoAckMode": no_ack_mode, b"!": refused, b"?": why_stopped,
        b"QNonStop:1": refused, b"qC": current,
        b"qfThreadInfo": first_threads, b"qsThreadInfo": more_threads,
        b"g": read_registers,
    }
    BEGINNINGS = {
        b"qSupported": supported, b"vCont;": go_on,
        b"qXfer:threads:read:": thread_list, b"qThreadExtraInfo,": extra_info,
        b"T": alive, b"Hg": select, b"Hc": select,
        b"qGetTLSAddr:": thread_local, b"p": read_register,
        b"G": write_registers, b"P": write_register,
        b"M": write_memory, b"X": write_memory,
        b"Z0,": breakpoint, b"z0,": breakpoint,
    }


def place(number):
    """Where a general register stands in a g packet."""
    if number < len(GENERAL):
        return 16 * number, 16 * number + 16
    return FLAGS + 8 * (number - len(GENERAL)), \
        FLAGS + 8 * (number - len(GENERAL)) + 8


def parked_packet(live, saved):
    """The registers of a parked thread: those that its context has kept; those
    that all threads of the kernel thread share, as they are; of the others
    nobody knows, since a call may destroy them, and a switch is a call."""
    packet = bytearray(live)
    for number, name in enumerate(GENERAL):
        value = saved.get(name)
        packet[16 * number:16 * number + 16] = \
            b"x" * 16 if value is None else \
            value.to_bytes(8, "little").hex().encode()
    packet[FLAGS:SEGMENTS] = b"x" * (SEGMENTS - FLAGS)
    packet[FLOATS:AFTER_FLOATS] = b"x" * (AFTER_FLOATS - FLOATS)
    return bytes(packet)

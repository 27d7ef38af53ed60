#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Speak with gdb/uthread-proxy as gdb does, packet by packet, and check what it
answers.

    tests/gdb/rsp.py CONVERSATION PROXY PROGRAM...

Prints one line a finding that is wrong; the exit status is 1 if there is one.
"""
import os
import signal
import struct
import subprocess
import sys
import time

HERE = os.path.dirname(os.path.realpath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "..", "gdb"))

from threadbare.packets import Gone, INTERRUPT, Line, escape, expand  # noqa

FEATURES = b"qSupported:multiprocess+;swbreak+;hwbreak+;vContSupported+"
AT_ENTRY = 9
IDLE = 10_000_000  # user-level thread N is IDLE + N
wrong = 0


def check(what, holds):
    global wrong
    if not holds:
        print(f"wrong: {what}")
        wrong += 1


class Client:
    """gdb's end of the line."""

    def __init__(self, command):
        self.process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            stderr=subprocess.PIPE)
        self.line = Line(self.process.stdout.fileno(),
                         self.process.stdin.fileno())

    def ask(self, packet):
        self.line.send(packet)
        return self.answer()

    def answer(self):
        """The next one that is not the program's output."""
        while True:
            item = self.line.receive()
            if item[:1] != b"O" or item == b"OK":
                return expand(item)

    def begin(self):
        """As gdb does; returns what the first stop is."""
        self.features = self.ask(FEATURES).split(b";")
        check("no-ack mode is accepted", self.ask(b"QStartNoAckMode") == b"OK")
        self.line.acks = False
        return self.ask(b"?")

    def run_to(self, symbol_address):
        place = b"0,%x,1" % symbol_address
        check("a breakpoint is accepted", self.ask(b"Z" + place) == b"OK")
        reply = self.ask(b"vCont;c")
        check("... and removed", self.ask(b"z" + place) == b"OK")
        return reply

    def end(self):
        """The proxy ends by itself; its status and what it complained of."""
        errors = self.process.communicate(timeout=30)[1].decode()
        return self.process.returncode, errors


def symbol(client, program, name):
    """Where a function is: as far from the program's entry as in its file."""
    lines = subprocess.run(["nm", program], capture_output=True, text=True,
                           check=True).stdout.splitlines()
    values = {line.split()[-1]: int(line.split()[0], 16) for line in lines
              if len(line.split()) == 3}
    vector = client.ask(b"qXfer:auxv:read::0,fff")[1:]
    entry = dict(struct.iter_unpack("<QQ", vector))[AT_ENTRY]
    return entry - values["_start"] + values[name]


def thread_in(reply):
    return int(reply.split(b"thread:")[1].split(b";")[0], 16)


def children(pid):
    with open(f"/proc/{pid}/task/{pid}/children") as file:
        return [int(word) for word in file.read().split()]


def state(pid):
    """A letter, as ps prints it; None: there is no such process."""
    try:
        with open(f"/proc/{pid}/stat") as file:
            return file.read().rpartition(")")[2].split()[0]
    except OSError:
        return None


def lives(pid):
    """Is there a process that is more than a zombie?"""
    return state(pid) not in (None, "Z", "X")


def packets(client, program):
    """Every kind of packet that is about threads."""
    first = client.begin()
    check("it stops before the first instruction", first[:1] == b"T")
    check("only plain thread names are used",
          b"multiprocess+" not in client.features)
    main = thread_in(first)
    check("before the library there is one thread",
          client.ask(b"qfThreadInfo") == b"m%x" % main)
    lap = symbol(client, program, "lap")
    for _ in range(5):
        reply = client.run_to(lap)
        client.ask(b"vCont;s:%x" % thread_in(reply))
    runs = thread_in(reply)
    check("a stop names the user-level thread", runs > IDLE)
    check("qC names it too", client.ask(b"qC") == b"QC%x" % runs)
    names = client.ask(b"qfThreadInfo")[1:].split(b",")
    check("five threads: main, three runners, idle", len(names) == 5)
    check("that is all", client.ask(b"qsThreadInfo") == b"l")
    check("all are alive",
          all(client.ask(b"T" + n) == b"OK" for n in names))
    check("another one is not", client.ask(b"T7fffff") == b"E01")
    check("nor can it be chosen", client.ask(b"Hg7fffff") == b"E01")
    extra = bytes.fromhex(
        client.ask(b"qThreadExtraInfo,%x" % (IDLE + 3)).decode()).decode()
    check(f"extra information: {extra}", extra.startswith("green uthread 3, "))
    whole = client.ask(b"qXfer:threads:read::0,fff")
    pieces, offset = b"", 0
    while True:
        piece = client.ask(b"qXfer:threads:read::%x,40" % offset)
        pieces += piece[1:]
        offset += len(piece) - 1
        if piece[:1] == b"l":
            break
    check("the list comes whole or in pieces", pieces == whole[1:])
    registers(client, runs, IDLE + 3 + (runs == IDLE + 3))
    check("what nobody knows is not answered", client.ask(b"vMustReply") == b"")
    server = children(client.process.pid)
    program_too = server + children(server[0])
    check("a kill is confirmed", client.ask(b"vKill;1") == b"OK")
    check("... and the proxy ends", client.end()[0] == 0)
    check("... and nothing is left", not any(map(lives, program_too)))


def registers(client, runs, parked):
    """g, G, p, P, of one that runs and of one that is parked."""
    check("Hc is accepted", client.ask(b"Hc%x" % parked) == b"OK")
    for tid in runs, parked:
        check("Hg is accepted", client.ask(b"Hg%x" % tid) == b"OK")
        packet = client.ask(b"g")
        each = b"".join(client.ask(b"p%x" % n) for n in range(17))
        check("p gives what g gives", packet.startswith(each))
    check("what a switch does not keep is unknown", packet[:16] == b"x" * 16)
    check("the stack pointer is known", b"x" not in packet[112:128])
    check("P changes what is kept (r12)",
          client.ask(b"Pc=0807060504030201") == b"OK" and
          client.ask(b"pc") == b"0807060504030201")
    check("G puts it back", client.ask(b"G" + packet) == b"OK" and
          client.ask(b"g") == packet)
    refusal = client.ask(b"P7=0000000000000000")
    check(f"the stack pointer is refused, and why: {refusal}",
          refusal.startswith(b"E.thread ") and b"parked" in refusal)
    check("and all is as it was", client.ask(b"g") == packet)
    check("nonsense is an error", client.ask(b"Pz=1")[:1] == b"E")


def damage(client, program):
    """Before no-ack mode, a packet that was damaged is asked for again."""
    client.line.write(b"$qC#00")
    check("it is refused", os.read(client.line.read_fd, 1) == b"-")
    client.line.write(b"$qSupported:swbreak+#" +
                      b"%02x" % (sum(b"qSupported:swbreak+") & 255))
    answer = client.line.receive()
    check("the next one is answered", b"PacketSize" in answer)
    client.line.write(b"-")
    check("an answer that was damaged comes again",
          client.line.receive() == answer)
    client.line.write(b"+")
    data = bytes(range(256))
    check("escapes", expand(escape(data)) == data)
    check("repetition", expand(b"0* ") == b"0000")
    client.ask(b"D")


def interrupt(client, program):
    """Ctrl-C stops a program in which all wait, on the idle thread."""
    client.begin()
    client.run_to(symbol(client, program, "linger"))
    client.line.send(b"vCont;c")
    pid, = children(children(client.process.pid)[0])
    while state(pid) != "S":
        time.sleep(0.01)
    client.line.write(INTERRUPT)
    reply = client.answer()
    check(f"it stops: {reply}", reply[:3] == b"T02")
    check("on the idle thread", thread_in(reply) == IDLE)
    check("a stop that is not asked for does no harm",
          client.line.write(INTERRUPT) is None and
          client.ask(b"qC") == b"QC%x" % thread_in(reply))
    check("detach", client.ask(b"D") == b"OK")
    check("the program runs on", lives(pid))
    os.kill(pid, signal.SIGKILL)
    check("and the proxy ends", client.end()[0] == 0)


def vanish(client, program):
    """gdbserver is killed under the proxy."""
    client.begin()
    client.run_to(symbol(client, program, "lap"))
    os.kill(children(client.process.pid)[0], signal.SIGKILL)
    try:
        client.ask(b"g")
        check("no answer is made up", False)
    except Gone:
        pass
    status, errors = client.end()
    check(f"it says so: {errors}", "gdbserver has gone" in errors)
    check("and ends with an error", status == 1)


def hang_up(client, program):
    """gdb goes without a word: nothing stays behind."""
    client.begin()
    server = children(client.process.pid)
    family = server + children(server[0])
    client.end()
    check("gdbserver and the program are gone", not any(map(lives, family)))


def main():
    conversation, *command = sys.argv[1:]
    globals()[conversation](Client(command), command[1])
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())

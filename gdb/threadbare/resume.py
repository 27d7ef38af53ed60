# SPDX-License-Identifier: MIT
"""resume.py - the proxy lets the program go on, thread by thread.

gdb says what each thread is to do: vCont;s:A;c means that A steps while all
others run. A kernel thread can be told so. If A is a user-level thread there
are two cases more:

- A runs, and its step is the one that leaves its stack. It has made its step
  when it is given the processor again: it then is one instruction further.
- A is parked. It steps as soon as it is given the processor.

So we wait until A is back: breakpoints where A must pass, believed only when
the stack pointer is in A's stack, because many threads pass there. Where must
it pass? Where its saved context says; and if we saw it leave, already at the
instruction after that one, which whoever switches to A executes on A's stack.
"""
import re

from .server import RIP, register

THREAD = re.compile(rb"thread:([0-9a-f]+);")
REASON = re.compile(rb"(swbreak|hwbreak|watch|rwatch|awatch|syscall_entry|"
                    rb"syscall_return|library|fork|vfork|exec|create):")


def stopped_thread(reply):
    """Who has stopped; None if nobody did: the program is over."""
    match = THREAD.search(reply)
    return int(match[1], 16) if reply[:1] == b"T" and match else None


def is_mere_step(reply):
    """A SIGTRAP for no reason but that a step is over."""
    return reply[:3] == b"T05" and not REASON.search(reply)


class Resumption:
    """One vCont packet, carried out."""

    def __init__(self, server, view, line):
        self.server = server
        self.view = view
        self.line = line
        self.carrier = view.carrier()
        self.stepper = None  # the user-level thread that is to do something
        self.how = None      # what: s, r and a range, c; with a signal C, S
        self.others = []     # what kernel threads that carry none are to do

    def run(self, packet):
        """Returns the stop reply, in terms of kernel threads."""
        actions = packet.split(b";")[1:]
        runs = self.view.running()
        if runs is None:  # no user-level threads yet, or none at all
            return self.resume(actions)
        self.sort(actions)
        self.stepper = self.stepper or runs
        if self.how is None:  # only others go on
            return self.resume(self.others)
        if self.how[:1] in b"cC":
            return self.resume([self.for_carrier(self.how)] + self.others)
        if self.stepper.id == runs.id:
            return self.step_running()
        return self.step_parked()

    def sort(self, actions):
        """Who is to do something of his own, and what."""
        default = None
        for part in actions:
            action, _, name = part.partition(b":")
            thread = self.view.shown().get(int(name, 16)) if name else None
            if not name or name == b"-1":
                default = default or action
            elif thread is None:
                self.others.append(part)
            elif self.stepper is None:
                self.stepper, self.how = thread, action
        if default:
            self.how = self.how or default
            self.others.append(default)

    def for_carrier(self, action):
        return action + b":%x" % self.carrier

    def resume(self, actions):
        """Go on; what we knew of the threads is out of date then."""
        self.view.forget()
        reply = self.server.resume(actions, self.line)
        if stopped_thread(reply):
            self.view.stopped(stopped_thread(reply))
        return reply

    # ---- A step ----

    def step_running(self):
        """The running thread makes a step; perhaps off its stack."""
        reply = self.resume([self.for_carrier(self.how)] + self.others)
        if (not is_mere_step(reply) or self.is_back() or
                stopped_thread(reply) != self.carrier):
            return reply
        stepper = self.view.again(self.stepper)
        if not stepper or stepper.state == "done":  # it will never be back
            return self.resume(self.others or [b"c"])
        return self.until_back({self.pc(), self.goes_on_at()})

    def step_parked(self):
        """A parked thread makes its step when its turn comes."""
        reply = self.until_back({self.goes_on_at()})
        if is_mere_step(reply) and self.is_back():
            return self.step_running()
        return reply

    def pc(self):
        return register(self.server.registers(self.carrier), RIP)

    def goes_on_at(self):
        """Where the parked stepper will go on."""
        return self.view.registers(self.view.again(self.stepper))["rip"]

    def is_back(self):
        """Does the stepper run?"""
        runs = self.view.running()
        return (runs is not None and runs.id == self.stepper.id and
                self.view.carrier() == self.carrier)

    # ---- Waiting for a thread ----

    def until_back(self, places):
        """Run until the stepper stands at one of these places, or something
        else happens. Returns the stop reply; of the former, that of a step."""
        saved = self.view.registers(self.view.again(self.stepper))
        ours = {pc: b"%x,1" % pc for pc in places
                if b"%x,1" % pc not in self.server.breakpoints}
        while True:
            reply = self.step_off(ours) or self.run_to(ours, saved["rsp"])
            if is_mere_step(reply) or stopped_thread(reply) != self.carrier:
                return reply
            if b"swbreak:" not in reply or self.pc() not in ours:
                return reply
            if self.is_back():
                return reply.replace(b"swbreak:;", b"")

    def step_off(self, ours):
        """A breakpoint where the program stands would be hit at once, by
        whoever runs now: make a step before. None: that brought nothing."""
        if self.pc() not in ours:
            return None
        reply = self.resume([self.for_carrier(b"s")])
        if is_mere_step(reply) and not self.is_back():
            return None
        return reply

    def run_to(self, ours, sp):
        """Go on with our breakpoints in place."""
        for where in ours.values():
            self.server.ask(b"Z0," + where + self.server.only_near(sp))
        reply = self.resume([self.for_carrier(b"c")] + self.others)
        if stopped_thread(reply):
            for where in ours.values():
                self.server.ask(b"z0," + where)
        return reply

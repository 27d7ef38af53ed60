# SPDX-License-Identifier: MIT
"""Through a switch, for 1-yield.gdb: whose registers, whose stack.

Whose stack it is, is never asked of the library, which calls the next thread
the running one a little before it is: the stack pointer lies in it.
"""
import gdb

import tour
from threadbare.program import forget, program

# What a thread finds again after any call, by the rules of the processor's ABI.
OWN = {"i386:x86-64": ("rip", "rsp", "rbp", "rbx", "r12", "r13", "r14", "r15"),
       "aarch64": ("pc", "sp") + tuple(f"x{n}" for n in range(19, 30))}


def owned(frame):
    """The registers that are the thread's own, as this frame has them."""
    names = OWN[frame.architecture().name()]
    return "\n".join(f"{name:<4}{int(frame.read_register(name)):#018x}"
                     for name in names) + "\n"


def owner():
    """The name of the thread on whose stack the processor is."""
    forget()
    thread = program().on_cpu()
    return thread.name if thread else "idle"


def stops_in(function):
    """A breakpoint on each instruction of a function, of which gdb says
    nothing. Returns {address: instruction}, and the breakpoints."""
    start = int(gdb.parse_and_eval(f"(long)&{function}"))
    code, stops = {}, []
    for line in gdb.execute(f"disassemble {function}",
                            to_string=True).splitlines():
        fields = line.replace("=>", "").split(None, 2)
        if not fields or not fields[0].startswith("0x"):
            continue
        address = int(fields[0], 16)
        code[address] = " ".join(fields[2].split("#")[0].split())
        if address != start:
            stop = gdb.Breakpoint(f"*{address:#x}", internal=True)
            stop.silent = True
            stops.append(stop)
    return code, stops


def walk(function="context_switch"):
    """From the first instruction of the switch, where the program stands, to
    the last. Draws each; returns [(instruction, owner of the stack)]."""
    code, stops = stops_in(function)
    steps = []
    gdb.write(f"    {'about to do':<38}{'stack pointer':<20}stack of\n")
    while gdb.newest_frame().pc() in code:
        frame = gdb.newest_frame()
        steps.append((code[frame.pc()], owner()))
        sp = int(frame.read_register("sp"))
        gdb.write(f"    {steps[-1][0]:<38}{sp:<#20x}{steps[-1][1]}\n")
        leaves = steps[-1][0].startswith(("ret", "jmp *", "br "))
        gdb.execute("stepi" if leaves else "continue", to_string=True)
    for stop in stops:
        stop.delete()
    gdb.write("\n")
    return steps


def expect_switch(steps, leaves, enters):
    """One of the steps, and one only, leads from the one stack to the other;
    it is the one that loads the stack pointer."""
    owners = [who for _, who in steps]
    changes = [i for i in range(1, len(owners)) if owners[i] != owners[i - 1]]
    tour.check(owners[0] == leaves and owners[-1] == enters,
               f"from the stack of {leaves} to that of {enters}: {owners}")
    tour.check(len(changes) == 1, f"in one step: {changes}")
    loaded = steps[changes[0] - 1][0]
    tour.check(loaded.endswith("%rsp") or loaded.startswith("mov sp"),
               f"which loads the stack pointer: {loaded}")

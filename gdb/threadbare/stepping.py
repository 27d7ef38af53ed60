# SPDX-License-Identifier: MIT
"""Breakpoints and steps of one user-level thread, and the next switch.

gdb steps kernel threads. As long as the one below runs one user-level thread
that is the same; when it goes over to another one, in the middle of a step,
the step ends there, in a stack that nobody asked for. So whoever was to be
stepped is known by his stack, before and after; and if a step ends in another,
the program runs on until the first one is given the CPU again:

      A: step ... context_switch |              | context_switch  <- stop
      B:                         | runs, yields |

A breakpoint of one thread is a breakpoint that looks whose stack it was hit on.
Who runs is never taken from the library's variable for it, which in the middle
of a switch names the one who is to run.
"""
import gdb

from .commands import find, selected
from .graft import graft
from .program import forget, is_live, program
from .table import USER
from .where import program_frame

ENDINGS = "context_leave", "context_switch"  # how a thread leaves the CPU


# ---- Who runs ----

def need_process():
    """Cores do not run."""
    if not is_live(gdb.selected_inferior()) or not gdb.selected_inferior().pid:
        raise gdb.GdbError("There is no process that could run: start the "
                           "program, or attach to it.")


def on_cpu_now():
    """The identifier of the user-level thread that runs; 0: the idle one."""
    forget()
    thread = program().on_cpu()
    return thread.id if thread else 0


def title(identifier):
    """A thread as messages call it."""
    if identifier == 0:
        return "the idle thread"
    thread = program().table.thread(identifier)
    return f"thread {thread.title if thread else identifier}"


# ---- Letting the program run ----

class Run:
    """A command that lets the program run: what it printed, and why the
    program stopped."""

    def __init__(self, command):
        self.event = None
        gdb.events.stop.connect(self.note)
        try:
            self.output = gdb.execute(command, to_string=True)
        finally:
            gdb.events.stop.disconnect(self.note)
        forget()

    def note(self, event):
        """gdb has stopped the program."""
        self.event = event

    def was_step(self):
        """Did it stop because the step is over?"""
        return type(self.event) is gdb.StopEvent and is_alive()

    def reached(self, breakpoints):
        """Did it stop at one of these breakpoints, and at no other?"""
        return (isinstance(self.event, gdb.BreakpointEvent) and is_alive() and
                all(b in breakpoints for b in self.event.breakpoints))


def is_alive():
    """Is there still a process?"""
    return gdb.selected_inferior().pid != 0


class Silent(gdb.Breakpoint):
    """A breakpoint of ours, that no user sees. It stops only the kernel thread
    that carries user-level threads, and only where wanted(sp) is true."""

    def __init__(self, place, wanted=lambda sp: True):
        super().__init__(place, internal=True)
        self.silent = True
        self.wanted = wanted
        self.carrier = program().carrier.ptid

    def stop(self):
        """gdb asks each time it is hit."""
        if gdb.selected_thread().ptid != self.carrier:
            return False
        sp = gdb.newest_frame().read_register("sp")
        return self.wanted(int(sp) & (1 << 64) - 1)


class Breakpoints:
    """Some silent ones, which go away with the block of code."""

    def __init__(self, *breakpoints):
        self.all = breakpoints

    def __enter__(self):
        return self.all

    def __exit__(self, *_):
        for breakpoint in self.all:
            if breakpoint.is_valid():
                breakpoint.delete()


def switches(*names):
    """A breakpoint at each of the library's functions by which a thread leaves
    the CPU."""
    here = program()
    found = []
    for name in names:
        try:
            address = int(gdb.parse_and_eval(f"(long)&{name}"))
        except gdb.error:
            raise gdb.GdbError(f"The library's {name} has no name in this "
                               "program: it was stripped. Debug one that was "
                               "not.") from None
        if here.in_library(address):
            found.append(Silent(f"*{address:#x}"))
    return found


# ---- A breakpoint of one thread ----

class ThreadBreakpoint(gdb.Breakpoint):
    """It stops only when one user-level thread gets there."""

    def __init__(self, thread, place, condition):
        super().__init__(place)
        self.thread_id = thread.id
        self.only_if = condition
        self.carrier = program().carrier.ptid

    def stop(self):
        """gdb asks each time it is hit, whoever hits it."""
        if (gdb.selected_thread().ptid != self.carrier or
                on_cpu_now() != self.thread_id):
            return False
        return not self.only_if or bool(gdb.parse_and_eval(self.only_if))


class UthreadBreak(gdb.Command):
    """Set a breakpoint that stops only one user-level thread.
Usage: uthread break ID LOCATION [if CONDITION]

ID is an identifier or a name, as in 'info uthreads'; LOCATION is what 'break'
takes. Others that get there go on. For example:
    uthread break reader parse.c:40 if length > 100"""

    def __init__(self):
        super().__init__("uthread break", gdb.COMMAND_BREAKPOINTS,
                         gdb.COMPLETE_LOCATION)

    def invoke(self, argument, from_tty):
        word, _, place = argument.strip().partition(" ")
        place, _, condition = place.partition(" if ")
        if not place.strip():
            raise gdb.GdbError("uthread break: which thread, and where? "
                               "uthread break ID LOCATION [if CONDITION]")
        need_process()
        thread = find(word)
        if thread.state == "done":
            raise gdb.GdbError(f"Thread {thread.title} has ended: it gets "
                               "nowhere any more.")
        if program().table.kind == USER:
            point = ThreadBreakpoint(thread, place.strip(), condition.strip())
        else:
            point = kernel_breakpoint(thread, place.strip(), condition.strip())
        gdb.write(f"Breakpoint {point.number} stops only thread "
                  f"{thread.title}.\n")


def kernel_breakpoint(thread, place, condition):
    """For a thread with a kernel thread of its own gdb has that itself."""
    own = next((t for t in gdb.selected_inferior().threads()
                if thread.tid in t.ptid[1:]), None)
    if own is None:
        raise gdb.GdbError(f"Thread {thread.title} has no kernel thread here.")
    point = gdb.Breakpoint(place)
    point.thread = own.global_num
    point.condition = condition or None
    return point


# ---- Steps ----

def spot(frame):
    """Where a frame goes on: its pc, and the stack pointer there."""
    return frame.pc(), int(frame.read_register("sp")) & (1 << 64) - 1


def spots(thread):
    """Those of a parked thread: in the switch that has set it aside, and in
    the first function that is the program's own."""
    graft.show(thread)
    inner = graft.innermost()
    outer, _ = program_frame(inner)
    found = [spot(inner), spot(outer)]
    graft.hide()
    return found


def come_to(place):
    """Let the program run until the thread that has this spot on its stack
    gets there. Returns None, or what else has stopped the program."""
    pc, its_sp = place
    with Breakpoints(Silent(f"*{pc:#x}", lambda sp: sp == its_sp)) as points:
        run = Run("continue")
        return None if run.reached(points) else run


def come_back(thread):
    """The same for a parked thread that is to be back in the program's code:
    first to where it comes out of the switch, for in the program others may
    pass by the same place very often."""
    inside, outside = spots(thread)
    strange = come_to(inside)
    if strange or inside == outside:
        return strange
    return come_to(outside)


class Step:
    """One `next` or `step` of one thread."""

    def __init__(self, command, identifier):
        self.command = command
        self.identifier = identifier

    def thread(self):
        """As it is now; None: it has ended."""
        thread = program().table.thread(self.identifier)
        return thread if thread and thread.state != "done" else None

    def make(self):
        """True if it was made, and another may follow."""
        thread = self.thread()
        if thread is None:
            raise gdb.GdbError(f"Thread {self.identifier} has ended.")
        if on_cpu_now() != self.identifier:
            if self.interrupted(come_back(thread)):
                return False
        with Breakpoints(*self.its_end()) as ends:
            run = Run(self.command)
            if run.reached(ends):
                gdb.write(f"Thread {self.identifier} has ended.\n")
                gdb.execute("frame")
                return False
        if not run.was_step():
            return not self.interrupted(run)
        if on_cpu_now() == self.identifier:
            gdb.write(run.output)
            return True
        if self.interrupted(come_to(spots(self.thread())[0])):
            return False
        gdb.execute("frame")
        return True

    def its_end(self):
        """Where it leaves the CPU for good; from there no step returns."""
        try:
            found = switches("context_leave")
        except gdb.GdbError:
            return []
        for point in found:
            point.wanted = lambda sp: on_cpu_now() == self.identifier
        return found

    def interrupted(self, run):
        """Say what else has stopped the program."""
        if run is None:
            return False
        gdb.write(run.output)
        if is_alive():
            who = on_cpu_now()
            if who != self.identifier:
                gdb.write(f"[{title(who)} runs; the step of "
                          f"{title(self.identifier)} is not over]\n")
        return True


class UthreadStepCommand(gdb.Command):
    """What uthread next and uthread step have in common."""
    command = ""

    def __init__(self):
        super().__init__(f"uthread {self.command}", gdb.COMMAND_RUNNING)

    def invoke(self, argument, from_tty):
        if argument and not argument.strip().isdecimal():
            raise gdb.GdbError(f"uthread {self.command}: how many times? "
                               f"'{argument}' is no number.")
        need_process()
        thread = selected()
        if program().table.kind != USER:  # then gdb's own stays with it
            gdb.execute(f"{self.command} {argument}", from_tty)
            return
        if thread is None:
            raise gdb.GdbError("No user-level thread is shown: the idle one "
                               "runs, or another kernel thread is selected. "
                               "Choose one with 'uthread ID'.")
        step = Step(self.command, thread.id)
        for _ in range(int(argument or 1)):
            if not step.make():
                break


class UthreadNext(UthreadStepCommand):
    """Step to the next line of this user-level thread, over function calls.
Usage: uthread next [N]

As 'next', but it stays with the thread that is shown: other threads may run
in between, as long as they like. A thread that is parked is run until it is
back in the program's own code, and on to the next line there."""
    command = "next"


class UthreadStep(UthreadStepCommand):
    """Step to the next line of this user-level thread, into function calls.
Usage: uthread step [N]

As 'step', but it stays with the thread that is shown: when a step leads
through a context switch, the program runs until the thread has the CPU
again, and stops where it comes out of that switch."""
    command = "step"


# ---- The next switch ----

class UthreadSwitch(gdb.Command):
    """Run to the next context switch, and say who leaves and who enters.
Usage: uthread switch [N]

The program stops where the entering thread goes on, on its own stack; what it
has left to do of the switch can be stepped through with 'stepi'. With N, N
switches are told and the program stops after the last."""

    def __init__(self):
        super().__init__("uthread switch", gdb.COMMAND_RUNNING)

    def invoke(self, argument, from_tty):
        if argument and not argument.strip().isdecimal():
            raise gdb.GdbError("uthread switch: how many switches? "
                               f"'{argument}' is no number.")
        need_process()
        if program().table.kind != USER:
            raise gdb.GdbError("This program's threads are kernel threads: "
                               "the kernel switches them, unseen by gdb.")
        for _ in range(int(argument or 1)):
            if not self.one():
                return
        gdb.execute("frame")

    @staticmethod
    def one():
        """True if it was reached."""
        with Breakpoints(*switches(*ENDINGS)) as points:
            run = Run("continue")
        if not run.reached(points):
            gdb.write(run.output)
            return False
        leaves = on_cpu_now()
        table = program().table
        enters = table.read_block(
            table.memory.word(table.current + table.layout.id), table.current)
        gdb.write(f"{title(leaves)}{how(leaves)} leaves, "
                  f"{title(enters.id)} enters\n")
        run = come_to(spots(enters)[0])
        if run is None:
            return True
        gdb.write(run.output)
        return False


def how(identifier):
    """In what state a thread leaves."""
    thread = program().table.thread(identifier)
    if thread is None:
        return ""
    if thread.state == "blocked" and thread.wait:
        return f" (blocked: {thread.wait.kind})"
    return f" ({'ended' if thread.state == 'done' else thread.state})"


def add_all():
    """The commands of this file."""
    for command in UthreadBreak, UthreadNext, UthreadStep, UthreadSwitch:
        command()

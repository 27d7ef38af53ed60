# SPDX-License-Identifier: MIT
"""Walk through tests/programs/steps.c instruction by instruction, and look at
the backtrace after each.

Whose stack it is, the stack pointer says alone. Then the backtrace must be
that thread's: from wherever it is in the library down to its function, which
must be where it was and have the registers that it had when it called; and
below that `enter`, and `context_begin`, which has no caller. Prints what was
seen:

    instructions=N switches=N wrong=N by_glibc=N

by_glibc: instructions of glibc's own switch at which glibc's own description
of the stack is not right; those are not counted as wrong.
"""
import gdb

THREADS = ("main", "first", "second")
KEPT = {"i386:x86-64": ("rbx", "rbp", "r12", "r13", "r14", "r15"),
        "aarch64": tuple("x%d" % n for n in range(19, 30))}
FOREIGN = ("swapcontext", "setcontext")
# The kernel's part of it reads the clock again if that has moved meanwhile.
UNSTEPPABLE = ("clock_gettime", "__vdso_clock_gettime")
STACK = 64 * 1024  # more than is used here of any, and less than is between two
AT_MOST = 20000  # instructions


class Walk:
    """What has been seen of each thread."""

    def __init__(self):
        arch = gdb.selected_frame().architecture().name()
        self.kept = KEPT[arch]
        self.pc = "pc" if arch == "aarch64" else "rip"
        self.sp = "sp" if arch == "aarch64" else "rsp"
        self.seen = {}  # of a thread in its function: cfa, registers
        self.over = set()
        self.last = None
        self.counts = {"instructions": 0, "switches": 0, "wrong": 0,
                       "by_glibc": 0}
        self.complaints = []

    def owner(self, sp):
        """The thread on whose stack this is; None: none that we know yet."""
        for name in THREADS:
            frame = int(gdb.parse_and_eval("(long)frame_of_" + name))
            if frame and frame - STACK < sp <= frame + 256:
                return name
        return None

    def look_at(self, frame, name):
        """(cfa, registers) of a thread's own function in this frame."""
        older = frame.older()
        cfa = int(older.read_register(self.sp)) if older else 0
        return cfa, [int(frame.read_register(r)) for r in self.kept]

    def check(self):
        """What is wrong with the backtrace here; None: nothing."""
        frames, frame = [], gdb.newest_frame()
        who = self.owner(int(frame.read_register(self.sp)))
        while frame is not None:
            frames.append(frame)
            frame = frame.older()
        names = [f.name() for f in frames]
        if who != self.last and who is not None:
            self.counts["switches"] += self.last is not None
            self.last = who
        if frames[-1].unwind_stop_reason() not in (
                gdb.FRAME_UNWIND_OUTERMOST, gdb.FRAME_UNWIND_NO_REASON):
            return "%s: %s" % (names, gdb.frame_stop_reason_string(
                frames[-1].unwind_stop_reason()))
        if who == "main":
            return self.check_function(who, names, frames)
        if names[-1] != "context_begin":
            return "%s: ends elsewhere, on the stack of %s" % (names, who)
        if who is None:
            known = {"context_begin", "enter", "idle"} | set(THREADS)
            return None if known & set(names) else "%s: whose?" % names
        return self.check_function(who, names, frames)

    def check_function(self, who, names, frames):
        """The same, of the part from the thread's own function downwards."""
        if who not in names:
            begun = who in self.seen and who not in self.over
            return "%s: without %s" % (names, who) if begun else None
        at = names.index(who)
        if who != "main" and names[at + 1:] != ["enter", "context_begin"]:
            return "%s: below %s" % (names, who)
        state = self.look_at(frames[at], who)
        if at == 0:
            self.seen[who] = state
            if names_the_return(frames[0]):
                self.over.add(who)
            return None
        if who in self.over or who not in self.seen or self.seen[who] == state:
            return None
        return "%s: %s has %s, had %s" % (names, who, state, self.seen[who])

    def step(self):
        """One instruction. Returns whether there is more to walk."""
        frame = gdb.newest_frame()
        name = frame.name()
        if name == "mark":
            return False
        self.counts["instructions"] += 1
        complaint = self.check()
        if complaint and name in FOREIGN:
            self.counts["by_glibc"] += 1
        elif complaint:
            self.counts["wrong"] += 1
            instruction = gdb.execute("x/i $pc", to_string=True).strip()
            self.complaints.append("%s %s" % (instruction, complaint))
        gdb.execute("finish" if name in UNSTEPPABLE else "stepi")
        return self.counts["instructions"] < AT_MOST


def names_the_return(frame):
    """Has this function begun to take its frame down?"""
    code = frame.architecture().disassemble(frame.pc())[0]["asm"]
    return code.startswith(("ret", "leave", "pop", "add ", "ldp", "ldr"))


def main():
    """Walk; the exit status is that of the program, or 3."""
    for line in ("pagination off", "confirm off", "debuginfod enabled off",
                 "print thread-events off", "logging file /dev/null",
                 "logging redirect on"):
        gdb.execute("set " + line)
    gdb.execute("set logging enabled on", to_string=True)
    gdb.execute("break mark", to_string=True)
    gdb.execute("run", to_string=True)
    gdb.execute("finish", to_string=True)
    walk = Walk()
    while walk.step():
        pass
    gdb.execute("set logging enabled off", to_string=True)
    print(" ".join("%s=%d" % item for item in walk.counts.items()))
    for complaint in walk.complaints[:20]:
        print("wrong: " + complaint)
    gdb.execute("delete")
    gdb.execute("continue", to_string=True)
    gdb.execute("quit $_exitcode")


try:
    main()
except (gdb.error, KeyError, ValueError) as error:
    print("error: %s" % error)
    gdb.execute("quit 3")

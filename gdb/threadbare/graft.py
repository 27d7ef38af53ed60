# SPDX-License-Identifier: MIT
"""A parked thread's stack, shown in place of the running one's.

gdb unwinds frame by frame: the registers of a frame's caller from those of the
frame. For a parked thread we answer the question once, for the frame that runs:
"its caller" is the library's bridge (uthreads/bridge.c), with the parked
thread's registers. From there gdb goes on by itself, so all it can do with a
frame it can do with these.

      #0  the frame that runs, whoever's
      #1  the bridge             <signal handler called>
      #2  context_switch         the parked thread, where it was set aside
      #3  its callers ...

No register of the process is changed. So it works on a core file, nothing has
to be put back, and when the program runs on nothing is left of it.
"""
import gdb
import gdb.unwinder
from gdb.FrameDecorator import FrameDecorator

from .program import program

WORD = (1 << 64) - 1
# By DWARF number; the register that brings the bridge its caller's pc; and
# what a switch does not touch.
X86_64 = (("rax rdx rcx rbx rsi rdi rbp rsp r8 r9 r10 r11 r12 r13 r14 r15 "
           "rip").split(), "rax",
          "eflags cs ss ds es fs gs fs_base gs_base".split())
AARCH64 = ([f"x{n}" for n in range(31)] + ["sp", "pc"], "x9", ["cpsr"])


class FrameId:
    """Which frame it is: where its stack begins, and its function."""

    def __init__(self, sp, pc):
        self.sp, self.pc = sp, pc


def pointer(number):
    """A gdb.Value that is a pointer."""
    kind = gdb.lookup_type("unsigned long")
    return gdb.Value(number & WORD).cast(kind).cast(kind.pointer())


def outermost_inline():
    """The frame that runs, and its level: above 0 if functions were inlined
    into it, whose frames gdb makes up without asking us."""
    frame = gdb.newest_frame()
    while frame.type() == gdb.INLINE_FRAME and frame.older() is not None:
        frame = frame.older()
    return frame, frame.level()


def function_start(frame):
    """Where the function of a frame starts, as gdb finds it."""
    function = frame.function()
    if function is not None:
        return int(function.value().address)
    text = gdb.execute(f"info symbol {frame.pc():#x}", to_string=True)
    words = text.split()
    offset = int(words[2]) if words[1:2] == ["+"] else 0
    return frame.pc() - offset if "in section" in text else frame.pc()


def identity(frame):
    """The identifier that gdb itself gives to the frame that runs: it must
    not change, or a step that is under way would lose its way."""
    older = frame.older()
    sp = (older or frame).read_register("sp")
    return FrameId(pointer(int(sp)), pointer(function_start(frame)))


class Graft(gdb.unwinder.Unwinder):
    """At most one parked thread at a time is shown."""

    def __init__(self):
        super().__init__("uthread")
        self.thread = None
        self.ptid = self.level = self.frame = self.values = None

    def show(self, thread):
        """Show this parked thread, and select its innermost frame."""
        self.hide()
        carrier = program().carrier
        if gdb.selected_thread().ptid != carrier.ptid:
            carrier.switch()
        frame, level = outermost_inline()
        self.frame, self.level = identity(frame), level
        self.values = self._registers(frame, thread)
        self.ptid = carrier.ptid
        self.thread = thread
        gdb.invalidate_cached_frames()
        self.innermost().select()

    def _registers(self, frame, thread):
        arm = frame.architecture().name().startswith("aarch64")
        names, caller_pc, kept = AARCH64 if arm else X86_64
        table = program().table
        values = {names[number]: gdb.Value(value)
                  for number, value in table.registers(thread).items()}
        pc = names[table.shape.pc]
        values[caller_pc] = values[pc]
        values[pc] = gdb.Value(table.debug.bridge + 1)
        for name in kept:
            try:
                values[name] = frame.read_register(name)
            except (ValueError, gdb.error):
                pass  # this processor has none of that name
        return values

    def hide(self):
        """Show what runs again."""
        if self.thread is not None:
            self.thread = None
            gdb.invalidate_cached_frames()

    def is_shown(self):
        """Is the stack that gdb shows now a parked thread's?"""
        selected = gdb.selected_thread()
        return (self.thread is not None and selected is not None
                and selected.ptid == self.ptid)

    def innermost(self):
        """The innermost frame of the thread that is shown: behind the frame
        that runs and the bridge."""
        frame = gdb.newest_frame()
        for _ in range(self.level + 2 if self.is_shown() else 0):
            frame = frame.older()
            if frame is None:
                self.thread = None
                raise gdb.GdbError("gdb cannot unwind into a parked thread "
                                   "here: this program's unwind information "
                                   "(.eh_frame) is missing.")
        return frame

    def __call__(self, pending):
        if (self.thread is None or pending.level() != self.level
                or gdb.selected_thread().ptid != self.ptid):
            return None
        info = pending.create_unwind_info(self.frame)
        for name, value in self.values.items():
            info.add_saved_register(name, value)
        return info


graft = Graft()


class Brief(FrameDecorator):
    """A frame of the library's, without its arguments: they would take more
    room than all the rest. `frame N` shows them."""

    def frame_args(self):
        """None to be shown."""
        return None


class OnlyTheThread:
    """A frame filter: of a parked thread's trace, what is not its own is not
    shown, and what is the library's is shown in brief. `bt -no-filters` shows
    all."""
    name, priority, enabled = "uthread", 1000, True

    def filter(self, frames):
        """gdb calls this before each backtrace."""
        return self.own(frames) if graft.is_shown() else frames

    @staticmethod
    def own(frames):
        """The parked thread's frames."""
        first, in_library = graft.level + 2, program().in_library
        for decorated in frames:
            frame = decorated.inferior_frame()
            if frame.level() >= first:
                yield (Brief(decorated) if in_library(frame.pc())
                       else decorated)


def install():
    """Have gdb ask us about frames; forget the parked one when it runs on."""
    gdb.unwinder.register_unwinder(None, graft, True)
    only = OnlyTheThread()
    gdb.frame_filters[only.name] = only
    gdb.events.cont.connect(lambda event: graft.hide())
    gdb.events.exited.connect(lambda event: graft.hide())
    gdb.events.stop.connect(lambda event: graft.hide())

# SPDX-License-Identifier: MIT
"""How threads, and what they wait for, are printed.

    (gdb) print door
    $1 = mutex "door" of 1 "main", 2 wait: 2 "left", 5

The structs of the contract are opaque to the program, so gdb alone would print
rows of zeros. What is in them is read by the library's own offsets; `print/r`
still prints the rows.
"""
import gdb
import gdb.printing
import gdb.types

from .memory import Unreadable
from .program import program

FEW = 8  # threads that are named in one line


def names(threads):
    """Threads by identifier and name, the first few of them."""
    some = ", ".join(t.title if t else "?" for t in threads[:FEW])
    return some + (", ..." if len(threads) > FEW else "")


def waiters(threads, verb="wait"):
    """", 2 wait: 3, 4"; "" if nobody does."""
    if not threads:
        return ""
    verb += "s" if len(threads) == 1 else ""
    return f", {len(threads)} {verb}: {names(threads)}"


def readable(to_string):
    """What was never made ready may lead anywhere."""
    def safely(self):
        try:
            return to_string(self)
        except Unreadable as reason:
            return f"({reason})"
    return safely


class Object:
    """Something that threads wait for, at an address of the program."""

    def __init__(self, value):
        self.program = program()
        self.table = self.program.table
        self.memory, self.own = self.table.memory, self.table.debug
        self.address = int(value.address)
        self.kind = value.type.strip_typedefs().name

    def half(self, offset):
        """A field of four bytes."""
        return self.memory.half(self.address + offset)

    def word(self, offset):
        """A field of eight bytes."""
        return self.memory.word(self.address + offset)

    def thread(self, identifier):
        """A thread by its identifier, in words."""
        thread = self.table.thread(identifier)
        return thread.title if thread else f"{identifier}, who is gone"

    @readable
    def to_string(self):
        """What gdb prints: its kind, its name, how it is, who waits."""
        name = self.table.object_name(self.address)
        title = f'{self.kind} "{name}"' if name else self.kind
        how = getattr(self, self.kind)() if self.own else self.elsewhere()
        return f"{title}{how}" + waiters(
            self.table.waiting_for(self.address)
            if self.kind != "channel" else [])

    def elsewhere(self):
        """Of another model no more is known than who holds a lock."""
        offset = {"mutex": self.table.layout.mutex_owner,
                  "rwlock": self.table.layout.rwlock_writer}.get(self.kind)
        holder = self.word(offset) if offset is not None else 0
        return f" of {self.thread(holder)}" if holder else ""

    # ---- How it is, a method for each kind ----

    def mutex(self):
        owner, depth = (self.word(self.own.mutex_owner),
                        self.half(self.own.mutex_depth))
        times = f" ({depth} times)" if owner and depth > 1 else ""
        return f" of {self.thread(owner)}{times}" if owner else ", free"

    def cond(self):
        return "" if self.table.waiting_for(self.address) else ", nobody waits"

    def semaphore(self):
        return f", {self.half(self.own.semaphore_count)} left"

    def rwlock(self):
        writer = self.word(self.own.rwlock_writer)
        readers = self.half(self.own.rwlock_readers)
        if writer:
            return f" of {self.thread(writer)}, who writes"
        return f", {readers} read" if readers else ", free"

    def barrier(self):
        return (f", {self.half(self.own.barrier_waiting)} of "
                f"{self.half(self.own.barrier_count)} are here")

    def event(self):
        is_set = self.memory.flag(self.address + self.own.event_set)
        return ", set" if is_set else ", not set"

    def channel(self):
        own = self.own
        closed = self.memory.flag(self.address + own.channel_closed)
        capacity = self.word(own.channel_capacity)
        holds = (f"{self.word(own.channel_length)} of {capacity} items"
                 if capacity else "no buffer")
        return (f", {holds}, {'closed' if closed else 'open'}" + waiters(
            self.line(own.channel_senders), "send") + waiters(
                self.line(own.channel_receivers), "receive"))

    def line(self, offset):
        """The threads in one of its lines."""
        return self.table.waiting_in(self.address + offset)


class ThreadId:
    """A thread_t: whose it is."""

    def __init__(self, value):
        self.id = int(value)

    def to_string(self):
        """As the number, and the name if it has one."""
        thread = program().table.thread(self.id)
        return thread.title if thread else str(self.id)


class ControlBlock:
    """A struct uthread."""

    def __init__(self, value):
        self.address = int(value.address)

    def to_string(self):
        """What it is; `print/r` shows the fields."""
        thread = next((t for t in program().table.threads
                       if t.block == self.address), None)
        if thread is None:
            return "the idle thread" if (
                self.address == program().table.debug.idle) else "no thread"
        return f"thread {thread.title}, {thread.state}"


class Queue:
    """A struct list, or a ready queue: who stands in it."""

    def __init__(self, value):
        self.address = int(value.address)
        self.is_ready_queue = (value.type.strip_typedefs().name
                               == "ready_queue")

    @readable
    def to_string(self):
        """The threads, first to last."""
        table = program().table
        threads = (table.ready if self.is_ready_queue
                   else table.waiting_in(self.address))
        return f"{len(threads)} threads: {names(threads)}" if (
            len(threads) > 1) else names(threads) or "empty"


# The structs, and a field by which ours is known from another of that name.
KNOWN = {"mutex": (Object, "model"), "cond": (Object, "model"),
         "semaphore": (Object, "model"), "rwlock": (Object, "model"),
         "barrier": (Object, "model"), "event": (Object, "model"),
         "channel": (Object, "model"), "uthread": (ControlBlock, "context"),
         "ready_queue": (Queue, "occupied"), "list": (Queue, "first")}


class Printers(gdb.printing.PrettyPrinter):
    """Finds the printer for a value, if we have one and can use it now."""

    def __init__(self):
        super().__init__("threadbare")

    def __call__(self, value):
        try:
            return self.find(value)
        except (gdb.error, gdb.GdbError, Unreadable):
            return None

    @staticmethod
    def find(value):
        """The printer; None if the value is none of ours."""
        if value.type.name == "thread_t":
            program()
            return ThreadId(value)
        kind = value.type.strip_typedefs()
        if kind.code != gdb.TYPE_CODE_STRUCT or kind.name not in KNOWN:
            return None
        printer, field = KNOWN[kind.name]
        if value.address is None or not gdb.types.has_field(kind, field):
            return None
        if printer is not Object and program().table.debug is None:
            return None
        return printer(value)


def install():
    """Have gdb ask us before it prints a value."""
    gdb.printing.register_pretty_printer(None, Printers(), replace=True)

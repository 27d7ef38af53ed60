# SPDX-License-Identifier: MIT
"""The threads of a process, read from its memory by the descriptor.

What cli/snapshot.c does in C for `threadbare ps`, and more: the context of each
parked thread, from which its stack can be shown, and the order of the queues.
Knows no debugger: whoever has a Memory and the descriptor's address makes a
Table. It is a picture of one moment, to be thrown away when the process runs.
"""
import bisect
import collections
import struct
from dataclasses import dataclass, field

from .memory import Unreadable

VERSION = 3
NOWHERE = 0xFFFFFFFF
MOST_THREADS = 1 << 28
NEAR = 1 << 20  # how far one frame may reach below its stack

USER, KERNEL, PROCESS = range(3)  # descriptor.one_to_one
STATES = "ready", "running", "blocked", "done"
WAITS = ("none", "join", "sleep", "mutex", "cond", "semaphore", "io", "rwlock",
         "barrier", "event", "once", "channel")
KEYS = ("priority", "base_priority", "level", "used_turns", "due",
        "key")  # what policies go by
NAME_MAX = 32

# A control block, and where the dispatch order of the ready queue comes from.
DESCRIPTOR = (
    ("version one_to_one", "I"),
    ("table object_names current accounting switched_at", "Q"),
    ("id name state wait_since switches run_ticks stack_low stack_top "
     "stack_size tid done run_ns stack_used", "I"),
    ("wait wait_behind_pointer wait_kind wait_object wait_fd wait_call "
     "wait_thread", "I"),
    ("mutex_owner rwlock_writer stack_head wait_since_is_stamp", "I"),
    ("debug", "Q"), ("creator", "I"))
DEBUG = (
    ("idle error policy ready clock context bridge handler_stack "
     "text text_end", "Q"),
    ("handler_stack_size", "I"),
    ("thread_context thread_link thread_joiner thread_entry thread_argument "
     "thread_detached thread_priority thread_base_priority thread_due "
     "thread_level thread_used_turns thread_key", "I"),
    ("ready_threads ready_count ready_level ready_levels ready_turns "
     "ready_pass", "I"),
    ("mutex_kind mutex_depth mutex_owner mutex_waiters cond_waiters "
     "semaphore_count semaphore_waiters rwlock_readers rwlock_writer "
     "rwlock_waiters barrier_count barrier_waiting barrier_waiters event_set "
     "event_waiters once_state once_waiters channel_item_size "
     "channel_capacity channel_length channel_closed channel_senders "
     "channel_receivers", "I"))


class Refused(Exception):
    """What was read is not what this reader understands; says why."""


def read_struct(memory, address, layout):
    """The fields of a struct of ours, by name, as the compiler lays it out."""
    names, form = [], "@"
    for words, kind in layout:
        names += words.split()
        form += kind * len(words.split())
    values = memory.unpack(form, address)
    return collections.namedtuple("Struct", names)(*values)


@dataclass
class Wait:
    """What a blocked thread waits for."""
    kind: str
    object: int = 0        # the mutex, the channel, ...; or 0
    object_name: str = ""  # as thread_name_object gave it
    thread: int = 0        # who keeps it waiting, if one thread does; or 0
    descriptor: int = -1   # of an I/O operation
    call: str = ""         # its name
    since: int = 0         # a stamp: see Clock


@dataclass
class Thread:
    """One thread: a picture of its control block."""
    id: int
    name: str
    state: str
    block: int              # address of the control block
    creator: int = 0        # who created it; 0: main
    switches: int = 0
    wait: Wait = None       # while it is blocked
    run_ticks: int = 0
    stack_low: int = 0      # 0: main, whose stack the kernel made
    stack_size: int = 0     # the library's own bytes included
    context: int = 0        # while it does not run
    entry: int = 0          # its first function, and the argument
    argument: int = 0
    detached: bool = False
    tid: int = 0            # of its kernel thread, if it has one of its own
    keys: dict = field(default_factory=dict)  # priority, due, level, ...

    @property
    def stack_top(self):
        """The first address above its stack."""
        return self.stack_low + self.stack_size

    def stands_on(self, sp):
        """Does this stack pointer lie in its stack?"""
        return bool(self.stack_low) and self.stack_low <= sp < self.stack_top

    def has_overflowed(self, sp):
        """Has this stack pointer come down to the guard, or jumped over it?"""
        return (bool(self.stack_low)
                and self.stack_low - NEAR <= sp < self.stack_low)

    @property
    def title(self):
        """3 "reader"; or without a name, 3."""
        return f'{self.id} "{self.name}"' if self.name else str(self.id)

    @property
    def tickets(self):
        """For policies that share out by tickets: see policy_tickets."""
        return self.keys["priority"] + 1


class Table:
    """All threads of a process at one moment."""

    def __init__(self, memory, descriptor):
        self.memory = memory
        version = memory.half(descriptor)
        if version != VERSION:
            raise Refused(
                f"the program's library describes itself in version {version};"
                f" these scripts read version {VERSION}: take those that came"
                f" with the library")
        self.layout = read_struct(memory, descriptor, DESCRIPTOR)
        self.kind = self.layout.one_to_one
        self.debug = self.shape = None
        if self.kind == USER:
            self.debug = read_struct(memory, self.layout.debug, DEBUG)
            self.shape = Shape(memory, self.debug.context)
            self.fields = Fields(memory, self.layout, self.debug)
        self._names = self._threads = self._clock = None
        self._stacks = self._lows = None

    # ---- The threads ----

    @property
    def threads(self):
        """In order of identifier."""
        if self._threads is None:
            slots = self._slots()
            self.memory.expect(block for _, block in slots)
            found = filter(None, map(self._read_thread, slots))
            self._threads = {t.id: t for t in sorted(found,
                                                     key=lambda t: t.id)}
        return list(self._threads.values())

    def thread(self, identifier):
        """The thread with this identifier; None if there is none."""
        return self._threads.get(identifier) if self.threads else None

    def _slots(self):
        """(identifier, control block) of each slot that is in use."""
        slots, size = self.memory.unpack("<QQ", self.layout.table)
        if size > MOST_THREADS:
            raise Refused("the thread table is damaged, or not yet made")
        table = self.memory.read(slots, size * 16) if size else b""
        return [slot for slot in struct.iter_unpack("<QQ", table) if slot[0]]

    def _read_thread(self, slot):
        identifier, block = slot
        try:
            return self.read_block(identifier, block)
        except Unreadable:
            return Thread(identifier, "(cannot be read)", "done", block)

    def read_block(self, identifier, block):
        """The thread that has this control block."""
        at, memory = self.layout, self.memory
        name = memory.read(block + at.name, NAME_MAX).split(b"\0")[0]
        t = Thread(identifier, name.decode("utf-8", "replace"), "ready", block)
        t.creator = memory.word(block + at.creator)
        t.wait = self._read_wait(block)
        if self.kind == USER:
            self._read_user_level(t)
        else:
            self._read_kernel_level(t)
        return t

    def _read_user_level(self, t):
        values = self.fields.read(t.block)
        state = values.pop("state")
        t.state = STATES[state] if state < len(STATES) else f"state {state}"
        if t.state != "blocked":
            t.wait = None
        t.keys = {key: values.pop(key) for key in KEYS}
        vars(t).update(values)

    def _read_kernel_level(self, t):
        at, memory = self.layout, self.memory
        t.tid = memory.half(t.block + at.tid)
        t.stack_size = memory.word(t.block + at.stack_size)
        if memory.flag(t.block + at.done):
            t.state = "done"
        else:
            t.state = "blocked" if t.wait else "running"

    # ---- What they wait for ----

    def _read_wait(self, block):
        at, memory = self.layout, self.memory
        where = block + at.wait
        if at.wait_behind_pointer:
            where = memory.word(where)
        kind = memory.half(where + at.wait_kind) if where else 0
        if not kind:
            return None
        wait = Wait(WAITS[kind] if kind < len(WAITS) else f"wait {kind}")
        wait.since = memory.word(block + at.wait_since)
        wait.object = memory.word(where + at.wait_object)
        wait.object_name = self.object_name(wait.object)
        wait.thread = self._kept_waiting_by(wait, where)
        if wait.kind == "io":
            wait.descriptor, = memory.unpack("<i", where + at.wait_fd)
            call = memory.word(where + at.wait_call)
            wait.call = memory.string(call, 32) if call else "an operation"
        return wait

    def _kept_waiting_by(self, wait, where):
        at, memory = self.layout, self.memory
        if wait.kind == "mutex":
            return memory.word(wait.object + at.mutex_owner)
        if wait.kind == "rwlock":
            return memory.word(wait.object + at.rwlock_writer)
        if wait.kind != "join":
            return 0
        joined = memory.word(where + at.wait_thread)
        if self.kind == USER and joined:
            joined = memory.word(joined + at.id)
        return joined

    def object_name(self, address):
        """The name that the program gave to a mutex or its like; or ""."""
        if self._names is None:
            self._names = {}
            item = self.memory.word(self.layout.object_names)
            while item and item not in self._names:
                following, named = self.memory.unpack("<QQ", item)
                name = self.memory.string(item + 16, NAME_MAX)
                if named:
                    self._names[named] = name
                item = following
        return self._names.get(address, "") if address else ""

    # ---- Who runs ----

    @property
    def current(self):
        """The control block that the library takes for the running one: about
        to be left, in the middle of a switch; 0 before the first call."""
        where = self.layout.current
        return self.memory.word(where) if where else 0

    def on_stack(self, sp):
        """Whose is the stack that the library's kernel thread stands on? The
        thread; None if that is the idle thread."""
        on_it = self.stack_holder(sp)
        if on_it:
            return on_it if on_it.id else None
        own = self.debug
        handler = own.handler_stack
        main = next((t for t in self.threads if not t.stack_low), None)
        if main is None or handler <= sp <= handler + own.handler_stack_size:
            return next((t for t in self.threads if t.block == self.current),
                        None)
        return main

    def stack_holder(self, sp):
        """The thread in whose stack this lies, the idle thread too; None if it
        is none that the library made. The library's word for who runs is no
        more than where to look first."""
        if self.current:
            identifier = self.memory.word(self.current + self.layout.id)
            first = self.read_block(identifier, self.current)
            if first.id and first.stands_on(sp):
                return first
        holder = next((t for t in (self._nearest(sp), self.idle)
                       if t and t.stands_on(sp)), None)
        if not holder and self.current and first.has_overflowed(sp):
            return first
        return holder

    def _nearest(self, sp):
        """The thread whose stack begins at this address or next below."""
        if self._stacks is None:
            own = [t for t in self.threads if t.stack_low]
            self._stacks = sorted(own, key=lambda t: t.stack_low)
            self._lows = [t.stack_low for t in self._stacks]
        place = bisect.bisect_right(self._lows, sp)
        return self._stacks[place - 1] if place else None

    @property
    def idle(self):
        """The thread that runs when nobody is ready."""
        idle = self.read_block(0, self.debug.idle)
        idle.name = "idle"
        return idle

    def registers(self, t):
        """What a parked thread goes on with: {DWARF number: value}."""
        return self.shape.registers(t)

    # ---- Queues ----

    def links(self, queue):
        """The addresses of the links in a struct list, first to last."""
        link, found = self.memory.word(queue), []
        while link and len(found) < MOST_THREADS:
            found.append(link)
            link = self.memory.word(link)
        return found

    def waiting_in(self, queue):
        """The threads in a line, first to last. What stands there is a thread
        by its own link, or a case of a channel, which lies on the stack of
        the thread that waits in it."""
        by_link = {t.block + self.debug.thread_link: t for t in self.threads}
        return [by_link.get(link) or self.on_stack(link)
                for link in self.links(queue)]

    def waiting_for(self, address):
        """The threads that are blocked on this object, longest first."""
        found = [t for t in self.threads if t.wait
                 and t.wait.object == address]
        return sorted(found, key=lambda t: t.wait.since)

    @property
    def policy(self):
        """The name of the policy."""
        policy = self.memory.word(self.debug.policy)
        return self.memory.string(self.memory.word(policy), 32)

    @property
    def ready(self):
        """The ready queue: threads in the order in which it keeps them."""
        own, queue = self.debug, self.debug.ready
        found = self.waiting_in(queue + own.ready_threads)
        levels = [queue + own.ready_level + 16 * level
                  for level in range(own.ready_levels)]
        if self.policy == "priority":  # the highest first; of mlfq, the lowest
            levels.reverse()
        for level in levels:
            if self.memory.word(level):
                found += self.waiting_in(level)
        return found

    @property
    def clock(self):
        """How stamps become seconds."""
        if self._clock is None:
            self._clock = Clock(self)
        return self._clock


class Fields:
    """The fields of a control block that are read for every thread, at once:
    10,000 threads, a dozen fields each."""

    FORMS = {"state": "I", "switches": "Q", "run_ticks": "Q",
             "stack_low": "Q", "stack_size": "Q", "context": "Q",
             "entry": "Q", "argument": "Q", "detached": "?", "priority": "I",
             "base_priority": "I", "level": "I", "used_turns": "I",
             "due": "Q", "key": "Q"}

    def __init__(self, memory, layout, debug):
        self.memory = memory
        places = sorted(
            (getattr(layout, name) if hasattr(layout, name)
             else getattr(debug, f"thread_{name}"), name)
            for name in self.FORMS)
        self.names, form, at = [], "<", 0
        for place, name in places:
            form += f"{place - at}x{self.FORMS[name]}"
            at = place + struct.calcsize("<" + self.FORMS[name])
            self.names.append(name)
        self.form = struct.Struct(form)

    def read(self, block):
        """{name: value} of this control block."""
        data = self.memory.read(block, self.form.size)
        return dict(zip(self.names, self.form.unpack(data)))


class Shape:
    """What a context looks like: struct context_shape in context.h."""
    REGISTERS = 33

    def __init__(self, memory, address):
        inside, self.size, *self.saved = memory.unpack(
            f"<QI{self.REGISTERS}I", address)
        self.memory = memory
        self.inside = memory.word(inside) if inside else 0
        # A table that ends with register 16 is x86-64's.
        arm = self.saved[32] not in (0, NOWHERE)
        self.pc, self.sp = (32, 31) if arm else (16, 7)
        del self.saved[self.pc + 1:]

    def registers(self, t):
        """A thread that has run is shown within the switch that set it aside,
        a new one before the first instruction of its first function."""
        data = self.memory.read(t.context, self.size)
        values = {number: int.from_bytes(data[offset:offset + 8], "little")
                  for number, offset in enumerate(self.saved)
                  if offset != NOWHERE}
        if self.inside and self._is_first(t):
            values[self.sp] = t.context + self.size
        elif self.inside:
            values[self.pc] = self.inside
            values[self.sp] = t.context
        return values

    def _is_first(self, t):
        """Has it not run yet? Its first context touches the control block; a
        count of its switches would be one ahead in the middle of a switch."""
        return 0 <= t.block - t.context <= self.size + 8


class Clock:
    """Stamps and ticks in seconds: struct clock_record in common/clock.h."""

    def __init__(self, table):
        self.first = self.second = (0, 0)
        if table.kind == USER:
            words = table.memory.unpack("<QQQQ", table.debug.clock)
            self.first, self.second = words[:2], words[2:]
        self.counts = self.second[0] > self.first[0]

    def ns(self, stamp):
        """A stamp in nanoseconds of CLOCK_MONOTONIC."""
        if not self.counts:
            return stamp
        return self.first[1] + self.span_ns(stamp - self.first[0])

    def span_ns(self, ticks):
        """A span of ticks in nanoseconds."""
        if not self.counts:
            return ticks
        rate = ((self.second[1] - self.first[1])
                / (self.second[0] - self.first[0]))
        return int(ticks * rate)

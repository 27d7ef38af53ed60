# SPDX-License-Identifier: MIT
"""info uthreads: all threads, one a line, or one line a group."""
import argparse

import gdb

from . import words
from .graft import graft
from .program import program
from .selecting import selected
from .table import STATES, USER
from .where import Places, running_place


class Row:
    """One thread, as it is listed."""

    def __init__(self, thread, mark, state, place, ns):
        self.thread, self.mark, self.state = thread, mark, state
        self.place = place
        self.doing = state
        if thread.wait and state == "blocked":
            self.doing = words.waits_for(thread.wait, program())
        self.since = words.span(ns) if ns is not None else ""


def user_level(seen):
    """(thread, its state, how to find where it is, is it the one shown?)"""
    on_cpu, shown = seen.on_cpu(), selected()
    graft.hide()
    here = seen.in_carrier(running_place) if on_cpu else ""
    places = Places()
    for thread in seen.table.threads:
        runs = on_cpu is not None and thread.id == on_cpu.id
        now = words.state(thread, runs)
        place = ((lambda t: here) if runs else
                 (lambda t: "") if now == "done" else places.of)
        yield thread, now, place, shown is not None and thread.id == shown.id


def kernel_level(seen):
    """The same where each thread has a kernel thread of its own: gdb knows
    those, and we what they wait for."""
    own = {t.ptid[1]: t for t in seen.inferior.threads()}
    shown = gdb.selected_thread().ptid[1]

    def place(thread):
        if thread.tid not in own or thread.state == "done":
            return ""  # or it lives in another process
        own[thread.tid].switch()
        return running_place()

    for thread in seen.table.threads:
        yield thread, thread.state, place, thread.tid == shown


def rows(state=None):
    """A row for each thread, or for those in that state."""
    seen, found = program(), []
    look = user_level if seen.table.kind == USER else kernel_level
    for thread, now, place, shown in look(seen):
        if state in (None, now):
            ns = seen.waits_for_ns(thread) if now != "running" else None
            found.append(Row(thread, "*" if shown else " ", now,
                             str(place(thread)), ns))
    return found


def columns(table):
    """As wide as what stands in them, and no wider together than the page."""
    total = words.page_width()
    name = min(16, max([4] + [len(row.thread.name) for row in table]))
    ids = max([2] + [len(str(row.thread.id)) for row in table])
    since = max([5] + [len(row.since) for row in table])
    left = total - (2 + ids + 2 + name + 2 + 2 + since + 2)
    doing = max([7] + [len(row.doing) for row in table])
    place = max([5] + [len(row.place) for row in table])
    if doing + place > left:
        doing = min(doing, max(left - place, left * 2 // 5))
    return ids, name, doing, since, left - doing


def print_rows(table):
    """The list."""
    ids, name, doing, since, place = columns(table)

    def line(mark, *cells):
        text = (f"{mark} {cells[0]:>{ids}}  {words.cut(cells[1], name):<{name}}"
                f"  {words.cut(cells[2], doing):<{doing}}  {cells[3]:>{since}}"
                f"  {words.cut(cells[4], place)}")
        gdb.write(text.rstrip() + "\n")

    line(" ", "Id", "Name", "Doing", "Since", "Where")
    for row in table:
        line(row.mark, row.thread.id, row.thread.name, row.doing, row.since,
             row.place)


def options():
    """What may follow the command."""
    parser = argparse.ArgumentParser("info uthreads", add_help=False)
    parser.add_argument("--state", choices=STATES)
    parser.add_argument("--group", choices=("stack", "creator"))
    return parser


def parse(parser, argument):
    """gdb has no use for a parser that ends the process."""
    def refuse(message):
        raise gdb.GdbError(f"{parser.prog}: {message}.")
    parser.error = refuse
    return parser.parse_args(gdb.string_to_argv(argument))


class InfoUthreads(gdb.Command):
    """List the user-level threads of the program.
Usage: info uthreads [--state STATE] [--group stack|creator]

For each thread: its identifier and name; whether it is running or ready, or
what it is blocked on (of whom, if one thread keeps it waiting) and since when;
and where it is, in the program's own code. The one whose stack gdb shows is
marked with a star: see 'help uthread'.

  --state STATE   only those that are ready, running, blocked or done
  --group stack   one line for all threads that are in the same place
  --group creator one line for all threads that one thread created"""

    def __init__(self):
        super().__init__("info uthreads", gdb.COMMAND_STATUS)

    def invoke(self, argument, from_tty):
        chosen = parse(options(), argument)
        with kept():
            table = rows(chosen.state)
        if not table:
            gdb.write("No user-level thread" + (
                f" is {chosen.state}.\n" if chosen.state else " yet.\n"))
        elif chosen.group == "creator":
            print_families(table)
        elif chosen.group:
            print_groups(table)
        else:
            print_rows(table)
        if table and program().is_idle():
            gdb.write("No user-level thread runs: the idle one has the CPU.\n")


def print_groups(table):
    """Those in the same place, together."""
    groups = {}
    for row in table:
        groups.setdefault((row.place, row.state), []).append(row)
    for (place, state), members in sorted(groups.items(),
                                          key=lambda g: -len(g[1])):
        gdb.write(f"{len(members):>6} {state:<8} {place}\n")
        print_members(members)


def print_families(table):
    """Those that one thread created, together. The creator may be gone."""
    titles = {row.thread.id: row.thread.title for row in table}
    families = {}
    for row in table:
        families.setdefault(row.thread.creator, []).append(row)
    for creator, members in sorted(families.items()):
        title = titles.get(creator, creator)
        origin = f"created by {title}" if creator else "main"
        gdb.write(f"{len(members):>6} {origin}\n")
        print_members(members)


def print_members(members):
    """Who they are, as far as a line goes."""
    ids = ", ".join(str(row.thread.id) for row in members)
    gdb.write(" " * 7 + words.cut(ids, words.page_width() - 7) + "\n")


class kept:
    """What is selected stays selected, whatever is looked at in between."""

    def __enter__(self):
        self.thread = graft.thread
        self.lwp = gdb.selected_thread()
        self.level = gdb.selected_frame().level() if self.lwp else 0

    def __exit__(self, *_):
        graft.hide()
        if not self.lwp:
            return
        if self.thread:
            graft.show(self.thread)
        if gdb.selected_thread().ptid != self.lwp.ptid:
            self.lwp.switch()
        frame = gdb.newest_frame()
        while frame.level() < self.level and frame.older() is not None:
            frame = frame.older()
        frame.select()

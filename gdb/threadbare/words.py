# SPDX-License-Identifier: MIT
"""Threads in words, cut to fit a terminal."""
import gdb

WIDTH = 80  # of a page that nobody has given a width


def page_width():
    """How many columns there are."""
    return gdb.parameter("width") or WIDTH


def cut(text, width):
    """At most so many columns; what is missing is marked."""
    return text if len(text) <= width else text[:max(0, width - 1)] + "…"


def span(ns):
    """A span of time: "12 us", "3.4 s"."""
    for unit, size in (("s", 1e9), ("ms", 1e6), ("us", 1e3)):
        if ns >= size:
            decimals = 1 if ns < 10 * size else 0
            return f"{ns / size:.{decimals}f} {unit}"
    return f"{ns} ns"


def waits_for(wait, program):
    """What a thread waits for: "mutex door of 3", which holds it."""
    if wait.kind == "sleep":
        return "sleep"
    if wait.kind == "join":
        return f"end of {wait.thread}"
    if wait.kind == "io":
        on = f" of fd {wait.descriptor}" if wait.descriptor >= 0 else ""
        return wait.call + on
    if wait.kind == "channel" and not wait.object:
        return "a select"
    name = wait.object_name or program.symbol(wait.object)
    holder = f" of {wait.thread}" if wait.thread else ""
    return f"{wait.kind} {name}{holder}"


def state(thread, is_on_cpu):
    """Its state; who is on the CPU runs, whatever the library has noted."""
    return "running" if is_on_cpu else (
        "entering" if thread.state == "running" else thread.state)


def size(count):
    """So many bytes: "512 B", "3.5 KiB"."""
    if count < 1024:
        return f"{count} B"
    value = count / 1024
    return f"{value:.1f} KiB" if value < 10 else f"{value:.0f} KiB"

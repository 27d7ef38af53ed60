# SPDX-License-Identifier: MIT
"""What a tour is told with, and how it checks itself.

    tell WORDS...       a paragraph, for the one who reads along
    type COMMAND        show the command as if it were typed, run it, and show
                        what gdb answers; $tmp and $build are directories

In Python, about what has been shown since the last `type`:

    expect(REGEX, WHAT)     some line matches; else the tour ends with status 1
    check(TRUTH, WHAT)      the same of anything else
    beside(LEFT, RIGHT)     two texts, drawn beside each other

A tour ends with `over`. Whoever repeats it by hand types what stands behind
each `type`, with gdb/utgdb.
"""
import os
import re
import subprocess
import textwrap

import gdb

ANSWER = ""  # to the last command
CHECKS = 0  # made
WIDTH = 78


def answer():
    """What gdb said to the last command."""
    return ANSWER


def fail(what, seen=""):
    """It is not as the tour tells: the end."""
    gdb.write(f"NOT SO: {what}\n{textwrap.indent(seen, '  | ')}")
    gdb.execute("quit 1")


def check(truth, what):
    """What is told must be true."""
    global CHECKS
    CHECKS += 1
    if not truth:
        fail(what, ANSWER)


def expect(regex, what):
    """The last answer must have a line that matches."""
    check(re.search(regex, ANSWER, re.MULTILINE), f"{what} ({regex})")


def places(text):
    """The names of directories, where the tour says $tmp and $build."""
    for name, value in (("$tmp", "TOUR_TMP"), ("$build", "BUILD")):
        text = text.replace(name, os.environ[value])
    return text


def run(command):
    """Run a command; what gdb answers is the new answer. Python can capture
    what a command prints, but not the news of a stop; the log, which `run` has
    opened, has both."""
    global ANSWER
    gdb.flush()
    with open(os.path.join(os.environ["TOUR_TMP"], "log"),
              encoding="utf-8") as log:
        log.seek(0, os.SEEK_END)
        gdb.execute(places(command))
        gdb.flush()
        ANSWER = log.read()


def plain(command, core="$tmp/crowd.core", lines=8):
    """What a gdb of its own, without our scripts, answers about a core; of a
    long answer the beginning is shown."""
    global ANSWER
    program = gdb.current_progspace().filename
    gdb.write(f"$ gdb {os.path.basename(program)} {os.path.basename(core)}\n"
              f"(gdb) {command}\n")
    ANSWER = subprocess.run(
        [os.environ.get("GDB", "gdb"), "-nx", "-q", "-batch",
         "-iex", "set debuginfod enabled off", "-ex", "echo ANSWER\n",
         "-ex", command, program, places(core)], check=False, text=True,
        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    ).stdout.partition("ANSWER\n")[2]
    shown = ANSWER.strip().splitlines()
    gdb.write("\n".join(shown[:lines]) + "\n")
    if len(shown) > lines:
        gdb.write(f"... and {len(shown) - lines} lines more\n")


def beside(left, right):
    """Two texts in two columns. A line that is too long is cut."""
    left, right = left.splitlines(), right.splitlines()
    half = min(max(map(len, left), default=0), WIDTH // 2)
    for i in range(max(len(left), len(right))):
        one = left[i] if i < len(left) else ""
        other = right[i] if i < len(right) else ""
        line = f"{one[:half]:<{half}}  |  {other}"
        gdb.write("    " + line.rstrip()[:WIDTH - 4] + "\n")
    gdb.write("\n")


def brief_threads():
    """info threads, in brief: name, and the innermost function."""
    lines, before = [], gdb.selected_thread()
    for thread in sorted(gdb.selected_inferior().threads(),
                         key=lambda t: t.num):
        thread.switch()
        lines.append(f"{thread.num} {thread.name:<15} "
                     f"{gdb.newest_frame().name()}\n")
    before.switch()
    return "".join(lines)


def brief_uthreads():
    """info uthreads, in brief: identifier, name, and what it does."""
    text = gdb.execute("info uthreads", to_string=True)
    rows = [re.split(r"\s{2,}", line[1:].strip())
            for line in text.splitlines()[1:]]
    return "".join(f"{row[0]} {row[1]:<10} {row[2]}\n" for row in rows)


class Tell(gdb.Command):
    """Tell the one who reads along."""

    def __init__(self):
        super().__init__("tell", gdb.COMMAND_USER)

    def invoke(self, argument, from_tty):
        gdb.write("\n" + textwrap.fill(argument, WIDTH) + "\n\n")
        if os.environ.get("TOUR_PAUSE"):
            gdb.flush()
            with open("/dev/tty", encoding="utf-8") as terminal:
                terminal.readline()


class Type(gdb.Command):
    """Show a command, run it, and show the answer."""

    def __init__(self):
        super().__init__("type", gdb.COMMAND_USER)

    def invoke(self, argument, from_tty):
        gdb.write(f"(gdb) {argument}\n")
        run(argument)


class Over(gdb.Command):
    """All of it was told, and all of it was so."""

    def __init__(self):
        super().__init__("over", gdb.COMMAND_USER)

    def invoke(self, argument, from_tty):
        if CHECKS == 0:
            fail("a tour that checks nothing")
        gdb.write(f"\nThe tour is over; {CHECKS} things were as it tells.\n")
        gdb.execute("quit 0")


Tell()
Type()
Over()
for setting in ("pagination off", "confirm off", "print thread-events off",
                "style enabled off"):
    gdb.execute("set " + setting)

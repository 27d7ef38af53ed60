#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Talk to gdb as an IDE does, in its machine interface, and look at parked
threads. Prints one "name: yes" or "name: no, ..." a check.

    mi.py UTGDB PROGRAM
"""
import re
import subprocess
import sys


class Mi:
    """A gdb that is asked and answers, a line each."""

    def __init__(self, *command):
        self.gdb = subprocess.Popen(command, stdin=subprocess.PIPE,
                                    stdout=subprocess.PIPE, text=True)
        self.until(r"\(gdb\)")

    def until(self, pattern):
        """All lines up to the one that matches, as one text."""
        lines = []
        for line in self.gdb.stdout:
            lines.append(line)
            if re.match(pattern, line):
                return "".join(lines)
        raise SystemExit("gdb has ended too early:\n" + "".join(lines))

    def ask(self, command, pattern=r"7\^"):
        """What is said up to the answer, or up to what else is awaited."""
        self.gdb.stdin.write(f"7{command}\n")
        self.gdb.stdin.flush()
        return self.until(pattern)

    def console(self, command):
        """A command for humans; what it prints comes as a stream."""
        return self.ask(f'-interpreter-exec console "{command}"')


def check(name, text, *patterns):
    """Are all of them in what gdb has said?"""
    missing = [p for p in patterns if not re.search(p, text)]
    print(f"{name}: " + (f"no, {missing[0]} is not in: {text[:2000]!r}"
                         if missing else "yes"))


def main(utgdb, program):
    mi = Mi(utgdb, "-nx", "-q", "--interpreter=mi3", program)
    mi.ask("-gdb-set debuginfod enabled off")
    mi.ask("-break-insert after_parking")
    mi.ask("-exec-run", r"\*stopped")
    check("listed", mi.console("info uthreads"), r"semaphore tickets",
          r"wait_for_bell \(\)")
    check("selected", mi.console("uthread cond"), r"\^done")
    frames = mi.ask("-stack-list-frames")
    check("frames", frames, r'func="wait_for_bell"', r'func="cond_waiter"',
          r'func="enter"')
    level = re.search(r'level="(\d+)"[^}]*func="cond_waiter"', frames)
    level = level[1] if level else "0"
    check("locals", mi.ask("-stack-list-variables --thread 1 --frame "
                           f"{level} --simple-values"),
          r'name="local"[^}]*value="1002"')
    mi.ask("-enable-frame-filters")
    filtered = mi.ask("-stack-list-frames")
    check("filtered", filtered, r'frame=\{level="2"', r'func="cond_waiter"')
    check("own only", "no" if "after_parking" in filtered else "yes", "yes")
    mi.ask(f"-stack-select-frame {level}")
    check("evaluated", mi.ask('-data-evaluate-expression "local + 1"'),
          r'value="1003"')
    check("called", mi.ask('-data-evaluate-expression "thread_self()"'),
          r'value="1|value="1 \\')
    check("kept", mi.ask("-stack-list-frames"), r'func="cond_waiter"')
    mi.console("frame function wait_for_bell")
    check("finished", mi.ask("-exec-finish", r"\*stopped"),
          r'reason="function-finished"', r'func="cond_waiter"')
    check("there", mi.ask('-data-evaluate-expression "$uthread()"'),
          r'value="3"')
    check("unharmed", mi.ask("-exec-continue", r"\*stopped"),
          r"total 12086: right", r'reason="exited-normally"')
    mi.ask("-gdb-exit")


main(*sys.argv[1:])

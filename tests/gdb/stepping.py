# SPDX-License-Identifier: MIT
"""Many steps of one thread of tests/programs/laps.c, with uthread next and
uthread step; after each, whose stack is in use. Prints

    next: thread=N steps=N strayed=N lines=N
    step: thread=N steps=N strayed=N through=N

strayed: times that another thread was there after a step. lines: how many
lines the steps came by. through: steps that ended inside the switch itself.
"""
import gdb

from threadbare.stepping import on_cpu_now

LOOP = "run_round"  # a step into its loop would take ten thousand


def line():
    """The function and line that the program stands at."""
    frame = gdb.newest_frame()
    return frame.name(), frame.find_sal().line


def walk(command, steps):
    """So many steps; what became of them."""
    me = on_cpu_now()
    strayed, lines, through = 0, set(), 0
    for _ in range(steps):
        gdb.execute(command, to_string=True)
        strayed += on_cpu_now() != me
        lines.add(line())
        through += gdb.newest_frame().name() == "context_switch"
        if line()[0] == LOOP:
            gdb.execute("finish", to_string=True)
    return me, strayed, lines, through


me, strayed, lines, _ = walk("uthread next", 24)
print(f"next: thread={me} steps=24 strayed={strayed} lines={len(lines)}")
me, strayed, _, through = walk("uthread step", 130)
print(f"step: thread={me} steps=130 strayed={strayed} through={through}")

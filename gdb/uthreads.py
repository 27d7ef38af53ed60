# SPDX-License-Identifier: MIT
"""uthreads.py - user-level threads in gdb.

    (gdb) source gdb/uthreads.py          or start with gdb/utgdb PROGRAM
    (gdb) info uthreads
    (gdb) uthread 3
    (gdb) bt

Everything is in the package beside this file, gdb/threadbare; `help uthread`
lists what there is.
"""
import os
import sys

import gdb

HERE = os.path.dirname(os.path.abspath(os.path.expanduser(__file__)))
OLDEST = 12


def load():
    """Add the commands to this gdb, or say why not."""
    version = int("".join(c if c.isdigit() else " "
                          for c in gdb.VERSION).split()[0])
    if version < OLDEST:
        raise gdb.GdbError(f"uthreads.py needs gdb {OLDEST} or newer; this is "
                           f"gdb {gdb.VERSION}")
    if HERE not in sys.path:
        sys.path.insert(0, HERE)
    from threadbare import commands, stepping
    for room in commands, stepping:
        room.add_all()


load()

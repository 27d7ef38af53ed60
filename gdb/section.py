# SPDX-License-Identifier: MIT
# Runs when gdb opens a program that has this text in it, if its user allows
# that: see section.S. Loads uthreads.py from beside the program's own files,
# where it lies in the source, or where make install has put it.
import importlib
import os
import sys

import gdb


def load(above):
    """From the program's directory upwards, the first that has it."""
    while "threadbare" not in sys.modules:
        above, before = os.path.dirname(above), above
        if above == before:
            return
        for place in ("gdb", "share/threadbare/gdb"):
            room = os.path.join(above, place)
            if os.path.exists(os.path.join(room, "uthreads.py")):
                sys.path.insert(0, room)
                importlib.import_module("uthreads")
                return


load(os.path.realpath(gdb.current_objfile().filename))

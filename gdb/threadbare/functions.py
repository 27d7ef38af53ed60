# SPDX-License-Identifier: MIT
"""$uthread() and $uthread_name(): for conditions and for scripts."""
import gdb

from .program import program
from .selecting import selected


class UthreadId(gdb.Function):
    """The identifier of the user-level thread that is shown; 0 for none.
Usage: $uthread ()

For example: break put if $uthread() == 3"""

    def __init__(self):
        super().__init__("uthread")

    def invoke(self):
        thread = selected()
        return thread.id if thread else 0


class UthreadName(gdb.Function):
    """The name of a user-level thread; without an argument, of the one shown.
Usage: $uthread_name ([ID])

For example: break put if $_streq($uthread_name(), "reader")"""

    def __init__(self):
        super().__init__("uthread_name")

    def invoke(self, identifier=None):
        thread = (selected() if identifier is None
                  else program().table.thread(int(identifier)))
        return thread.name if thread else ""


def install():
    """Add both."""
    UthreadId()
    UthreadName()

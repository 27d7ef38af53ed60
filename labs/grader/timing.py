# SPDX-License-Identifier: MIT
"""Tests whose verdict is a ratio, and how they come to be alone.

Time says something only beside another time, taken by turns with it: a test
with {"ratio": {"most": 8, "rounds": 5}} runs the submission's program and the
reference's in pairs, and the median of the pairs' quotients may be so large.
What is measured is the time between the first word of a trace and its last, as
they arrive here: neither the sandbox's beginning nor a clock that a submission
could have set counts. If it is larger, it is tried again, for it is the machine's fault more
often than one thinks.

Nobody else who grades on this machine may run anything meanwhile. That is one
file's two bytes, and the kernel's locks on them, which a grader that is killed
gives back: the room, which tests of logic share and a test of time has alone,
and the gate before it, where whoever wants to be alone waits so that nobody
slips in any more.
"""
import contextlib
import fcntl
import os
import statistics
import tempfile

TRIES = 3
GATE, ROOM = 0, 1


class Machine:
    """The right to use this machine: `shared` or `alone`."""

    def __init__(self, path=None):
        self.path = path or os.path.join(
            tempfile.gettempdir(), f"threadbare-grade.{os.geteuid()}.lock")
        self.file = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC
                            | os.O_NOFOLLOW, 0o600)
        self.is_alone = False

    @contextlib.contextmanager
    def hold(self, how):
        """Through the gate, one at a time, into the room."""
        fcntl.lockf(self.file, fcntl.LOCK_EX, 1, GATE)
        try:
            fcntl.lockf(self.file, how, 1, ROOM)
        finally:
            fcntl.lockf(self.file, fcntl.LOCK_UN, 1, GATE)
        try:
            yield
        finally:
            fcntl.lockf(self.file, fcntl.LOCK_UN, 1, ROOM)

    def shared(self):
        """With all others who want no more; or alone, whoever is."""
        return contextlib.nullcontext() if self.is_alone else \
            self.hold(fcntl.LOCK_SH)

    @contextlib.contextmanager
    def alone(self):
        """With nobody else."""
        with self.hold(fcntl.LOCK_EX):
            self.is_alone = True
            try:
                yield
            finally:
                self.is_alone = False


def too_slow(pair, most, rounds):
    """Why the median of the quotients is too large, or None. `pair()` runs
    both and returns (submission's seconds, reference's)."""
    medians = []
    for _ in range(TRIES):
        quotients = [mine / max(theirs, 1e-6) for mine, theirs in
                     (pair() for _ in range(rounds))]
        medians.append(statistics.median(quotients))
        if medians[-1] <= most:
            return None
    words = ", ".join(f"{median:.1f}" for median in medians)
    return (f"it takes {min(medians):.1f} times as long as the reference, and "
            f"may take {most} times as long (medians of {rounds} pairs, each "
            f"tried alone: {words})")

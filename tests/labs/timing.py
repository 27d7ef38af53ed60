#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Tests of time: what is slow for a good reason keeps its points, what asks
the kernel at each switch does not; a disturbed machine costs nobody anything;
and whoever measures is alone. Prints TAP.
"""
import os
import pathlib
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time

sys.dont_write_bytecode = True
TOP = pathlib.Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(TOP / "labs"))

from grader import timing  # noqa: E402
from tap import no_labs, prove  # noqa: E402

BUILD = TOP / os.environ.get("BUILD", "build") / "labs"
SWITCH = "uthreads/context_x86_64.S"
PREDICTED = re.compile(r"        jne     1f\n        ret\n1:.*?jmp     \*%rcx\n",
                       re.S)
GUEST = """
import sys
sys.path.insert(0, sys.argv[1])
from grader import timing
with getattr(timing.Machine(sys.argv[2]), sys.argv[3])():
    print("in", flush=True)
    sys.stdin.readline()
"""


class Guest:
    """A process that wants the machine, and keeps it until it is let go."""

    def __init__(self, path, how):
        self.process = subprocess.Popen(
            [sys.executable, "-B", "-c", GUEST, TOP / "labs", path, how],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def is_in(self):
        """Waits until it is."""
        return self.process.stdout.readline() == "in\n"

    def waits(self):
        """Waits until it stands in the kernel's line for a lock, or is in."""
        word = f" {self.process.pid} "
        for _ in range(6000):
            with open("/proc/locks", encoding="ascii") as locks:
                if any("->" in line and word in line for line in locks):
                    return True
            time.sleep(0.01)
        return False

    def leave(self):
        self.process.communicate("\n")

    def kill(self):
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()


def alone(folder):
    """Two share; the third wants to be alone, and the fourth does not slip in
    before it."""
    path = f"{folder}/lock"
    first, second = Guest(path, "shared"), Guest(path, "shared")
    if not first.is_in() or not second.is_in():
        return "two cannot share"
    third = Guest(path, "alone")
    if not third.waits():
        return "one is alone, and two are there"
    fourth = Guest(path, "shared")
    if not fourth.waits():
        return "the fourth overtakes"
    first.leave()
    second.leave()
    if not third.is_in() or not fourth.waits():
        return "nobody is alone"
    third.kill()
    if not fourth.is_in():
        return "who is killed keeps the machine"
    fourth.leave()
    return None


def disturbed():
    """Slow in the first try, and as fast as the reference in the second."""
    times = iter([(9.0, 1.0)] * 5 + [(1.1, 1.0)] * 5)
    return timing.too_slow(lambda: next(times), 2, 5)


def outliers():
    """Two of five pairs met something else."""
    times = iter([(1.0, 1.0), (50.0, 1.0), (1.0, 1.0), (50.0, 1.0),
                  (1.0, 1.0)])
    return timing.too_slow(lambda: next(times), 2, 5)


def slow():
    said = timing.too_slow(lambda: (30.0, 10.0), 2, 5) or ""
    return "3.0 times as long as the reference" not in said and said


def grade(folder, change):
    """What is said of the reference with this change to its switch."""
    copy = pathlib.Path(folder) / change.__name__
    shutil.copytree(BUILD / "work/reference", copy)
    change(copy)
    return subprocess.run(
        [TOP / "labs/grade", "context", copy, "--test", "speed-asm"],
        check=False, capture_output=True, text=True).stdout


def textbook(copy):
    """A return, which the processor predicts wrongly each time."""
    text = (copy / SWITCH).read_text()
    changed, count = PREDICTED.subn("        ret\n", text)
    if count != 1:
        raise ValueError("the switch's end is not what it was")
    (copy / SWITCH).write_text(changed)


def mask(copy):
    subprocess.run(["patch", "-s", "-p1", "-d", copy, "-i", TOP /
                    "labs/02-context/mutants/mask-saved-each-time.patch"],
                   check=True)


def keeps(folder):
    said = grade(folder, textbook)
    return "Score: 4 of 4" not in said and said


def loses(folder):
    said = grade(folder, mask)
    return not re.search(r"LOST  speed-asm +0 of 4\n(.*\n)*.*times as long as "
                         r"the\s+reference", said) and said


def main():
    if no_labs(BUILD):
        return 0
    with tempfile.TemporaryDirectory() as folder:
        return prove([
            ("whoever measures is alone, and nobody overtakes",
             lambda: alone(folder)),
            ("what was slow once is tried again", disturbed),
            ("two disturbed pairs of five do not matter", outliers),
            ("what is slow each time is too slow, in so many words", slow),
            ("a textbook's switch, three times as slow, keeps its points",
             lambda: keeps(folder)),
            ("a switch that asks the kernel each time does not",
             lambda: loses(folder))])


if __name__ == "__main__":
    sys.exit(main())

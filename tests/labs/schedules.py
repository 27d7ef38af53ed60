#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Why the labs' tests are played by three strategies: a mistake that random
schedules practically never find, and PCT or depth-first do; and that the
schedule in which something broke can be played alone. Prints TAP.
"""
import os
import pathlib
import re
import shlex
import shutil
import subprocess
import sys
import tempfile

sys.dont_write_bytecode = True
TOP = pathlib.Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(TOP / "labs"))

from grader import box, grading, workshop  # noqa: E402
from maker import catalogue  # noqa: E402
from tap import no_labs, prove  # noqa: E402

BUILD = TOP / os.environ.get("BUILD", "build") / "labs"
LAB = catalogue.find_lab("sync")
SEEDS = range(1, 6)

# Mutant, test, schedules, and whether they find it.
FINDINGS = [
    ("count-cut-to-a-byte", "flood", {"random": 300}, False),
    ("count-cut-to-a-byte", "flood", {"pct": 10}, True),
    ("count-cut-to-a-byte", "flood", {"dfs": 10}, True),
    ("patience-of-a-hundred", "mutex", {"random": 600}, False),
    ("patience-of-a-hundred", "mutex", {"dfs": 60}, False),
    ("patience-of-a-hundred", "mutex", {"pct": 40}, True),
    ("lost-wake-up", "cond", {"random": 60}, True),
    ("lost-wake-up", "cond", {"dfs": 60}, True),
]


def plant(folder, mutant):
    """A submission with this mistake in it."""
    copy = pathlib.Path(folder) / mutant
    if not copy.exists():
        shutil.copytree(BUILD / "work/reference", copy)
        with open(LAB.folder / f"mutants/{mutant}.patch",
                  encoding="utf-8") as patch:
            subprocess.run(["patch", "-s", "-p1", "-d", copy], stdin=patch,
                           check=True)
    return copy


class Proof:
    """Mutants in a folder, and what finds them."""

    def __init__(self, folder):
        self.folder = folder
        self.rubric = LAB.rubric()
        self.grader = grading.Grader(
            LAB.title, BUILD / "kit" / LAB.title, self.rubric,
            box.Box(rubric=self.rubric))

    def found(self, mutant, name, schedules, wanted):
        """In each run, or in none."""
        test = next(t for t in self.rubric["tests"] if t["name"] == name)
        test = {**test, "schedules": schedules}
        with self.grader.box.workplace() as folder:
            shop = workshop.Workshop(self.grader.box, self.grader.kit,
                                     self.rubric, folder)
            program = shop.make(self.grader.take_in(
                plant(self.folder, mutant)), [test]) / name
            for seed in SEEDS:
                _, verdict = self.grader.play_once(test, program, seed)
                if bool(verdict.why) != wanted:
                    return f"seed {seed}: {verdict.why or 'not found'}"
        return None

    # ---- What a deduction says ----

    def grade(self, *options):
        done = subprocess.run([TOP / "labs/grade", *options], check=False,
                              capture_output=True, text=True)
        return done.stdout + done.stderr

    def replay(self):
        """It fails alone, in the same way, at its own beginning in gdb."""
        kept = pathlib.Path(self.folder) / "kept"
        first = self.grade("4", str(plant(self.folder, "lost-wake-up")),
                           "--test", "cond")
        again = re.search(r"Again: labs/grade (.* --schedule (\d+))\n", first)
        where = re.search(r"That was schedule (\d+) \((random|pct|dfs)\)",
                          first)
        if not again or not where or again[2] != where[1]:
            return f"names no schedule: {first}"
        second = self.grade(*shlex.split(again[1]), "--keep", str(kept))
        if f"schedule {where[1]} ({where[2]})" not in second:
            return f"the replay of {again[1]}: {second}"
        command = re.search(r"gdb (-ex 'break .*)", second)[1].replace(
            "DIR", str(kept))
        return self.in_gdb(command)

    @staticmethod
    def in_gdb(command):
        """Stopped where the schedule begins, and then there is the end."""
        if not shutil.which("gdb"):
            return None
        done = subprocess.run(
            ["timeout", "60", "gdb", "-nx", "-batch",
             *shlex.split(command)[:-1], "-ex", "continue",
             shlex.split(command)[-1]], capture_output=True, text=True,
            check=False)
        stopped = re.search(r"Breakpoint 1.*lab_chosen", done.stdout)
        after = done.stdout.partition("lab_chosen ()")[2] + done.stderr
        return None if stopped and "deadlock" in after else \
            done.stdout + done.stderr

    def alone(self):
        """A schedule of a right library that is played alone is right, and is
        the one that was asked for."""
        for number in (1, 61, 101):
            said = self.grade("4", str(BUILD / "work/reference"), "--test",
                              "mutex", "--seed", "5", "--schedule",
                              str(number))
            if "Score: 12 of 12" not in said:
                return said
        beyond = self.grade("4", str(BUILD / "work/reference"), "--test",
                            "mutex", "--seed", "5", "--schedule", "999")
        return "schedule 999 was not played" not in beyond and beyond

    def all(self):
        for mutant, name, schedules, wanted in FINDINGS:
            count = " ".join(f"{n} {s}" for s, n in schedules.items())
            yield (f"{mutant}: {count} schedules "
                   f"{'find' if wanted else 'do not find'} it",
                   lambda a=(mutant, name, schedules, wanted): self.found(*a))
        yield "a deduction's schedule fails again alone, and in gdb", \
            self.replay
        yield "one schedule can be asked for", self.alone
        yield "a schedule without its seed is an error", lambda: \
            "say --test and --seed" not in self.grade(
                "4", str(BUILD / "work/reference"), "--schedule", "3")


def main():
    if no_labs(BUILD):
        return 0
    with tempfile.TemporaryDirectory() as folder:
        return prove(Proof(folder).all())


if __name__ == "__main__":
    sys.exit(main())

#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Of each lab: the reference has every point, the starter the few it is known
for, and each mistake of mutants/*.patch loses the points of the test that is
named for it, in LAB_RUNS runs of LAB_RUNS (10), each on a scenario of its own.
Where tests are handed in, a mistake is a bad test, and has the score that it
names for itself.
Prints TAP. Names of labs as arguments: only those. LAB_PART: a share of the
mistakes of each (part.py).
"""
import os
import pathlib
import secrets
import shutil
import subprocess
import sys
import tempfile

sys.dont_write_bytecode = True
TOP = pathlib.Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(TOP / "labs"))

from grader import box, breaking, grading, submission, workshop  # noqa: E402
from maker import catalogue  # noqa: E402
from part import part  # noqa: E402
from tap import no_labs, prove  # noqa: E402

BUILD = TOP / os.environ.get("BUILD", "build") / "labs"
RUNS = int(os.environ.get("LAB_RUNS", "10"))


class Proof:
    """What is to be shown of one lab."""

    grader_class = grading.Grader
    ending = "patch"

    def __init__(self, lab):
        self.lab = lab
        self.rubric = lab.rubric()
        self.mutants = sorted((lab.folder / "mutants").glob(
            f"*.{self.ending}"))
        self.grader = self.grader_class(
            lab.title, BUILD / "kit" / lab.title, self.rubric,
            box.Box(rubric=self.rubric))

    def reference(self):
        """All points; else what was lost."""
        grade = self.grader.grade(BUILD / "work/reference")
        lost = [f"{r.name}: {r.verdict.why if r.verdict else '?'}"
                for r in grade.results if not r.passed]
        return grade.complaint or "; ".join(lost and grade.notes + lost)

    def starter(self):
        grade = self.grader.grade(BUILD / "starter" / self.lab.title)
        wanted = self.rubric["starter_score"]
        if grade.score != wanted:
            return f"{grade.score} points instead of {wanted}"
        return grade.complaint  # it does compile

    def mutant(self, patch):
        """Not all of its runs fail in the test that is named for it? Then
        what came of them."""
        name = patch.read_text().split("Loses: ")[1].split()[0]
        test = next(t for t in self.rubric["tests"] if t["name"] == name)
        self.grader.look_for_ring()
        with self.grader.box.workplace() as folder:
            copy = pathlib.Path(folder) / "mutant"
            shutil.copytree(BUILD / "work/reference", copy)
            done = subprocess.run(["patch", "-s", "-p1", "-d", copy],
                                  stdin=patch.open(), check=False,
                                  capture_output=True, text=True)
            if done.returncode != 0:
                return f"the patch does not fit: {done.stdout}"
            files = self.grader.take_in(copy)
            shop = workshop.Workshop(self.grader.box, self.grader.kit,
                                     self.rubric, folder)
            program = shop.make(files, [test]) / name
            for run in range(1, RUNS + 1):
                seed = 1 + secrets.randbelow(10**9)
                _, verdict = self.grader.run_test(test, program, seed)
                if not verdict.why:
                    return f"run {run} passes with seed {seed}"
        return None

    def promise(self, patch):
        """What is to be shown of a mutant, in words."""
        name = patch.read_text().split("Loses: ")[1].split()[0]
        return f"{patch.stem} loses {name}, {RUNS} runs of {RUNS}"

    def all(self):
        """(what is true, a function that returns what is wrong)"""
        title = self.lab.title
        worth = sum(test["points"] for test in self.rubric["tests"])
        yield f"{title}: its points are a hundred", lambda: worth != 100
        yield f"{title}: it has eight mutants or more", \
            lambda: len(self.mutants) < 8
        yield f"{title}: the reference has all points", self.reference
        yield f"{title}: the starter scores what is known", self.starter
        for patch in part(self.mutants):
            yield (f"{title}: {self.promise(patch)}",
                   lambda patch=patch: self.mutant(patch))


class BreakProof(Proof):
    """Of the lab in which tests are handed in. Its mutants are bad tests, of
    which each has the points that it deserves: mostly none."""

    grader_class = breaking.BreakGrader
    ending = "c"

    def promise(self, patch):
        return f"{patch.stem} scores {self.wanted(patch)}, {RUNS} runs"

    @staticmethod
    def wanted(patch):
        return int(patch.read_text().split("Scores: ")[1].split()[0])

    def mutant(self, patch):
        """Was there a run in which it had other points?"""
        for run in range(1, RUNS + 1):
            with self.grader.box.workplace() as folder:
                shutil.copy(patch, os.path.join(folder, "tests.c"))
                grade = self.grader.grade(folder)
                if grade.score != self.wanted(patch):
                    return f"run {run}: {grade.score}, {grade.notes}"
        return None


def proof_of(lab):
    """What a lab's mutants are depends on what is handed in."""
    kind = BreakProof if "break" in lab.rubric() else Proof
    return kind(lab)


def main():
    if no_labs(BUILD):
        return 0
    return prove((check for lab in catalogue.every_lab()
                  if lab.exists and "sheet" not in lab.rubric()
                  and (not sys.argv[1:] or lab.title in sys.argv)
                  for check in proof_of(lab).all()),
                 box.NoRing, (box.Infrastructure, submission.BadSubmission))


if __name__ == "__main__":
    sys.exit(main())

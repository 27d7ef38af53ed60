# SPDX-License-Identifier: MIT
"""Grading one submission: every test, each on its seeds, and the score."""
import os
import secrets
import shutil
import time

from . import flags, judge, loading, schedules, timing
from .box import Infrastructure, Limits, NoRing
from .play import challenge
from .submission import BadSubmission, take_in, wanted
from .workshop import Workshop


class TestResult:
    """A test of the rubric, and what its runs proved."""

    def __init__(self, test):
        self.name = test["name"]
        self.invariant = test["invariant"]
        self.worth = test["points"]
        self.points = 0
        self.public = bool(test.get("public"))
        self.verdict = None  # of the run that failed, or None
        self.seed = None     # of that run
        self.schedule = None  # of that run: (number, strategy)
        self.commands = []   # of a sheet's question: what was to be run
        self.seconds = 0.0

    @property
    def passed(self):
        return self.points == self.worth


class Grade:
    """The whole of it."""

    def __init__(self, title, rubric, submission):
        self.title = title
        self.name = rubric["title"]
        self.submission = str(submission)
        self.complaint = None  # why nothing could be run, if nothing could
        self.notes = []        # what is to be said of the whole besides
        self.results = [TestResult(test) for test in rubric["tests"]]
        self.seconds = 0.0

    @property
    def score(self):
        return sum(result.points for result in self.results)

    @property
    def worth(self):
        return sum(result.worth for result in self.results)


class Wrong(Exception):
    """A run that is wrong, however long it takes."""


class Grader:
    """A lab, and a sandbox to try submissions to it in."""

    def __init__(self, title, kit, rubric, box, cc="gcc"):
        self.title = title
        self.kit = kit
        self.rubric = rubric
        self.box = box
        self.cc = cc
        self.papers = {}  # of the submission in hand: {name: bytes}

    def limits(self, test):
        """The lab's, with what the test has of its own."""
        return Limits(**{**self.rubric["limits"], **test.get("limits", {})})

    def take_in(self, submission):
        """The submission's sources; its papers are kept for the judge."""
        files = take_in(submission, wanted(self.rubric))
        self.papers = {name: files.pop(name)
                       for name in self.rubric.get("papers", [])}
        return files

    def model(self, test):
        kind = "public" if test.get("public") else "hidden"
        return judge.load_model(self.kit / "tests" / kind / "model.py")

    def surroundings(self):
        """What a program has beside it, and what it is told."""
        told = flags.environment(self.rubric)
        if not self.rubric.get("dynamic") or self.box.unsafe:
            return [], told
        return loading.mounts(self.cc), {**told, **loading.ENVIRONMENT}

    def play_once(self, test, program, seed, only=None):
        """One run in the sandbox, and the verdict on it."""
        nonce = secrets.randbits(64)
        where = str(program) if self.box.unsafe else "/program"
        beside, told = self.surroundings()
        record = self.box.run(
            [where], self.limits(test), mounts=[(program, "/program"), *beside],
            challenge=challenge(nonce, seed, test, only), environment=told)
        verdict = judge.judge(self.model(test), flags.scenario(test), nonce,
                              seed, record, self.papers.get(test.get("paper")),
                              schedules.Asked(test.get("schedules"), only))
        return record, verdict

    def look_for_ring(self):
        """Raises NoRing if this lab needs io_uring and cannot have it: then
        no submission is to blame."""
        if not self.rubric.get("io_uring"):
            return
        ring = self.kit / "ring"
        record = self.box.run([str(ring) if self.box.unsafe else "/ring"],
                              Limits(**self.rubric["limits"]),
                              mounts=[(ring, "/ring")])
        if record.status != 0:
            why = record.output.decode("utf-8", "replace").strip()
            raise NoRing(f"this lab needs io_uring, and has none here: {why}")

    def compare_once(self, test, program, seed):
        """A program beside the reference's, by turns. A verdict that is not
        about time comes first."""
        verdicts = []

        def pair():
            with self.box.machine.alone():  # others may go between pairs
                reference, right = self.play_once(
                    test, self.kit / "reference" / test["name"], seed)
                record, verdict = self.play_once(test, program, seed)
            if right.why:
                raise Infrastructure(f"{test['name']} of the reference fails "
                                     f"here: {right.why}")
            verdicts.append((record, verdict))
            if verdict.why:
                raise Wrong
            return record.span, reference.span

        try:
            why = timing.too_slow(pair, **test["ratio"])
        except Wrong:
            return verdicts[-1]
        record, verdict = verdicts[-1]
        return record, judge.Verdict(why, verdict.events) if why else verdict

    def run_test(self, test, program, seed, only=None):
        """One run of a test, by the rules of its kind: a record, a verdict."""
        if "ratio" in test:
            return self.compare_once(test, program, seed)
        return self.play_once(test, program, seed, only)

    def try_test(self, test, result, programs, seed, only=None):
        """All runs of a test: it has its points if each was right."""
        for _ in range(1 if seed else test.get("runs", 1)):
            drawn = seed or 1 + secrets.randbelow(10**9)
            record, verdict = self.run_test(test, programs / test["name"],
                                            drawn, only)
            result.seconds += record.seconds
            if verdict.why:
                result.verdict, result.seed = verdict, drawn
                result.schedule = schedules.where(verdict.events, verdict.at)
                return
        result.points = result.worth

    def grade(self, submission, only=None, seed=None, keep=None,
              schedule=None):
        """A submission's Grade. Raises Infrastructure if there is none."""
        grade = Grade(self.title, self.rubric, submission)
        begin = time.monotonic()
        self.look_for_ring()
        tests = [test for test in self.rubric["tests"]
                 if only in (None, test["name"])]
        if only:
            grade.results = [r for r in grade.results if r.name == only]
        with self.box.workplace() as folder:
            try:
                files = self.take_in(submission)
                shop = Workshop(self.box, self.kit, self.rubric, folder,
                                self.cc)
                programs = shop.make(files, tests)
                for test, result in zip(tests, grade.results):
                    self.try_test(test, result, programs, seed, schedule)
                if keep:
                    keep_programs(programs, keep, challenge(
                        0, seed or 1, tests[0] if only else {}, schedule))
            except BadSubmission as bad:
                grade.complaint = str(bad)
        grade.seconds = time.monotonic() - begin
        return grade


def keep_programs(programs, keep, told):
    """For a debugger: the programs, and a challenge to begin them with."""
    os.makedirs(keep, exist_ok=True)
    for program in programs.iterdir():
        shutil.copy(program, keep)
    with open(os.path.join(keep, "challenge"), "wb") as file:
        file.write(told)

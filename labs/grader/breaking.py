# SPDX-License-Identifier: MIT
"""Grading tests by what they find: the lab in which students break the library.

Each mutant is worth its points if a test of theirs fails on it and passes on
the reference. That a test tells the two apart by what they *do* is not taken on
trust. The reference comes in several builds, by a compiler with other options
each, in another order, and is linked again and again with padding of random
sizes; each mutant has builds of its own. So addresses, sizes and code differ
between two references as much as between a reference and a mutant, and whoever
goes by them, or by chance, fails on some reference. Then the test is void: it
counts nothing at all. A mutant is killed if the test fails in all of its
builds, each with another seed, and passes on the reference in between.
"""
import random
import secrets
import shlex
import time

from . import flags, trial
from .box import Limits
from .grading import Grade, Grader, keep_programs
from .judge import Verdict
from .play import challenge
from .submission import BadSubmission
from .trace import BadTrace
from .workshop import Workshop

NAMES_MOST = 60  # letters of a test's name that are shown
CHANCE = random.SystemRandom()


class BreakShop(Workshop):
    """Links one object with tests to many libraries. Without symbols, among
    which the linker puts the names of the files, which tell who is a mutant;
    but with them if the programs are kept, for whoever debugs them."""

    def __init__(self, keep, *args):
        super().__init__(*args)
        self.symbols = [] if keep else ["-Wl,--strip-all"]
        self.pads = sorted((self.kit / "pads").iterdir())

    def link_command(self, made, programs, build):
        """Padding before and behind, so that nothing lies where it did."""
        name, library = build
        objects = [f"{self.place(made)}/{flags.object_name(file)}"
                   for file in self.rubric["files"]]
        parts = [*map(self.place, self.harness()),
                 f"{self.place(self.kit / 'builds')}/{library}"]
        CHANCE.shuffle(parts)
        before, behind = (f"{self.place(self.kit / 'pads')}/"
                          f"{CHANCE.choice(self.pads).name}" for _ in "12")
        return [self.cc, before, *objects, *parts, behind,
                *flags.link(self.rubric), *self.symbols, "-o",
                f"{self.place(programs)}/{name}"]

    def libraries(self):
        return [self.kit / "builds", self.kit / "pads"]

    def build(self, made, subject, folder, links):
        """So many programs with one subject: the reference, or a mutant."""
        libraries = sorted(path.name for path in
                           (self.kit / "builds").glob(f"{subject}@*.o"))
        builds = [(f"{subject}.{i}", libraries[i % len(libraries)])
                  for i in range(links or len(libraries))]
        self.link_all(made, folder, builds)
        return [folder / name for name, _ in builds]


class Trial:
    """One test of the submission: is it good, and what does it kill?"""

    def __init__(self, grader, number, name, references):
        self.grader = grader
        self.number = number
        self.name = name[:NAMES_MOST]
        self.references = references
        self.void = None  # why it counts nothing
        self.kills = []

    def passes(self, program):
        return self.grader.play_test(program, self.number).passed

    def look_at_reference(self, program):
        outcome = self.grader.play_test(program, self.number)
        if not outcome.passed:
            self.void = "it fails on the reference: " + outcome.why

    def prove(self):
        """It has to pass on every reference."""
        for program in self.references:
            if not self.void:
                self.look_at_reference(program)

    def kills_one(self, programs):
        """Does it fail on a mutant in all builds, and only there?"""
        first, *others = CHANCE.sample(programs, len(programs))
        if self.passes(first):
            return False
        rounds = [(program, False) for program in others] + \
            [(CHANCE.choice(self.references), True) for _ in programs]
        CHANCE.shuffle(rounds)
        for program, is_reference in rounds:
            if is_reference:
                self.look_at_reference(program)
                if self.void:
                    return False
            elif self.passes(program):
                return False
        return True

    def hunt(self, mutants):
        """Try all that are left; a void test has killed nobody."""
        for name, programs in mutants.items():
            if not self.void and self.kills_one(programs):
                self.kills.append(name)
        if self.void:
            self.kills = []

    def words(self):
        """A line for the report."""
        if self.void:
            return f"{self.name}: void, {self.void}"
        return f"{self.name}: good, {len(self.kills)} killed"


class BreakGrader(Grader):
    """A lab, and a sandbox to try tests in."""

    seed = None  # of every run, if one was asked for

    def play_test(self, program, number):
        """One run of one test; number None: list them."""
        nonce = secrets.randbits(64)
        where = str(program) if self.box.unsafe else "/program"
        seed = self.seed or 1 + secrets.randbelow(10**9)
        record = self.box.run(
            [where] + ([] if number is None else [str(number)]),
            Limits(**self.rubric["limits"]), mounts=[(program, "/program")],
            challenge=challenge(nonce, seed, {}),
            environment=flags.environment(self.rubric))
        return trial.names(record, nonce) if number is None else \
            trial.outcome(record, nonce)

    def trials(self, references):
        """The submission's tests, by their own account."""
        most = self.rubric["break"]["tests"]
        try:
            names = self.play_test(references[0], None)
        except BadTrace as bad:
            raise BadSubmission(f"the tests cannot be listed: {bad}") \
                from None
        if not 0 < len(names) <= most:
            raise BadSubmission(f"there are {len(names)} tests; hand in 1 to "
                                f"{most}")
        return [Trial(self, number, name, references)
                for number, name in enumerate(names)]

    def judge(self, shop, files, wanted):
        """All trials, after every test has had its hunt."""
        made = shop.prepare(files)
        folder = shop.fresh("programs")
        references = shop.build(made, "reference", folder,
                                self.rubric["break"]["links"])
        trials = self.trials(references)
        for one in trials:
            one.prove()
        if any(not one.void for one in trials):
            alive = {name: shop.build(made, name, folder, None)
                     for name in wanted}
            for one in trials:
                one.hunt(alive)
                for name in one.kills:
                    del alive[name]
        return trials

    def grade(self, submission, only=None, seed=None, keep=None,
              schedule=None):
        """A submission's Grade: a mutant is a line of it. There are no
        schedules in it."""
        grade = Grade(self.title, self.rubric, submission)
        begin = time.monotonic()
        if only:
            grade.results = [r for r in grade.results if r.name == only]
        self.seed = seed
        with self.box.workplace() as folder:
            try:
                shop = BreakShop(keep, self.box, self.kit, self.rubric,
                                 folder, self.cc)
                trials = self.judge(shop, self.take_in(submission),
                                    [result.name for result in grade.results])
                self.count(grade, trials)
                if keep:
                    keep_programs(shop.folder / "programs", keep,
                                  challenge(0, seed or 1, {}))
            except BadSubmission as bad:
                grade.complaint = str(bad)
        grade.seconds = time.monotonic() - begin
        return grade

    @staticmethod
    def count(grade, trials):
        """Who was killed, and what is to be said of each test."""
        killed = {name for one in trials for name in one.kills}
        good = sum(not one.void for one in trials)
        grade.notes = [one.words() for one in trials]
        again = f"labs/grade {grade.title} {shlex.quote(grade.submission)}"
        for result in grade.results:
            if result.name in killed:
                result.points = result.worth
            else:
                result.verdict = Verdict(
                    f"a mutant for which this does not hold gets past your "
                    f"{good} good tests")
                result.commands = [f"{again} --test {result.name}"]

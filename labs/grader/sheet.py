# SPDX-License-Identifier: MIT
"""Grading a sheet of answers: nothing of the student's is run.

What a run prints for this student's numbers is found out by running the
reference's own programs; what differs from run to run must only keep within
wide bounds. A question has its points if it is answered in full, what was
measured is what can be measured, the reason is the true one, and whoever had
predicted something else says what was learned.
"""
import os
import shlex
import subprocess
import time

from . import form
from .box import Infrastructure
from .grading import Grade
from .judge import Verdict
from .submission import BadSubmission, take_in

RUN_MOST = 60  # s; an experiment takes less than one
LEARNED_LEAST = 3  # words


def run(kit, command):
    """What one of our own programs prints: 'NAME=VALUE ... build/PROGRAM ...',
    as it stands in the sheet."""
    words = shlex.split(command)
    settings = dict(word.split("=", 1) for word in words
                    if "=" in word.split("/")[0])
    program, *args = words[len(settings):]
    try:
        done = subprocess.run(
            [kit / program, *args], env={**os.environ, **settings}, text=True,
            capture_output=True, timeout=RUN_MOST, check=True)
    except (OSError, subprocess.SubprocessError) as error:
        raise Infrastructure(f"an experiment does not run: {error}") from None
    return done.stdout


class SheetGrader:
    """A lab that asks questions."""

    def __init__(self, title, kit, rubric):
        self.title = title
        self.kit = kit
        self.rubric = rubric
        self.questions = form.load(kit / "tests/questions.py",
                                   "questions").QUESTIONS
        self.key = form.load(kit / "tests/key.py", "key")
        self.printed = {}  # by each command: run once

    def draw(self, student):
        return form.draw(self.questions, student, self.rubric["term"])

    def measure(self, drawn):
        """What is to be seen with these numbers, as a student writes it."""
        for command in drawn.commands():
            if command not in self.printed:
                self.printed[command] = run(self.kit, command)
        return self.key.KEYS[drawn.name].measure(
            [self.printed[command] for command in drawn.commands()])

    # ---- A right sheet, or one with a mistake in it ----

    def solve(self, student, mistaken=None):
        """The sheet of somebody who knows the theory and has run everything;
        but believes what `mistaken` has as its belief, and so did not look."""
        drawn, answers = self.draw(student), {}
        for one in drawn:
            key = self.key.KEYS[one.name]
            answers[one.name] = {
                "predict": key.theory(one.params),
                "because": one.letter_of(key.reason),
                "measure": self.measure(one),
                "learned": "an order that is drawn cannot be predicted"
                if one.name == "seed" else ""}
            if one.name == mistaken:
                belief = key.wrong(one.params)
                answers[one.name].update(predict=belief, measure=belief)
        return form.write(f"{self.title}: {self.rubric['title']}", student,
                          drawn, answers)

    # ---- To judge ----

    def holds(self, drawn, kind, text):
        """Is this what can be measured?"""
        given = form.value(kind, text)
        if ratio := self.key.RATIOS.get(drawn.name):
            return ratio(drawn.params, given)
        return given == form.value(kind, self.measure(drawn))

    def fault(self, drawn, answers):
        """What is wrong with the answer to this question, or None."""
        if why := form.complete(drawn, answers):
            return why
        given, kind = answers[drawn.name], drawn.question.kind
        if not self.holds(drawn, kind, given["measure"]):
            return (f"'measure' is {given['measure'][:60]!r}: with the numbers "
                    "of this sheet that does not come out")
        reason = self.key.KEYS[drawn.name].reason
        if given["because"].lower() != drawn.letter_of(reason):
            return f"'because' is {given['because']!r}: that is not so"
        if not self.holds(drawn, kind, given["predict"]) and \
                form.words_in(given.get("learned", "")) < LEARNED_LEAST:
            return ("what was predicted is not what was measured, and "
                    "'learned' does not say in a few words why")
        return None

    def read(self, submission, student):
        """The answers of a sheet that is this student's."""
        name = self.rubric["sheet"]
        data = take_in(submission, [name])[name]
        try:
            owner, answers = form.read(
                data, [question.name for question in self.questions])
            if form.clean_name(owner) != form.clean_name(student):
                raise form.BadForm(f"this is the sheet of {owner[:40]!r}, and "
                                   f"it was handed in by {student[:40]!r}")
        except form.BadForm as bad:
            raise BadSubmission(f"{name}: {bad}") from None
        return answers

    def grade(self, submission, student, only=None):
        """A sheet's Grade."""
        grade = Grade(self.title, self.rubric, submission)
        begin = time.monotonic()
        drawn = {one.name: one for one in self.draw(student)}
        grade.results = [result for result in grade.results
                         if only in (None, result.name)]
        try:
            answers = self.read(submission, student)
            for result in grade.results:
                why = self.fault(drawn[result.name], answers)
                result.points = 0 if why else result.worth
                result.verdict = Verdict(why) if why else None
                result.commands = drawn[result.name].commands()
        except BadSubmission as bad:
            grade.complaint = str(bad)
        grade.seconds = time.monotonic() - begin
        return grade

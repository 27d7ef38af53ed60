#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Lab 1: a sheet that is filled in by theory and by runs has every point, each
mistake loses its own question and no other, a neighbour's sheet is worth next
to nothing, and whatever is handed in instead of a sheet is met with words.
LAB_RUNS (10) students each. Prints TAP.
"""
import os
import pathlib
import re
import subprocess
import sys
import tempfile

sys.dont_write_bytecode = True
TOP = pathlib.Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(TOP / "labs"))

from grader import form, sheet  # noqa: E402
from maker import catalogue  # noqa: E402
from tap import no_labs, prove  # noqa: E402

BUILD = TOP / os.environ.get("BUILD", "build") / "labs"
RUNS = int(os.environ.get("LAB_RUNS", "10"))
CLASS = [f"student {number}" for number in range(RUNS)]
LAB = catalogue.find_lab("observe")
NESTED = b'{"sheet": ' + b"[" * 100000
NUMBERS = ("NaN NaN NaN", "inf 1 1", "1e9 1 1", "-1 1 1", "9" * 390, "1 1",
           "١ ١ ١", "0x10 1 1", "__import__('os') 1 1")

# What is handed in, and what is said to it.
HOSTILE = {
    "nothing": (b"", "is empty"),
    "blank lines": (b"\n\n \n", "is empty"),
    "no sheet": (b"I was ill.\n", "line 1 is not part of a sheet"),
    "JSON": (b'{"yield": "ABC"}\n', "line 1 is not part of a sheet"),
    "JSON that nests a hundred thousand deep": (NESTED, "none longer than"),
    "JSON that is not a number": (b"NaN\n", "line 1 is not part of a sheet"),
    "a program": (b"\x7fELF\0\0\0", "is not text"),
    "bytes that are no text": (b"sheet: \xff\xfe\n", "not text in UTF-8"),
    "a hundred megabytes": (None, "more than [0-9]+ are not read"),
    "ten thousand lines": (b"\n" * 10000 + b"x", "no more than"),
    "a sheet of nobody": (b"sheet:\n", "is no student's name"),
    "a sheet without a name": (b"== yield ==\n", "no line 'sheet: NAME'"),
    "a question twice": (b"sheet: student 0\n== yield ==\n== yield ==\n",
                         "line 3: 'yield' is there twice"),
    "a question that there is not": (b"sheet: student 0\n== ../../etc ==\n",
                                     "line 2 is not part of a sheet"),
    "an answer twice": (b"sheet: student 0\n== yield ==\npredict: A\n"
                        b"predict: B\n", "line 4 is not part of a sheet"),
    "a terminal's escape": (b"sheet: \x1b[2J\n", "is no student's name"),
}


class Proof:
    """What is to be shown of the lab."""

    def __init__(self, folder):
        self.folder = pathlib.Path(folder)
        self.grader = sheet.SheetGrader(LAB.title, BUILD / "kit" / LAB.title,
                                        LAB.rubric())
        self.names = [question.name for question in self.grader.questions]
        self.right = {}

    def solved(self, student):
        """The right sheet of a student; found out once."""
        if student not in self.right:
            self.right[student] = self.grader.solve(student)
        return self.right[student]

    def hand_in(self, text, student, name="answers.txt"):
        """What comes of it."""
        self.folder.joinpath(name).write_bytes(
            text if isinstance(text, bytes) else text.encode())
        return self.grader.grade(self.folder, student)

    @staticmethod
    def lost(grade):
        """What it has not got, in words; "" if all is there."""
        lost = [f"{result.name}: {result.verdict.why}"
                for result in grade.results if not result.passed]
        return grade.complaint or "; ".join(lost)

    def answer(self, question, **fields):
        """The first student's sheet with other answers to one question."""
        before, after = self.solved(CLASS[0]).split(f"== {question} ==")
        for field, answer in fields.items():
            after = re.sub(f"^{field}:.*", lambda _, f=field, a=answer:
                           f"{f}: {a}", after, count=1, flags=re.M)
        return self.hand_in(f"{before}== {question} =={after}", CLASS[0])

    # ---- Right sheets ----

    def reference(self):
        for student in CLASS:
            if wrong := self.lost(self.hand_in(self.solved(student),
                                               student)):
                return f"{student}: {wrong}"
        return self.lost(self.grader.grade(BUILD / "work/reference",
                                           "reference"))

    def theory(self):
        """Nothing but the drawn order is left to the run."""
        for student in CLASS:
            for one in self.grader.draw(student):
                predicted = self.grader.key.KEYS[one.name].theory(one.params)
                if one.name != "seed" and not self.grader.holds(
                        one, one.question.kind, predicted):
                    return f"{student}, {one.name}: {predicted}"
        return None

    def starter(self):
        empty = form.write("", CLASS[0], self.grader.draw(CLASS[0]))
        grade = self.hand_in(empty, CLASS[0])
        wanted = self.grader.rubric["starter_score"]
        return grade.complaint or (grade.score != wanted and
                                   f"{grade.score} instead of {wanted}")

    # ---- Mistakes ----

    def mistake(self, question):
        for student in CLASS:
            grade = self.hand_in(self.grader.solve(student, question),
                                 student)
            lost = [r.name for r in grade.results if not r.passed]
            if grade.complaint or lost != [question]:
                return f"{student} lost {lost or grade.complaint}"
        return None

    def reason(self):
        """Each letter but one loses."""
        good = [letter for letter in "abcd" if
                not self.lost(self.answer("yield", because=letter))]
        return len(good) != 1 and f"the letters {good} are right"

    def unlearned(self):
        lost = self.lost(self.answer("buffer", predict="3"))
        return "'learned' does not say" not in lost and lost or None

    def learned(self):
        return self.lost(self.answer(
            "buffer", predict="3", learned="it fills the buffer each time"))

    def numbers(self):
        for answer in NUMBERS:
            lost = self.lost(self.answer("stall", measure=answer))
            if "is not 3 numbers" not in lost:
                return f"{answer!r}: {lost or 'passes'}"
        return None

    # ---- Other people's ----

    def neighbour(self):
        """Handed in under one's own name: what is right by chance?"""
        scores = []
        for mine, theirs in zip(CLASS, CLASS[1:] + CLASS[:1]):
            copied = self.solved(theirs).replace(f"sheet: {theirs}",
                                                 f"sheet: {mine}")
            scores.append(self.hand_in(copied, mine).score)
        return max(scores) > 20 and f"scores: {scores}"

    def named(self):
        said = self.hand_in(self.solved("kim"), "lee").complaint or ""
        return "sheet of 'kim', and it was handed in by 'lee'" not in said \
            and said

    def hostile(self, data, pattern):
        if data is None:
            data = b"A" * 100_000_000
        said = self.hand_in(data, CLASS[0]).complaint or "nothing"
        self.folder.joinpath("answers.txt").unlink()
        return not re.search(pattern, said) and said

    # ---- The command ----

    def command(self, wanted, *options):
        """An archive that is named after its author; an exit status."""
        (self.folder / "answers.txt").write_text(self.solved("kim"))
        archive = self.folder / "kim.tar.gz"
        subprocess.run(["tar", "czf", archive, "-C", self.folder,
                        "answers.txt"], check=True)
        done = subprocess.run([TOP / "labs/grade", "1", archive, *options],
                              capture_output=True, text=True, check=False)
        return done.returncode != wanted and done.stdout + done.stderr

    def all(self):
        """(what is true, a function that returns what is wrong)"""
        yield "its points are a hundred", \
            lambda: sum(t["points"] for t in LAB.rubric()["tests"]) != 100
        yield "its questions are those of lab.json", lambda: self.names != [
            t["name"] for t in LAB.rubric()["tests"]]
        yield "theory predicts what the programs do", self.theory
        yield "a right sheet has all points", self.reference
        yield "an empty one scores what is known", self.starter
        for name in self.names:
            belief = self.grader.key.KEYS[name].belief
            yield (f"'{belief}' loses {name}, and nothing else",
                   lambda name=name: self.mistake(name))
        yield "one reason is true", self.reason
        yield "a wrong prediction loses where nothing was learned", \
            self.unlearned
        yield "and costs nothing where something was", self.learned
        yield "what is not a number is none", self.numbers
        yield "a neighbour's answers are worth little", self.neighbour
        yield "and under the neighbour's name nothing", self.named
        for name, (data, pattern) in HOSTILE.items():
            yield (f"{name}: the answer is clear",
                   lambda d=data, p=pattern: self.hostile(d, p))
        yield "an archive's name says whose it is", lambda: self.command(0)
        yield "--student does so before it", \
            lambda: self.command(1, "--student", "lee")
        yield "a name that is none is status 2", \
            lambda: self.command(2, "--student", " ")
        yield "a seed is status 2", lambda: self.command(2, "--seed", "1")


def main():
    if no_labs(BUILD):
        return 0
    with tempfile.TemporaryDirectory() as folder:
        return prove(Proof(folder).all())


if __name__ == "__main__":
    sys.exit(main())

# SPDX-License-Identifier: MIT
"""A sheet of questions: how it is drawn, written out, filled in, and read.

Each student has a sheet of their own: the numbers in it are drawn from their
name. A question of the lab's questions.py has

    name, kind       kind: "letters", "circle", or "numbers N"
    draw(random)     its parameters
    commands(p)      what to run, one string each
    ask(p)           the question, in words
    reasons          which of them is true is for the grader to know

and is answered with a prediction, a measurement, the letter of a reason, and,
if the prediction was wrong, what was learned. Sheets are plain text; whatever
is handed in instead is met with a sentence, not with a traceback.
"""
import hashlib
import importlib.util
import re
import textwrap

from .world import Random

FIELDS = ("predict", "measure", "because", "learned")
LINES_MOST, LINE_MOST = 2000, 400
TITLE = re.compile(r"== ([a-z-]+) ==")
ENTRY = re.compile(r"(\w+):[ \t]*(.*)")
NUMBER = re.compile(r"[0-9]{1,9}(\.[0-9]{1,6})?")

HEAD = """\
The sheet of {student}. The numbers in it are yours: your neighbour has
others, and other right answers.

Write behind the colons. First every "predict", before you run anything;
then run what stands there and write down what you saw behind "measure";
then the letter of the reason that is true behind "because". Where you
predicted something else than you saw, say in a few words behind "learned"
what you had believed, and what is so. `./check` looks whether the sheet is
complete, not whether it is right.
"""


class BadForm(Exception):
    """It is not a sheet, or an answer not of the kind that was asked for."""


def load(path, name):
    """A lab's module of questions, or of what is true."""
    spec = importlib.util.spec_from_file_location(name, path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


class Drawn:
    """A question as one student has it."""

    def __init__(self, question, seed):
        random = Random(seed)
        self.question = question
        self.name = question.name
        self.params = question.draw(random)
        self.order = list(range(len(question.reasons)))
        for left in range(len(self.order), 1, -1):
            at = random.below(left)
            self.order[at], self.order[left - 1] = \
                self.order[left - 1], self.order[at]

    def commands(self):
        return self.question.commands(self.params)

    def letter_of(self, reason):
        """The letter that this reason has here."""
        return "abcdefgh"[self.order.index(reason)]

    def text(self, answers):
        """Its part of a sheet; `answers`: what to fill in."""
        lines = [f"== {self.name} =="]
        for paragraph in self.question.ask(self.params):
            lines += textwrap.wrap(paragraph, 78)
        lines += [f"    {command}" for command in self.commands()]
        for letter, reason in zip("abcdefgh", self.order):
            lines += textwrap.wrap(
                self.question.reasons[reason], 78,
                initial_indent=f"  {letter}) ", subsequent_indent="     ")
        return [lines[0], *(f"# {line}" for line in lines[1:]),
                *(f"{field}: {answers.get(field, '')}".rstrip()
                  for field in FIELDS), ""]


def clean_name(student):
    """As it is compared: Ann and ann are one."""
    name = " ".join(student.split()).lower()
    if not name or len(name) > 100 or not name.isprintable():
        raise BadForm(f"{student[:40]!r} is no student's name")
    return name


def draw(questions, student, term):
    """Every question, as this student has it in this term."""
    def seed(name):
        words = f"{term}\0{clean_name(student)}\0{name}".encode()
        return int.from_bytes(hashlib.sha256(words).digest()[:8], "big")
    return [Drawn(question, seed(question.name)) for question in questions]


def write(title, student, drawn, answers=None):
    """The text of a sheet, empty or with {question: {field: answer}}."""
    lines = [title, ""] + HEAD.format(student=student).splitlines()
    text = [f"# {line}".rstrip() for line in lines]
    text += ["", f"sheet: {student}", ""]
    for one in drawn:
        text += one.text((answers or {}).get(one.name, {}))
    return "\n".join(text)


def lines_of(data):
    """What was handed in, as lines."""
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        raise BadForm("the sheet is not text in UTF-8") from None
    lines = text.splitlines()
    if len(lines) > LINES_MOST or max(map(len, lines), default=0) > LINE_MOST:
        raise BadForm(f"a sheet has no more than {LINES_MOST} lines, and none "
                      f"longer than {LINE_MOST} characters")
    return lines


def read(data, names):
    """Whose sheet it says it is, and {question: {field: answer}}."""
    owner, answers, current = None, {}, None
    for number, line in enumerate(lines_of(data), 1):
        line = line.strip()
        if not line or line.startswith("#"):
            continue
        if match := TITLE.fullmatch(line):
            current = match[1]
            if current not in names or current in answers:
                raise BadForm(f"line {number}: '{current}' is " + (
                    "there twice" if current in answers else "no question"))
            answers[current] = {}
        elif (match := ENTRY.fullmatch(line)) and match[1] == "sheet" and \
                owner is None and current is None:
            owner = match[2]
        elif match and current and match[1] in FIELDS and \
                match[1] not in answers[current]:
            answers[current][match[1]] = match[2]
        else:
            raise BadForm(f"line {number} is not part of a sheet: "
                          f"{line[:40]!r}")
    if owner is None:
        raise BadForm("there is no line 'sheet: NAME': begin with a sheet "
                      "that was made for you")
    return owner, answers


def value(kind, text):
    """An answer of this kind, or BadForm: what it should be."""
    word, _, count = kind.partition(" ")
    if word == "numbers":
        numbers = text.replace(",", " ").split()
        if len(numbers) != int(count) or \
                not all(map(NUMBER.fullmatch, numbers)):
            raise BadForm(f"{text[:40]!r} is not "
                          + ("a number" if count == "1" else
                             f"{count} numbers with spaces between"))
        return [float(number) for number in numbers]
    letters = re.sub(r"[\s,>-]", "", text).upper()
    if not re.fullmatch("[A-Z]+", letters):
        raise BadForm(f"{text[:40]!r} is not a row of letters")
    if word == "circle":  # may begin anywhere
        at = letters.index(min(letters))
        letters = letters[at:] + letters[:at]
    return letters


def complete(drawn, answers):
    """Why this question is not answered in full, whatever is right; or None.
    """
    given = answers.get(drawn.name, {})
    for field in FIELDS[:3]:
        if not given.get(field):
            return f"'{field}' is not written yet"
    kind = drawn.question.kind
    try:
        value(kind, given["predict"])
        value(kind, given["measure"])
    except BadForm as bad:
        return str(bad)
    if given["because"].lower() not in "abcdefgh"[:len(drawn.order)] or \
            len(given["because"]) != 1:
        return f"'because' is not one of the letters: {given['because'][:40]!r}"
    return None


def words_in(text):
    """How many words there are that could be a sentence's."""
    return len(re.findall(r"[^\W\d_]{2,}", text))

#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Whatever a trace or a paper says, the judge answers: of every test of every
lab, no nonsense passes, and none makes an exception that nobody has meant.
Prints TAP."""
import pathlib
import random
import sys

sys.dont_write_bytecode = True
TOP = pathlib.Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(TOP / "labs"))

from grader import flags, judge, schedules, trace  # noqa: E402
from grader.play import Record  # noqa: E402
from maker import catalogue  # noqa: E402
from tap import prove  # noqa: E402

TRIES = 40
NONCE = 7
NUMBERS = ["0", "1", "-1", "7", "1e999", "nan", "99999999999999999999", "x",
           "0x", "", "9" * 5000, "\u0663", "%s", "1,2", "a=b", "="]
PAPERS = ["", "{}", "[]", "null", "[" * 100000, '{"user": 1e999}', "NaN",
          '{"user": {"create": "x"}}', "\x00", "9" * 5000]


def known_words(folder):
    """The words that the lab's programs say: their format strings, roughly."""
    text = "".join(path.read_text() for path in folder.rglob("tests/*/*.c"))
    parts = text.split('"')[1::2]
    return [part.replace("\\n", "") for part in parts if part.strip()]


def nonsense(draw, words):
    """A trace of right form that says anything."""
    lines = [f"threadbare-trace {NONCE:x}"]
    events = draw.randrange(1, 30)
    for number in range(1, events + 1):
        said = draw.choice(words)
        while "%" in said:
            head, _, tail = said.partition("%")
            said = head + draw.choice(NUMBERS[:-4]) + tail[1:].lstrip("lzudx")
        said = " ".join(said.split()) or "x"
        lines.append(f"{number} {draw.randrange(-3, 9)} {said}")
    text = ("\n".join(lines) + "\n").encode("ascii", "replace")
    return text + b"end %d %x\n" % (events, trace.checksum(text, NONCE))


def verdict_on(model, test, draw, words):
    """What the judge says to one of them; None: that all is well."""
    record = Record()
    record.trace, record.status = nonsense(draw, words), 0
    paper = draw.choice(PAPERS).encode() if test.get("paper") else None
    return judge.judge(
        model, flags.scenario(test), NONCE, draw.randrange(1, 10**9), record,
        paper, schedules.Asked(test.get("schedules"), None)).why


def fault(lab, test):
    """What is wrong with the judge of this test, or None."""
    kind = "public" if test.get("public") else "hidden"
    model = judge.load_model(lab.folder / "tests" / kind / "model.py")
    words = known_words(lab.folder) + ["x %d %s %x", "1 2 3", "a=%d b=%s"]
    draw = random.Random(f"{lab.title} {test['name']}")
    for number in range(TRIES):
        try:
            if verdict_on(model, test, draw, words) is None:
                return f"nonsense {number} passes"
        except Exception as error:  # pylint: disable=broad-except
            return f"nonsense {number}: {type(error).__name__}: {error}"
    return None


def tests_with_models():
    """Of all labs; a sheet's and a student's own tests have no model."""
    for lab in catalogue.every_lab():
        if lab.exists and list(lab.folder.glob("tests/*/model.py")):
            for test in lab.rubric()["tests"]:
                yield lab, test


def main():
    return prove((f"{lab.title}: {test['name']} has a verdict on any trace",
                  lambda lab=lab, test=test: fault(lab, test))
                 for lab, test in tests_with_models())


if __name__ == "__main__":
    sys.exit(main())

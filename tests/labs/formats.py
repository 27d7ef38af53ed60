#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Each format of labs/grade has the fields that its system publishes, of the
right types, and no others. Prints TAP.

    Gradescope      gradescope-autograders.readthedocs.io, specs
    Classroom       github.com/classroom-resources, autograding-grading-reporter
    PrairieLearn    docs.prairielearn.com, external grading
    JUnit           the elements and attributes that CI systems share
"""
import json
import pathlib
import sys
import xml.etree.ElementTree as xml

sys.dont_write_bytecode = True
TOP = pathlib.Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(TOP / "labs"))

from grader import formats, grading, judge, trace  # noqa: E402

NUMBER = (int, float)
VISIBLE = ("visible", "hidden", "after_due_date", "after_published")
GRADESCOPE = {"score": NUMBER, "execution_time": NUMBER, "output": str,
              "output_format": str, "visibility": VISIBLE,
              "stdout_visibility": VISIBLE, "tests": list}
GRADESCOPE_TEST = {"score": NUMBER, "max_score": NUMBER,
                   "status": ("passed", "failed"), "name": str,
                   "number": str, "output": str,
                   "output_format": ("text", "html", "simple_format", "md",
                                     "ansi"), "visibility": VISIBLE}
CLASSROOM = {"version": int, "status": ("pass", "fail", "error"),
             "max_score": NUMBER, "tests": list}
CLASSROOM_TEST = {"name": str, "status": ("pass", "fail", "error"),
                  "score": NUMBER, "message": str, "test_code": str,
                  "filename": str, "line_no": int, "execution_time": str}
PRAIRIELEARN = {"gradable": bool, "score": NUMBER, "message": str,
                "output": str, "tests": list}
PRAIRIELEARN_TEST = {"name": str, "description": str, "points": NUMBER,
                     "max_points": NUMBER, "message": str, "output": str}
JUNIT = {"testsuites": {"tests", "failures", "errors", "time"},
         "testsuite": {"name", "tests", "failures", "errors", "skipped",
                       "time"},
         "testcase": {"classname", "name", "time"},
         "failure": {"type", "message"}}


def sample(lost):
    """A grade with one test passed and one failed, and words that are hard to
    quote; or of a submission that did not compile."""
    rubric = {"title": "A lab", "tests": [
        {"name": "good", "points": 60, "invariant": "good holds"},
        {"name": "bad", "points": 40, "invariant": "a < b && \"c\""}]}
    grade = grading.Grade("03-lifecycle", rubric, "here & 'there'")
    if lost:
        grade.complaint = "it does not compile: <stdin>:\x1b[1m & \"x\" ]]>"
        return grade
    good, bad = grade.results
    good.points = 60
    bad.seed = 7
    bad.verdict = judge.Verdict("event 1 is '<\x00\ud800>'",
                                [trace.Event(1, 0, "a & b")], 1)
    return grade


def fits(data, fields):
    """Are these all the fields, and nothing else?"""
    assert set(data) == set(fields), set(data) ^ set(fields)
    for name, kind in fields.items():
        if isinstance(kind, tuple) and isinstance(kind[0], str):
            assert data[name] in kind, (name, data[name])
        else:
            assert isinstance(data[name], kind), (name, data[name])


def look_at_gradescope(grade, text):
    data = json.loads(text)
    fits(data, GRADESCOPE)
    for test in data["tests"]:
        fits(test, GRADESCOPE_TEST)
    assert data["score"] == sum(t["score"] for t in data["tests"])
    assert data["score"] == grade.score


def look_at_classroom(grade, text):
    data = json.loads(text)
    fits(data, CLASSROOM)
    for test in data["tests"]:
        fits(test, CLASSROOM_TEST)
    assert data["status"] == "fail" and data["max_score"] == grade.worth


def look_at_prairielearn(grade, text):
    data = json.loads(text)
    fits(data, PRAIRIELEARN)
    for test in data["tests"]:
        fits(test, PRAIRIELEARN_TEST)
    assert 0 <= data["score"] <= 1
    assert data["score"] == grade.score / grade.worth


def look_at_junit(grade, text):
    root = xml.fromstring(text.split("\n", 1)[1])
    assert root.tag == "testsuites"
    for element in root.iter():
        assert set(element.attrib) == JUNIT[element.tag], element.tag
    failures = len(list(root.iter("failure")))
    assert failures == int(root.get("failures")) > 0
    assert len(list(root.iter("testcase"))) == len(grade.results)


def look_at_tap(grade, text):
    lines = text.splitlines()
    assert lines[:2] == ["TAP version 13", f"1..{len(grade.results)}"]
    lost = [line for line in lines if line.startswith("not ok ")]
    good = [line for line in lines if line.startswith("ok ")]
    assert len(lost) + len(good) == len(grade.results) and lost
    assert lines.count("  ---") == lines.count("  ...") == len(lost)


def look_at_json(grade, text):
    data = json.loads(text)
    assert data["score"] == grade.score
    assert [t["points"] for t in data["tests"]] == \
        [r.points for r in grade.results]


def look_at_text(grade, text):
    assert f"Score: {grade.score} of 100" in text
    assert "\x1b" not in text and "\x00" not in text


def main():
    names = sorted(formats.FORMATS)
    print(f"1..{len(names) * 2}")
    failures = number = 0
    for name in names:
        for lost in (False, True):
            number += 1
            grade = sample(lost)
            try:
                text = formats.FORMATS[name][0](grade)
                text.encode("utf-8")
                globals()[f"look_at_{name}"](grade, text)
                word = "ok"
            except (AssertionError, ValueError, KeyError,
                    xml.ParseError) as error:
                word, failures = "not ok", failures + 1
                print(f"# {type(error).__name__}: {error}")
            what = "that could not be tested" if lost else "with a lost test"
            print(f"{word} {number} - {name}: a grade {what} has its fields")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())

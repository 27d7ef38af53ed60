#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Each format of labs/grade is what its system publishes: schemas/ has that as
data, with every field, its type, which are required, and the words that it may
have. That the schemas refuse what is wrong is shown too. Prints TAP.

    Gradescope, Classroom, PrairieLearn     schemas/*.json, by jsonschema
    JUnit                                   schemas/junit.xsd, by xmllint
    TAP                                     its lines, and the YAML in them
"""
import json
import pathlib
import re
import shutil
import subprocess
import sys
import xml.etree.ElementTree as xml

try:
    import jsonschema
    import yaml
except ImportError:
    jsonschema = None

sys.dont_write_bytecode = True
TOP = pathlib.Path(__file__).resolve().parent.parent.parent
SCHEMAS = TOP / "tests/labs/schemas"
sys.path.insert(0, str(TOP / "labs"))

from grader import formats, grading, judge, trace  # noqa: E402
from tap import prove  # noqa: E402

# What each schema must refuse: where, and what stands there then (... : it is
# taken away).
WRONG = {
    "gradescope": [
        (["score"], "44"), (["visibility"], "never"), (["grade"], 1),
        (["tests", 0, "status"], "ok"), (["tests", 0, "number"], 1),
        (["tests", 0, "points"], 1), (["tests", 0, "output_format"], "bold"),
        (["execution_time"], -1)],
    "classroom": [
        (["version"], 2), (["status"], "passed"), (["max_score"], ...),
        (["tests", 0, "status"], "failed"), (["tests", 0, "score"], "60"),
        (["tests", 0, "execution_time"], 0.5), (["tests", 0, "line_no"], ...)],
    "prairielearn": [
        (["score"], 60), (["gradable"], "yes"), (["gradable"], False),
        (["score"], ...), (["tests", 0, "max_points"], ...),
        (["tests", 0, "points"], "60"), (["tests", 0, "status"], "pass")],
    "junit": [
        ('failures="1"', 'failures="one"'), ('tests="2"', ""),
        ('classname="03-lifecycle"', ""), ("testcase", "test"),
        ('type="points"', ""), ('time="', 'time="about ')],
    "tap": [
        ("TAP version 13", "TAP version thirteen"), ("1..2", "1..3"),
        ("ok 1 -", "ok 2 -"), ("  ...", ""), ("message: |2", "message |2"),
        ("    event", "  event")],
}


class Skip(Exception):
    """It cannot be shown here."""


class Wrong(Exception):
    """It is not what is published."""


def sample(lost):
    """A grade with one test passed and one failed, and words that are hard to
    quote; or of a submission that did not compile."""
    rubric = {"title": "A lab", "tests": [
        {"name": "good", "points": 60, "invariant": "good holds"},
        {"name": "bad", "points": 40, "invariant": "a < b && \"c\""}]}
    grade = grading.Grade("03-lifecycle", rubric, "here & 'there'")
    if lost:
        grade.complaint = "   does not compile: <x>:\x1b[1m & \"x\" ]]>\n: - #"
        return grade
    good, bad = grade.results
    good.points = 60
    bad.seed = 7
    bad.verdict = judge.Verdict("event 1 is '<\x00\ud800>'",
                                [trace.Event(1, 0, "a & b")], 1)
    return grade


def fits(data, name):
    """Raises Wrong if this is not what the schema describes."""
    if not jsonschema:
        raise Skip("no python3-jsonschema or python3-yaml: scripts/deps labs")
    schema = json.loads((SCHEMAS / f"{name}.json").read_text())
    jsonschema.Draft7Validator.check_schema(schema)
    for error in jsonschema.Draft7Validator(schema).iter_errors(data):
        raise Wrong(f"{list(error.absolute_path)}: {error.message}")


def must(condition, why):
    if not condition:
        raise Wrong(why)


def look_at_gradescope(grade, text):
    data = json.loads(text)
    fits(data, "gradescope")
    must(data["score"] == grade.score ==
         sum(test["score"] for test in data["tests"]), "the sum is wrong")


def look_at_classroom(grade, text):
    data = json.loads(text)
    fits(data, "classroom")
    must(data["status"] == "fail" and data["max_score"] == grade.worth and
         sum(test["score"] for test in data["tests"]) == grade.score,
         "what the reporter adds up is wrong")


def look_at_prairielearn(grade, text):
    data = json.loads(text)
    fits(data, "prairielearn")
    must(data["score"] == grade.score / grade.worth, "the score is wrong")
    must(data["gradable"] == (grade.complaint is None), "is it gradable?")


def look_at_junit(grade, text):
    if not shutil.which("xmllint"):
        raise Skip("no xmllint: scripts/deps labs")
    done = subprocess.run(
        ["xmllint", "--noout", "--nonet", "--schema", SCHEMAS / "junit.xsd",
         "-"], input=text.encode(), stderr=subprocess.PIPE, check=False)
    must(done.returncode == 0, done.stderr.decode())
    root = xml.fromstring(text.split("\n", 1)[1])
    for of in (root, root.find("testsuite")):
        must(int(of.get("tests")) == len(list(root.iter("testcase"))) ==
             len(grade.results), "tests are not counted right")
        must(int(of.get("failures")) == len(list(root.iter("failure"))) ==
             sum(not result.passed for result in grade.results),
             "failures are not counted right")


def read_yaml(block):
    try:
        return yaml.safe_load("\n".join(block))
    except yaml.YAMLError as error:
        raise Wrong(f"no YAML: {error}") from None


def look_at_tap(grade, text):
    """TAP 13: version, plan, and the tests in order, each with one YAML block
    at most, between `  ---` and `  ...`."""
    if not jsonschema:
        raise Skip("no python3-jsonschema or python3-yaml: scripts/deps labs")
    version, plan, *lines = text.splitlines()
    must(version == "TAP version 13", "the version is wrong")
    must(plan == f"1..{len(grade.results)}", "the plan is wrong")
    for number, result in enumerate(grade.results, 1):
        word = "ok" if result.passed else "not ok"
        must(lines and re.fullmatch(rf"{word} {number} - [^#]+",
                                    lines.pop(0)), f"no test {number}")
        if lines and lines[0] == "  ---":
            must("  ..." in lines, "a block has no end")
            end = lines.index("  ...")
            fits(read_yaml(lines[1:end]), "tap")
            del lines[:end + 1]
    must(not lines, f"what is {lines[:1]}?")


def look_at_json(grade, text):
    data = json.loads(text)
    must(data["score"] == grade.score, "the score is wrong")
    must([test["points"] for test in data["tests"]] ==
         [result.points for result in grade.results], "points are wrong")


def look_at_text(grade, text):
    must(f"Score: {grade.score} of 100" in text, "the score is not there")
    must("\x1b" not in text and "\x00" not in text, "it moves the cursor")


def spoil(text, wrong):
    """The text with one thing in it that must not be."""
    place, thing = wrong
    if isinstance(place, str):
        assert place in text, place
        return text.replace(place, thing, 1)
    data = json.loads(text)
    at = data
    for step in place[:-1]:
        at = at[step]
    if thing is ...:
        del at[place[-1]]
    else:
        at[place[-1]] = thing
    return json.dumps(data)


def refuses(name, wrong):
    """Does the check of this format see what is wrong? Then None."""
    grade = sample(False)
    text = spoil(formats.FORMATS[name][0](grade), wrong)
    try:
        globals()[f"look_at_{name}"](grade, text)
    except (Wrong, xml.ParseError):
        return None
    return f"{wrong} is not seen"


def accepts(name, lost):
    """Is this format of such a grade as it must be? Then None."""
    grade = sample(lost)
    text = formats.FORMATS[name][0](grade)
    text.encode("utf-8")
    try:
        globals()[f"look_at_{name}"](grade, text)
    except (Wrong, ValueError, KeyError, xml.ParseError) as error:
        return f"{type(error).__name__}: {error}"
    return None


def checks():
    """(what is true, a function that returns what is wrong)"""
    for name in sorted(formats.FORMATS):
        yield (f"{name}: a grade with a lost test is as published",
               lambda name=name: accepts(name, False))
        yield (f"{name}: so is one of what could not be tested",
               lambda name=name: accepts(name, True))
        for at, wrong in enumerate(WRONG.get(name, []), 1):
            yield (f"{name}: mistake {at} of {len(WRONG[name])} is seen",
                   lambda name=name, wrong=wrong: refuses(name, wrong))


def main():
    return prove(checks(), Skip)


if __name__ == "__main__":
    sys.exit(main())

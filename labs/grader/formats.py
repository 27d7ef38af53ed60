# SPDX-License-Identifier: MIT
"""A grade as other people's systems want it: one function a format, from a
Grade to text. Fields are those that each system publishes, no others."""
import json
import textwrap
import xml.etree.ElementTree as xml

from . import report
from .report import clean


def words(grade, result):
    """What there is to say of a test."""
    said = textwrap.dedent("\n".join(report.explain(grade, result)))
    return clean(said) or f"What was shown: {result.invariant}."


def dump(data):
    return json.dumps(data, indent=2) + "\n"


def as_gradescope(grade):
    """Gradescope's /autograder/results/results.json."""
    return dump({
        "score": grade.score,
        "execution_time": max(1, round(grade.seconds)),
        "output": clean(grade.complaint or "\n".join(grade.notes)),
        "output_format": "text",
        "visibility": "visible",
        "stdout_visibility": "hidden",
        "tests": [{
            "name": result.name,
            "number": str(number),
            "score": result.points,
            "max_score": result.worth,
            "status": "passed" if result.passed else "failed",
            "output": words(grade, result),
            "output_format": "text",
            "visibility": "visible",
        } for number, result in enumerate(grade.results, 1)]})


def as_classroom(grade):
    """GitHub Classroom: the result of an autograding runner, before base64."""
    passed = all(result.passed for result in grade.results)
    return dump({
        "version": 1,
        "status": "pass" if passed else "fail",
        "max_score": grade.worth,
        "tests": [{
            "name": result.name,
            "status": "pass" if result.passed else "fail",
            "score": result.points,
            "message": "" if result.passed else words(grade, result),
            "test_code": "" if result.seed is None else
                         report.replay(grade, result),
            "filename": "",
            "line_no": 0,
            "execution_time": f"{result.seconds:.3f}s",
        } for result in grade.results]})


def as_prairielearn(grade):
    """PrairieLearn's /grade/results/results.json; the score is 0 to 1. What
    could not be tested is not gradable there, and costs no attempt."""
    result = {
        "gradable": not grade.complaint,
        "score": grade.score / grade.worth if grade.worth else 0,
        "message": clean(grade.complaint or "\n".join(grade.notes)),
        "output": report.text(grade),
        "tests": [{
            "name": result.name,
            "description": result.invariant,
            "points": result.points,
            "max_points": result.worth,
            "message": "" if result.passed else "points were lost",
            "output": words(grade, result),
        } for result in grade.results]}
    if grade.complaint:
        result["format_errors"] = [clean(grade.complaint)]
    return dump(result)


def as_junit(grade):
    """JUnit's XML, as CI systems read it."""
    lost = sum(not result.passed for result in grade.results)
    counts = {"tests": str(len(grade.results)), "failures": str(lost),
              "errors": "0", "time": f"{grade.seconds:.3f}"}
    root = xml.Element("testsuites", counts)
    suite = xml.SubElement(root, "testsuite", name=grade.title, skipped="0",
                           **counts)
    for result in grade.results:
        case = xml.SubElement(suite, "testcase", classname=grade.title,
                              name=result.name, time=f"{result.seconds:.3f}")
        if not result.passed:
            xml.SubElement(case, "failure", type="points",
                           message=f"{result.points} of {result.worth}"
                           ).text = words(grade, result)
    xml.indent(root)
    return ('<?xml version="1.0" encoding="UTF-8"?>\n'
            + xml.tostring(root, encoding="unicode") + "\n")


def as_tap(grade):
    """The Test Anything Protocol, version 13. The 2 says how far the text is
    indented, whatever it begins with."""
    lines = ["TAP version 13", f"1..{len(grade.results)}"]
    for number, result in enumerate(grade.results, 1):
        word = "ok" if result.passed else "not ok"
        lines.append(f"{word} {number} - {result.name} "
                     f"({result.points} of {result.worth})")
        if not result.passed:
            lines += ["  ---", "  message: |2"]
            lines += [f"    {line}" for line in
                      words(grade, result).splitlines()]
            lines.append("  ...")
    return "\n".join(lines) + "\n"


def as_json(grade):
    """Everything, plainly."""
    return dump({
        "lab": grade.title, "submission": grade.submission,
        "score": grade.score, "max_score": grade.worth,
        "seconds": round(grade.seconds, 3), "complaint": grade.complaint,
        "notes": grade.notes,
        "tests": [{
            "name": result.name, "invariant": result.invariant,
            "points": result.points, "max_points": result.worth,
            "public": result.public, "seed": result.seed,
            "why": result.verdict.why if result.verdict else None,
            "events": [list(event) for event in result.verdict.events[-12:]]
            if result.verdict else [],
            "seconds": round(result.seconds, 3),
        } for result in grade.results]})


# Name: (function, name of the file).
FORMATS = {
    "text": (report.text, "report.txt"),
    "gradescope": (as_gradescope, "results.json"),
    "classroom": (as_classroom, "results.json"),
    "prairielearn": (as_prairielearn, "results.json"),
    "junit": (as_junit, "results.xml"),
    "tap": (as_tap, "results.tap"),
    "json": (as_json, "results.json"),
}

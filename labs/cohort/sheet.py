# SPDX-License-Identifier: MIT
"""The CSV of a class: a line for each submission, and what has changed since
an earlier one."""
import csv
import io

from .entries import write_whole


def earlier_scores(path):
    """{name: score} of an earlier run's CSV."""
    if not path:
        return {}
    with open(path, newline="", encoding="utf-8") as file:
        lines = csv.DictReader(file)
        try:
            if not {"submission", "score"} <= set(lines.fieldnames or ()):
                raise ValueError
            return {line["submission"]: float(line["score"])
                    for line in lines if line["score"]}
        except ValueError:
            raise ValueError(f"{path} is not a scores.csv of an earlier run") \
                from None


def line_of(entry, tests, before):
    """Score, difference, complaint, points; a submission that could not be
    graded has no score, which is not a score of 0."""
    if not entry.is_graded():
        return [entry.name, "", "", "", "not graded"]
    result = entry.result()
    score, difference = result["score"], ""
    if entry.name in before:
        difference = f"{score - before[entry.name]:+g}"
    points = {test["name"]: test["points"] for test in result["tests"]}
    return [entry.name, score, result["max_score"], difference,
            (result["complaint"] or "").split("\n")[0],
            *(points.get(name, "") for name in tests)]


def write(path, entries, tests, before):
    """The whole sheet."""
    text = io.StringIO()
    sheet = csv.writer(text)
    sheet.writerow(["submission", "score", "max_score", "difference",
                    "complaint", *tests])
    for entry in entries:
        sheet.writerow(line_of(entry, tests, before))
    write_whole(path, text.getvalue())

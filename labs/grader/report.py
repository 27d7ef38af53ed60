# SPDX-License-Identifier: MIT
"""A grade in words: every deduction with what did not hold, the last events,
and how to see it again."""
import shlex
import textwrap

from . import lanes


def clean(text):
    """Without what a terminal or a file format would take amiss, whoever
    printed it."""
    return "".join(c if c.isprintable() or c in "\t\n" else "?"
                   for c in text)


def fill(text, indent="      "):
    """Wrapped to 80 columns, line by line."""
    return [part for line in clean(text).splitlines()
            for part in textwrap.wrap(line, 80 - len(indent),
                                      initial_indent=indent,
                                      subsequent_indent=indent)]


def replay(grade, result):
    """What to type to see a failure again."""
    again = (f"labs/grade {grade.title} {shlex.quote(grade.submission)} "
             f"--test {result.name} --seed {result.seed}")
    return again + (f" --schedule {result.schedule[0]}" if result.schedule
                    else "")


def gdb(result, folder):
    """How to begin its program in a debugger, where that schedule begins."""
    stop = "-ex 'break lab_chosen' " if result.schedule else ""
    return f"gdb {stop}-ex 'run <{folder}/challenge' {folder}/{result.name}"


def explain(grade, result):
    """Why a test has no points: lines of text."""
    if grade.complaint:
        return fill(grade.complaint)
    if result.passed or not result.verdict:
        return []
    lines = fill(f"What must hold: {result.invariant}.")
    lines += fill(result.verdict.why)
    if result.schedule:
        lines += fill("That was schedule {} ({}).".format(*result.schedule))
    drawn = lanes.draw(result.verdict.events, result.verdict.at)
    if drawn:
        lines += ["      The last events:"]
        lines += ["      " + line for line in drawn]
    if result.commands:
        return lines + [f"      Again: {line}" for line in result.commands]
    again = replay(grade, result)
    lines += [f"      Again: {again}",
              f"      gdb:   {again} --keep DIR",
              f"             {gdb(result, 'DIR')}"]
    return lines


def text(grade):
    """The whole report."""
    lines = [f"{grade.title}: {grade.name}", ""]
    if grade.complaint:
        lines += ["Nothing could be tested:"] + fill(grade.complaint) + [""]
    if grade.notes:
        lines += ["What was handed in:"] + \
            [part for note in grade.notes for part in fill(note)] + [""]
    for result in grade.results:
        word = "ok  " if result.passed else "LOST"
        lines.append(f"{word}  {result.name:<20} "
                     f"{result.points:>3} of {result.worth}")
        if not grade.complaint:
            lines += explain(grade, result)
    lines += ["", f"Score: {grade.score} of {grade.worth}"]
    return clean("\n".join(lines)) + "\n"

#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Type a session of a page again, and compare what gdb answers.

    session.py PAGE N       the N-th block that begins with `$ gdb/utgdb`

What differs from run to run is taken out of both first. Exits with 1 if a line
of the page is not among those that gdb answers to the same command; shows it.
"""
import os
import re
import subprocess
import sys
import tempfile

CHANGES = (  # from run to run, or from one compiler to the other
    (r"0x[0-9a-f]+", "ADDRESS"),
    (r"\b[\d.]+ (ns|us|ms|s|m|h)\b", "TIME"),
    (r"\b(process|LWP) \d+", r"\1 N"),
    (r"(\.[chS]):\d+|^\d+\t", r"\1 LINE "),
    (r"\s+", " "))


def blocks(page):
    """The sessions: (program, [(command, lines of the answer)])."""
    with open(page, encoding="utf-8") as file:
        found = re.findall(r"^```\n(\$ gdb/utgdb .*?)^```$", file.read(),
                           re.MULTILINE | re.DOTALL)
    for text in found:
        first, *rest = text.splitlines()
        commands = []
        for line in rest:
            if line.startswith("(gdb) "):
                commands.append((line[6:], []))
            else:
                commands[-1][1].append(line)
        yield first.split()[-1], commands


def plain(line):
    """Without what changes."""
    for pattern, word in CHANGES:
        line = re.sub(pattern, word, line)
    return line.strip()


def answers(program, commands, directory):
    """What gdb says to each of the commands."""
    program = re.sub(r"^build\b", os.environ.get("BUILD", "build"), program)
    arguments = ["gdb/utgdb", "-nx", "-q", "--batch",
                 "-iex", "set debuginfod enabled off", "-iex", "set width 80",
                 "-iex", "set confirm off",
                 "-iex", "set print thread-events off"]
    for command, _ in commands:
        arguments += ["-ex", r"echo \n@@\n",
                      "-ex", command.replace("/tmp/", directory + "/")]
    out = subprocess.run(arguments + [program], stdin=subprocess.DEVNULL,
                         stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                         text=True, timeout=100, check=False).stdout
    return [part.replace(directory + "/", "/tmp/").splitlines()
            for part in out.split("\n@@\n")[1:]]


def main(page, number):
    """Compare; the exit status."""
    program, commands = list(blocks(page))[number - 1]
    with tempfile.TemporaryDirectory() as directory:
        said = answers(program, commands, directory)
    wrong = 0
    for (command, printed), lines in zip(commands, said):
        have = {plain(line) for line in lines}
        for line in printed:
            if plain(line) not in have:
                wrong += 1
                print(f"(gdb) {command}\npage: {line}")
                print("".join(f"gdb:  {said}\n" for said in lines), end="")
    return wrong != 0 or len(said) != len(commands)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], int(sys.argv[2])))

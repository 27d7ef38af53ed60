# SPDX-License-Identifier: MIT
"""The Makefile of a starter, written out in full so that it can be read."""
from grader import flags

HEAD = """\
# {title}
#
#   make         compile what is yours, and the public tests
#   make test    run them, and have their traces judged
#   make clean

CC     ?= gcc
CFLAGS ?=
FLAGS   = {compile} \\
          {warnings} \\
          {rooms} $(CFLAGS)
LINK    = {link}

all: {programs}

test: all
\t@./check

clean:
\trm -rf build

build/%.o: %.c
\t@mkdir -p $(@D)
\t$(CC) $(FLAGS) -c $< -o $@

build/%.o: %.S
\t@mkdir -p $(@D)
\t$(CC) $(FLAGS) -c $< -o $@

.PHONY: all test clean
.SECONDARY:
HARNESS = build/harness/lab.o build/harness/stacks.o
"""

RULE = """
build/{name}: build/tests/{program}.o $(HARNESS) \\
    {objects}
\t$(CC) $^ library.a $(LINK) -o $@
"""


def makefile(lab, rubric):
    """The text of it."""
    names = [test["name"] for test in rubric["tests"]]
    text = HEAD.format(
        title=f"{lab.title}: {rubric['title']}",
        compile=" ".join(flags.COMPILE), warnings=" ".join(flags.WARNINGS),
        rooms=" ".join(flags.rooms("")),
        link=" ".join(flags.link(rubric["wrap"])),
        programs=" ".join(f"build/{name}" for name in names))
    for test in rubric["tests"]:
        files = flags.variants(rubric)[test.get("variant", "")]
        text += RULE.format(
            name=test["name"], program=flags.program(test),
            objects=" ".join(f"build/{name.rsplit('.', 1)[0]}.o"
                             for name in files))
    return text

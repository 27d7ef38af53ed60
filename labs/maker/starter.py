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
{own}
build/%.o: %.S
\t@mkdir -p $(@D)
\t$(CC) $(FLAGS) -c $< -o $@

.PHONY: all test clean
.SECONDARY:
HARNESS = {harness}
"""

OWN = """
# What is the library's has a section of its own, so that a tick can tell.
build/uthreads/%.o: uthreads/%.c
\t@mkdir -p $(@D)
\t$(CC) $(FLAGS) -c $< -o $@
\tobjcopy {options} $@
"""

RULE = """
build/{name}: build/tests/{program}.o $(HARNESS) \\
    {objects}
\t$(CC) $^ {library} $(LINK) -o $@
"""


RING = """
build/ring: build/harness/ring.o
\t$(CC) $^ $(LINK) -o $@
"""


def makefile(lab, rubric):
    """The text of it."""
    names = [test["name"] for test in rubric["tests"]]
    if rubric.get("io_uring"):
        names.append("ring")
    text = HEAD.format(
        own=OWN.format(options=" \\\n\t    ".join(flags.own_section(rubric)))
        if flags.own_section(rubric) else "",
        title=f"{lab.title}: {rubric['title']}",
        compile=" ".join(flags.COMPILE), warnings=" ".join(flags.WARNINGS),
        rooms=" ".join(flags.rooms("", rubric)),
        harness=" ".join(f"build/harness/{name}.o"
                         for name in flags.harness(rubric)),
        link=" ".join(flags.link(rubric)),
        programs=" ".join(f"build/{name}" for name in names))
    for test in rubric["tests"]:
        variant = test.get("variant", "")
        files = flags.variants(rubric)[variant]
        text += RULE.format(
            name=test["name"], program=flags.program(test),
            library=flags.library(rubric, variant),
            objects=" ".join(f"build/{name.rsplit('.', 1)[0]}.o"
                             for name in files))
    return text + (RING if rubric.get("io_uring") else "")

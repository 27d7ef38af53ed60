# SPDX-License-Identifier: MIT
"""Make what is handed out of a lab that asks questions: the experiments as
source, two libraries to link them with, and a tool that draws one's sheet.

The kit has the same experiments as programs, and what is true.
"""
import shutil

from grader import flags
from grader.sheet import SheetGrader

from .catalogue import LABS
from .pack import Packer, PackError, fresh, run

MODELS = {"user": "uthreads", "kernel": "kthreads"}

MAKEFILE = """\
# {title}
#
#   make         each experiment twice: with user-level threads (-user) and
#                with kernel threads (-kernel)
#   make test    is your sheet complete?
#   make clean

CC     ?= gcc
CFLAGS ?=
FLAGS   = {compile} \\
          {warnings} \\
          -iquote include -iquote experiments $(CFLAGS)

all: {programs}

test: all
\t@./check

clean:
\trm -rf build

build/%.o: experiments/%.c experiments/experiment.h
\t@mkdir -p $(@D)
\t$(CC) $(FLAGS) -c $< -o $@

build/%-user: build/%.o
\t$(CC) $< lib/user.a -pthread -o $@

build/%-kernel: build/%.o
\t$(CC) $< lib/kernel.a -pthread -o $@

.PHONY: all test clean
.SECONDARY:
"""


class SheetPacker(Packer):
    """The making of such a lab. No function is cut, so that nothing of a
    solution need be looked for but the key."""

    def __init__(self, lab, build, cc, objects):
        super().__init__(lab, build, cc, objects)
        self.experiments = sorted((lab.folder / "experiments").glob("*.c"))

    def copy_libraries(self, to):
        for model, room in MODELS.items():
            self.make_library(to / f"{model}.a", self.objects_of(
                flags.shown({"room": room})))

    def make_kit(self):
        kit = fresh(self.kit)
        self.copy_libraries(kit / "lib")
        (kit / "tests").mkdir()
        shutil.copy(self.lab.folder / "tests/public/questions.py",
                    kit / "tests")
        shutil.copy(self.lab.folder / "tests/hidden/key.py", kit / "tests")
        shutil.copy(self.lab.folder / "lab.json", kit)
        (kit / "build").mkdir()
        for source in self.experiments:
            for model in MODELS:
                run(self.cc, *flags.COMPILE, *flags.WARNINGS,
                    "-Werror", "-iquote", LABS.parent / "include", source,
                    kit / f"lib/{model}.a", *flags.link({}), "-o",
                    kit / f"build/{source.stem}-{model}")
        work = self.out / "work/reference" / self.rubric["sheet"]
        work.write_text(SheetGrader(self.lab.title, kit, self.rubric).solve(
            work.parent.name))

    def make_starter(self):
        to = fresh(self.starter)
        shutil.copytree(self.lab.folder / "experiments", to / "experiments")
        shutil.copytree(LABS.parent / "include", to / "include")
        shutil.copytree(self.kit / "lib", to / "lib")
        (to / "tests").mkdir()
        shutil.copy(self.lab.folder / "tests/public/questions.py",
                    to / "tests")
        (to / "grader").mkdir()
        for name in ("__init__", "form", "world"):
            shutil.copy(LABS / "grader" / f"{name}.py", to / "grader")
        shutil.copy(LABS / "maker/sheet", to)
        shutil.copy(LABS / "maker/check-sheet", to / "check")
        shutil.copy(self.lab.folder / "handout.md", to)
        shutil.copy(self.lab.folder / "lab.json", to)
        programs = [f"build/{source.stem}-{model}"
                    for source in self.experiments
                    for model in MODELS]
        (to / "Makefile").write_text(MAKEFILE.format(
            title=f"{self.lab.title}: {self.rubric['title']}",
            compile=" ".join(flags.COMPILE),
            warnings=" ".join(flags.WARNINGS),
            programs=" \\\n     ".join(programs)))

    def no_solution(self):
        """The key is not in it, nor a line of it that says much."""
        key = (self.lab.folder / "tests/hidden/key.py").read_text()
        telling = {line.strip() for line in key.splitlines()
                   if "Key(" in line}
        for path, text in self.texts():
            if telling & {line.strip() for line in text.splitlines()}:
                raise PackError(f"{path} holds a solution")

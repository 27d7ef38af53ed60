# SPDX-License-Identifier: MIT
"""From a submission's files to the programs of the tests, all of it inside
the sandbox: a compiler is a program that the submission feeds."""
import json
import os
import pathlib
import shlex
import stat

from . import flags
from .box import Infrastructure, Limits
from .play import status_words
from .submission import BadSubmission

OBJECT_MOST = 16 * 1024 * 1024
COMPILING = Limits(cpu=30, wall=60, memory_mb=1024, processes=512, file_mb=64)


def words_of(record):
    """What a tool printed, cut to what a person reads."""
    lines = record.output.decode("utf-8", "replace").splitlines()
    return "\n".join("".join(c if c.isprintable() or c == "\t" else "?"
                             for c in line)[:300] for line in lines[:25])


class Workshop:
    """Compiles and links one submission for one lab."""

    def __init__(self, box, kit, rubric, folder, cc="gcc"):
        self.box = box
        self.kit = pathlib.Path(kit)
        self.rubric = rubric
        self.folder = pathlib.Path(folder)
        self.cc = cc

    def place(self, path):
        """The path of one of our files as the sandbox sees it."""
        return str(path) if self.box.unsafe else "/" + path.name

    def step(self, what, command, mounts, writable=()):
        """A command that must succeed; what it printed."""
        record = self.box.run(
            command, COMPILING, mounts=[(p, "/" + p.name) for p in mounts],
            writable=[(p, "/" + p.name) for p in writable], tools=True)
        if record.excess:
            raise BadSubmission(f"{what} needs too much (it was stopped for "
                                f"its {record.excess})")
        if record.status != 0:
            self.box.look_for_room(self.folder)
            said = words_of(record)
            raise BadSubmission(f"{what} fails:\n{said}" if said else
                                f"{what} fails: {status_words(record.status)}")
        return record.output.decode("utf-8", "replace")

    def fresh(self, name):
        """A folder that the sandbox may write to."""
        path = self.folder / name
        path.mkdir()
        self.box.give(path)
        return path

    def compile(self, files):
        """An object for each file, in a folder."""
        sources = self.folder / "submission"
        for name, data in files.items():
            (sources / name).parent.mkdir(parents=True, exist_ok=True)
            (sources / name).write_bytes(data)
        made, src = self.fresh("made"), self.kit / "src"
        for name in files:
            self.step(
                f"compiling {name}",
                [self.cc, *flags.COMPILE, *flags.WARNINGS,
                 "-fdiagnostics-color=never", "-fmax-errors=10",
                 *flags.rooms(self.place(src), self.rubric), "-c",
                 f"{self.place(sources)}/{name}", "-o",
                 f"{self.place(made)}/{flags.object_name(name)}"],
                [src, sources], [made])
        return made

    def check(self, made, files):
        """No file is stranger than an object, and none asks for what this lab
        is to do without."""
        for name in files:
            path = made / flags.object_name(name)
            state = os.lstat(path)
            if not stat.S_ISREG(state.st_mode) or state.st_size > OBJECT_MOST:
                raise BadSubmission(f"what {name} compiles to is too large")
            listed = self.step(
                f"reading what {name} compiles to",
                ["nm", "--undefined-only",
                 f"{self.place(made)}/{path.name}"], [made])
            for line in listed.splitlines():
                symbol = line.split()[-1] if line.split() else ""
                self.may_use(name, symbol)

    def may_use(self, file, symbol):
        """Is this name of another object's allowed in this lab?"""
        forbidden = self.rubric["forbidden"] + \
            self.rubric.get("forbidden_in", {}).get(file, [])
        for word in forbidden:
            if symbol == word or word.endswith("_") and \
                    symbol.startswith(word):
                raise BadSubmission(
                    f"{file} uses {symbol}, which this lab is to do without")

    def localise(self, made, files):
        """Leave an object's names to itself, but for those that the reference
        has as well: nobody else's function is replaced. Nor has it a word to
        say to the debugger of whoever looks at it."""
        names = json.loads((self.kit / "names.json").read_text())
        for name in files:
            short = flags.object_name(name)
            keep = [f"--keep-global-symbol={symbol}"
                    for symbol in names[short] or [""]]  # "": none of them
            path = f"{self.place(made)}/{short}"
            self.step(f"preparing {name}",
                      ["objcopy", "--remove-section=.debug_gdb_scripts",
                       *keep, *flags.own_section(self.rubric), path], [],
                      [made])

    def link_command(self, made, programs, test):
        """What makes a test's program."""
        kind = "public" if test.get("public") else "hidden"
        variant = test.get("variant", "")
        return [self.cc, f"{self.place(self.kit / 'tests')}/{kind}/"
                f"{flags.program(test)}.o",
                *map(self.place, self.harness()),
                *(f"{self.place(made)}/{flags.object_name(name)}"
                  for name in flags.variants(self.rubric)[variant]),
                self.place(self.kit / flags.library(self.rubric, variant)),
                *flags.link(self.rubric), "-o",
                f"{self.place(programs)}/{test['name']}"]

    def harness(self):
        return sorted(self.kit.glob("harness-*.o"))

    def libraries(self):
        """What else of ours is linked."""
        return [self.kit / "tests", *sorted(self.kit.glob("library*.a"))]

    def link_all(self, made, programs, tests):
        """A program for each test. One sandbox for all: what takes time here
        is its beginning."""
        commands = [self.link_command(made, programs, test) for test in tests]
        self.step("linking (is a function missing, or there twice?)",
                  ["sh", "-ec", "\n".join(map(shlex.join, commands))],
                  [*self.harness(), *self.libraries(), made], [programs])

    def prepare(self, files):
        """The folder with the objects, looked at; or BadSubmission."""
        if not (self.kit / "lab.json").exists():
            raise Infrastructure(f"no kit in {self.kit}: make labs")
        made = self.compile(files)
        self.check(made, files)
        self.localise(made, files)
        return made

    def make(self, files, tests):
        """The folder with the programs; BadSubmission if there are none."""
        made = self.prepare(files)
        programs = self.fresh("programs")
        self.link_all(made, programs, tests)
        return programs

# SPDX-License-Identifier: MIT
"""Make what is handed out of a lab, and what its grading needs.

    kit      headers, the library without this lab's objects, the tests'
             objects, models and rubric: what labs/grade works with
    starter  the same for students: sources cut, hidden tests left out
    staff    everything

What a later lab asks for is never in a starter as source: its rooms come as
objects in library.a, and whoever wants to read machine code may.
"""
import json
import os
import pathlib
import shutil
import subprocess
import tarfile
import zipfile

from grader import flags

from . import cutter, starter
from .catalogue import LABS, TOP, every_lab


# An engine for a lab that may use io_uring, and one for those that may not.
RING, NO_RING = ("io_uring.o", "io_sqe.o"), ("io_no_uring.o",)


class PackError(Exception):
    """Something is not as it must be before it is handed out."""


def run(*command, **more):
    """Run a tool; its output, or an error with what it said."""
    done = subprocess.run([str(word) for word in command], text=True,
                          capture_output=True, check=False, **more)
    if done.returncode != 0:
        raise PackError(f"{' '.join(map(str, command[:3]))} ...: "
                        f"{done.stdout}{done.stderr}".strip())
    return done.stdout


def fresh(path):
    """An empty folder of this name."""
    if path.exists():
        shutil.rmtree(path)
    path.mkdir(parents=True)
    return path


def global_names(object_file):
    """What an object defines for others; not what tools put there."""
    names = {line.split()[-1] for line in
             run("nm", "-g", "--defined-only", object_file).splitlines()
             if line.strip()}
    return {name for name in names if name.isidentifier()}


class Packer:
    """The making of one lab, from objects that make has built."""

    def __init__(self, lab, build, cc, objects):
        self.lab = lab
        self.cc = cc
        self.rubric = lab.rubric()
        self.shown = flags.shown(self.rubric)
        self.ring = self.rubric.get("io_uring", False)
        self.all_objects = [pathlib.Path(path) for path in objects]
        self.objects = self.objects_of(self.shown)
        self.out = build / "labs"
        self.kit = self.out / "kit" / lab.title
        self.starter = self.out / "starter" / lab.title
        self.removed = []  # of the cut functions, their lines

    def objects_of(self, rooms):
        """The library's objects of these rooms."""
        other = NO_RING if self.ring else RING
        return [path for path in self.all_objects
                if path.parent.name in rooms and path.name not in other]

    def own_objects(self):
        """This lab's sources as the reference has them, compiled."""
        own = {flags.object_name(name) for name in self.lab.sources}
        return [path for path in self.objects if path.name in own]

    # ---- The kit ----

    def make_library(self, path, objects, left_out=()):
        """The library without what the student writes, and without words for
        a debugger, which would name the lines of sources not given."""
        folder = fresh(path.parent / "objects")
        for source in objects:
            # Of the two ways to switch, one is linked in.
            if source not in left_out and \
                    source.name != "context_ucontext.o":
                room = source.parent.name
                run("objcopy", "--strip-debug", source,
                    folder / f"{room}-{source.name}")
        path.unlink(missing_ok=True)
        run("ar", "rcsD", path, *sorted(folder.iterdir()))
        shutil.rmtree(folder)

    def copy_headers(self, to):
        for room in self.shown:
            (to / room).mkdir(parents=True, exist_ok=True)
            for header in sorted((TOP / room).glob("*.h")):
                shutil.copy(header, to / room)
        (to / "harness").mkdir()
        sources = flags.harness(self.rubric) + ["ring"] * self.ring
        for path in sorted((LABS / "harness").iterdir()):
            if path.suffix == ".h" or path.stem in sources:
                shutil.copy(path, to / "harness")

    def compile(self, source, to):
        run(self.cc, *flags.COMPILE, *flags.WARNINGS, "-Werror",
            *flags.rooms(self.kit / "src", self.rubric), "-c", source, "-o", to)

    def make_kit(self):
        kit = fresh(self.kit)
        self.copy_headers(kit / "src")
        self.make_library(kit / "library.a", self.objects,
                          self.own_objects())
        for variant, room in self.rubric.get("libraries", {}).items():
            rooms = flags.shown({"room": room})
            self.make_library(kit / f"library-{variant}.a",
                              self.objects_of(rooms))
        for kind in ("public", "hidden"):
            (kit / "tests" / kind).mkdir(parents=True)
            shutil.copy(self.lab.folder / "tests" / kind / "model.py",
                        kit / "tests" / kind)
            for source in (self.lab.folder / "tests" / kind).glob("*.c"):
                self.compile(source, kit / "tests" / kind /
                             f"{source.stem}.o")
        for name in flags.harness(self.rubric):
            self.compile(LABS / f"harness/{name}.c", kit / f"harness-{name}.o")
        if self.ring:
            self.compile(LABS / "harness/ring.c", kit / "ring.o")
            run(self.cc, kit / "ring.o", "-static", "-luring", "-o",
                kit / "ring")
        self.link_references(kit / "reference")
        names = {path.name: sorted(global_names(path))
                 for path in self.own_objects()}
        (kit / "names.json").write_text(json.dumps(names, indent=1))
        shutil.copy(self.lab.folder / "lab.json", kit)

    def link_references(self, to):
        """The reference's programs, for tests that compare with them."""
        for test in self.rubric["tests"]:
            if "ratio" not in test:
                continue
            to.mkdir(exist_ok=True)
            variant = test.get("variant", "")
            kind = "public" if test.get("public") else "hidden"
            wanted = {flags.object_name(name)
                      for name in flags.variants(self.rubric)[variant]}
            run(self.cc, self.kit / f"tests/{kind}/{flags.program(test)}.o",
                *sorted(self.kit.glob("harness-*.o")),
                *(path for path in self.own_objects() if path.name in wanted),
                self.kit / flags.library(self.rubric, variant),
                *flags.link(self.rubric), "-o", to / test["name"])

    # ---- The starter ----

    def copy_sources(self, to):
        """What may be read; this lab's own with its functions cut out."""
        later = {name for lab in every_lab() if lab.number > self.lab.number
                 for name in lab.sources}
        for room in self.shown:
            for source in sorted((TOP / room).glob("*.[cS]")):
                name = f"{room}/{source.name}"
                if name in later:
                    continue
                text = source.read_text()
                if name in self.lab.sources:
                    text, cuts = cutter.cut_text(text, self.lab.name,
                                                 name.endswith(".S"))
                    if not cuts:
                        continue  # for another processor
                    self.removed += [cut.removed for cut in cuts]
                (to / name).write_text(text)

    @staticmethod
    def copy_judges(to, *more):
        """Of the grader, what judges a run; and what else is wanted."""
        to.mkdir()
        for name in ("__init__", "flags", "judge", "lanes", "play",
                     "schedules", "trace", "world", *more):
            shutil.copy(LABS / "grader" / f"{name}.py", to)

    def make_starter(self):
        to = fresh(self.starter)
        self.copy_headers(to)
        self.copy_sources(to)
        (to / "tests").mkdir()
        for path in (self.lab.folder / "tests/public").iterdir():
            if path.is_file():
                shutil.copy(path, to / "tests")
        shutil.copy(self.lab.folder / "handout.md", to)
        for library in self.kit.glob("*.a"):
            shutil.copy(library, to)
        more = self.lab.folder / "starter"
        if more.exists():
            shutil.copytree(more, to, dirs_exist_ok=True)
        self.copy_judges(to / "grader")
        shutil.copy(LABS / "maker" / "check", to)
        public = dict(self.rubric)
        public["tests"] = [test for test in self.rubric["tests"]
                           if test.get("public")]
        (to / "lab.json").write_text(json.dumps(public, indent=2) + "\n")
        (to / "Makefile").write_text(starter.makefile(self.lab, public))

    # ---- What must hold of a starter ----

    def check_starter(self):
        self.no_solution()
        self.no_hidden_tests()
        run("make", "-s", "-C", self.starter, "CFLAGS=-Werror", "all",
            env={**os.environ, "MAKEFLAGS": "", "CC": self.cc})
        run("make", "-s", "-C", self.starter, "clean",
            env={**os.environ, "MAKEFLAGS": ""})

    def texts(self):
        for path in sorted(self.starter.rglob("*")):
            if path.is_file() and path.suffix != ".a":
                yield path, path.read_text()

    def no_solution(self):
        for path, text in self.texts():
            lines = {line.strip() for line in text.splitlines()}
            for body in self.removed:
                telling = [line.strip() for line in body
                           if len(line.strip()) > 24]
                if len(telling) > 1 and lines.issuperset(telling):
                    raise PackError(f"{path} holds a solution: {telling[0]}")
        kept = global_names(self.starter / "library.a")
        for path in self.own_objects():
            if inside := kept & global_names(path):
                raise PackError(f"library.a defines {sorted(inside)[0]}")

    def no_hidden_tests(self):
        hidden = [path.read_text() for kind in ("tests/hidden", "staff")
                  for path in (self.lab.folder / kind).rglob("*")
                  if path.is_file() and path.suffix != ".pyc"]
        for path, text in self.texts():
            if text in hidden or "mutant" in str(path):
                raise PackError(f"{path} is not for students")

    # ---- The whole ----

    def archive(self, name, members):
        """A .tar.gz of (path, name inside), the same bytes each time but for
        the clock in its header."""
        def plain(info):
            info.uid = info.gid = info.mtime = 0
            info.uname = info.gname = "root"
            return None if "__pycache__" in info.name else info
        path = self.out / f"{name}.tar.gz"
        with tarfile.open(path, "w:gz") as tar:
            for source, inside in members:
                tar.add(source, f"{name}/{inside}" if inside else name,
                        filter=plain)
        return path

    def gradescope(self):
        """The zip that Gradescope takes: setup.sh and run_autograder at the
        top, and beside them what they use."""
        path = self.out / f"{self.lab.title}-gradescope.zip"
        kit = f"build/labs/kit/{self.lab.title}"
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("lab", self.lab.title + "\n")
            for source, inside in ((LABS / "gradescope", "."),
                                   (LABS, "labs"), (self.kit, kit)):
                for file in sorted(source.rglob("*")):
                    if file.is_file() and "__pycache__" not in file.parts:
                        archive.write(file, os.path.normpath(
                            f"{inside}/{file.relative_to(source)}"))
        return path

    def pack(self):
        self.make_kit()
        self.make_starter()
        self.check_starter()
        yield self.archive(self.lab.title, [(self.starter, "")])
        yield self.archive(f"{self.lab.title}-staff", [
            (LABS, "labs"), (self.kit, f"build/labs/kit/{self.lab.title}"),
            (self.starter, f"build/labs/starter/{self.lab.title}"),
            (self.out / "work", "build/labs/work")])
        yield self.gradescope()


def make_reference(build):
    """The library's own sources as a submission to any lab, and beside them
    what a lab asks for that no library has: its folder staff."""
    work = fresh(build / "labs/work/reference")
    for lab in every_lab():
        if (lab.folder / "staff").exists():
            shutil.copytree(lab.folder / "staff", work, dirs_exist_ok=True)
        for name in lab.sources:
            (work / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(TOP / name, work / name)

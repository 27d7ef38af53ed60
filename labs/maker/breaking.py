# SPDX-License-Identifier: MIT
"""Make what is handed out of the lab in which students write tests: the
reference and a few mutants as objects, and the harness.

The kit has the reference in several builds, and each mutant in some of its own.
A build is the whole library as one object that shows the contract's names and
no other. The sources that any mutant touches are compiled several times, with
options drawn at random; a build draws from these, a mutant's changed source is
compiled for each of its builds anew, and all lie in an order drawn at random.
So one reference looks as different from the next as from a mutant (see
grader/breaking.py, which says why).
"""
import concurrent.futures
import json
import os
import pathlib
import random
import re
import shutil
import tempfile

from grader import flags

from .catalogue import LABS, TOP
from .pack import Packer, PackError, fresh, run

CHANCE = random.SystemRandom()
LEVELS = ("-O1", "-O2", "-O3", "-Os")
OPTIONS = ("-fno-inline", "-fno-reorder-blocks", "-fno-schedule-insns2",
           "-fno-if-conversion", "-fno-tree-pre", "-fno-omit-frame-pointer",
           "-fno-optimize-sibling-calls", "-falign-functions=64",
           "-fno-ipa-ra", "-fno-shrink-wrap", "-fno-tree-sra",
           "-fno-toplevel-reorder", "-fno-cse-follow-jumps")
PADS = 24
PAD = """\
.text
.skip {}, 0xcc
.data
.skip {}, 1
.section .rodata
.skip {}, 2
.bss
.skip {}
.section .note.GNU-stack,"",@progbits
"""


def draw_options():
    """A compilation like no other. Padding before each function as well."""
    return [CHANCE.choice(LEVELS),
            *CHANCE.sample(OPTIONS, CHANCE.randrange(2, len(OPTIONS))),
            f"-fpatchable-function-entry={CHANCE.randrange(12)}"]


class BreakPacker(Packer):
    """The making of such a lab."""

    def __init__(self, lab, build, cc, objects):
        super().__init__(lab, build, cc, objects)
        self.stock = {}
        self.contract = build / "contract.names"
        rooms = flags.shown({})
        self.library = [path for path in self.objects_of(rooms)
                        if path.name != "context_ucontext.o"]
        self.touched = sorted({name for mutant in self.mutants()
                               for name in self.files_of(mutant)})

    def mutants(self):
        """All of them: what is graded, and what is shown."""
        return self.rubric["tests"] + self.rubric["examples"]

    @staticmethod
    def files_of(mutant):
        """What a mutant's patch changes."""
        text = (TOP / mutant["patch"]).read_text()
        return re.findall(r"^\+\+\+ b/(\S+)", text, re.M)

    # ---- Builds ----

    def compile_build(self, source, to):
        """As nothing else is compiled."""
        run(self.cc, *flags.COMPILE, "-w", *draw_options(),
            *flags.rooms(TOP, {}), "-c", source, "-o", to)

    def make_stock(self, pool, folder):
        """Of each source that is touched, right compilations to draw from."""
        count = self.rubric["break"]["builds"]
        self.stock = {name: [folder / f"{name.replace('/', '-')}.{i}.o"
                             for i in range(count)] for name in self.touched}
        for job in [pool.submit(self.compile_build, TOP / name, to)
                    for name in self.touched for to in self.stock[name]]:
            job.result()

    def plant(self, mutant, folder):
        """The sources that a mutant changes, changed; their objects."""
        for name in self.files_of(mutant):
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(TOP / name, folder / name)
        run("patch", "-s", "-p1", "-d", folder, "-i", TOP / mutant["patch"])
        objects = {}
        for name in self.files_of(mutant):
            objects[name] = folder / (name + ".o")
            self.compile_build(folder / name, objects[name])
        return objects

    def make_build(self, to, mutant=None):
        """The library as one object."""
        with tempfile.TemporaryDirectory() as scratch:
            own = {name: CHANCE.choice(self.stock[name])
                   for name in self.touched}
            if mutant:
                own.update(self.plant(mutant, pathlib.Path(scratch)))
            parts = [own.get(f"{path.parent.name}/{path.stem}.c", path)
                     for path in self.library]
            CHANCE.shuffle(parts)
            run(self.cc, "-r", "-nostdlib", "-o", to, *parts)
        run("objcopy", f"--keep-global-symbols={self.contract}",
            "--strip-debug", "--discard-all", to)

    def jobs(self):
        """(file, mutant or None) for every build."""
        counts = self.rubric["break"]
        yield "reference.o", None  # which students get: none to grade with
        for i in range(counts["builds"]):
            yield f"reference@{i}.o", None
        for mutant in self.rubric["examples"]:
            yield f"example-{mutant['name']}.o", mutant
        for mutant in self.rubric["tests"]:
            for i in range(counts["each"]):
                yield f"{mutant['name']}@{i}.o", mutant

    def make_builds(self, folder):
        """All builds, on all processors."""
        with tempfile.TemporaryDirectory() as scratch, \
                concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
            self.make_stock(pool, pathlib.Path(scratch))
            for job in [pool.submit(self.make_build, folder / name, mutant)
                        for name, mutant in self.jobs()]:
                job.result()

    def make_pads(self, folder):
        for i in range(PADS):
            source = folder / f"pad-{i:02}.s"
            source.write_text(PAD.format(
                *(16 * CHANCE.randrange(1, 2000) + CHANCE.randrange(16)
                  for _ in range(4))))
            run(self.cc, "-c", source, "-o", source.with_suffix(".o"))
            source.unlink()

    # ---- The kit and the starter ----

    def make_kit(self):
        kit = fresh(self.kit)
        self.copy_headers(kit / "src")
        for folder in ("builds", "pads"):
            (kit / folder).mkdir()
        self.make_builds(kit / "builds")
        self.make_pads(kit / "pads")
        for name in flags.harness(self.rubric):
            self.compile(LABS / f"harness/{name}.c", kit / f"harness-{name}.o")
        (kit / "names.json").write_text(json.dumps(
            {flags.object_name(name): [] for name in self.rubric["files"]}))
        shutil.copy(self.lab.folder / "lab.json", kit)

    def make_starter(self):
        to = fresh(self.starter)
        self.copy_headers(to)
        shutil.copytree(self.lab.folder / "starter", to, dirs_exist_ok=True)
        shutil.copy(self.lab.folder / "handout.md", to)
        (to / "lib").mkdir()
        shutil.move(self.kit / "builds/reference.o", to / "lib")
        examples = to / "examples"
        examples.mkdir()
        for mutant in self.rubric["examples"]:
            name = f"example-{mutant['name']}"
            shutil.move(self.kit / "builds" / f"{name}.o",
                        to / f"lib/{name}.o")
            shutil.copy(TOP / mutant["patch"], examples / f"{name}.patch")
        self.copy_judges(to / "grader", "trial")
        public = dict(self.rubric, tests=[])
        (to / "lab.json").write_text(json.dumps(public, indent=2) + "\n")

    def no_solution(self):
        """Neither a mutant that is graded, nor a test of ours: no line of
        either that says much."""
        telling = set()
        for test in self.rubric["tests"]:
            patch = (TOP / test["patch"]).read_text()
            telling |= {line[1:].strip() for line in patch.splitlines()
                        if line.startswith("+ ") and len(line) > 30}
        for path, text in self.texts():
            if telling & {line.strip() for line in text.splitlines()}:
                raise PackError(f"{path} shows a mutant")

    def texts(self):
        """What can be read, but for the mutants that are shown."""
        return ((path, path.read_text())
                for path in sorted(self.starter.rglob("*"))
                if path.is_file() and path.suffix not in (".o", ".patch"))

    def no_hidden_tests(self):
        ours = [path.read_text() for path in
                (self.lab.folder / "staff").glob("*.c")]
        if any(text in ours for _, text in self.texts()):
            raise PackError("our own tests are not for students")

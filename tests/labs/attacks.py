#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""No attack of labs/attacks gets a point, does harm, leaves a process or a
file, or goes without an answer. Prints TAP. Names as arguments: only those;
LAB_PART (part.py): a share of them."""
import concurrent.futures
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import time

sys.dont_write_bytecode = True
TOP = pathlib.Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(TOP / "labs"))

from attacks import corpus  # noqa: E402
from part import part  # noqa: E402

BUILD = TOP / os.environ.get("BUILD", "build")
SECONDS_MOST = 300
SHORT = {"cpu": 3, "wall": 15}  # what waits for its end need not wait long
WORKERS = 2


def inside(scratch):
    """The processes in sandboxes of ours: their mounts come from there."""
    found = set()
    for path in pathlib.Path("/proc").glob("[0-9]*"):
        try:
            if str(scratch) in (path / "mountinfo").read_text():
                found.add(path.name)
        except OSError:
            continue
    return found


def left_behind(scratch):
    """Wait for the kernel to bury the dead; who is still there?"""
    for _ in range(200):
        left = inside(scratch)
        if not left:
            break
        time.sleep(0.05)
    return left


def short_kit(scratch, lab):
    """The lab's kit, with little time."""
    kit = scratch / "kit" / lab
    if not kit.exists():
        shutil.copytree(BUILD / "labs/kit" / lab, kit)
        rubric = json.loads((kit / "lab.json").read_text())
        rubric["limits"].update(SHORT)
        (kit / "lab.json").write_text(json.dumps(rubric))
    return kit


class Attack:
    """One of the corpus, in a folder of its own."""

    def __init__(self, name, made, scratch):
        self.name = name
        self.lab, self.test, self.submission, self.says = made
        self.kit = short_kit(scratch, self.lab)
        self.scratch = scratch / f"of-{name}"

    def grade(self):
        """Grade it, with one test only where all would fail alike."""
        self.scratch.mkdir()
        self.scratch.chmod(0o755)
        return subprocess.run(
            [TOP / "labs/grade", self.lab, self.submission, "--kit", self.kit,
             "--out", self.scratch / "out", "--format", "json", "--test",
             self.test],
            capture_output=True, text=True, timeout=SECONDS_MOST, check=False,
            cwd=TOP, env={**os.environ, "BUILD": str(BUILD),
                          "TMPDIR": str(self.scratch)})

    def fault(self):
        """What is wrong with the outcome, or None."""
        done = self.grade()
        if done.returncode != 1:
            return f"status {done.returncode}: {done.stderr[:300]}"
        report = (self.scratch / "out/report.txt").read_text()
        result = json.loads((self.scratch / "out/results.json").read_text())
        if result["score"] != 0:
            return f"it has {result['score']} points"
        flat = re.sub(r"\s+", " ", report)
        if not re.search(self.says.replace("$", r"\b"), flat):
            return f"no '{self.says}' in: {flat}"
        if left := left_behind(self.scratch):
            return f"processes are left: {sorted(left)}"
        if any(path.is_dir() for path in
               self.scratch.glob("threadbare-grade.*")):
            return "a folder is left"
        return None


def main():
    if not (BUILD / "labs/made").exists():
        print("1..0 # SKIP no labs: make labs")
        return 0
    with tempfile.TemporaryDirectory(prefix="threadbare-attacks.") as folder:
        scratch = pathlib.Path(folder)
        scratch.chmod(0o755)  # whom root becomes must find the programs
        made = corpus.make_all(BUILD / "labs/starter", scratch / "attacks")
        attacks = [Attack(name, made[name], scratch)
                   for name in sys.argv[1:] or part(sorted(made))]
        print(f"1..{len(attacks)}")
        failures = 0
        with concurrent.futures.ThreadPoolExecutor(WORKERS) as pool:
            faults = pool.map(Attack.fault, attacks)
            for number, (attack, wrong) in enumerate(zip(attacks, faults), 1):
                print(f"{'not ok' if wrong else 'ok'} {number} - "
                      f"{attack.name} gets nothing, and an answer",
                      flush=True)
                if wrong:
                    failures += 1
                    print(f"# {wrong}", flush=True)
        return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())

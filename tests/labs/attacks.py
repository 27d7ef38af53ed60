#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""No attack of labs/attacks gets a point, does harm, leaves a process or a
file, or goes without an answer. Prints TAP. Names as arguments: only those."""
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import time

sys.dont_write_bytecode = True
TOP = pathlib.Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(TOP / "labs"))

from attacks import corpus  # noqa: E402

BUILD = TOP / os.environ.get("BUILD", "build")
LAB = "03-lifecycle"
SECONDS_MOST = 300


def inside(scratch):
    """The processes in sandboxes of ours: their mounts come from there."""
    found = set()
    for path in pathlib.Path("/proc").glob("[0-9]*"):
        try:
            if scratch.name in (path / "mountinfo").read_text():
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


def attack(submission, says, scratch):
    """Grade it once, with one test only where all would fail alike; what is
    wrong with the outcome, or None."""
    out = scratch / "out"
    done = subprocess.run(
        [TOP / "labs/grade", LAB, submission, "--out", out, "--format",
         "json", "--test", "order"], capture_output=True, text=True,
        timeout=SECONDS_MOST, check=False, cwd=TOP,
        env={**os.environ, "BUILD": str(BUILD), "TMPDIR": str(scratch)})
    if done.returncode != 1:
        return f"status {done.returncode}: {done.stderr[:300]}"
    report = (out / "report.txt").read_text()
    result = json.loads((out / "results.json").read_text())
    if result["score"] != 0:
        return f"it has {result['score']} points"
    flat = re.sub(r"\s+", " ", report)
    if not re.search(says.replace("$", r"\b"), flat):
        return f"no '{says}' in: {flat}"
    if left := left_behind(scratch):
        return f"processes are left: {sorted(left)}"
    return None


def main():
    if not (BUILD / "labs/made").exists():
        print("1..0 # SKIP no labs: make labs")
        return 0
    with tempfile.TemporaryDirectory(prefix="threadbare-attacks.") as folder:
        scratch = pathlib.Path(folder)
        scratch.chmod(0o755)  # whom root becomes must find the programs
        made = corpus.make_all(BUILD / "labs/starter" / LAB,
                               scratch / "attacks")
        wanted = sys.argv[1:] or sorted(made)
        print(f"1..{len(wanted) + 1}")
        failures = 0
        for number, name in enumerate(wanted, 1):
            wrong = attack(*made[name], scratch)
            word = "not ok" if wrong else "ok"
            print(f"{word} {number} - {name} gets nothing, and an answer",
                  flush=True)
            if wrong:
                failures += 1
                print(f"# {wrong}")
        same = not list(scratch.glob("threadbare-grade.*"))
        print(f"{'ok' if same else 'not ok'} {len(wanted) + 1} - no folder "
              "is left behind")
        return 1 if failures or not same else 0


if __name__ == "__main__":
    sys.exit(main())

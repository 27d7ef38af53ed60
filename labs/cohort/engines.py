# SPDX-License-Identifier: MIT
"""Who starts the commands of a plan: GNU parallel on this machine, or Slurm on
a cluster. Either is one command that ends when all are done; each job is
`labs/grade-one PLAN NUMBER`.

Slurm's jobs are an array, no wider than its usual limit: of a larger class,
each takes every so-many-th. Partition, account and time are given to sbatch by
its own variables (SBATCH_PARTITION and so on). What is graded, the results and
this folder must lie on a file system that all nodes share.
"""
import ctypes
import os
import pathlib
import shlex
import shutil
import signal
import subprocess

ONE = pathlib.Path(__file__).resolve().parent.parent / "grade-one"
ARRAY_MOST = 1000  # MaxArraySize is 1001 unless somebody has raised it
PR_SET_PDEATHSIG = 1
FAILURES_MOST = 10  # then it is this machine, and not worth going on


class NoEngine(Exception):
    """It is not on this machine, or does not work."""


def need(tool, package, sign=None):
    """The tool is there; `sign` is what its version says, for a name that two
    programs share."""
    if not shutil.which(tool):
        raise NoEngine(f"no {tool}: install {package}")
    if sign and sign not in subprocess.run(
            [tool, "--version"], capture_output=True, text=True,
            check=False).stdout:
        raise NoEngine(f"{tool} is not {sign}: install {package}")


def die_with_parent():
    """Who begins the jobs begins no more when labs/grade-all is killed."""
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


def members(session):
    """The processes of a session."""
    for path in pathlib.Path("/proc").glob("[0-9]*"):
        try:
            fields = (path / "stat").read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if int(fields[3]) == session and fields[0] != "Z":
            yield int(path.name)


class Engine:
    """One command, and how it is stopped."""

    def __init__(self, plan_path, count, jobs, log_path):
        self.plan_path = plan_path
        self.count = count
        self.jobs = jobs
        self.log_path = log_path
        self.child = None

    def start(self):
        """Begin, and return the child to be waited for."""
        command, text = self.command()
        with open(self.log_path, "wb") as log:
            self.child = subprocess.Popen(
                command, stdin=subprocess.PIPE, stdout=log, stderr=log,
                start_new_session=True, preexec_fn=die_with_parent,
                env=self.environment())
        try:
            self.child.stdin.write(text.encode())
            self.child.stdin.close()
        except BrokenPipeError:
            pass  # it has ended; its log says why
        return self.child

    def environment(self):
        return dict(os.environ)

    def stop(self):
        """Kill everybody whom it has started; sandboxes die with theirs."""
        while left := list(members(self.child.pid)):
            for process in left:
                try:
                    os.kill(process, signal.SIGKILL)
                except ProcessLookupError:
                    pass
        self.child.wait()

    def said(self):
        """The end of its log, for whoever looks for the cause."""
        lines = self.log_path.read_text(errors="replace").splitlines()
        return "\n".join(line for line in lines[-5:] if line.strip())


class Parallel(Engine):
    """GNU parallel: so many jobs at a time on this machine."""

    def command(self):
        need("parallel", "parallel", "GNU parallel")
        job = shlex.join([str(ONE), str(self.plan_path)])
        return (["parallel", "--plain", "--will-cite", "--jobs",
                 str(self.jobs), "--halt", f"soon,fail={FAILURES_MOST}",
                 f"{job} {{}}"],
                "".join(f"{number}\n" for number in range(self.count)))

    def environment(self):
        """Nobody's own settings, and no settings of his written."""
        return {**{name: value for name, value in os.environ.items()
                   if name != "PARALLEL"},
                "PARALLEL_HOME": str(self.log_path.parent / "parallel")}


class Slurm(Engine):
    """A Slurm array, waited for."""

    def command(self):
        need("sbatch", "slurm-client")
        width = min(self.count, ARRAY_MOST)
        job = shlex.join([str(ONE), str(self.plan_path)])
        return (["sbatch", "--wait", "--parsable",
                 f"--array=0-{width - 1}%{self.jobs}",
                 "--job-name=labs-grade-all", "--output=/dev/null"],
                "#!/bin/sh\n"
                "n=$SLURM_ARRAY_TASK_ID status=0\n"
                f'while [ "$n" -lt {self.count} ]; do\n'
                f'    {job} "$n" || status=$?\n'
                f"    n=$((n + {width}))\n"
                "done\n"
                "exit $status\n")

    def stop(self):
        first = self.log_path.read_text(errors="replace").partition("\n")[0]
        job = first.partition(";")[0]  # of a cluster with a name
        if job.isdigit():
            subprocess.run(["scancel", job], check=False,
                           stderr=subprocess.DEVNULL)
        super().stop()


ENGINES = {"parallel": Parallel, "slurm": Slurm}

# SPDX-License-Identifier: MIT
"""measure.py - what the parts of make bench-io have in common.

A shared machine changes its speed from one second to the next. So whatever is
compared is measured in turn, round after round; what counts is the median of
the ratios within the same rounds, and the quartiles say how sure that is.
"""
import ctypes
import glob
import os
import select
import signal
import statistics
import subprocess
import time

SKIP = 77
LIMIT = 30  # seconds without an answer


def quartiles(values):
    """Lower quartile, median, upper quartile."""
    ordered = sorted(values)
    return (ordered[len(ordered) // 4], statistics.median(ordered),
            ordered[-1 - len(ordered) // 4])


class GivenUp(Exception):
    """A program cannot be measured, and why."""


class CPUs:
    """One for what is measured, one for who asks it; the same if there is only
    one, which is said, because nothing can be concluded then."""

    def __init__(self):
        allowed = sorted(os.sched_getaffinity(0))
        self.server, self.client = allowed[0], allowed[-1]
        self.apart = self.server != self.client


PR_SET_PDEATHSIG = 1
libc = ctypes.CDLL(None)


def on_cpu(cpu):
    """What a child does before it becomes a program: it goes to its CPU, and
    sees to it that it does not outlive us, however we end."""
    def prepare():
        os.sched_setaffinity(0, {cpu} if cpu is not None else
                             os.sched_getaffinity(0))
        libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    return prepare


def spawn(command, cpu, env=None, **options):
    """A program on one CPU, with its input and output in our hands."""
    return subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        bufsize=1, env={**os.environ, **(env or {})},
        preexec_fn=on_cpu(cpu), **options)


def read_line(process, limit=LIMIT):
    """The next line that it prints, or GivenUp with the last of its errors."""
    ready, _, _ = select.select([process.stdout], [], [], limit)
    if not ready:
        raise GivenUp(f"silent for {limit} s")
    line = process.stdout.readline()
    if line:
        return line.strip()
    status = process.wait()
    words = process.stderr.read().strip() if process.stderr else ""
    raise GivenUp(words.split("\n")[-1] or f"ended with status {status}")


def text_of(command, cpu=None, env=None, limit=LIMIT):
    """What a program prints; GivenUp if it cannot be run, or fails."""
    try:
        done = subprocess.run(command, capture_output=True, text=True,
                              env={**os.environ, **(env or {})},
                              timeout=limit, preexec_fn=on_cpu(cpu))
    except (OSError, subprocess.TimeoutExpired) as error:
        raise GivenUp(str(error)) from error
    if done.returncode != 0:
        words = done.stderr.strip().split("\n")[-1]
        raise GivenUp(words or f"ended with status {done.returncode}")
    return done.stdout


def run(command, cpu=None, env=None):
    """The numbers that a program prints."""
    return [float(word) for word in text_of(command, cpu, env).split()]


def cpu_ns(pid):
    """CPU time of a process, all its kernel threads together."""
    return time.clock_gettime_ns((~pid << 3) | 2)  # see clock_getcpuclockid(3)


def soft_interrupts_of(cpu):
    """The kernel's thread that takes over what arrives on a CPU when there is
    too much of it at once; None if it is not to be seen."""
    for path in glob.glob("/proc/[0-9]*/comm"):
        try:
            with open(path) as file:
                if file.read().strip() == f"ksoftirqd/{cpu}":
                    return int(path.split("/")[2])
        except OSError:
            continue
    return None


def resident(pid):
    """Resident bytes of a process."""
    with open(f"/proc/{pid}/statm") as file:
        return int(file.read().split()[1]) * os.sysconf("SC_PAGESIZE")


class Goals:
    """What was to be reached, and whether it was."""

    def __init__(self):
        self.rows = []

    def add(self, name, values, wanted, at_most=False, unit=""):
        """Judged by the median of these values, one a round. No values: not
        measured. Nothing wanted: shown, and not judged."""
        row = {"goal": name, "wanted": wanted,
               "sense": "at most" if at_most else "at least"}
        if unit:
            row["unit"] = unit
        if values:
            low, middle, high = quartiles(values)
            good = wanted is None or (
                middle <= wanted if at_most else middle >= wanted)
            row.update(median=middle, lower=low, upper=high,
                       verdict="shown" if wanted is None else
                       "reached" if good else "MISSED")
        else:
            row["verdict"] = "not measured"
        self.rows.append(row)

    def add_ratio(self, name, these, those, wanted, at_most=False):
        """The ratio of two series, round by round."""
        pairs = [a / b for a, b in zip(these or [], those or []) if b]
        self.add(name, pairs, wanted, at_most)

    def show(self):
        for row in self.rows:
            print(sentence(row))


def sentence(row):
    """One goal, at most 80 columns."""
    sign = "<=" if row["sense"] == "at most" else ">="
    wanted = "" if row["wanted"] is None else f"{sign} {row['wanted']:g}"
    if "median" not in row:
        return f"  {row['goal']:39.39} {wanted:9} not measured"
    spread = f"({row['lower']:.2f}-{row['upper']:.2f})"
    return (f"  {row['goal']:39.39} {wanted:9}{row['median']:6.2f} "
            f"{spread:13} {row['verdict']}")

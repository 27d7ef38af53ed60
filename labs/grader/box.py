# SPDX-License-Identifier: MIT
"""The sandbox: bubblewrap, another user, limits, a filter of system calls.

Inside there is what a step needs and no more: a compiler and headers, or one
program. Its root is read-only, its processes and its network are its own, and
when its first process ends, or ours does, the kernel kills all the others.
"""
import fcntl
import json
import os
import pathlib
import pwd
import resource
import shutil
import subprocess
import sys
import tempfile

from . import seccomp
from .play import play
from .timing import Machine

MIB = 1 << 20
KILLED = 128 + 9
ROOM = 128  # MiB that grading wants to find free


class Infrastructure(Exception):
    """Grading cannot be done here; says nothing about the submission."""


class NoRing(Infrastructure):
    """The lab is about io_uring, and there is none here."""


class Limits:
    """What a step may use. Processes are counted per user of the machine, so
    that other sandboxes' count as well."""

    def __init__(self, cpu=20, wall=60, memory_mb=1024, processes=512,
                 file_mb=0, trace_kb=64, memlock_kb=0):
        self.cpu = cpu
        self.wall = wall
        self.memory_mb = memory_mb
        self.processes = processes
        self.file_mb = file_mb
        self.trace_kb = trace_kb
        self.memlock = min(memlock_kb * 1024, hard_limit())

    def command(self):
        """prlimit's words."""
        return ["prlimit", f"--cpu={self.cpu}",
                f"--as={self.memory_mb * MIB}",
                f"--nproc={self.processes}", f"--fsize={self.file_mb * MIB}",
                "--nofile=64", "--core=0", f"--memlock={self.memlock}", "--"]


def hard_limit():
    """The memory that may be locked here; who is not root cannot ask more."""
    most = resource.getrlimit(resource.RLIMIT_MEMLOCK)[1]
    return sys.maxsize if most == resource.RLIM_INFINITY else most


def memory_file(data):
    """A descriptor to read these bytes from, out of the way of the low ones
    that the program is to have."""
    fd = os.memfd_create("threadbare")
    os.write(fd, data)
    os.lseek(fd, 0, os.SEEK_SET)
    high = fcntl.fcntl(fd, fcntl.F_DUPFD_CLOEXEC, 100)
    os.close(fd)
    return high


def sweep():
    """Remove what a grader left that was killed: its folder has its number."""
    for path in pathlib.Path(tempfile.gettempdir()).glob(
            "threadbare-grade.[0-9]*.*"):
        if path.lstat().st_uid == os.geteuid() and not os.path.exists(
                f"/proc/{path.name.split('.')[1]}"):
            shutil.rmtree(path, ignore_errors=True)


def out_of_memory():
    """How often the kernel has killed somebody for want of memory."""
    for line in pathlib.Path("/proc/vmstat").read_text().splitlines():
        if line.startswith("oom_kill "):
            return int(line.split()[1])
    return 0


class Box:
    """How untrusted code is run, decided once."""

    def __init__(self, user="nobody", unsafe=False, rubric=None):
        """What a lab's programs may do beyond the usual, its rubric says."""
        self.unsafe = unsafe
        self.io_uring = bool((rubric or {}).get("io_uring"))
        self.kernel_threads = bool((rubric or {}).get("kernel_threads"))
        self.machine = Machine()
        self.drop = []
        self.uid = os.geteuid()
        if unsafe:
            return
        for tool, package in (("bwrap", "bubblewrap"),
                              ("prlimit", "util-linux"),
                              ("setpriv", "util-linux")):
            if not shutil.which(tool):
                raise Infrastructure(
                    f"no {tool}: install {package} (scripts/deps labs); "
                    "without a sandbox a submission can do whatever you can")
        if self.uid == 0:
            self.become(user)
        self.try_out()

    def become(self, user):
        """Root grades as somebody else: limits do not bind root."""
        try:
            entry = pwd.getpwnam(user)
        except KeyError:
            raise Infrastructure(
                f"root, and no user '{user}' to drop to; name one: "
                "--user NAME") from None
        if entry.pw_uid == 0:
            raise Infrastructure("root, and --user is root as well")
        self.uid = entry.pw_uid
        self.drop = ["setpriv", f"--reuid={entry.pw_uid}",
                     f"--regid={entry.pw_gid}", "--clear-groups",
                     "--no-new-privs", "--"]

    def try_out(self):
        """Does bubblewrap work here at all? Better known before than after."""
        done = subprocess.run(
            [*self.drop, "bwrap", "--unshare-all", "--ro-bind", "/", "/",
             "true"], capture_output=True, text=True, check=False)
        if done.returncode != 0:
            raise Infrastructure(
                f"bubblewrap does not work here: {done.stderr.strip()}")

    def workplace(self):
        """A folder that the sandbox's user can enter; removed with it."""
        sweep()
        folder = tempfile.TemporaryDirectory(
            prefix=f"threadbare-grade.{os.getpid()}.")
        os.chmod(folder.name, 0o755)
        self.look_for_room(folder.name)
        return folder

    @staticmethod
    def look_for_room(path):
        """On a disk that is full everything fails, the best program too."""
        state = os.statvfs(path)
        if state.f_bavail * state.f_frsize < ROOM * MIB:
            raise Infrastructure(f"less than {ROOM} MiB are free where {path} "
                                 "is: make room, or set TMPDIR")

    def give(self, path):
        """Let the sandbox's user write to this folder."""
        if os.geteuid() == 0 and not self.unsafe:
            os.chown(path, self.uid, -1)

    def run(self, command, limits, mounts=(), writable=(), tools=False,
            challenge=b"", environment=None):
        """Run a command inside; its Record. mounts: (outside, inside), to be
        read; writable: the same, to be written. tools: with /usr, and the
        right to start processes, as a compiler needs."""
        variables = {"PATH": "/usr/bin", **(environment or {})}
        if self.unsafe:
            with self.machine.shared():
                return play(command, challenge, limits.wall,
                            limits.trace_kb * 1024,
                            {**os.environ, **variables})
        # bubblewrap's own first process stays inside, under no filter: nobody
        # is to read its environment, which would be ours, nor to write its
        # memory, so /proc/1 is empty.
        status_out, status_in = os.pipe()
        filter_fd = memory_file(seccomp.make_filter(
            tools, self.io_uring, self.kernel_threads))
        high = fcntl.fcntl(status_in, fcntl.F_DUPFD_CLOEXEC, 100)
        os.close(status_in)
        words = [*self.drop, *limits.command(), "bwrap", "--unshare-all",
                 "--die-with-parent", "--new-session", "--clearenv",
                 "--cap-drop", "ALL", "--seccomp", str(filter_fd),
                 "--json-status-fd", str(high), "--proc", "/proc",
                 "--tmpfs", "/proc/1", "--remount-ro", "/proc/1"]
        for name, value in variables.items():
            words += ["--setenv", name, value]
        if tools:
            words += ["--ro-bind", "/usr", "/usr", "--size", str(64 * MIB),
                      "--tmpfs", "/tmp"]
            for name in ("lib", "lib64", "bin"):
                if os.path.islink("/" + name):
                    words += ["--symlink", f"usr/{name}", f"/{name}"]
                elif os.path.isdir("/" + name):
                    words += ["--ro-bind", f"/{name}", f"/{name}"]
        for outside, inside in mounts:
            words += ["--ro-bind", str(outside), inside]
        for outside, inside in writable:
            words += ["--bind", str(outside), inside]
        words += ["--remount-ro", "/", "--chdir", "/", "--", *command]
        before = out_of_memory()
        try:
            with self.machine.shared():
                record = play(words, challenge, limits.wall,
                              limits.trace_kb * 1024,
                              {"PATH": os.environ.get("PATH", os.defpath)},
                              more_fds=(filter_fd, high))
        finally:
            os.close(filter_fd)
            os.close(high)
        self.look_whether_it_began(status_out, record)
        if record.status == KILLED and out_of_memory() > before:
            raise Infrastructure("this machine ran out of memory, and killed "
                                 "what was being graded: run fewer at a time")
        return record

    @staticmethod
    def look_whether_it_began(status_out, record):
        """bubblewrap says on a descriptor of its own how the command has ended,
        unless it never began: that is not the command's fault. What stands in
        its output proves nothing, for it can write what it likes."""
        with os.fdopen(status_out) as file:
            ends = [json.loads(line)["exit-code"] for line in file
                    if "exit-code" in line]
        if ends:
            record.status = ends[0]
        elif not record.excess:
            raise Infrastructure(
                "the sandbox did not start: "
                + record.output.decode("utf-8", "replace").strip()[:300])

# SPDX-License-Identifier: MIT
"""fake_trace.py - recordings and demos made up for the front end's tests.

A Trace writes the file format of common/trace.h from a list of events, so a
test can say exactly what happened and when. Run as a program under the name
NAME-MODEL, this file is a demo: NAME says how it behaves (see demo_*).
"""
import json
import os
import signal
import struct
import sys
import time

(CREATE, START, NAME0, NAME1, NAME2, NAME3, RUN, YIELD, BLOCK, READY, EXIT,
 IDLE) = range(1, 13)
KERNEL_IN, KERNEL_OUT, KERNEL_EXIT, KERNEL_LOST = range(64, 68)
JOIN, SLEEP, MUTEX, COND, SEMAPHORE, IO = range(1, 7)
MS = 1_000_000
CHUNK_RECORDS = 63


def wait(kind, detail):
    return kind << 24 | detail & 0xffffff


class Trace:
    """Ticks are nanoseconds; pid 1 is nobody's demo, so that the kernel's
    real records are left out of a picture that must always be the same."""

    def __init__(self, model="user", pid=1, lost=0, taken=0, complete=1):
        self.model, self.pid, self.lost = model, pid, lost
        self.taken, self.complete = taken, complete
        self.library, self.kernel = [], []

    def at(self, ms, event, thread, arg=0):
        rows = self.kernel if event >= KERNEL_IN else self.library
        rows.append((int(ms * MS), event, thread, arg))

    def name(self, ms, thread, name):
        data = name.encode().ljust(16, b"\0")
        for part in range(4):
            self.at(ms, NAME0 + part, thread,
                    struct.unpack_from("<I", data, 4 * part)[0])

    def chunks(self):
        for source, rows in enumerate((self.library, self.kernel)):
            for i in range(0, len(rows), CHUNK_RECORDS):
                yield source, rows[i:i + CHUNK_RECORDS]

    def bytes(self, start=1_000_000_000):
        body, count, end = b"", 0, 0
        for source, rows in self.chunks():
            count += 1
            chunk = struct.pack("<QIHH", count, 0, source, 0)
            for time_ns, event, thread, arg in rows:
                end = max(end, time_ns)
                chunk += struct.pack("<QII", time_ns | event << 48, thread,
                                     arg)
            body += chunk.ljust(1024, b"\0")
        header = struct.pack(
            "<8sIIQQQQQQII16s16s16s16s64s", b"TBTRACE1", 1024, count,
            self.taken or count, self.lost, start, start, start + end,
            start + end, self.pid, self.complete, self.model.encode(),
            b"ucontext" if self.model == "user" else b"kernel", b"rr",
            b"uring" if self.model == "user" else b"kernel",
            b"fake-" + self.model.encode())
        return header.ljust(4096, b"\0") + body

    def write(self, path, **options):
        with open(path, "wb") as file:
            file.write(self.bytes(**options))


def stall(kernel=True):
    """Many-to-one: thread 2 stalls the process for 80 of 100 ms."""
    t = Trace()
    for thread, name in (1, "main"), (2, "reader"), (3, "count"), (4, "count"):
        t.at(0, CREATE, thread, 0 if thread == 1 else 1)
        t.name(0, thread, name)
    t.at(0, START, 1, t.pid)
    t.at(0, RUN, 1)
    t.at(1, BLOCK, 1, wait(JOIN, 2))
    t.at(1, RUN, 2, 1)
    for ms in range(2, 10):
        t.at(ms, YIELD, 2 + ms % 3)
        t.at(ms, RUN, 2 + (ms + 1) % 3, 2 + ms % 3)
    for thread in 3, 4:
        t.at(8 + thread, START, thread, t.pid)
    t.at(10, RUN, 2, 3)
    t.at(90, YIELD, 2)
    t.at(90, RUN, 3, 2)
    t.at(93, BLOCK, 3, wait(IO, 7))
    t.at(93, RUN, 4, 3)
    t.at(96, EXIT, 4)
    t.at(96, IDLE, 0, 4)
    t.at(98, READY, 3, 0)
    t.at(98, RUN, 3, 0)
    t.at(98.5, EXIT, 3)
    t.at(98.5, RUN, 2, 3)
    t.at(99, READY, 1, 2)
    t.at(99, EXIT, 2)
    t.at(99, RUN, 1, 2)
    t.at(100, EXIT, 1)
    if kernel:
        t.at(0, KERNEL_IN, t.pid)
        t.at(10, KERNEL_OUT, t.pid, 0)
        t.at(90, KERNEL_IN, t.pid)
        t.at(96, KERNEL_OUT, t.pid, 0)
        t.at(98, KERNEL_IN, t.pid)
        t.at(100, KERNEL_EXIT, t.pid)
    return t


def parallel():
    """One-to-one: the reader blocks, two others share a CPU."""
    t = Trace(model="kernel")
    for thread, name in (1, "main"), (2, "reader"), (3, "count"), (4, "count"):
        t.at(0, CREATE, thread, 0 if thread == 1 else 1)
        t.name(0, thread, name)
        t.at(0.5, START, thread, thread)
        t.at(0.5, KERNEL_IN, thread)
    t.at(1, BLOCK, 1, wait(JOIN, 2))
    t.at(1, KERNEL_OUT, 1)
    t.at(2, KERNEL_OUT, 2)
    t.at(2, KERNEL_OUT, 3, 1)
    for ms in range(10, 90, 20):
        t.at(ms, KERNEL_IN, 3)
        t.at(ms, KERNEL_OUT, 4, 1)
        t.at(ms + 10, KERNEL_IN, 4)
        t.at(ms + 10, KERNEL_OUT, 3, 1)
    t.at(82, KERNEL_IN, 2)
    t.at(83, READY, 1, 2)
    for thread in 2, 3, 4:
        t.at(90, EXIT, thread)
        t.at(90, KERNEL_EXIT, thread)
    t.at(90, KERNEL_IN, 1)
    t.at(91, EXIT, 1)
    t.at(91, KERNEL_EXIT, 1)
    return t


def crowd(count=2000):
    """Many-to-one: so many sleepers that they cannot all have a lane."""
    t = Trace()
    t.at(0, CREATE, 1)
    t.name(0, 1, "main")
    t.at(0, RUN, 1)
    for i in range(count):
        t.at(1, CREATE, 2 + i, 1)
    t.at(2, BLOCK, 1, wait(JOIN, 2))
    for i in range(count):
        t.at(2 + i / count, RUN, 2 + i, 1 if i == 0 else 1 + i)
        t.at(2 + i / count, BLOCK, 2 + i, wait(SLEEP, 0))
    t.at(3, IDLE, 0, 1 + count)
    for i in range(count):
        t.at(50, READY, 2 + i)
    for i in range(count):
        t.at(51 + i / count, RUN, 2 + i, 0 if i == 0 else 1 + i)
        t.at(51 + i / count, EXIT, 2 + i)
    t.at(52, READY, 1, 1 + count)
    t.at(52, RUN, 1, 1 + count)
    t.at(53, EXIT, 1)
    return t


def lossy():
    """A recording that lacks much, and says so."""
    t = stall()
    t.library = [row for row in t.library if row[0] >= 5 * MS]
    t.lost, t.taken, t.complete = 3, len(list(t.chunks())) + 2, 0
    t.at(95, KERNEL_LOST, 0, 42)
    return t


# ---- The demos ----

def result(name, model, verdict="as-predicted", **measured):
    return {"demo": name, "model": model, "variant": model,
            "claim": "A claim about " + name + ".", "predicted": "so",
            "measured": {k: {"value": v, "unit": "ms"}
                         for k, v in measured.items()},
            "verdict": verdict, "reason": "Because it was made up."}


def demo_good(model, trace):
    (stall() if model == "user" else parallel()).write(trace)
    print(json.dumps(result("good", model, delay=80.25,
                            longest_silence=81 if model == "user" else 0.5)))


def demo_surprise(model, trace):
    stall().write(trace)
    print(json.dumps(result("surprise", model, "surprise", delay=7)))
    return 1


def demo_skip(model, trace):
    print(json.dumps(result("skip", model, "skip")))
    return 77


def demo_liar(model, trace):
    stall().write(trace)
    print(json.dumps(result("liar", model)))
    return 1


def demo_garbage(model, trace):
    stall().write(trace)
    print('{"demo": ')


def demo_crash(model, trace):
    stall().write(trace)
    sys.stderr.write("about to fall over\n")
    sys.stderr.flush()
    os.kill(os.getpid(), 11)


def demo_flip(model, trace):
    """As predicted the first time, and then every other time."""
    with open(os.environ["FAKE_RUNS"], "a+") as file:
        file.write("x")
        odd = file.tell() % 2
    print(json.dumps(result("flip", model, "as-predicted" if odd else
                            "surprise", delay=10)))
    return 0 if odd else 1


def demo_drift(model, trace):
    """Measures 10, then 20, then 30 ms: the middle is 20."""
    with open(os.environ["FAKE_RUNS"], "a+") as file:
        file.write("x")
        runs = file.tell()
    print(json.dumps(result("drift", model, delay=10 * runs)))


def demo_unsure(model, trace):
    """Skipped the first time, and then every other time."""
    with open(os.environ["FAKE_RUNS"], "a+") as file:
        file.write("x")
        odd = file.tell() % 2
    verdict = "skip" if odd else "as-predicted"
    print(json.dumps(result("unsure", model, verdict, delay=10)))
    return 77 if odd else 0


def demo_fussy(model, trace):
    sys.stderr.write("fussy: no flag does; valid: none\n")
    return 2


def demo_hang(model, trace):
    """Hangs with a child of its own in the same process group, and says who
    they are in the file that FAKE_PIDS names."""
    child = os.fork()
    if child:
        stall().write(trace)
        with open(os.environ["FAKE_PIDS"] + ".new", "w") as file:
            file.write(f"{os.getpid()} {child}\n")
        os.rename(os.environ["FAKE_PIDS"] + ".new", os.environ["FAKE_PIDS"])
    while True:
        time.sleep(3600)


def demo_real(model, trace):
    """Sleeps 50 ms for the kernel to see; the recording begins now."""
    t = Trace(pid=os.getpid())
    start = time.monotonic_ns()
    time.sleep(0.05)
    end = (time.monotonic_ns() - start) / MS
    t.at(0, CREATE, 1)
    t.at(0, START, 1, t.pid)
    t.at(0, RUN, 1)
    t.at(end, EXIT, 1)
    t.write(trace, start=start)
    print(json.dumps(result("real", model, slept=50)))


def demo_storm(model, trace):
    """Stops threadbare, which then cannot drain its rings, until there have
    been more switches than they hold."""
    parent = os.getppid()
    ours, theirs = os.pipe(), os.pipe()
    t = Trace(pid=os.getpid())
    t.at(0, CREATE, 1)
    t.at(0, START, 1, t.pid)
    t.at(0, RUN, 1)
    t.at(1, EXIT, 1)
    start = time.monotonic_ns()
    os.kill(parent, signal.SIGSTOP)
    if os.fork() == 0:
        while os.read(ours[0], 1) == b"x":
            os.write(theirs[1], b"x")
        os._exit(0)
    for _ in range(20000 * os.cpu_count()):
        os.write(ours[1], b"x")
        os.read(theirs[0], 1)
    os.write(ours[1], b"q")
    os.kill(parent, signal.SIGCONT)
    t.write(trace, start=start)
    print(json.dumps(result("storm", model)))


def main():
    name, model = os.path.basename(sys.argv[0]).split("-", 1)
    if "--about" in sys.argv:
        print(json.dumps({"demo": name, "claim": "A claim about " + name}))
        return 0
    if "--json" not in sys.argv:
        print(name, "on", model, *sys.argv[1:])
        return 0
    trace = "/dev/null"
    if "--trace" in sys.argv:
        trace = sys.argv[sys.argv.index("--trace") + 1]
    return globals()["demo_" + name](model, trace) or 0


if __name__ == "__main__" and "-" in os.path.basename(sys.argv[0]):
    sys.exit(main())

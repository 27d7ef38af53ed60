# SPDX-License-Identifier: MIT
"""Play a scenario: run a test program, and take down what it says.

The program gets its challenge on standard input and descriptors 0 to 3, no
other. What it writes is read up to a limit, for no longer than a time; then
its whole process group is killed, and so is everybody in its sandbox.
"""
import os
import selectors
import signal
import subprocess
import time

OUTPUT_MOST = 64 * 1024


class Record:
    """What came of one run."""

    def __init__(self):
        self.trace = b""
        self.output = b""   # standard output and error together
        self.status = None  # as the shell has it: 128 + a signal's number
        self.excess = None  # "time", "trace" or "output", if it was stopped
        self.seconds = 0.0
        self.span = 0.0     # ... from the first word of its trace to the last


def challenge(nonce, seed, test, only=None):
    """What a program is told: who it is, where its numbers begin, and how
    often it is to be played in which order (or which of these alone)."""
    options = dict(test.get("schedules", {}), **({"only": only} if only else
                                                 {}))
    words = [f"threadbare-lab {nonce:x} {seed}",
             *(f"{name}={number}" for name, number in options.items())]
    return (" ".join(words) + "\n").encode()


def status_words(status):
    """What an exit status means."""
    if status is None:
        return "the program was killed"
    if status > 128:
        try:
            return f"the program died of {signal.Signals(status - 128).name}"
        except ValueError:
            pass
    return f"the program called exit({status})"


def kill_group(child):
    """SIGKILL to all; a sandbox dies with its first process."""
    try:
        os.killpg(child.pid, signal.SIGKILL)
    except ProcessLookupError:
        pass
    child.wait()


def listen(record, child, ends, wall, trace_most):
    """Read until all ends are closed, or too much was said, or too late."""
    deadline, first = time.monotonic() + wall, None
    with selectors.DefaultSelector() as selector:
        for name, end in ends.items():
            os.set_blocking(end, False)
            selector.register(end, selectors.EVENT_READ, name)
        while selector.get_map():
            left = deadline - time.monotonic()
            if left <= 0:
                record.excess = "time"
                return
            for key, _ in selector.select(min(left, 0.5)):
                data = os.read(key.fd, 65536)
                if not data:
                    selector.unregister(key.fd)
                elif key.data == "trace":
                    first = first or time.monotonic()
                    record.trace += data
                    record.span = time.monotonic() - first
                else:
                    record.output += data[:OUTPUT_MOST]
            if len(record.trace) > trace_most:
                record.excess = "trace"
                return
            if len(record.output) > OUTPUT_MOST:
                record.excess = "output"
                return
            if child.poll() is not None and left < wall / 2:
                return  # it has ended, and somebody else holds its pipes


def play(command, challenge, wall, trace_most, environment=None,
         more_fds=()):
    """Run a command; returns its Record. `more_fds` are for the sandbox,
    which closes them before the program begins."""
    record = Record()
    trace_in, trace_out = os.pipe()
    output_in, output_out = os.pipe()
    begin = time.monotonic()

    def descriptor_three():  # not free: trace_in, or an older one, has it
        os.dup2(trace_out, 3)

    try:
        child = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=output_out,
            stderr=output_out, pass_fds=(3, *more_fds),
            preexec_fn=descriptor_three, start_new_session=True,
            env=environment)
    finally:
        os.close(trace_out)
        os.close(output_out)
    try:
        try:
            child.stdin.write(challenge)
            child.stdin.close()
        except BrokenPipeError:
            pass
        listen(record, child, {"trace": trace_in, "output": output_in}, wall,
               trace_most)
        if record.excess is None:
            try:
                code = child.wait(max(0.1, wall - (time.monotonic() - begin)))
                record.status = code if code >= 0 else 128 - code
            except subprocess.TimeoutExpired:
                record.excess = "time"
    finally:
        kill_group(child)
        os.close(trace_in)
        os.close(output_in)
    record.seconds = time.monotonic() - begin
    return record

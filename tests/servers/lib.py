# SPDX-License-Identifier: MIT
"""TAP for tests of the servers, and a server to test.

A test is a Python program, for it plays clients that no well-behaved one
would be. It waits for events: what a socket says, what the server's process
looks like from outside. PATIENCE ends a wait that would never end.
"""
import json
import os
import re
import shutil
import signal
import socket
import struct
import subprocess
import tempfile
import time

BUILD = os.environ.get("BUILD", "build")
PATIENCE = 30
checks = failures = 0


def plan(count):
    """How many checks there will be; and here are the first of them."""
    print(f"1..{count + len(lacking)}", flush=True)
    for name, reason in lacking:
        if name == "uring":
            skip(f"{name} is tested", reason)
        else:
            ok(f"{name} is tested", False, reason)


def ok(what, passed, detail=""):
    global checks, failures
    checks += 1
    failures += not passed
    print(f"{'ok' if passed else 'not ok'} {checks} - {what}", flush=True)
    if not passed and detail != "":
        print(f"# {str(detail)[:600]!r}", flush=True)
    return passed


def skip(what, reason):
    global checks
    checks += 1
    print(f"ok {checks} - {what} # SKIP {reason}", flush=True)


def done():
    raise SystemExit(1 if failures else 0)


def wait_for(condition):
    """Until it is true; whether it became so."""
    end = time.monotonic() + PATIENCE
    while not condition():
        if time.monotonic() > end:
            return False
        time.sleep(0.002)
    return True


class Server:
    """A demo with --listen, as a process of its own."""

    def __init__(self, demo, model, *flags, io=None, prefix=()):
        env = dict(os.environ)
        if io:
            env["UTHREADS_IO"] = io
        self.process = subprocess.Popen(
            [*prefix, f"{BUILD}/demos/{demo}-{model}", "--json", "--listen",
             "127.0.0.1:0", *flags],
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=env)
        self.said = ""
        self.port = self.counts = self.status = None
        for line in self.process.stderr:
            self.said += line
            if match := re.search(r": port (\d+),", line):
                self.port = int(match[1])
                return

    def connect(self, receive_buffer=None):
        client = socket.socket()
        client.settimeout(PATIENCE)
        if receive_buffer:
            client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF,
                              receive_buffer)
        client.connect(("127.0.0.1", self.port))
        return client

    def proc(self, name):
        with open(f"/proc/{self.process.pid}/{name}", encoding="ascii") as file:
            return file.read()

    def unread(self, client):
        """Bytes of this client that lie in the kernel, for the server."""
        ours, theirs = self.port, client.getsockname()[1]
        with open("/proc/net/tcp", encoding="ascii") as table:
            for line in table:
                fields = line.split()
                if (fields[1].endswith(f":{ours:04X}") and
                        fields[2].endswith(f":{theirs:04X}")):
                    return int(fields[4].partition(":")[2], 16)
        return 0

    def descriptors(self):
        return len(os.listdir(f"/proc/{self.process.pid}/fd"))

    def resident_kib(self):
        return int(re.search(r"VmRSS:\s+(\d+)", self.proc("status"))[1])

    def cpu_seconds(self):
        fields = self.proc("stat").rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def stop(self, how=signal.SIGINT):
        """Send a signal, wait for the end, take the counts."""
        self.process.send_signal(how)
        return self.wait()

    def wait(self):
        try:
            out, said = self.process.communicate(timeout=PATIENCE)
        except subprocess.TimeoutExpired:
            self.process.kill()
            out, said = self.process.communicate()
        self.said += said
        self.status = self.process.returncode
        self.counts = json.loads(out) if out.startswith("{") else {}
        return self.counts


lacking = []  # engines that are not there, and what was said instead


def engines():
    """(model, engine, name) of each there is to test."""
    found = []
    for model, io in (("user", "uring"), ("user", "epoll"), ("kernel", None)):
        server = Server("echo", model, io=io)
        if server.port:
            found.append((model, io, io or model))
            server.stop()
        else:
            server.wait()
            lacking.append((io or model, server.said.strip()))
    return found


def read_exactly(client, count):
    data = b""
    while len(data) < count:
        piece = client.recv(min(65536, count - len(data)))
        if not piece:
            break
        data += piece
    return data


def reset(client):
    """End a connection with RST: an abrupt end."""
    client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER,
                      struct.pack("ii", 1, 0))
    client.close()


def fill(server, client, most=100 << 20):
    """Say more and more and read nothing, until the server does not read
    either. Byte i is i % 256; returns how many there were."""
    piece, sent = bytes(range(256)) * 256, 0
    client.settimeout(0.1)
    while sent < most:
        try:
            sent += client.send(piece[sent % 256:])
        except TimeoutError:
            if server.unread(client):
                break
    client.settimeout(PATIENCE)
    return sent


class Directory:
    """With files in it, for as long as a block lasts."""

    def __enter__(self):
        self.path = tempfile.mkdtemp(prefix="threadbare-test.")
        return self

    def __exit__(self, *_):
        shutil.rmtree(self.path)

    def file(self, name, content):
        path = os.path.join(self.path, name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "wb") as file:
            file.write(content)
        return path

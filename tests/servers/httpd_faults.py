#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""What clients do to a web server: too slow, too much, or nonsense."""
import os
import random
import re
import signal
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from lib import (Directory, Server, done, engines, ok, plan,  # noqa: E402
                 read_exactly, reset, wait_for)

SEED = int(os.environ.get("SEED", "1"))
NONSENSE = 400
PAGE = b"a page\n"
GET = b"GET / HTTP/1.1\r\nHost: here\r\n\r\n"
CHECKS = 14


def everything(client):
    """All that comes until the end, in order or not."""
    data = b""
    try:
        while piece := client.recv(65536):
            data += piece
    except ConnectionResetError:
        pass
    return data


def is_served(server):
    client = server.connect()
    client.sendall(GET)
    data = b""
    while not data.endswith(PAGE):
        piece = client.recv(1000)
        if not piece:
            return False
        data += piece
    client.close()
    return True


def too_slow(root, model, io, name):
    server = Server("httpd", model, "--root", root, "--patience", "300", io=io)
    is_served(server)
    before = server.descriptors()
    half = server.connect()
    half.sendall(GET[:20])
    said = everything(half)
    ok(f"{name}: half a head, and no more: 408", b" 408 " in said, said)
    ok(f"{name}: no head at all: no answer",
       everything(server.connect()) == b"")
    dribble = server.connect()
    dribble.settimeout(0.02)
    sent, said = 0, b""
    while not said:
        try:
            dribble.send(b"G" if sent == 0 else b"E")
            sent += 1
            said = dribble.recv(1000)
        except TimeoutError:
            continue
    ok(f"{name}: a byte now and then does not put it off: 408",
       b" 408 " in said, said)
    idle = server.connect()
    idle.sendall(GET)
    ok(f"{name}: nothing after an answer: closed without a word",
       everything(idle).count(b"HTTP/1.1 ") == 1)
    deaf = server.connect(receive_buffer=4096)
    deaf.sendall(GET.replace(b"/ ", b"/vast "))
    ok(f"{name}: who does not read loses the connection, and no other does",
       wait_for(lambda: is_served(server) and
                server.descriptors() <= before + 1), server.descriptors())
    server.stop()


def nothing_left(root, model, io, name):
    """Each client costs two descriptors for a moment: its own and a file's."""
    server = Server("httpd", model, "--root", root, io=io,
                    prefix=["prlimit", "--nofile=24:24"])
    clients = [server.connect() for _ in range(60)]
    for client in clients:
        client.sendall(GET)
    statuses = []
    for client in clients:
        answer = client.recv(4096)
        statuses.append(int(answer.split(b" ")[1]))
        client.close()
    ok(f"{name}: no descriptor left: served, or told so",
       set(statuses) <= {200, 503} and 200 in statuses, statuses)
    ok(f"{name}: and all is well afterwards", is_served(server))
    server.stop()


def cut_off(root, model, io, name, twice):
    """Somebody is not done at the end: one who does not read."""
    server = Server("httpd", model, "--root", root, io=io)
    client = server.connect(receive_buffer=4096)
    client.sendall(GET.replace(b"/ ", b"/vast "))
    client.recv(1)
    server.process.send_signal(signal.SIGINT)
    if twice:
        wait_for(lambda: refused(server))
        server.stop()
        ok(f"{name}: a second SIGINT does not wait for who does not read",
           server.status == -signal.SIGINT, server.status)
    else:
        counts = server.wait()
        ok(f"{name}: who does not read at the end is cut off",
           server.status == 0 and counts["cut"] == 1, counts)
    client.close()


def refused(server):
    """Nobody listens any more."""
    try:
        server.connect().close()
        return False
    except ConnectionRefusedError:
        return True


def last_answer(root, model, io, name):
    """A request that has come before the end is answered."""
    server = Server("httpd", model, "--root", root, io=io)
    client = server.connect()
    client.sendall(GET)
    first = read_exactly(client, 1)
    server.process.send_signal(signal.SIGTERM)
    said = first + everything(client)
    counts = server.wait()
    ok(f"{name}: SIGTERM: what was asked is answered, and counted",
       said.endswith(PAGE) and server.status == 0 and
       counts["requests"] == 1, counts)


def nonsense(chance):
    """A request that something has happened to."""
    lines = [b"GET / HTTP/1.1", b"Host: here", b"Range: bytes=0-3",
             b"Connection: keep-alive", b"Content-Length: 3",
             b"If-Modified-Since: Sun, 06 Nov 1994 08:49:37 GMT"]
    text = b"\r\n".join(lines[:2] + chance.sample(lines[2:], 2)) + b"\r\n\r\n"
    text = bytearray(text)
    for _ in range(chance.randint(1, 4)):
        at = chance.randrange(len(text))
        kind = chance.randrange(5)
        if kind == 0:
            text[at] = chance.randrange(256)
        elif kind == 1:
            del text[at:at + chance.randint(1, 9)]
        elif kind == 2:
            text[at:at] = chance.randbytes(chance.randint(1, 9))
        elif kind == 3:
            text[at:at] = text[at:at + 20] * chance.randint(1, 99)
        else:
            text[at:at] = chance.choice([b"\r\n", b"\n", b" ", b":", b"\0",
                                         b"%", b"../", b"\r", b"HTTP/1.1"])
        text = text or bytearray(b"x")
    return bytes(text)


ANSWER = re.compile(rb"HTTP/1\.1 (\d{3}) [A-Z][A-Za-z ]+\r\nDate: ")


def fuzz(root, model, io, name):
    server = Server("httpd", model, "--root", root, "--patience", "300", io=io)
    is_served(server)
    before = server.descriptors()
    chance = random.Random(SEED)
    seen, wrong = {}, None
    for _ in range(NONSENSE):
        text = nonsense(chance)
        client = server.connect()
        try:
            client.sendall(text)
            if chance.random() < 0.1:
                reset(client)
                continue
            client.shutdown(1)
        except OSError:
            pass
        said = everything(client)
        client.close()
        if said:
            match = ANSWER.match(said)
            status = int(match[1]) if match else None
            seen[status] = seen.get(status, 0) + 1
            if status not in (200, 206, 304, 400, 403, 404, 405, 411, 413, 414,
                              416, 431, 501, 505):
                wrong = (text, said[:100])
    print(f"# seed {SEED}: {seen}", flush=True)
    ok(f"{name}: {NONSENSE} mutilated requests: an answer in order, or none",
       wrong is None, wrong)
    ok(f"{name}: some were understood, and most refused",
       seen.get(200, 0) > 0 and seen.get(400, 0) > NONSENSE / 4, seen)
    ok(f"{name}: and it serves on", is_served(server))
    ok(f"{name}: with not a descriptor more",
       wait_for(lambda: server.descriptors() <= before),
       (before, server.descriptors()))
    counts = server.stop()
    ok(f"{name}: and ends in order", server.status == 0, counts)


def main():
    found = engines()
    plan(len(found) * CHECKS + 1)
    with Directory() as d:
        d.file("index.html", PAGE)
        with open(d.file("vast", b""), "wb") as vast:
            vast.truncate(200 << 20)
        for model, io, name in found:
            too_slow(d.path, model, io, name)
            nothing_left(d.path, model, io, name)
            last_answer(d.path, model, io, name)
            cut_off(d.path, model, io, name, True)
            fuzz(d.path, model, io, name)
        model, io, name = found[0]
        cut_off(d.path, model, io, name, False)
    done()


main()

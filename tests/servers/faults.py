#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""What clients do to a server, and how it ends: the echo server.

A client of any kind costs its thread and no more: beside it, another one is
always served.
"""
import os
import selectors
import signal
import socket
import sys
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from lib import (Server, done, engines, fill, ok, plan,  # noqa: E402
                 read_exactly, reset, skip, wait_for)

TCP_REPAIR = 19
THOUSANDS = 10000
CHECKS = 26


def echoes(server, size=1000, client=None):
    """Somebody is served."""
    mine = client or server.connect()
    text = os.urandom(size)
    mine.sendall(text)
    good = read_exactly(mine, size) == text
    if not client:
        mine.close()
    return good


def abrupt(server, name):
    before = server.descriptors()
    for i in range(100):
        client = server.connect()
        client.sendall(b"x" * 50 * (i % 5))
        if i % 3 == 0:
            read_exactly(client, 50 * (i % 5))
        reset(client)
    ok(f"{name}: a hundred resets, and the next is served", echoes(server))
    ok(f"{name}: and they leave no descriptor behind",
       wait_for(lambda: server.descriptors() <= before), server.descriptors())


def killed(server, name):
    """A client's process dies in mid-sentence."""
    before = server.descriptors()
    client = server.connect()
    child = os.fork()
    if child == 0:
        client.sendall(b"y" * 100000)
        signal.pause()
    client.close()
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    ok(f"{name}: a client is killed, and the next is served", echoes(server))
    ok(f"{name}: and it leaves no descriptor behind",
       wait_for(lambda: server.descriptors() <= before), server.descriptors())


def silent(server, name):
    quiet = [server.connect() for _ in range(200)]
    ok(f"{name}: beside two hundred silent clients one is served",
       echoes(server))
    ok(f"{name}: and so are they, when they speak",
       all(echoes(server, 10, client) for client in quiet))
    for client in quiet:
        client.close()


def dribbling(server, name):
    """A byte now and then: between two of them others come and go."""
    slow, text, back = server.connect(), b"one at a time", b""
    others = True
    for byte in text:
        slow.sendall(bytes([byte]))
        others &= echoes(server, 100)
        back += slow.recv(10)
    ok(f"{name}: a byte at a time comes back", back == text, back)
    ok(f"{name}: and others are served in between", others)
    slow.close()


def vanished(server, name):
    """Without a word: no FIN, no reset, nothing. The server cannot know."""
    gone = server.connect()
    echoes(server, 10, gone)
    try:
        gone.setsockopt(socket.IPPROTO_TCP, TCP_REPAIR, 1)
    except OSError as error:
        skip(f"{name}: a client vanishes, and the next is served",
             error.strerror)
        return
    gone.close()
    ok(f"{name}: a client vanishes, and the next is served", echoes(server))


def not_reading(server, name):
    """It sends and sends: the server must stop reading, not buffer."""
    client = server.connect(receive_buffer=4096)
    before = server.resident_kib()
    sent = fill(server, client)
    grown = server.resident_kib() - before
    ok(f"{name}: a client that does not read is stopped", sent < 100 << 20,
       sent)
    ok(f"{name}: and nothing is held for it: under 1 MiB", grown < 1024, grown)
    ok(f"{name}: others are served", echoes(server))
    client.shutdown(socket.SHUT_WR)
    back = read_exactly(client, sent)
    ok(f"{name}: when it reads, every byte is there",
       back == (bytes(range(256)) * (sent // 256 + 1))[:sent],
       (sent, len(back)))
    client.close()


def no_descriptors(model, io, name):
    server = Server("echo", model, io=io, prefix=["prlimit", "--nofile=40:40"])
    begun = time.monotonic()
    clients = [server.connect() for _ in range(80)]
    for client in clients:
        client.sendall(b"hello")
    served = [c for c in clients[:20] if read_exactly(c, 5) == b"hello"]
    ok(f"{name}: no descriptor left: those who have one are served",
       len(served) == 20, len(served))
    time.sleep(0.5)  # a server that spins would do much in that time
    for client in clients:
        if client not in served:
            client.settimeout(30)
            if read_exactly(client, 5) == b"hello":
                served.append(client)
        client.close()
    ok(f"{name}: the others get their turn as descriptors come back",
       len(served) == 80, len(served))
    counts = server.stop()
    most = 80 + (time.monotonic() - begun) / 0.1 + 10
    ok(f"{name}: each pause ends with a connection, or after 100 ms",
       counts["pauses"] < most, (counts["pauses"], most))
    ok(f"{name}: the pauses are counted", counts["pauses"] > 0 and
       counts["connections"] == 80 and server.status == 0, counts)


def thousands(model, io, name):
    """Ten thousand connect at once, and all of them are answered."""
    server = Server("echo", model, io=io)
    waiting = selectors.DefaultSelector()
    text = b"t" * 64
    try:
        clients = [socket.socket() for _ in range(THOUSANDS)]
    except OSError as error:
        skip(f"{name}: ten thousand connect at once", error.strerror)
        skip(f"{name}: and are served at once", error.strerror)
        server.stop()
        return
    for client in clients:
        client.setblocking(False)
        client.connect_ex(("127.0.0.1", server.port))
        waiting.register(client, selectors.EVENT_WRITE)
    answered, again = 0, True
    while answered < THOUSANDS and again:
        again = waiting.select(30)
        for key, event in again:
            if event & selectors.EVENT_WRITE:
                key.fileobj.send(text)
                waiting.modify(key.fileobj, selectors.EVENT_READ)
            else:
                answered += key.fileobj.recv(100) == text
                waiting.unregister(key.fileobj)
    for client in clients:
        client.close()
    counts = server.stop()
    if counts.get("pauses"):
        skip(f"{name}: ten thousand connect at once",
             f"the system has room for {counts['most_at_once']}")
        skip(f"{name}: and are served at once", "no room")
        return
    ok(f"{name}: ten thousand connect at once", answered == THOUSANDS,
       answered)
    ok(f"{name}: and are served at once", server.status == 0 and
       counts["most_at_once"] == THOUSANDS and counts["broken"] == 0, counts)


def draining(model, io, name, how):
    server = Server("echo", model, io=io)
    clients = [server.connect() for _ in range(20)]
    for client in clients:
        echoes(server, 10, client)
        client.sendall(b"z" * 10000)
    server.process.send_signal(how)
    back = [read_exactly(c, 10001) for c in clients]
    counts = server.wait()
    ok(f"{name}: {how.name} in the middle: what was said comes back",
       all(b == b"z" * 10000 for b in back), [len(b) for b in back])
    ok(f"{name}: {how.name} is an orderly end, with counts",
       server.status == 0 and counts["sent"] == counts["received"] == 200200
       and counts["cut"] == 0, counts)


def what_comes_back(client, count):
    try:
        return read_exactly(client, count)
    except ConnectionResetError:
        return b"a reset"


def in_line(model, io, name):
    """At the end some are connected and not accepted, and have spoken."""
    server = Server("echo", model, io=io)
    echoes(server)
    server.process.send_signal(signal.SIGSTOP)
    clients = [server.connect() for _ in range(20)]
    for client in clients:
        client.sendall(b"q" * 1000)
    server.process.send_signal(signal.SIGINT)
    server.process.send_signal(signal.SIGCONT)
    back = [what_comes_back(c, 1000) for c in clients]
    counts = server.wait()
    ok(f"{name}: SIGINT: who stood in the line is let in, and answered",
       server.status == 0 and all(b == b"q" * 1000 for b in back) and
       counts["connections"] == 21, counts)


def answering_last(model, io, name):
    """At the end an answer is under way, to one who reads late."""
    server = Server("echo", model, io=io)
    client = server.connect(receive_buffer=4096)
    fill(server, client)
    server.process.send_signal(signal.SIGINT)
    wait_for(lambda: refused(server))
    try:
        while client.recv(65536):
            continue
    except ConnectionResetError:
        pass  # we were not done speaking
    counts = server.wait()
    ok(f"{name}: SIGINT: an answer that is under way is given",
       server.status == 0 and counts["broken"] == counts["cut"] == 0 and
       counts["sent"] == counts["received"], counts)


def refused(server):
    """Nobody listens any more."""
    try:
        server.connect().close()
        return False
    except ConnectionRefusedError:
        return True


def main():
    found = engines()
    plan(len(found) * CHECKS)
    for model, io, name in found:
        server = Server("echo", model, io=io)
        echoes(server)
        for part in (abrupt, killed, silent, dribbling, not_reading, vanished):
            part(server, name)
        counts = server.stop()
        ok(f"{name}: the server ends in order, without those who are gone",
           server.status == 0 and counts["cut"] == 0, counts)
        no_descriptors(model, io, name)
        thousands(model, io, name)
        draining(model, io, name, signal.SIGINT)
        draining(model, io, name, signal.SIGTERM)
        in_line(model, io, name)
        answering_last(model, io, name)
    done()


main()

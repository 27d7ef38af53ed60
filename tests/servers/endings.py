#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""A server ends while clients come, and while they speak.

Whoever is connected has been let in; the others are refused. What a client was
answered arrives, even if a reset is what tells it that nobody listens any more.
"""
import os
import signal
import socket
import sys
import threading

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from lib import (PATIENCE, Server, done, engines, fill, ok,  # noqa: E402
                 plan, wait_for)

KNOCKERS, ROUNDS = 4, 3


class Knocker(threading.Thread):
    """Connects again and again, until it is refused."""

    def __init__(self, port):
        super().__init__()
        self.port, self.let_in, self.why = port, 0, None
        self.start()

    def run(self):
        while not self.why:
            client = socket.socket()
            client.settimeout(PATIENCE)
            try:
                client.connect(("127.0.0.1", self.port))
                self.let_in += 1
            except OSError as error:
                self.why = error
            client.close()


def coming(model, io, name):
    """Connected is who is counted as a connection, and nobody else."""
    said = []
    for _ in range(ROUNDS):
        server = Server("echo", model, io=io)
        knockers = [Knocker(server.port) for _ in range(KNOCKERS)]
        wait_for(lambda: sum(k.let_in for k in knockers) > 100)
        counts = server.stop()
        for knocker in knockers:
            knocker.join()
        let_in = sum(k.let_in for k in knockers)
        refused = all(isinstance(k.why, ConnectionRefusedError)
                      for k in knockers)
        if server.status or counts["connections"] != let_in or not refused:
            said.append((server.status, let_in, counts,
                         [str(k.why) for k in knockers]))
    ok(f"{name}: at the end a client is let in, or refused", not said, said)


class Speaker(threading.Thread):
    """Goes on speaking, whatever it is told; byte i is i % 256."""

    def __init__(self, client, begin):
        super().__init__()
        self.client, self.sent, self.why = client, begin, None
        self.start()

    def run(self):
        piece = bytes(range(256)) * 5
        while not self.why:
            try:
                self.sent += self.client.send(piece[self.sent % 256:])
            except OSError as error:
                self.why = error


def read_all(client):
    """What comes until the end, in order or not."""
    data = b""
    try:
        while piece := client.recv(65536):
            data += piece
    except OSError:
        pass
    return data


def speaking(model, io, name):
    """A client goes on speaking; its answers are under way, and held up."""
    server = Server("echo", model, io=io)
    client = server.connect(receive_buffer=1 << 18)
    sent = fill(server, client)
    server.process.send_signal(signal.SIGINT)
    speaker = Speaker(client, sent)
    back = read_all(client)
    counts = server.wait()
    speaker.join()
    client.close()
    ok(f"{name}: who speaks on is answered what was heard, to the last byte",
       server.status == 0 and len(back) == counts["sent"] and
       back == (bytes(range(256)) * (len(back) // 256 + 1))[:len(back)],
       (len(back), counts, server.said))
    ok(f"{name}: and is told that the rest was not, as is the server's owner",
       (isinstance(speaker.why, (ConnectionResetError, BrokenPipeError)) and
        counts["unheard"] == 1) or counts["received"] == speaker.sent,
       (speaker.why, speaker.sent, counts))


def main():
    found = engines()
    plan(len(found) * 3)
    for model, io, name in found:
        coming(model, io, name)
        speaking(model, io, name)
    done()


main()

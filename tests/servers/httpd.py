#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""The web server: what it answers, and what it refuses."""
import os
import random
import socket
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from lib import (Directory, Server, done, engines, ok, plan,  # noqa: E402
                 read_exactly, skip)

PAGE = b"<p>a page</p>\n"
BIG = random.Random(1).randbytes(3_000_000)
HOST = b"Host: here\r\n"


class Answer:
    """One answer, read off a connection."""

    def __init__(self, client, head_only=False):
        data = b""
        while b"\r\n\r\n" not in data:
            byte = client.recv(1)
            if not byte:
                break
            data += byte
        lines = data.decode("latin-1").split("\r\n")
        self.raw = data
        self.status = int(lines[0].split(" ")[1]) if data else None
        self.fields = dict(line.split(": ", 1) for line in lines[1:] if line)
        size = int(self.fields.get("Content-Length", 0))
        self.body = b"" if head_only else read_exactly(client, size)
        self.whole = head_only or len(self.body) == size


def ended(client):
    """The server has nothing more to say."""
    try:
        return client.recv(1) == b""
    except ConnectionResetError:
        return True


def request(server, text, head_only=False):
    client = server.connect()
    client.sendall(text)
    answer = Answer(client, head_only)
    client.close()
    return answer


def get(server, path, more=b""):
    return request(server, b"GET " + path + b" HTTP/1.1\r\n" + HOST + more +
                   b"\r\n")


def answers(server, name):
    a = get(server, b"/")
    ok(f"{name}: / is index.html", (a.status, a.body) == (200, PAGE), a.raw)
    ok(f"{name}: with type, length, date and state of the connection",
       a.fields["Content-Type"] == "text/html; charset=utf-8" and
       a.fields["Content-Length"] == str(len(PAGE)) and
       a.fields["Date"].endswith(" GMT") and
       a.fields["Connection"] == "keep-alive", a.raw)
    modified = a.fields["Last-Modified"].encode()
    a = get(server, b"/", b"If-Modified-Since: " + modified + b"\r\n")
    ok(f"{name}: not sent again if not modified",
       a.status == 304 and a.body == b"", a.raw)
    a = get(server, b"/", b"If-Modified-Since: yesterday\r\n")
    ok(f"{name}: sent if the date is none", a.status == 200, a.raw)
    a = request(server, b"HEAD /big HTTP/1.1\r\n" + HOST + b"\r\n", True)
    ok(f"{name}: HEAD has the length and no body", a.status == 200 and
       a.fields["Content-Length"] == str(len(BIG)), a.raw)
    a = get(server, b"/big?query")
    ok(f"{name}: a large file comes whole", a.body == BIG, a.raw)
    a = get(server, b"/with%20blank.txt")
    ok(f"{name}: a path is decoded", a.body == b"blank", a.raw)
    a = get(server, b"/empty")
    ok(f"{name}: an empty file", (a.status, a.body) == (200, b""), a.raw)


def ranges(server, name):
    size = len(BIG)
    for text, status, first, count in (
            ("0-99", 206, 0, 100), ("100-", 206, 100, size - 100),
            ("-7", 206, size - 7, 7), (f"{size - 5}-{size + 5}", 206,
                                       size - 5, 5),
            (f"{size}-", 416, 0, 0), ("-0", 416, 0, 0),
            ("5-4", 200, 0, size), ("0-1,4-5", 200, 0, size),
            ("99999999999999999999-", 200, 0, size), ("", 200, 0, size)):
        a = get(server, b"/big", f"Range: bytes={text}\r\n".encode())
        good = a.status == status and a.whole
        if status == 206:
            last = first + count - 1
            good &= a.fields["Content-Range"] == f"bytes {first}-{last}/{size}"
        if status != 416:
            good &= a.body == BIG[first:first + count]
        ok(f"{name}: range {text or 'of nothing'}: {status}", good, a.raw)


def conversations(server, name):
    c = server.connect()
    one = b"GET / HTTP/1.1\r\n" + HOST + b"\r\n"
    missing = b"GET /none HTTP/1.1\r\n" + HOST + b"\r\n"
    c.sendall((one + missing) * 50)
    seen = [Answer(c).status for _ in range(100)]
    ok(f"{name}: a hundred requests in one piece, answered in order",
       seen == [200, 404] * 50, seen)
    for byte in one:
        c.sendall(bytes([byte]))
    ok(f"{name}: a request in single bytes", Answer(c).body == PAGE)
    c.sendall(b"\r\n\r\n" + one)
    ok(f"{name}: empty lines before a request", Answer(c).body == PAGE)
    c.sendall(b"GET / HTTP/1.1\r\n" + HOST + b"Content-Length: 9000\r\n\r\n" +
              b"GET /x HTTP" + 8989 * b"x" + one)
    ok(f"{name}: a body is not taken for a request",
       Answer(c).body == Answer(c).body == PAGE)
    c.sendall(b"GET / HTTP/1.1\r\n" + HOST + b"Connection: TE, Close\r\n\r\n")
    a = Answer(c)
    ok(f"{name}: closed if that was asked for", a.fields["Connection"] ==
       "close" and ended(c))
    c = server.connect()
    c.sendall(b"GET / HTTP/1.0\r\n\r\n")
    ok(f"{name}: HTTP/1.0 is answered and closed",
       Answer(c).body == PAGE and ended(c))
    c = server.connect()
    c.sendall(2 * b"GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n")
    ok(f"{name}: or kept if that was asked for",
       Answer(c).body == Answer(c).body == PAGE)
    c.close()


REFUSED = (
    ("no version", b"GET /\r\n\r\n", 400),
    ("no target", b"GET  HTTP/1.1\r\n\r\n", 400),
    ("a blank too many", b"GET /  HTTP/1.1\r\nHost: x\r\n\r\n", 400),
    ("another protocol", b"GET / HTTQ/1.1\r\nHost: x\r\n\r\n", 400),
    ("HTTP/2", b"PRI * HTTP/2.0\r\n\r\n", 505),
    ("no host", b"GET / HTTP/1.1\r\n\r\n", 400),
    ("two hosts", b"GET / HTTP/1.1\r\nHost: x\r\nHost: x\r\n\r\n", 400),
    ("a bare LF", b"GET / HTTP/1.1\nHost: x\n\n", 400),
    ("a bare CR", b"GET / HTTP/1.1\r\nHost: x\rA: b\r\n\r\n", 400),
    ("a NUL", b"GET /\0 HTTP/1.1\r\nHost: x\r\n\r\n", 400),
    ("a blank before the colon", b"GET / HTTP/1.1\r\nHost : x\r\n\r\n", 400),
    ("a folded line", b"GET / HTTP/1.1\r\nHost: x\r\n y\r\n\r\n", 400),
    ("a line without a colon", b"GET / HTTP/1.1\r\nHost\r\n\r\n", 400),
    ("%zz", b"GET /%zz HTTP/1.1\r\nHost: x\r\n\r\n", 400),
    ("%00", b"GET /a%00b HTTP/1.1\r\nHost: x\r\n\r\n", 400),
    ("a path that is none", b"GET x HTTP/1.1\r\nHost: x\r\n\r\n", 400),
    ("two lengths", b"GET / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\n"
     b"Content-Length: 1\r\n\r\n", 400),
    ("a length with a sign", b"GET / HTTP/1.1\r\nHost: x\r\n"
     b"Content-Length: +1\r\n\r\n", 400),
    ("length and encoding", b"GET / HTTP/1.1\r\nHost: x\r\n"
     b"Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n", 400),
    ("a chunked body", b"GET / HTTP/1.1\r\nHost: x\r\n"
     b"Transfer-Encoding: chunked\r\n\r\n", 411),
    ("another encoding", b"GET / HTTP/1.1\r\nHost: x\r\n"
     b"Transfer-Encoding: gzip\r\n\r\n", 501),
    ("POST", b"POST / HTTP/1.1\r\nHost: x\r\n\r\n", 405),
    ("BREW", b"BREW / HTTP/1.1\r\nHost: x\r\n\r\n", 501),
    ("no method", b"G(T / HTTP/1.1\r\nHost: x\r\n\r\n", 400),
    ("a large body", b"GET / HTTP/1.1\r\nHost: x\r\n"
     b"Content-Length: 100000\r\n\r\n", 413),
    ("a long path", b"GET /" + 9000 * b"x", 414),
    ("a large head", b"GET / HTTP/1.1\r\nHost: x\r\n" + 900 * b"Cookie: x\r\n",
     431),
)


def refusals(server, name):
    for what, text, status in REFUSED:
        c = server.connect()
        c.sendall(text)
        a = Answer(c)
        c.shutdown(socket.SHUT_WR)
        ok(f"{name}: {what}: {status}, and closed", a.status == status and
           a.fields["Connection"] == "close" and a.whole and ended(c), a.raw)
        c.close()


def outside(server, name):
    for path in (b"/../secret", b"/%2e%2e/secret", b"/sub/../../secret",
                 b"/link", b"/sub/up/secret", b"//../secret", b"/absolute"):
        a = get(server, path)
        ok(f"{name}: {path.decode()} is not to be had",
           a.status == 403 and b"secret" not in a.body, a.raw)
    a = get(server, b"/inside")
    ok(f"{name}: a link that stays inside is followed", a.body == PAGE, a.raw)
    for path, status in ((b"/sub/../index.html", 200), (b"/fifo", 403),
                         (b"/sub/", 404), (b"/" + b"n" * 300, 414)):
        a = get(server, path)
        ok(f"{name}: {path[:20].decode()}: {status}", a.status == status,
           a.raw)
    a = get(server, b"//sub")
    ok(f"{name}: a directory wants its slash, on this server",
       (a.status, a.fields["Location"]) == (301, "/sub/"), a.raw)
    a = get(server, b"/sub%0d%0aSet-Cookie:%20x/../../sub")
    ok(f"{name}: no field is smuggled into the answer",
       "Set-Cookie" not in a.fields, a.raw)


def without_openat2(root, model):
    """An old kernel, or a filter: the server walks a path by itself."""
    tool = os.path.join(os.path.dirname(os.path.abspath(__file__)),
                        "without_openat2.py")
    server = Server("httpd", model, "--root", root, prefix=[tool])
    if not server.port:
        server.wait()
        for what in "links", "ways up", "what is below":
            skip(f"{model}, no openat2: {what}", f"no filter: {server.status}")
        return
    paths = b"/link", b"/sub/up/secret", b"/absolute", b"/inside"
    ok(f"{model}, no openat2: no link is followed",
       all(get(server, path).status in (403, 404) for path in paths))
    paths = b"/../secret", b"/sub/../../secret", b"//../secret", b"/.."
    ok(f"{model}, no openat2: and no way up",
       all(get(server, path).status == 403 for path in paths))
    ok(f"{model}, no openat2: what is below is served",
       get(server, b"/").body == PAGE and get(server, b"/big").body == BIG and
       get(server, b"/sub/none").status == 404 and
       get(server, b"/sub").status == 301)
    server.stop()


def not_cached(model, io, name):
    """What the kernel never has in mind, so that EAGAIN is all that an open
    which may not wait is told: the names below /proc/sys."""
    server = Server("httpd", model, "--root", "/proc/sys", io=io)
    at_first = len(os.listdir(f"/proc/{server.process.pid}/task"))
    ok(f"{name}: not in the kernel's caches: it is found all the same",
       get(server, b"/kernel/ostype").status == 200)
    ok(f"{name}: or not",
       get(server, b"/kernel/none").status == 404 and
       get(server, b"/kernel/../../version").status == 403)
    threads = len(os.listdir(f"/proc/{server.process.pid}/task"))
    if model == "user":
        ok(f"{name}: and a helper has looked for it", threads > at_first,
           (at_first, threads))
    server.stop()


def serve(root, model, io, name):
    server = Server("httpd", model, "--root", root, io=io)
    for part in (answers, ranges, conversations, refusals, outside):
        part(server, name)
    before = server.descriptors()
    counts = server.stop()
    ok(f"{name}: SIGINT ends it with its counts", server.status == 0 and
       counts["requests"] > 150 and counts["cut"] == 0, server.said)
    ok(f"{name}: and no connection was left open", before <= 10, before)


def make_files(d):
    """What is served, in root/; and beside it what must not be."""
    root = os.path.join(d.path, "root")
    d.file("secret", b"secret")
    d.file("root/index.html", PAGE)
    d.file("root/big", BIG)
    d.file("root/with blank.txt", b"blank")
    d.file("root/empty", b"")
    os.mkdir(f"{root}/sub")
    os.symlink("../secret", f"{root}/link")
    os.symlink("../..", f"{root}/sub/up")
    os.symlink("/etc/passwd", f"{root}/absolute")
    os.symlink("index.html", f"{root}/inside")
    os.mkfifo(f"{root}/fifo")
    return root


def main():
    with Directory() as d:
        root = make_files(d)
        found = engines()
        users = sum(model == "user" for model, _, _ in found)
        plan(len(found) * 70 + users + 6)
        for model, io, name in found:
            serve(root, model, io, name)
            not_cached(model, io, name)
        for model in "user", "kernel":
            without_openat2(root, model)
    done()


main()

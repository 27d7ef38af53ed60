# SPDX-License-Identifier: MIT
"""works.py - programs that are run once a round and print what it cost them:
random reads, and the round trip of one operation.
"""
import os
import struct

import measure


class Program:
    def __init__(self, name, command, env):
        self.name, self.command, self.env = name, command, env
        self.values, self.reason = [], None  # a tuple of numbers each round

    def run(self, words, cpu):
        if self.reason:
            return
        try:
            self.values.append(
                measure.run([self.command] + words, cpu, self.env))
        except measure.GivenUp as error:
            self.reason, self.values = str(error), []

    def column(self, index):
        return [value[index] for value in self.values]

    def as_row(self, **about):
        row = {"program": self.name, **about}
        if self.reason:
            row["skip"] = self.reason
        else:
            row["values"] = self.values
        return row


def in_rounds(programs, words, cpu, rounds):
    """Every program once a round; every other round in reverse order."""
    made = {n: Program(n, *p) for n, p in programs.items()}
    order = list(made.values())
    for _ in range(rounds):
        for program in order:
            program.run(words, cpu)
        order.reverse()
    return made


# ---- Random reads ----

BLOCK, MEGABYTES = 4096, 256
READS_MS = 150
RAW, OURS, PTHREADS = "raw io_uring", "uthreads + uring", "64 pthreads"


def make_file(path):
    """Every block begins with its number, as reads.h wants it."""
    size = MEGABYTES << 20
    if os.path.exists(path) and os.path.getsize(path) == size:
        return
    with open(path, "wb") as file:
        for number in range(size // BLOCK):
            file.write(struct.pack("<Q", number).ljust(BLOCK, b"."))
        os.fsync(file.fileno())


def warm_up(path):
    with open(path, "rb") as file:
        while file.read(1 << 20):
            pass


def show_reads(programs, kind):
    print(f"4 KiB reads in random order, 64 at a time, "
          f"{'from the page cache' if kind == 'hot' else 'O_DIRECT'}\n")
    print(f"  {'':21}{'reads/s':>10}  {'quartiles':21}{'CPU us':>8}")
    for p in sorted(programs.values(), reverse=True,
                    key=lambda p: sum(p.column(0))):
        if p.reason:
            print(f"  {p.name:21}      SKIP  {p.reason[:44]}")
            continue
        low, middle, high = measure.quartiles(p.column(0))
        _, cpu, _ = measure.quartiles(p.column(1))
        print(f"  {p.name:21}{middle:10,.0f}  "
              f"{f'({low:,.0f}-{high:,.0f})':21}{cpu:8.2f}")
    print()


def reads(programs, at, cpus, options, goals):
    path = f"{at}/reads.data"
    make_file(path)
    rows = []
    for kind in "direct", "hot":
        if kind == "hot":
            warm_up(path)
        made = in_rounds(programs, [path, kind, str(READS_MS)], cpus.server,
                         options.pairs)
        show_reads(made, kind)
        raw, ours, pthreads = made[RAW], made[OURS], made[PTHREADS]
        goals.add_ratio(f"{kind} reads : raw io_uring", ours.column(0),
                        raw.column(0), 0.97 if kind == "direct" else 0.95)
        if kind == "direct":
            goals.add_ratio("  their CPU : 64 pthreads'", ours.column(1),
                            pthreads.column(1), 0.55, True)
        rows += [p.as_row(kind=kind) for p in made.values()]
    os.unlink(path)
    return rows


# ---- The round trip of one operation ----

TRIPS = {"null": "eight bytes for /dev/null",
         "turns": "a turn is passed on through pipes, written and read"}


def show_trips(programs, words):
    print(f"The round trip of an operation, CPU ns: {words}\n")
    for p in programs.values():
        if p.reason:
            print(f"  {p.name:21}      SKIP  {p.reason[:44]}")
            continue
        low, middle, high = measure.quartiles(p.column(0))
        print(f"  {p.name:21}{middle:10,.0f}  ({low:,.0f}-{high:,.0f})")
    print()


def trips(programs, cpus, options, goals):
    rows = []
    for kind, words in TRIPS.items():
        made = in_rounds(programs, [kind], cpus.server, options.pairs)
        show_trips(made, words)
        goals.add_ratio(f"trip, {kind} : raw io_uring", made[OURS].column(0),
                        made[RAW].column(0), 1.1, True)
        rows += [p.as_row(kind=kind) for p in made.values()]
    return rows

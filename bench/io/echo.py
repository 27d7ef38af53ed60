# SPDX-License-Identifier: MIT
"""echo.py - echo servers beside each other, each asked by a load of its own.

All servers run and all their connections stand at the same time, but only one
is asked at a time: a burst each, round after round, every other round in
reverse order. A machine too busy for all rounds makes fewer, and says so.

Where the kernel happens to put the sockets of a server, one start of it may be
a tenth faster than the next. So all are started anew, each time with a share of
the rounds and of the time.
"""
import time

import measure

# Connections, and milliseconds of a burst: long enough for each connection to
# be served several times.
BURSTS = {1: 100, 100: 160, 1000: 240, 10000: 600}

STARTS = 5  # of each server, if there are that many rounds

BUDGET = 360  # seconds for one number of connections; then no more rounds

PLAIN = "plain epoll"
OURS = "uthreads + uring"
OURS_EPOLL = "uthreads + epoll"
PTHREADS = "pthread each"
FOREIGN = "State Threads", "libuv", "Go"

WANTED_OF_PLAIN = {1: 0.98, 100: 1.05, 1000: 0.95, 10000: 0.97}
WANTED_OF_PTHREADS = {100: 1.7, 1000: 2.1}
WANTED_OF_EPOLL = 0.97
WANTED_MEMORY = 45  # MB, at 10,000 connections


class Server:
    """One server with its load, for one number of connections."""

    def __init__(self, name, command, env, load, cpus, connections):
        self.name, self.reason = name, None
        self.command = command.replace("{connections}", str(connections))
        self.env, self.load_command = env, [load, str(connections)]
        self.cpus = cpus
        self.rates, self.cpu, self.p50, self.p99 = [], [], [], []
        self.process = self.load = None
        self.soft = measure.soft_interrupts_of(cpus.server)

    def start(self):
        if self.reason:
            return
        try:
            self.connect()
        except (measure.GivenUp, OSError) as error:
            self.give_up(error)

    def connect(self):
        pipe = measure.subprocess.PIPE
        self.process = measure.spawn(self.command.split(), self.cpus.server,
                                     self.env, stderr=pipe)
        port = measure.read_line(self.process)
        self.at_first = measure.resident(self.process.pid)
        load, connections = self.load_command
        self.load = measure.spawn([load, port, connections], self.cpus.client,
                                  stderr=pipe)
        measure.read_line(self.load, 3 * measure.LIMIT)

    def used(self):
        """CPU time so far, ns: the server's, and what the kernel's own thread
        did in its place. Whoever sends much in one system call leaves much of
        the work to that."""
        return sum(measure.cpu_ns(pid) for pid in (self.process.pid, self.soft)
                   if pid)

    def burst(self, ms):
        if self.reason:
            return
        try:
            before = self.used()
            self.load.stdin.write(f"{ms}\n")
            line = measure.read_line(self.load)
            replies, all_replies, ns, p50, p99 = map(int, line.split())
            used = self.used() - before
            if replies == 0:
                raise measure.GivenUp("no replies in a burst")
        except (measure.GivenUp, OSError) as error:
            return self.give_up(error)
        self.rates.append(replies * 1e9 / ns)
        self.cpu.append(used / all_replies / 1e3)
        self.p50.append(p50 / 1e3)
        self.p99.append(p99 / 1e3)

    def give_up(self, error):
        self.reason = str(error)
        self.rates, self.cpu = [], []
        self.stop()

    def stop(self):
        if not self.reason:
            self.resident = measure.resident(self.process.pid)
        for process in (self.load, self.process):
            if process:
                process.kill()
                process.wait()

    def as_row(self, connections):
        row = {"server": self.name, "connections": connections}
        if not self.rates:
            return {**row, "skip": self.reason}
        for name, values in (("replies_per_s", self.rates),
                             ("cpu_us", self.cpu), ("p50_us", self.p50),
                             ("p99_us", self.p99)):
            low, middle, high = measure.quartiles(values)
            row[name] = {"median": middle, "lower": low, "upper": high,
                         "values": values}
        row["resident"] = self.resident
        row["per_connection"] = (self.resident - self.at_first) / connections
        return row


def measure_servers(programs, load, cpus, connections, rounds):
    """All servers with so many connections: a Server each, by name; and how
    many rounds there was time for."""
    servers = {name: Server(name, command, env, load, cpus, connections)
               for name, (command, env) in programs.items()}
    order = list(servers.values())
    made, begin = 0, time.monotonic()
    starts = min(STARTS, rounds)
    for i in range(starts):
        end = begin + BUDGET * (i + 1) / starts
        for server in order:
            server.start()
        while made < rounds * (i + 1) // starts and time.monotonic() < end:
            for server in order:
                server.burst(BURSTS[connections])
            order.reverse()
            made += 1
        for server in order:
            server.stop()
    return servers, made


def show(servers, connections, rounds):
    print(f"Echo of 64 B, {connections:,} connection"
          f"{'s' if connections > 1 else ''}, {rounds} rounds\n")
    print(f"  {'':21}{'replies/s':>10}  {'quartiles':17}{'p50':>7}{'p99':>8}"
          f"{'CPU':>6}{'memory':>7}")
    print(f"  {'':21}{'':>10}  {'':17}{'us':>7}{'us':>8}{'us':>6}"
          f"{'each':>7}")
    for server in sorted(servers.values(), reverse=True,
                         key=lambda s: sum(s.rates)):
        row = server.as_row(connections)
        if "skip" in row:
            print(f"  {server.name:21}      SKIP  {row['skip'][:44]}")
            continue
        rate = row["replies_per_s"]
        spread = f"({rate['lower']:,.0f}-{rate['upper']:,.0f})"
        print(f"  {server.name:21}{rate['median']:10,.0f}  {spread:17}"
              f"{row['p50_us']['median']:7,.0f}{row['p99_us']['median']:8,.0f}"
              f"{row['cpu_us']['median']:6.2f}{row['per_connection']:7,.0f}")
    print()


def judge(goals, servers, n):
    none = Server.__new__(Server)
    none.rates, none.cpu, none.reason = [], [], "not there"
    get = lambda name: servers.get(name, none)
    ours, plain = get(OURS), get(PLAIN)
    at = f"at {n:,}"
    goals.add_ratio(f"uring : plain epoll, {at}", ours.rates, plain.rates,
                    WANTED_OF_PLAIN[n])
    goals.add_ratio(f"  its CPU a reply, {at}", ours.cpu, plain.cpu, 1, True)
    goals.add_ratio(f"epoll : plain epoll, {at}", get(OURS_EPOLL).rates,
                    plain.rates, WANTED_OF_EPOLL)
    for name in FOREIGN:
        goals.add_ratio(f"uring : {name}, {at}", ours.rates, get(name).rates,
                        1)
        goals.add_ratio("  its CPU a reply", ours.cpu, get(name).cpu, None)
    if n in WANTED_OF_PTHREADS:
        goals.add_ratio(f"uring : a pthread each, {at}", ours.rates,
                        get(PTHREADS).rates, WANTED_OF_PTHREADS[n])
    if n == 10000:
        size = None if ours.reason else [ours.resident / 1e6]
        goals.add(f"uring: resident MB, {at}", size, WANTED_MEMORY, True, "MB")


def section(programs, load, cpus, options, goals):
    """The whole part: prints its tables, and returns its rows."""
    rows = []
    for connections in options.connections:
        servers, rounds = measure_servers(programs, load, cpus, connections,
                                          options.pairs)
        show(servers, connections, rounds)
        judge(goals, servers, connections)
        rows += [s.as_row(connections) for s in servers.values()]
    return rows

# SPDX-License-Identifier: MIT
"""web.py - web servers beside each other, each asked by wrk in turn for the
same small file, over connections that are kept.
"""
import os
import re
import shutil
import socket
import subprocess
import tempfile

import measure

CONNECTIONS = 100
PAGE = 2000  # bytes
ROUNDS = 9  # at most: wrk counts in whole seconds
OURS, RIVAL = "httpd, uring", "nginx"

NGINX = """\
daemon off; master_process off; worker_processes 1; pid {at}/pid;
error_log /dev/null;
events {{ worker_connections 2048; }}
http {{ access_log off; sendfile on; tcp_nopush off; open_file_cache off;
       keepalive_requests 1000000000; default_type text/html;
       client_body_temp_path {at}; proxy_temp_path {at};
       fastcgi_temp_path {at}; uwsgi_temp_path {at}; scgi_temp_path {at};
       server {{ listen 127.0.0.1:{port}; root {at}; }} }}
"""


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


class Web:
    """One server, and what wrk has found out about it."""

    def __init__(self, name, command, env, at, cpus):
        self.name, self.reason, self.process = name, None, None
        self.rates, self.cpu, self.p99 = [], [], []
        try:
            self.start(command, env, at, cpus)
        except (measure.GivenUp, OSError) as error:
            self.give_up(error)

    def start(self, command, env, at, cpus):
        if command[0] == "nginx":
            self.port = free_port()
            with open(f"{at}/conf", "w") as file:
                file.write(NGINX.format(at=at, port=self.port))
        self.process = measure.spawn(command, cpus.server, env,
                                     stderr=subprocess.STDOUT)
        if command[0] != "nginx":
            line = measure.read_line(self.process)
            found = re.search(r"port (\d+)", line)
            if not found:
                raise measure.GivenUp(line)
            self.port = int(found[1])

    def ask(self, cpus):
        """A second of wrk."""
        if self.reason:
            return
        command = ["wrk", "-t1", f"-c{CONNECTIONS}", "-d1s", "--latency",
                   f"http://127.0.0.1:{self.port}/index.html"]
        before = measure.cpu_ns(self.process.pid)
        said = measure.text_of(command, cpus.client)
        used = measure.cpu_ns(self.process.pid) - before
        wrong = re.search(r"Non-2xx.*|Socket errors.*", said)
        rate = re.search(r"Requests/sec: +([\d.]+)", said)
        done = re.search(r"(\d+) requests in", said)
        if wrong or not rate or int(done[1]) == 0:
            raise measure.GivenUp(wrong[0] if wrong else "no answers")
        self.rates.append(float(rate[1]))
        self.cpu.append(used / int(done[1]) / 1e3)
        late = re.search(r"99% +([\d.]+)(us|ms|s)", said)
        unit = {"us": 1, "ms": 1e3, "s": 1e6}
        self.p99.append(float(late[1]) * unit[late[2]])

    def give_up(self, error):
        self.reason = str(error)
        self.rates, self.cpu, self.p99 = [], [], []
        self.stop()

    def stop(self):
        if self.process:
            self.process.kill()
            self.process.wait()

    def as_row(self):
        row = {"server": self.name, "connections": CONNECTIONS}
        if self.reason:
            return {**row, "skip": self.reason}
        return {**row, "requests_per_s": self.rates, "cpu_us": self.cpu,
                "p99_us": self.p99}


def show(servers):
    print(f"HTTP: a file of {PAGE:,} bytes, {CONNECTIONS} connections, by "
          "wrk\n")
    print(f"  {'':21}{'requests/s':>11}  {'quartiles':19}{'p99 us':>9}"
          f"{'CPU us':>8}")
    for web in sorted(servers, key=lambda s: -sum(s.rates)):
        if web.reason:
            print(f"  {web.name:21}      SKIP   {web.reason[:44]}")
            continue
        low, middle, high = measure.quartiles(web.rates)
        print(f"  {web.name:21}{middle:11,.0f}  {f'({low:,.0f}-{high:,.0f})':19}"
              f"{measure.quartiles(web.p99)[1]:9,.0f}"
              f"{measure.quartiles(web.cpu)[1]:8.2f}")
    print()


def section(programs, cpus, options, goals):
    if not shutil.which("wrk"):
        print("HTTP: SKIP: there is no wrk\n")
        return [{"skip": "there is no wrk"}]
    with tempfile.TemporaryDirectory() as at:
        os.chmod(at, 0o755)
        with open(f"{at}/index.html", "w") as file:
            file.write("x" * PAGE)
        servers = [Web(name, [word.format(at=at) for word in command], env,
                       at, cpus) for name, (command, env) in programs.items()]
        for _ in range(min(options.pairs, ROUNDS)):
            for web in servers:
                try:
                    web.ask(cpus)
                except (measure.GivenUp, OSError) as error:
                    web.give_up(error)
            servers.reverse()
        show(servers)
        rates = {web.name: web.rates for web in servers}
        goals.add_ratio(f"HTTP: {OURS} : {RIVAL}", rates[OURS], rates[RIVAL],
                        None)
        for web in servers:
            web.stop()
        return [web.as_row() for web in servers]

# SPDX-License-Identifier: MIT
"""ticker.py - the longest silence of a thread that ticks every millisecond,
while another one waits 200 ms in each kind of operation, engine by engine.

What the machine does to a ticker beside which nobody waits ("nothing") is the
floor. Where that is above the goal, no wait can be judged, and none is.
"""
import subprocess

import measure

WANTED = 1.06  # periods
ROUNDS = 3  # at most: the longest gap of each, and the median of these
COLUMNS = "uring", "epoll", "blocking", "kernel"
JUDGED = "uring", "epoll"


def names(program):
    """The waits that the program has, as it lists them itself."""
    said = subprocess.run([program, "?"], capture_output=True, text=True,
                          check=False).stderr
    return said.split("there are:")[-1].split()


def measure_all(programs, cpus, rounds):
    """gaps[wait][column]: a list of milliseconds, or a reason."""
    waits = names(programs["uring"][0])
    gaps = {w: {c: [] for c in programs} for w in waits}
    for _ in range(rounds):
        for wait in waits:
            for column, (program, env) in programs.items():
                one_gap(gaps[wait], column, [program, wait], env, cpus)
    return gaps


def one_gap(row, column, command, env, cpus):
    if isinstance(row[column], str):
        return
    try:
        gap, _ = measure.run(command, cpus.server, env)
        row[column].append(gap)
    except (measure.GivenUp, ValueError) as error:
        row[column] = str(error) or "no answer"


def show(gaps):
    print("The longest gap of a 1 ms ticker while another thread waits "
          "200 ms, in periods\n")
    print(f"  {'':14}" + "".join(f"{c:>12}" for c in COLUMNS))
    reasons = set()
    for wait, row in gaps.items():
        cells = ""
        for column in COLUMNS:
            value = row[column]
            if isinstance(value, str):
                reasons.add(f"{column}: {value}")
                cells += f"{'skip':>12}"
            else:
                cells += f"{measure.quartiles(value)[1]:12.2f}"
        print(f"  {wait:14}{cells}")
    for reason in sorted(reasons):
        print(f"  {reason}"[:80])
    print()


def judge(goals, gaps):
    """The worst wait of each engine, if the machine lets the ticker tick."""
    for column in JUDGED:
        judged = {w: r[column] for w, r in gaps.items()
                  if isinstance(r[column], list)}
        worst, values = None, None
        floor = judged.pop("nothing", None)
        if judged and floor and measure.quartiles(floor)[1] <= WANTED:
            worst = max(judged, key=lambda w: measure.quartiles(judged[w])[1])
            values = judged[worst]
        goals.add(f"ticker, {column}, worst wait: {worst or '-'}", values,
                  WANTED, True, "periods")


def section(programs, cpus, options, goals):
    gaps = measure_all(programs, cpus, min(options.pairs, ROUNDS))
    show(gaps)
    judge(goals, gaps)
    return [{"wait": w, **row} for w, row in gaps.items()]

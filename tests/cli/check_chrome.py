# SPDX-License-Identifier: MIT
"""check_chrome.py FILE [--thread NAME] [--slice NAME] [--flows N] - does the
file keep to the Trace Event Format? Every phase has its required fields, every
flow that starts ends once and no earlier, the slices of one row do not
overlap, and every row has a name. The options ask for things it must hold."""
import argparse
import collections
import json
import numbers

REQUIRED = {
    "M": {"name": str, "pid": int, "tid": int, "args": dict},
    "X": {"name": str, "cat": str, "pid": int, "tid": int,
          "ts": numbers.Real, "dur": numbers.Real},
    "s": {"name": str, "cat": str, "pid": int, "tid": int,
          "ts": numbers.Real, "id": int},
    "f": {"name": str, "cat": str, "pid": int, "tid": int,
          "ts": numbers.Real, "id": int, "bp": str},
}
SLACK = 1e-6  # microseconds: a sum of doubles is not exact


def check_fields(event):
    phase = event["ph"]
    assert phase in REQUIRED, f"phase {phase}"
    for field, kind in REQUIRED[phase].items():
        assert isinstance(event.get(field), kind), f"{field} in {event}"
    assert event.get("ts", 0) >= 0 and event.get("dur", 0) >= 0, event


def check_overlap(slices):
    slices.sort()
    for (_, end), (begin, _) in zip(slices, slices[1:]):
        assert begin >= end - SLACK, f"slices overlap at {begin} us"


def check_flow(number, ends):
    assert [e["ph"] for e in ends] == ["s", "f"], f"flow {number}: {ends}"
    start, finish = ends
    assert finish["ts"] >= start["ts"] - SLACK, f"flow {number} goes back"
    assert start["name"] == finish["name"] and start["cat"] == finish["cat"]


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("file")
    parser.add_argument("--thread", action="append", default=[])
    parser.add_argument("--slice", action="append", default=[])
    parser.add_argument("--flows", type=int, default=0)
    wanted = parser.parse_args()
    with open(wanted.file) as file:
        events = json.load(file)["traceEvents"]

    rows, flows = collections.defaultdict(list), collections.defaultdict(list)
    processes, threads, slices = set(), {}, set()
    for event in events:
        check_fields(event)
        row = event["pid"], event["tid"]
        if event["ph"] == "M" and event["name"] == "process_name":
            processes.add(event["pid"])
        elif event["ph"] == "M" and event["name"] == "thread_name":
            threads[row] = event["args"]["name"]
        elif event["ph"] == "X":
            rows[row].append((event["ts"], event["ts"] + event["dur"]))
            slices.add(event["name"])
        elif event["ph"] in "sf":
            flows[event["id"]].append(event)
    for row, spans in rows.items():
        assert row in threads and row[0] in processes, f"row {row} has no name"
        check_overlap(spans)
    for number, ends in flows.items():
        check_flow(number, ends)
        assert all((e["pid"], e["tid"]) in threads for e in ends), ends
    assert rows, "no slice at all"
    assert set(wanted.thread) <= set(threads.values()), threads
    assert set(wanted.slice) <= slices, slices
    assert len(flows) >= wanted.flows, f"{len(flows)} flows"


main()

# SPDX-License-Identifier: MIT
"""The last events before something went wrong, as lanes: a column for each
thread, time downwards. With many threads, a line for each event instead."""

LAST = 12
COLUMNS_MOST = 4
WIDTH = 17


def header(lane):
    return "main" if lane == 0 else f"thread {lane}"


def draw(events, at=None):
    """Lines of text; the event numbered `at` is marked."""
    until = len(events) if at is None else min(at, len(events))
    shown = events[max(0, until - LAST):until]
    lanes = sorted({event.lane for event in shown})
    if not shown:
        return []
    fit = all(len(event.words) < WIDTH for event in shown)
    if len(lanes) > COLUMNS_MOST or not fit:
        return [f"{mark(event, at)}{event.number:6}  {header(event.lane)}: "
                f"{event.words}"[:80] for event in shown]
    lines = [(" " * 9 + "".join(f"{header(lane):{WIDTH}}"
                                for lane in lanes)).rstrip()]
    for event in shown:
        column = " " * (WIDTH * lanes.index(event.lane))
        lines.append(f"{mark(event, at)}{event.number:6}  {column}"
                     f"{event.words}")
    return lines


def mark(event, at):
    return ">" if event.number == at else " "

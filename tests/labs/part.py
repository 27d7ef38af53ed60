# SPDX-License-Identifier: MIT
"""LAB_PART=N/M: of things to be shown, every Mth from the Nth on, so that M
runs show all. Without it, all."""
import os


def part(things):
    """The share that was asked for."""
    number, _, of = os.environ.get("LAB_PART", "0/1").partition("/")
    return list(things)[int(number) % int(of)::int(of)]

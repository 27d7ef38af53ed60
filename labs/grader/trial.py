# SPDX-License-Identifier: MIT
"""What one run of a student's test has come to: harness/test.h.

The test says itself whether it has passed. It cannot say so by accident: the
trace is whole, is this run's, and ends with the word.
"""
from . import trace
from .judge import excess_words, last_words
from .play import status_words


class Outcome:
    """Has it passed, and if not, why not."""

    def __init__(self, why=None):
        self.passed = why is None
        self.why = why


def names(record, nonce):
    """The tests that the program lists; BadTrace if it does not."""
    return [event.words for event in trace.read_trace(record.trace, nonce)]


def outcome(record, nonce):
    """What came of a run, whichever way it ended."""
    if record.excess:
        return Outcome(excess_words(record.excess))
    try:
        events = trace.read_trace(record.trace, nonce)
    except trace.BadTrace as bad:
        return Outcome(f"{bad}; {status_words(record.status)}"
                       f"{last_words(record.output)}")
    if record.status != 0:
        return Outcome(status_words(record.status))
    words = [event.words for event in events]
    if words[-1:] == ["passed"]:
        return Outcome()
    return Outcome(words[-2] if words[-1:] == ["failed"] and len(words) > 1
                   else "it does not say that it has passed")

#!/bin/sh
# SPDX-License-Identifier: MIT
# An interface stays fluid while others download, if only they wait.
. "$(dirname "$0")/../lib.sh"
. tests/demos/checks.inc
plan 15

gap() { echo ".measured.worst_gap_$1.value"; }
frozen() { echo ".measured.frozen_$1.value"; }
ticks() { echo ".measured.ticks_$1.value"; }
pause='.measured.pause.value'

if shows_if_it_can download user; then
    holds "user: recv(2) freezes it for a pause at least" \
        "$(gap recv) >= 0.8 * $pause"
    if jq -e '.variant | endswith("io blocking")' "$tmp/out" >"$tmp/ok"; then
        skip "user: thread_recv does not" "there is no engine but blocking"
        skip "user: it ticks more often with thread_recv" "the same"
    else
        holds "user: thread_recv does not" "$(frozen thread_recv) < 50"
        holds "user: it ticks more often with thread_recv" \
            "$(ticks thread_recv) > $(ticks recv)"
    fi
    shows as-predicted download user \
        env UTHREADS_IO=blocking "$demos/download-user" --json
    holds "the blocking engine: thread_recv freezes it too" \
        "$(gap thread_recv) >= 0.8 * $pause"
    holds "and that was predicted" '.predicted | test("thread_recv.*frozen")'
    shows as-predicted download gil "$demos/download-gil" --json
    shows as-predicted download kernel "$demos/download-kernel" --json
    holds "kernel: neither freezes it" \
        "$(frozen recv) < 50 and $(frozen thread_recv) < 50"
    holds "kernel: it ticks all the time" "$(ticks recv) > 20"
else
    for check in 1 2 3 4 5 6 7 8 9 10 11 12 13; do
        skip "check $check" "$reason"
    done
fi

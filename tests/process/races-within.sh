#!/bin/sh
# SPDX-License-Identifier: MIT
# ThreadSanitizer finds no race in the libraries of the kernel's threads, while
# everything is done at once. (Of the user-level ones it looks at the program
# only; and between processes it sees nothing.)
. "$(dirname "$0")/../lib.sh"
. "$top/tsan.inc"
need_tsan
plan 4

race=$BUILD/tsan/tests/programs/race hammer=$BUILD/tsan/tests/stress/hammer
limit=110
build_tsan "$race-gil" "$hammer-kernel" "$hammer-gil"
for model in kernel gil; do
    status 0 "$model: hammered, the library has no race of its own" \
        env STRESS_SECONDS=1 "$hammer-$model"
done

# What is a race elsewhere: it happens in whatever order the lock changes hands.
status 0 "gil: the one lock puts all in order, asked to or not" "$race-gil" none

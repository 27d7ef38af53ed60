#!/bin/sh
# SPDX-License-Identifier: MIT
# ThreadSanitizer finds a race between threads of every model, between
# user-level threads too, though they take turns on one kernel thread; and
# finds none where something of ours puts the accesses in order.
. "$(dirname "$0")/../lib.sh"
. "$top/tsan.inc"
need_tsan
ways="mutex rwlock cond barrier semaphore event once channel io join"
plan 37

programs=$BUILD/tsan/tests/programs
limit=120
build_tsan "$programs/race-user" "$programs/race-user-asm" "$programs/race-kernel"

for model in user user-asm kernel; do
    status 66 "$model: a race is found" "$programs/race-$model" none
    matches "$model: it is that of the counter" 'data race .*race\.c:' \
        "$tmp/err"
    for way in $ways; do
        status 0 "$model: no race, thanks to $way" "$programs/race-$model" $way
    done
done

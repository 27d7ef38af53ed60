#!/bin/sh
# SPDX-License-Identifier: MIT
# A deadlock is proved, reported by name, and ends the process. Only a model
# that has a scheduler of its own can know.
. "$(dirname "$0")/../lib.sh"
plan 9

status 134 "a deadlocked process dies of SIGABRT" \
    "$BUILD/tests/programs/deadlock-user"
matches "what it printed before is there" "^before$"
lacks "it did not go on" "never"
matches "the report says what happened, and to how many" \
    "^threadbare: deadlock: .*4 are blocked" "$tmp/err"
matches "main waits for the end of a thread" \
    "thread 1 'main' waits for the end of thread 2 'left'" "$tmp/err"
matches "one waits for a mutex that the other holds" \
    "thread 2 'left' waits for mutex 0x[0-9a-f]+, held by thread 3 'right'" \
    "$tmp/err"
matches "and the other for one that the first holds" \
    "thread 3 'right' waits for mutex 0x[0-9a-f]+, held by thread 2 'left'" \
    "$tmp/err"
matches "a thread without a name is named by its number" \
    "thread 4 waits for semaphore 0x[0-9a-f]+" "$tmp/err"

# The kernel knows no more than that four threads sleep.
limit=1
status 124 "kernel threads hang instead" "$BUILD/tests/programs/deadlock-kernel"

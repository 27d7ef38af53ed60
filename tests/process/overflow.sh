#!/bin/sh
# SPDX-License-Identifier: MIT
# A stack overflow is told from any other crash, and ends like one: SIGSEGV.
. "$(dirname "$0")/../lib.sh"
if has_asan "$BUILD/tests/programs/overflow-user"; then
    skip_all "AddressSanitizer handles SIGSEGV itself"
fi
plan 32

dies() { # HOW WHAT
    status 139 "user, $1: $2 ends in SIGSEGV" \
        "$BUILD/tests/programs/overflow-user" "$1"
}

for how in thread frame signal; do
    dies $how "an overflow"
    matches "user, $how: the message names the thread and its stack" \
        "stack overflow: thread 2 'deep' .* its stack of 64 KiB" "$tmp/err"
    matches "user, $how: how deep it is, about as much or more" \
        "'deep' is (6[0-9]|[1-9][0-9]{2}) KiB deep" "$tmp/err"
    matches "user, $how: and the remedy" "thread_attr.stack_size" "$tmp/err"
done

status 139 "user, main: an overflow ends in SIGSEGV" \
    sh -c "ulimit -s 1024; exec $BUILD/tests/programs/overflow-user main"
matches "user, main: the message names main and its stack" \
    "stack overflow: thread 1 'main' .*1024 KiB" "$tmp/err"
matches "user, main: and the remedy" "ulimit -s" "$tmp/err"

dies wild "another crash"
lacks "user, wild: nothing is said of it" "overflow|wild access" "$tmp/err"
dies kill "a signal that somebody has sent"
lacks "user, kill: nothing is said of it" "overflow|wild access" "$tmp/err"

dies own "a write to one's own guard, from far above,"
matches "user, own: the message says from how far" \
    "wild access: thread 2 'deep' .* its own stack, [67][0-9] KiB" "$tmp/err"
dies other "a write to the guard of another thread"
matches "user, other: the message names both threads" \
    "wild access: thread 3 'deep' .* guard of thread 2 'victim'" "$tmp/err"
dies freed "a write to the guard of a thread that is gone"
matches "user, freed: the message says that nobody has that stack" \
    "wild access: thread 4 'deep' .* that no thread has" "$tmp/err"
for how in own other freed; do
    "$BUILD/tests/programs/overflow-user" $how >"$tmp/out" 2>"$tmp/err"
    lacks "user, $how: it is not called an overflow" "overflow" "$tmp/err"
done

status 3 "user, handler: the program's own handler is left in place" \
    "$BUILD/tests/programs/overflow-user" handler
matches "user, handler: and is called" "^my own handler$"

for how in thread main; do
    status 139 "kernel, $how: an overflow ends in SIGSEGV" \
        sh -c "ulimit -s 1024; exec $BUILD/tests/programs/overflow-kernel $how"
done

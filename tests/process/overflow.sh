#!/bin/sh
# SPDX-License-Identifier: MIT
# A stack overflow is told from any other crash, and ends like one: SIGSEGV.
. "$(dirname "$0")/../lib.sh"
if has_asan "$BUILD/tests/programs/overflow-user"; then
    skip_all "AddressSanitizer handles SIGSEGV itself"
fi
plan 13

for how in thread frame; do
    status 139 "user, $how: an overflow ends in SIGSEGV" \
        "$BUILD/tests/programs/overflow-user" $how
    matches "user, $how: the message names the thread and its stack" \
        "stack overflow: thread 2 'deep' .*[0-9]+ KiB" "$tmp/err"
    matches "user, $how: and the remedy" "thread_attr.stack_size" "$tmp/err"
done

status 139 "user, main: an overflow ends in SIGSEGV" \
    sh -c "ulimit -s 1024; exec $BUILD/tests/programs/overflow-user main"
matches "user, main: the message names main and its stack" \
    "stack overflow: thread 1 'main' .*1024 KiB" "$tmp/err"
matches "user, main: and the remedy" "ulimit -s" "$tmp/err"

status 139 "user, wild: another crash ends in SIGSEGV too" \
    "$BUILD/tests/programs/overflow-user" wild
lacks "user, wild: it is not called an overflow" "overflow" "$tmp/err"

for how in thread main; do
    status 139 "kernel, $how: an overflow ends in SIGSEGV" \
        sh -c "ulimit -s 1024; exec $BUILD/tests/programs/overflow-kernel $how"
done

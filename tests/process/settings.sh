#!/bin/sh
# SPDX-License-Identifier: MIT
# A bad value in the environment is one line that names it and the valid ones,
# and exit status 2; nothing runs.
. "$(dirname "$0")/../lib.sh"
plan 56

# MODEL VARIABLE=VALUE, and what the line must name besides
refuses() {
    status 2 "$1: $2 ends the program with status 2" \
        env "$2" "$BUILD/tests/programs/properties-$1"
    ok "$1: $2 prints one line and nothing else" \
        sh -c "test ! -s '$tmp/out' && test \$(grep -cv 'no io_uring' '$tmp/err') -eq 1"
    matches "$1: the line names $2" "^threadbare: $2 " "$tmp/err"
    matches "$1: and what is valid instead" "$3" "$tmp/err"
}

refuses user UTHREADS_IO=nosuch "valid: auto uring epoll blocking"
refuses user UTHREADS_IO=URING "valid: auto uring epoll blocking"
refuses user UTHREADS_RING=7 "from 8 to 32768"
refuses user UTHREADS_HELPERS=0 "from 1 to 1024"
refuses user UTHREADS_HELPERS=many "from 1 to 1024"
refuses user UTHREADS_POLICY=nosuch "valid: rr"
refuses user UTHREADS_GUARD=madvise "valid: auto mprotect"
refuses user THREADS_TRACE_MB=0 "from 1 to 4096"
refuses user THREADS_TRACE_MB=4097 "from 1 to 4096"
refuses user THREADS_TRACE_MB=8x "from 1 to 4096"
refuses gil THREADS_GIL_INTERVAL_US=9 "from 10 to 10000000"
refuses gil THREADS_GIL_INTERVAL_US=5ms "from 10 to 10000000"
refuses kernel THREADS_TRACE_MB=-1 "from 1 to 4096"

status 0 "an empty value is no value" \
    env UTHREADS_IO= UTHREADS_POLICY= THREADS_TRACE= THREADS_TRACE_MB= \
    "$BUILD/tests/programs/properties-user"
matches "and the program runs as it would without" "^result=x$"
status 0 "a valid value is taken" \
    env UTHREADS_IO=blocking "$BUILD/tests/programs/properties-user"
matches "and reported" "^io_engine=blocking$"

#!/bin/sh
# SPDX-License-Identifier: MIT
# A server and misbehaving clients for SOAK_S seconds (6 unless set; make soak:
# 300), shared out among the engines: nothing is lost and nothing is left.
# SOAK_SEED, from which all that is random follows, is printed.
. "$(dirname "$0")/../lib.sh"
each=$((${SOAK_S:-6} / 3))
[ "$each" -gt 0 ] || each=1
limit=$((each + 60))
plan 6

# soaked NAME PROGRAM: what it counted is the result of a long run.
soaked() {
    status 0 "$1: nothing lost, nothing left" \
        "$BUILD/tests/soak/soak-$2" "$each" ${SOAK_SEED:-}
    note "$(cat "$tmp/out")"
    matches "$1: and that was said of this engine" "io $1, .*seed"
}

for engine in uring epoll; do
    export UTHREADS_IO=$engine
    "$BUILD/tests/programs/properties-user-asm" >"$tmp/out" 2>"$tmp/err"
    if [ $? -eq 0 ]; then
        soaked $engine user-asm
    else
        skip "$engine: nothing lost" "$(head -n 1 "$tmp/err")"
        skip "$engine: said" "$(head -n 1 "$tmp/err")"
    fi
done
unset UTHREADS_IO
soaked kernel kernel

#!/bin/sh
# SPDX-License-Identifier: MIT
# A hundred thousand threads at once, each with a guard, or, with
# STRESS_SECONDS set, a million: little more than a page each, from a few
# mappings, and when they are gone the memory is.
. "$(dirname "$0")/../lib.sh"
limit=60
if has_asan "$BUILD/tests/programs/parked-user"; then
    skip_all "AddressSanitizer takes memory of its own for each thread"
fi
count=100000
[ -z "${STRESS_SECONDS:-}" ] || count=1000000

# About 5 KiB each, page tables included, and half as much to spare.
available=$(sed -n 's/^MemAvailable: *\([0-9]*\) kB/\1/p' /proc/meminfo)
if [ "${available:-0}" -lt $((count * 15 / 2)) ]; then
    skip_all "$((${available:-0} / 1024)) MiB of memory are too few"
fi
plan $((2 * 6 + 2))

# The value of a line NAME=VALUE that was printed.
value() {
    sed -n "s/^$1=\([0-9]*\).*/\1/p" "$tmp/out"
}

for model in user user-asm; do
    status 0 "$model: $count threads are parked, go on and end" \
        "$BUILD/tests/programs/parked-$model" $count
    matches "$model: all of them at once" "^parked=$count$"
    matches "$model: each of a sample has a guard" "^guards=100 of 100$"
    ok "$model: each takes 4.5 KiB at most" test "$(value bytes)" -le 4608
    ok "$model: their stacks are a few mappings" test "$(value mappings)" -le 64
    ok "$model: and do not keep their memory" \
        test "$(value left)" -le $((count * 4 / 1024 / 4))
done

# The kernel allows 65,530 mappings; the fallback needs two a stack.
status 0 "user: with guards of older kernels, 10,000 are" \
    env UTHREADS_GUARD=mprotect "$BUILD/tests/programs/parked-user" 10000
matches "user: each of a sample has a guard" "^guards=100 of 100$"

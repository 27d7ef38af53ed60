#!/bin/sh
# SPDX-License-Identifier: MIT
# LeakSanitizer knows the stacks of our threads: what one of them still points
# to is not lost, and what no one points to any more is.
. "$(dirname "$0")/../lib.sh"
if nm "$BUILD/lib/libuthreads.a" | grep -qE 'U __(t|ub)san_'; then
    skip_all "one sanitizer at a time"
fi
echo 'int main(void) { return 0; }' >"$tmp/empty.c"
${CC:-cc} -fsanitize=address "$tmp/empty.c" -o "$tmp/empty" 2>/dev/null &&
    ASAN_OPTIONS=detect_leaks=1 "$tmp/empty" 2>/dev/null ||
    skip_all "LeakSanitizer does not work here"
plan 5

leak=$BUILD/asan/tests/programs/leak-user-asm
limit=120
status 0 "it builds for AddressSanitizer" \
    "${MAKE:-make}" -s -j2 SANITIZE=address CONTEXT=asm BUILD="$BUILD/asan" \
    "$leak"

# The last of these shows that a lost block is found at all.
export ASAN_OPTIONS=detect_leaks=1:exitcode=23
status 0 "a block that a blocked thread points to is not lost" "$leak" parked
status 0 "nor is that of a thread that is ready" "$leak" ready
status 23 "that of a thread that has ended is" "$leak" ended
matches "and the report says where it came from" "hold_a_block" "$tmp/err"

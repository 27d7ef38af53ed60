#!/bin/sh
# SPDX-License-Identifier: MIT
# A thread_read that waits stops nobody, unless the engine is the blocking one;
# and where there is no io_uring, the experiment about it says so and ends.
. "$(dirname "$0")/../lib.sh"
. tests/demos/checks.inc
plan 23

silence='.measured.longest_silence.value'
delay='.measured.delay.value'
deny=$BUILD/tests/programs/deny

# reader FILE: the function that the two experiments are about.
reader() {
    sed -n '/^reader/,/^}/p' "$1"
}
reader demos/blocking.c >"$tmp/blocking"
reader demos/uring.c >"$tmp/uring"
diff "$tmp/blocking" "$tmp/uring" >"$tmp/out"
ok "blocking.c and uring.c differ in one line of the reader" \
    test "$(grep -c '^[<>]' "$tmp/out")" -eq 2
matches "which is the call" "^> .*thread_read"

if shows_if_it_can uring user; then
    holds "user: the silence is under 25 % of the delay" \
        "$silence < 0.25 * $delay"
    holds "user: the engine is io_uring" '.variant | endswith("io uring")'
    holds "user: the others counted" ".measured.counted.value > 100"
else
    for what in silence engine count; do
        skip "user: $what" "$reason"
    done
fi

shows as-predicted uring kernel "$demos/uring-kernel" --json
holds "kernel: the silence is under 25 % of the delay" \
    "$silence < 0.25 * $delay"

shows as-predicted uring user \
    env UTHREADS_IO=blocking "$demos/uring-user" --json
holds "the blocking engine: the silence is at least 80 % of the delay" \
    "$silence >= 0.8 * $delay"
holds "the blocking engine is named" '.variant | endswith("io blocking")'
holds "and the stall was predicted" '.predicted | startswith("nobody")'

denied() {
    shows skip uring user "$@" --json
    holds "the reason names io_uring and the kernel's refusal" \
        '.reason | test("io_uring.*not permitted")'
}
if [ ! -x "$deny" ]; then
    why="tests/programs/deny is not built"
elif "$deny" EPERM io_uring_setup true; [ $? -eq 77 ]; then
    why="this kernel takes no seccomp filter from us"
else
    why=
fi
if [ "$why" ]; then
    for check in status form reason; do
        skip "io_uring denied: $check" "$why"
    done
else
    denied "$deny" EPERM io_uring_setup "$demos/uring-user"
fi
can_be_nobody || why="no setpriv to be another user"
if [ "$why" ]; then
    for check in status form reason blocking form; do
        skip "io_uring denied, not root: $check" "$why"
    done
else
    chmod 755 "$tmp"
    cp "$deny" "$demos/uring-user" "$demos/blocking-user" "$tmp"
    denied as_nobody "$tmp/deny" EPERM io_uring_setup "$tmp/uring-user"
    shows as-predicted blocking user \
        as_nobody "$tmp/deny" EPERM io_uring_setup "$tmp/blocking-user" --json
fi

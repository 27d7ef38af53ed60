#!/bin/sh
# SPDX-License-Identifier: MIT
# A page fault stops all user-level threads, whatever their engine is; and
# where the kernel reports no page faults, the experiment says so and ends.
. "$(dirname "$0")/../lib.sh"
. tests/demos/checks.inc
plan 18

silence='.measured.longest_silence.value'
delay='.measured.delay.value'
deny=$BUILD/tests/programs/deny

if shows_if_it_can pagefault user; then
    holds "user: the silence is at least 80 % of the delay" \
        "$silence >= 0.8 * $delay"
    holds "user: nobody counted" ".measured.counted.value < 10"
    shows as-predicted pagefault user \
        env UTHREADS_IO=blocking "$demos/pagefault-user" --json
else
    for what in silence count blocking form; do
        skip "user: $what" "$reason"
    done
fi

if shows_if_it_can pagefault kernel; then
    holds "kernel: the silence is under 25 % of the delay" \
        "$silence < 0.25 * $delay"
    holds "kernel: the others counted" ".measured.counted.value > 100"
else
    for what in silence count; do
        skip "kernel: $what" "$reason"
    done
fi

shows_if_it_can pagefault gil

"$deny" EPERM userfaultfd true
if [ $? -eq 77 ]; then
    for what in status form reason; do
        for whom in user kernel; do
            skip "userfaultfd denied, $whom: $what" \
                "this kernel takes no seccomp filter from us"
        done
    done
else
    for model in user kernel; do
        shows skip pagefault $model \
            "$deny" EPERM userfaultfd "$demos/pagefault-$model" --json
        holds "$model: the reason names userfaultfd and the kernel's refusal" \
            '.reason | test("userfaultfd.*not permitted")'
    done
fi

#!/bin/sh
# SPDX-License-Identifier: MIT
# A timer on real time gets the others on while one waits, where it finds the
# program's own code; at a price. A timer on CPU time hides nothing.
. "$(dirname "$0")/../lib.sh"
. tests/demos/checks.inc
plan 18

for model in user user-asm; do
    shows as-predicted quantum-rescue user \
        "$demos/quantum-rescue-$model" --json
    holds "$model: with ticks of CPU time a read is one silence" \
        '.measured.silence_cpu_ticks.value >= 80'
    holds "$model: so is read(2), with ticks of real time" \
        '.measured.silence_in_libc.value >= 80'
    holds "$model: but the program's own system call is not" \
        '.measured.silence_real_ticks.value < 80'
    holds "$model: and a nanosleep ends early" \
        '.measured.nanosleep_lasted.value < 50'
done

shows as-predicted quantum-rescue kernel "$demos/quantum-rescue-kernel" --json
holds "kernel: there is no silence" \
    '.measured | [.silence_cpu_ticks.value, .silence_real_ticks.value,
                  .silence_in_libc.value] | max < 80'
holds "kernel: and a nanosleep is as long as it was to be" \
    '.measured.nanosleep_lasted.value >= 100'

shows as-predicted quantum-rescue gil "$demos/quantum-rescue-gil" --json

#!/bin/sh
# SPDX-License-Identifier: MIT
# Four ways to wait for many pipes: two cost latency or CPU, two cost neither.
. "$(dirname "$0")/../lib.sh"
. tests/demos/checks.inc
plan 19

latency() { echo ".measured.$1_latency.value"; }
cpu() { echo ".measured.$1_cpu.value"; }

for model in user kernel; do
    shows as-predicted nonblocking $model "$demos/nonblocking-$model" --json
    holds "$model: reading in turn, a message lies for 8 ms and more" \
        "$(latency blocking) >= 8"
    holds "$model: told by epoll, for less than half as long" \
        "$(latency epoll) < $(latency blocking) / 2"
    holds "$model: only asking all the time burns the CPU" \
        "([$(cpu blocking), $(cpu epoll), $(cpu thread_read)] | max) < \
         $(cpu spinning) / 4"
done
holds "kernel: a thread each is as prompt" \
    "$(latency thread_read) < $(latency blocking) / 2"

shows as-predicted nonblocking gil "$demos/nonblocking-gil" --json

shows as-predicted nonblocking user \
    env UTHREADS_IO=blocking "$demos/nonblocking-user" --json
holds "the blocking engine: a thread each is as late as reading in turn" \
    "$(latency thread_read) >= 8"
holds "and that was predicted" '.predicted | test("blocking reads and with thread_read")'

"$BUILD/threadbare" compare nonblocking >"$tmp/out" 2>"$tmp/err"
ok "compare shows the latency of all four beside each other" \
    test "$(grep -c '^  .* latency, ms  *[0-9.]*  *[0-9.]*$' "$tmp/out")" -eq 4
ok "and their CPU" \
    test "$(grep -c '^  .* cpu, %  *[0-9.]*  *[0-9.]*$' "$tmp/out")" -eq 4

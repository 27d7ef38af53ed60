#!/bin/sh
# SPDX-License-Identifier: MIT
# A kernel thread costs dozens of system calls, a user-level thread a few.
. "$(dirname "$0")/../lib.sh"
. tests/demos/checks.inc
plan 13

for model in user kernel; do
    shows as-predicted cost $model "$demos/cost-$model" --json
    holds "$model: every cost is above nothing" \
        '[.measured[].value] | min > 0'
    holds "$model: a thread has at least one page, and not all it has mapped" \
        '.measured.resident_per_thread.value >= 4 and
         .measured.resident_per_thread.value <
         .measured.mapped_per_thread.value'
    holds "$model: times are in ns and memory in KiB" \
        '[.measured[].unit] | unique == ["KiB", "ns"]'
    cp "$tmp/out" "$tmp/$model"
done

# Side by side, from two runs: only what differs many times over, and on a busy
# machine still does. (A fresh stack costs page faults, which are never quiet.)
cheaper() {
    user=$(jq ".measured.$1.value" "$tmp/user")
    kernel=$(jq ".measured.$1.value" "$tmp/kernel")
    ok "$1: far less on user than on kernel" \
        jq -en "$user * 2 < $kernel"
}
cheaper create_join
cheaper switch
cheaper mapped_per_thread

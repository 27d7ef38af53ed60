#!/bin/sh
# SPDX-License-Identifier: MIT
# Ten thousand threads sleep in the time of one, where there is room for them.
. "$(dirname "$0")/../lib.sh"
. tests/demos/checks.inc
plan 14

for model in user kernel; do
    reason="the demo itself has failed"
    if shows_if_it_can sleepers $model; then
        holds "$model: thousands slept at once" \
            ".measured.asleep_at_once.value > 1000"
        holds "$model: for no less than they asked" \
            ".measured.all_sleeps.value >= 200"
    else
        skip "$model: thousands slept at once" "$reason"
        skip "$model: for no less than they asked" "$reason"
    fi
done

shows as-predicted sleepers user "$demos/sleepers-user" --json --scale 0.01
holds "--scale 0.01 is a hundred of them" '.reason | startswith("100 threads")'

# No room: the experiment says how far it came.
if can_be_nobody && command -v prlimit >/dev/null; then
    chmod 755 "$tmp"
    cp "$demos/sleepers-kernel" "$tmp"
    shows skip sleepers kernel as_nobody prlimit --nproc=60 \
        "$tmp/sleepers-kernel" --json
    holds "no room: the reason names the number reached" \
        '.reason | test("room for [0-9]+ of 10000 threads")'
else
    for check in status form reason; do
        skip "no room: $check" "no prlimit, or no setpriv to be another user"
    done
fi

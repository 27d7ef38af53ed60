#!/bin/sh
# SPDX-License-Identifier: MIT
# A model's settings: one program, run in many ways, side by side.
. "$(dirname "$0")/../lib.sh"
tb=$BUILD/threadbare
[ -x "$tb" ] || skip_all "$tb is not built"
limit=60
plan 27

short="-- --scale 0.1"
for policy in fifo rr priority mlfq lottery stride edf random; do
    # shellcheck disable=SC2086 # flags
    status 0 "$policy: a demo runs under it" \
        "$tb" compare "sleepers:user+$policy" $short
    matches "$policy: and the picture says so" \
        "^sleepers on user\\+$policy \\(many-to-one, [a-z]+, $policy,"
done

# shellcheck disable=SC2086 # flags
status 0 "two ways of one program stand side by side" \
    "$tb" compare sleepers:user+lottery+seed7 sleepers:user+stride+1000us $short
matches "the first under its own name" '^sleepers on user\+lottery\+seed7 '
matches "and so the second" '^sleepers on user\+stride\+1000us '

status 2 "what is no policy is refused" "$tb" run cost:user+nosuch
matches "with those that are" "UTHREADS_POLICY=nosuch .*valid: .*lottery" \
    "$tmp/err"
status 2 "the kernel's policy is not ours to set" "$tb" run cost:kernel+rr
status 2 "nor has a global lock a policy" "$tb" run cost:gil+rr
matches "but an interval" "gil\+1000us" "$tmp/err"
status 0 "which can be set" "$tb" run cost:gil+1000us
matches "for that run" "^cost on the gil model"
status 2 "nor is no setting a setting" "$tb" run cost:user+

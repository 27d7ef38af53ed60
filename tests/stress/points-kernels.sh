#!/bin/sh
# SPDX-License-Identifier: MIT
# points.sh where the kernel draws the lots: before every call it is asked for a
# switch, and under a global lock that one changes hands.
. "$(dirname "$0")/../lib.sh"
limit=100
plan 3
for model in kernel gil process; do
    status 0 "$model: the contract holds" env CRITERION_OUTPUTS=tap:- \
        "$BUILD/tests/stress/contract-$model" ||
        note "$(grep -A9 "^not ok" "$tmp/out")"
done

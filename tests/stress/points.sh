#!/bin/sh
# SPDX-License-Identifier: MIT
# The whole contract once more, with a switch forced before every call, to a
# thread that is drawn by lot: with STRESS_SEEDS seeds (2 unless set).
. "$(dirname "$0")/../lib.sh"
seeds=${STRESS_SEEDS:-2}
limit=100
plan $((2 * seeds))

holds() { # MODEL SEED
    status 0 "$1: with seed $2 the contract holds" \
        env UTHREADS_POLICY=random UTHREADS_SEED="$2" \
        CRITERION_OUTPUTS=tap:- "$BUILD/tests/stress/contract-$1" ||
        note "$(grep -A9 "^not ok" "$tmp/out")"
}

seed=0
while [ $seed -lt "$seeds" ]; do
    seed=$((seed + 1))
    holds user "$seed"
    holds user-asm "$seed"
done

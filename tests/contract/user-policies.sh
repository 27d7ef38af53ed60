#!/bin/sh
# SPDX-License-Identifier: MIT
# The contract holds whoever is next: the whole of it once more under every
# policy but the usual one.
. "$(dirname "$0")/../lib.sh"
limit=60
plan 7

for policy in fifo priority mlfq lottery stride edf random; do
    status 0 "the whole contract under $policy" \
        env UTHREADS_POLICY=$policy "$BUILD/tests/contract-user-asm"
done

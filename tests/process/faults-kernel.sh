#!/bin/sh
# SPDX-License-Identifier: MIT
# The same as faults.sh, of kernel threads, free and under one lock.
. "$(dirname "$0")/../lib.sh"
limit=110
models="kernel gil"
for model in $models; do
    faults=$BUILD/tests/faults-$model
    [ -x "$faults" ] || skip_all "faults-$model is not built"
    if has_asan "$faults"; then
        skip_all "AddressSanitizer has the same functions wrapped"
    fi
done
plan 4

for model in $models; do
    status 0 "$model: each refusal is borne" "$BUILD/tests/faults-$model"
    matches "$model: and there were some to bear" '^[0-9]{2,} faults, 0 bad'
done

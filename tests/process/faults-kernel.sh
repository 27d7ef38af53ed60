#!/bin/sh
# SPDX-License-Identifier: MIT
# The same as faults.sh, of kernel threads.
. "$(dirname "$0")/../lib.sh"
limit=110
faults=$BUILD/tests/faults-kernel
[ -x "$faults" ] || skip_all "faults-kernel is not built"
if has_asan "$faults"; then
    skip_all "AddressSanitizer has the same functions wrapped"
fi
plan 2

status 0 "kernel: each refusal is borne" "$faults"
matches "kernel: and there were some to bear" '^[0-9]{2,} faults, 0 bad'

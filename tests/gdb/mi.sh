#!/bin/sh
# SPDX-License-Identifier: MIT
# An IDE talks to gdb in its machine interface: it sees parked threads, too.
. "$(dirname "$0")/../lib.sh"
. "${top%/}/gdb.inc"
need_gdb

asked='listed selected frames locals filtered own.only evaluated called kept
    finished there unharmed'

plan 24
for kind in '' -asm; do
    timeout -k 2 "$limit" python3 tests/gdb/mi.py gdb/utgdb "$target$kind" \
        >"$tmp/out" 2>&1
    for check in $asked; do
        matches "gdb-target$kind, through MI: $check" "^$check: yes\$"
    done
done

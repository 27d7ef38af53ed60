#!/bin/sh
# SPDX-License-Identifier: MIT
# In the middle of a switch, too, exactly one thread runs: the one on whose
# stack the processor is. And uthread switch says who leaves and who enters.
. "$(dirname "$0")/../lib.sh"
. "$top/gdb.inc"
need_gdb
has_asan "$BUILD/tests/programs/laps-user" && skip_all "a build for a sanitizer"
laps=$BUILD/tests/programs/laps
limit=120
plan 20

for kind in user user-asm; do
    gdb_on "$laps-$kind" 'break lap' run delete \
        'source tests/gdb/switch.py' continue
    grep '^instructions=' "$tmp/out" >"$tmp/walks"
    ok "laps-$kind: two yields are gone through to their end" \
        test "$(grep -cE ' seen=[234],[234] ' "$tmp/walks")" = 2
    ok "laps-$kind: ... with both halves of each switch" test \
        "$(grep -cE ' before=[1-9][0-9]+ after=[1-9][0-9]+ ' "$tmp/walks")" = 2
    ok "laps-$kind: one thread runs, always the one whose stack is in use" \
        test "$(grep -cE ' wrong=0 ' "$tmp/walks")" = 2
    ok "laps-$kind: who attaches in the middle sees the same" \
        test "$(grep -cE ' attached=6$' "$tmp/walks")" = 2
    matches "laps-$kind: and the program comes to its end unharmed" \
        '120 laps: right'

    gdb_on "$laps-$kind" 'break lap' run delete 'uthread switch 4' \
        'info uthreads' bt 'uthread switch 500' delete
    matches "laps-$kind: uthread switch names both" \
        '^thread 2 "red" \(ready\) leaves, thread 3 "green" enters'
    matches "laps-$kind: ... and stops in the one who enters" \
        '^\* +3 +green +running'
    matches "laps-$kind: ... why one leaves, too" \
        '^thread [234] ".*" \(ended\) leaves, thread '
    matches "laps-$kind: until the program has ended" '120 laps: right'
done

gdb_on "$laps-kernel" 'break lap' run delete 'uthread switch' kill
matches "kernel threads: the switch is not for gdb to see" \
    '^This program.s threads are kernel threads'
gdb_on "$laps-user" 'break lap' run delete 'uthread switch soon' kill
matches "no number of switches: a clear error" "'soon' is no number"

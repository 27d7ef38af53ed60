#!/bin/sh
# SPDX-License-Identifier: MIT
# uthread break, next and step: one thread's, while others take turns with it;
# by yielding, and by preemption.
. "$(dirname "$0")/../lib.sh"
. "$top/gdb.inc"
need_gdb
has_asan "$BUILD/tests/programs/laps-user" && skip_all "a build for a sanitizer"
laps=$BUILD/tests/programs/laps
plan 38

# Stop the second runner in its third lap, by its own breakpoint.
green='uthread break green lap if laps[1] == 2'

for kind in user user-asm; do
    for how in '' preempt; do
        name="laps-$kind${how:+ }$how"
        gdb_on "$laps-$kind" 'break lap' "run $how" 'delete' "$green" \
            'continue' 'info uthreads' 'print runner' 'print laps[1]' \
            'delete' 'source tests/gdb/stepping.py' 'continue'
        matches "$name: a breakpoint of one thread stops that one" \
            '^\* +3 +green +running'
        matches "$name: ... and no other" '^\$1 = 1$'
        matches "$name: ... where its condition holds" '^\$2 = 2$'
        matches "$name: uthread next stays with the thread" \
            '^next: thread=3 steps=24 strayed=0 lines=[3-9]'
        matches "$name: uthread step stays with the thread" \
            '^step: thread=3 steps=130 strayed=0 '
        matches "$name: and the program comes to its end unharmed" \
            '120 laps: right'
    done
done
# By yielding, the steps led through the switch.
gdb_on "$laps-user-asm" 'break lap' run 'delete' \
    'source tests/gdb/stepping.py' 'continue'
matches "steps come out of the switch that they went into" \
    '^step: thread=2 .* through=[2-9][0-9]'

gdb_on "$laps-user" 'break lap' run 'delete' 'uthread 4' 'uthread next' \
    'info uthreads' 'uthread break blue lap' 'uthread 2' 'uthread next' \
    'info uthreads --state running' 'delete' 'continue'
matches "a parked thread is run until it is back in the program" \
    '^\* +4 +blue +running'
matches "another's breakpoint is told, and that the step is not over" \
    '^\[thread 4 "blue" runs; the step of thread 2 "red" is not over\]'
matches "that does no harm" '120 laps: right'

gdb_on "$laps-user" 'break lap' run 'delete' \
    'uthread break red lap if laps[0] == 39' continue 'delete' \
    'uthread next 60' 'continue'
matches "a thread that ends within a step is said to have ended" \
    '^Thread 2 has ended'
matches "and the others go on" '120 laps: right'

gdb_on "$laps-user" 'uthread break red lap' 'break lap' run \
    'uthread break' 'uthread break red' 'uthread break nobody lap' \
    'uthread break red nowhere_at_all' 'uthread next twice' kill
matches "without a process: a clear error" 'There is no process'
matches "uthread break without a place: a clear error" \
    '^uthread break: which thread, and where\?'
matches "a thread that does not exist: a clear error" \
    '^There is no user-level thread nobody'
matches "a place that does not exist: gdb's own error" \
    'Function "nowhere_at_all" not defined'
matches "no number of steps: a clear error" "'twice' is no number"

gdb_on "$laps-kernel" 'break lap if runner == 2' run 'uthread break blue lap' 'delete 1' \
    'info breakpoints' continue 'print runner' 'uthread next' 'delete' continue
matches "kernel threads: gdb's own breakpoint of one thread is set" \
    'stop only in thread'
matches "... and stops it" '^\$1 = 2$'
matches "... and uthread next is gdb's own" '^(2[0-9]|[3-6][0-9])'

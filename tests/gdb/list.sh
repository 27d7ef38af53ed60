#!/bin/sh
# SPDX-License-Identifier: MIT
# info uthreads and uthread, on every way in which a program may be built: each
# parked thread is where it is, with its locals, and goes on unharmed.
. "$(dirname "$0")/../lib.sh"
. "${top%/}/gdb.inc"
need_gdb

# What each thread waits for, and in which function of the program it is.
listed='mutex|mutex door of 1|lock_door
cond|cond bell|wait_for_bell
semaphore|semaphore tickets|semaphore_waiter
channel|channel belt|receive
sleep|sleep|sleep_waiter
join|end of 6|join_waiter
reader|read of fd [0-9]+|read_pipe
poller|poll of fd [0-9]+|poll_pipe
rwlock|rwlock shelf of 1|write_shelf
select|a select|select_both
event|event dawn|dawn_waiter
yielder|ready|yielder
newcomer|ready|newcomer'

# Nobody is where he is not: one line each.
every_thread_is_listed() {
    echo "$listed" | while IFS='|' read -r name doing where; do
        grep -qE "^  +[0-9]+  $name +$doing +([0-9.]+ [mnu]?s +)?$where \(\)" \
            "$tmp/out" || { echo "not so: $name|$doing|$where"; exit 1; }
    done
}

# The frames of one thread, from `uthread apply all bt`.
frames_of() {
    sed -n "/^User-level thread [0-9]* \"$1\"/,/^\$/p" "$tmp/out"
}

every_trace_is_whole() {
    echo "$listed" | while IFS='|' read -r name doing where; do
        frames_of "$name" >"$tmp/frames"
        { [ "$name" = newcomer ] || grep -qE "in $where \(" "$tmp/frames"; } &&
            grep -qE '(in|[0-9]) +(enter|context_begin) \(' "$tmp/frames" &&
            ! grep -q 'corrupt stack\|Backtrace stopped' "$tmp/frames" && continue
        echo "of $name $doing:"
        cat "$tmp/frames"
        exit 1
    done
}

plan 30
for kind in '' -asm -O0 -asm-O0 -shared; do
    stop_at after_parking "$target$kind" 'info uthreads' \
        'uthread apply all bt' 'uthread cond' 'finish' \
        'info uthreads --state running' 'continue'
    name=gdb-target$kind
    ok "$name: every thread is listed, with its wait and its place" \
        every_thread_is_listed
    ok "$name: every trace reaches the first function" every_trace_is_whole
    sed -n '/^User-level/,/^\[/{/ at uthreads/p;}' "$tmp/out" >"$tmp/inner"
    lacks "$name: the library's frames fit on a line" '^.{81}' "$tmp/inner"
    stop_at after_parking "$target$kind" 'uthread mutex' \
        'python f = gdb.selected_frame()' \
        'python while f.name() != "mutex_waiter": f = f.older()' \
        'python f.select()' 'info locals' 'uthread yielder' \
        'frame function yielder' 'print held' 'continue'
    matches "$name: the locals of a parked thread can be read" \
        '^local = 1001$'
    matches "$name: and what one holds in a register" '= 2012$'
    matches "$name: it goes on unharmed" 'total 12086: right$'
done

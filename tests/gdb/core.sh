#!/bin/sh
# SPDX-License-Identifier: MIT
# uthread core and gdb/uthread-core: in the copy, every user-level thread is a
# thread for a gdb that knows nothing of us, whole and with its locals.
. "$(dirname "$0")/../lib.sh"
. "$top/gdb.inc"
. "$top/cores.inc"
need_gdb

# In which function of the program each parked thread is, and its local, which
# is 1000 plus its place.
parked='lock_door 1
wait_for_bell 2
semaphore_waiter 3
receive 4
sleep_waiter 5
join_waiter 6
read_pipe 7
poll_pipe 8
write_shelf 9
select_both 10
dawn_waiter 11
yielder 12'

# Each of them once, from its first function on; the one that has not begun is
# at its beginning; and no trace that gdb was not sure of.
every_thread_is_a_thread() {
    echo "$parked" | while read -r where place; do
        [ "$(grep -cE "^#[0-9]+ .* $where \(" "$tmp/out")" -eq 1 ] ||
            { echo "not once: $where"; exit 1; }
        grep -qx "        local = $((1000 + place))" "$tmp/out" ||
            { echo "not there: the local of $where"; exit 1; }
    done && [ "$(grep -c '^Thread .*LWP 100000' "$tmp/out")" -eq 13 ] &&
        [ "$(grep -cE '^#[0-9]+ .*in enter \(' "$tmp/out")" -ge 12 ] &&
        sed -n '/^Thread .*LWP 10000014/,/^$/p' "$tmp/out" |
        grep -qE '^#[01] .*(enter|context_begin) \(' &&
        grep -qE '^#[0-9]+ .*in main \(' "$tmp/out" &&
        ! grep -E 'corrupt|Backtrace stopped|^#.* \?\? ' "$tmp/out"
}

plan 23

for kind in '' -asm -O0 -shared; do
    program=$target$kind
    make_core "$program" "$tmp/core"
    gdb_on "$program" "core-file $tmp/core" "uthread core $tmp/copy" \
        "core-file $tmp/copy" 'info uthreads' 'uthread mutex' 'bt'
    matches "gdb-target$kind: uthread core says how many threads it added" \
        '^Wrote .*/copy: the core, and 13 parked threads\.$'
    matches "gdb-target$kind: our own commands work on the copy, too" \
        '^#[0-9]+ .*lock_door'
    plain_gdb "$program" "$tmp/copy" 'thread apply all bt full'
    ok "gdb-target$kind: plain gdb shows every thread of the copy" \
        every_thread_is_a_thread
    ok "gdb-target$kind: gdb/uthread-core writes the same" sh -c \
        "gdb/uthread-core $tmp/core $tmp/alone && cmp $tmp/copy $tmp/alone"
done

for kind in '' -asm; do
    program=$target$kind
    stop_at after_parking "$program" "uthread core $tmp/live" continue
    matches "gdb-target$kind: a process goes on unharmed" \
        'total 12086: right$'
    plain_gdb "$program" "$tmp/live" 'thread apply all bt full'
    ok "gdb-target$kind: the core of a process has every thread as well" \
        every_thread_is_a_thread
done

# A process that only gdb can reach, as on another machine.
what="the core of a process behind gdbserver has every thread, too"
if command -v gdbserver >/dev/null; then
    gdb_on "$target" "target remote | gdbserver --once - $target" \
        'break after_parking' continue "uthread core $tmp/far" continue
    plain_gdb "$target" "$tmp/far" 'thread apply all bt full'
    ok "$what" every_thread_is_a_thread
else
    skip "$what" "gdbserver is not installed"
fi

# A thread that was preempted is parked in a signal handler, above the frame
# that was interrupted.
interrupted_threads_are_whole() {
    [ "$(grep -cE '^#[0-9]+ +<signal handler called>$' "$tmp/out")" -ge 1 ] &&
        [ "$(grep -cE '^#[0-9]+ .*spinner \(' "$tmp/out")" -eq 2 ] &&
        [ "$(grep -cE '^#[0-9]+ .*in enter \(' "$tmp/out")" -eq 2 ] &&
        ! grep -E 'corrupt|Backtrace stopped|^#.* \?\? ' "$tmp/out"
}

for kind in '' -asm; do
    program=$BUILD/tests/gdb-preempted$kind
    what="gdb-preempted$kind: threads parked in a signal handler are whole"
    stop_at after_parking "$program" "uthread core $tmp/live"
    plain_gdb "$program" "$tmp/live" 'thread apply all bt'
    ok "$what" interrupted_threads_are_whole
done

#!/bin/sh
# SPDX-License-Identifier: MIT
# Programs without symbols: threads are found by the note that leads to the
# library's descriptor, so they are listed with what they wait for, live and on
# a core; and with symbols from elsewhere, a copy of that core tells everything.
. "$(dirname "$0")/../lib.sh"
. "$top/gdb.inc"
. "$top/cores.inc"
need_gdb

waits='mutex|mutex door of 1
cond|cond bell
semaphore|semaphore 0x
channel|channel belt
sleep|sleep
join|end of 6
reader|read of fd [0-9]+
poller|poll of fd [0-9]+
rwlock|rwlock 0x
select|a select
event|event 0x
yielder|ready
newcomer|ready'

every_wait_is_listed() {
    echo "$waits" | while IFS='|' read -r name doing; do
        grep -qE "^  +[0-9]+  $name +$doing" "$tmp/out" ||
            { echo "not listed: $name|$doing"; exit 1; }
    done && grep -qE '^\* +1  .*running' "$tmp/out"
}

# Where after_parking is, counted from the entry point: a stripped program has
# no name for it. AT_ENTRY is 9.
distance() {
    from=$(nm "$1" | sed -n 's/ T _start$//p')
    to=$(nm "$1" | sed -n 's/ t after_parking$//p')
    echo $((0x$to - 0x$from))
}

# Stop there; then these commands.
stripped_at_parking() {
    symbols=$1
    shift
    gdb_on "$symbols-stripped" starti \
        'python from threadbare.program import auxiliary_vector' \
        "python to = auxiliary_vector()[9] + $(distance "$symbols")" \
        'python gdb.execute(f"break *{to}")' continue "$@"
}

plan 10
for kind in '' -asm; do
    symbols=$target$kind
    stripped_at_parking "$symbols" 'info uthreads' 'uthread apply all bt' \
        "uthread core $tmp/copy" continue
    lacks "gdb-target$kind-stripped: there are no names, and no broken trace" \
        'lock_door|corrupt|Backtrace stopped'
    ok "gdb-target$kind-stripped: every thread is listed" every_wait_is_listed
    matches "gdb-target$kind-stripped: it goes on unharmed" \
        'total 12086: right$'
    gdb_on "$symbols-stripped" "core-file $tmp/copy" 'info uthreads'
    ok "gdb-target$kind-stripped: on its core, too" every_wait_is_listed
    plain_gdb "$symbols" "$tmp/copy" 'thread apply all bt'
    matches "gdb-target$kind-stripped: with symbols, its core has frames" \
        '^#[0-9]+ .* lock_door \(\) at '
done

#!/bin/sh
# SPDX-License-Identifier: MIT
# A parked thread is shown: calls, finish, stepping and threads that were
# interrupted; live and attached; and nothing of it is left afterwards.
. "$(dirname "$0")/../lib.sh"
. "${top%/}/gdb.inc"
need_gdb

# Attach to a process that stands still in read(2): gdb_on, for its number.
attach() { # PROGRAM COMMAND...
    program=$1
    shift
    mkfifo "$tmp/input" && : >"$tmp/said"
    "$program" 0 stall <"$tmp/input" >"$tmp/said" 2>&1 &
    child=$!
    exec 3>"$tmp/input"
    until grep -q parked "$tmp/said" || ! kill -0 "$child"; do
        sleep 0.05
    done
    gdb_on "$program" "attach $child" "$@" detach
    echo >&3
    exec 3>&-
    wait "$child"
    rm "$tmp/input"
}

plan 41
for kind in '' -asm; do
    name=gdb-target$kind
    stop_at after_parking "$target$kind" 'uthread sleep' \
        'print thread_self()' 'bt' 'frame function sleep_waiter' \
        'print local' 'info uthreads --state running' 'continue'
    matches "$name: a function is called while a parked thread is shown" \
        '^\$1 = 1 "main"$|^\$1 = 1$'
    matches "$name: and the thread is shown still" ' in sleep_waiter \('
    matches "$name: with its locals" '^\$2 = 1005$'
    matches "$name: the running one is known all the while" \
        '^   1  main +running'
    matches "$name: calls have done no harm" 'total 12086: right$'

    stop_at after_parking "$target$kind" 'uthread cond' \
        'frame function wait_for_bell' 'finish' 'print $uthread()' 'bt' \
        'next' 'print $uthread_name()' 'continue'
    matches "$name: finish ends where the parked thread goes on" \
        '^\$1 = 3$'
    matches "$name: in the caller" '^#0  (0x[0-9a-f]+ in )?cond_waiter \('
    matches "$name: next stays there" '^\$2 = "cond"$'
    matches "$name: steps have done no harm" 'total 12086: right$'

    gdb_on "$target$kind" 'break after_parking' 'run 0 preempt' \
        'info uthreads --state ready' 'uthread apply 15 bt' 'continue'
    if grep -q 'no preemption' "$tmp/out"; then
        skip "$name: an interrupted thread is where it was" 'no preemption'
        skip "$name: its trace leads through the handler" 'no preemption'
    else
        matches "$name: an interrupted thread is where it was" \
            '^ +[0-9]+  spinner +ready +spin \('
        matches "$name: its trace leads through the handler" \
            '^#[0-9]+ .*<signal handler called>'
    fi

    attach "$target$kind" 'info uthreads' 'uthread semaphore' \
        'frame function semaphore_waiter' 'print local'
    matches "$name, attached: who stalls all is the one that runs" \
        '^\*  1  main +running +stall \(\) target.c:'
    matches "$name, attached: the parked ones are where they are" \
        '^   4  semaphore +semaphore tickets .* semaphore_waiter \(\)'
    matches "$name, attached: their locals" '^\$1 = 1003$'
    matches "$name, attached: it has gone on unharmed" \
        'total 12086: right$' "$tmp/said"
done

gdb_on "$BUILD/tests/programs/overflow-user" 'run thread' 'info uthreads' \
    'uthread stack'
matches 'a thread that has run into its guard is the one that runs' \
    '^\*  2  [^ ]* +running +recurse \('
matches 'and its stack is drawn beyond its end' '  stack pointer: an overflow$'

stop_at after_parking "$target-kernel" 'info uthreads' 'uthread cond' \
    'frame function wait_for_bell' 'continue'
matches 'kernel threads are listed with what they wait for' \
    '^   3  cond +cond bell +[0-9.]+ [mun]?s  wait_for_bell \('
matches 'and selected' ' in wait_for_bell \('
matches 'with no harm' 'total 12086: right$'

# ---- The wrapper ----
status 1 'utgdb: without gdb it says so' env GDB=/nowhere/gdb gdb/utgdb
matches 'and what to do' "^utgdb: there is no '/nowhere/gdb' .* apt install" \
    "$tmp/err"
printf '#!/bin/sh\necho "GNU gdb (GDB) 9.2"\n' >"$tmp/old"
chmod +x "$tmp/old"
status 1 'utgdb: an old gdb is refused' env GDB="$tmp/old" gdb/utgdb
matches 'with its version' "this needs gdb 12 or newer; .* is gdb 9\$" \
    "$tmp/err"
printf '#!/bin/sh\necho "GNU gdb (GDB) 13.1"\n' >"$tmp/bare"
chmod +x "$tmp/bare"
status 1 'utgdb: a gdb without Python is refused' \
    env GDB="$tmp/bare" gdb/utgdb
matches 'and told so' 'was built without Python' "$tmp/err"

#!/bin/sh
# SPDX-License-Identifier: MIT
# What is asked about threads beside their frames: why one does not go on, who
# is next, how full a stack is, who has to do with something; and how what they
# wait for is printed.
. "$(dirname "$0")/../lib.sh"
. "${top%/}/gdb.inc"
need_gdb

# How often does a line match?
lines() {
    grep -cE -e "$1" "$tmp/out"
}

plan 55

# ---- Who waits for whom ----
stop_at after_parking "$target" 'uthread why mutex' 'uthread why join' \
    'uthread why cond' 'uthread cond' 'uthread why'
matches 'why: a lock leads to who holds it' \
    '^2 "mutex" waits for mutex door of 1, for [0-9.]+ [mun]?s$'
matches 'why: who is at the end is said with what he does' \
    '^  1 "main" is running$'
matches 'why: a join leads to the one that is joined' \
    '^7 "join" waits for end of 6'
matches 'why: who sleeps will wake' '^ +it goes on when its time has come\.$'
ok 'why: without an argument, about the thread that is shown' \
    test "$(lines '^  any thread may signal it\.$')" = 2
stop_at report_deadlock "$BUILD/tests/programs/deadlock-user-asm" \
    'uthread why left' 'uthread why main' 'uthread why 4' \
    'info uthreads --state blocked'
matches 'why: a circle is followed until it closes' \
    '^    2 "left" again: a circle\.$'
matches 'why: all in the circle are named' \
    '^Deadlock: none of 2, 3 can ever go on\.$'
matches 'why: who only waits for the circle is told apart' \
    '^Deadlock: none of 2, 3 can ever go on, and 1 after them\.$'
matches 'why: nobody is left who could' \
    '^  any thread may post it; but none is left that could: a deadlock\.$'
matches 'where all are blocked, nobody is marked as running' \
    '^   1  main +end of 2 '

matches 'and that is said' '^No user-level thread runs: the idle one has'

# ---- Who is next ----
queue_under() { # POLICY
    gdb_on "$target" "set environment UTHREADS_POLICY=$1" \
        'break after_parking' run 'uthread queue'
}
first_ready() {
    sed -n '/^Next/{n;p;}' "$tmp/out"
}
for policy in rr fifo priority mlfq stride edf; do
    queue_under "$policy"
    matches "queue: $policy is named with its rule" "^Policy $policy: .*\. "
    ok "queue: under $policy, all that are ready are numbered" \
        test "$(lines '^ +[0-9]+ +[0-9]+  (yielder|newcomer) ')" -ge 1
done
queue_under lottery
matches 'queue: where lots are drawn there is no order' \
    '^ +\?  1[34]  (yielder|newcomer) +1 +[0-9]+ % '
queue_under priority
matches 'queue: the key is told' '^Next  Id  Name +Priority  Where'

# ---- Its stack ----
stop_at after_parking "$target" 'uthread stack cond' 'uthread stack main'
matches 'stack: its size is the one asked for' \
    '^The stack of thread 3 "cond", 64 KiB:$'
matches 'stack: where it stands is drawn' '^  0x[0-9a-f]{12}  \+-+\+  stack p'
matches 'stack: what is used is summed up' \
    '^In use: [0-9.]+ Ki?B, [1-9][0-9]? %; at most so far: '
matches 'stack: main has none of ours' \
    'stack of thread 1 "main" was not made by'
lacks 'stack: no line is too long' '^.{81}'

# ---- Who has to do with something ----
stop_at after_parking "$target" 'uthread find lock_door' 'uthread find bell' \
    'uthread find ^po' 'uthread find zebra' 'uthread find ('
matches 'find: by a function on the stack' \
    '^Thread 2 "mutex": #[0-9]+ lock_door \(\)$'
matches 'find: by what it waits for' '^Thread 3 "cond": waits for cond bell$'
matches 'find: by its name' '^Thread 9 "poller": its name$'
matches 'find: nobody' "^Nothing matches 'zebra'\.\$"
matches 'find: a bad pattern is refused' "'\(' is no regular expression"

# ---- Some of them, some in one line, all at once ----
stop_at after_parking "$target" 'info uthreads --state ready' \
    'info uthreads --state tired' 'uthread apply 3 5 print $uthread()' \
    'uthread apply 3' 'uthread nobody' 'uthread cond' 'info uthreads' \
    'uthread apply 4 frame 0' 'frame function wait_for_bell'
matches 'list: by state' '^  14  newcomer  ready '
matches 'list: an unknown state is refused' "invalid choice: 'tired'"
matches 'apply: to those that are named' '^User-level thread 5 "channel"'
matches 'apply: with their own stack' '= 5$'
matches 'apply: a command is needed' '^uthread apply: which threads, and what'
matches 'a thread that is not there is refused' \
    'There is no user-level thread nobody'
matches 'list: the one that is shown is marked' '^\*  3  cond '
matches 'apply: what was shown before is shown again' \
    'in wait_for_bell \(\)'
gdb_on "$target" 'set args 40' 'break after_parking' run \
    'info uthreads --group stack'
matches 'list: those in one place are counted' \
    '^ +40 blocked  one_of_many \(\) target.c:'
lacks 'list: no line is too long' '^.{81}'

# ---- Values ----
stop_at after_parking "$target" 'print door' 'print belt' 'print sleeper' \
    'print tickets' 'print/r door' 'print the_sched.ready' \
    'print $uthread_name(5)' 'tbreak wait_for_bell if $uthread() == 3'
matches 'print: a mutex, its owner and who waits' \
    '= mutex "door" of 1 "main", 1 waits: 2 "mutex"$'
matches 'print: a channel, with who is in a select on it' \
    '= channel "belt", no buffer, open, 2 receive: 5 "channel", 11 "select"$'
matches 'print: an identifier, with the name' '= 6 "sleep"$'
matches 'print: a semaphore' '= semaphore, 0 left, 1 waits: 4 "semaphore"$'
matches 'print: the bare struct, if asked for' '= \{kind = 0, '
matches 'print: the ready queue' '= 2 threads: 13 "yielder", 14 "newcomer"$'
matches 'a name, as a function' '= "channel"$'

# ---- Where there is nothing to see ----
gdb_on "$target" 'info uthreads' 'break main' 'run' 'info uthreads' \
    'uthread 2'
matches 'before it runs, that is said' '^The program is not being run: '
matches 'before the first call, there is no thread yet' '^No user-level thread'
gdb_on /bin/true 'break exit' 'starti' 'info uthreads'
matches 'a program without the library is told so' \
    '^This program has no Threadbare library'

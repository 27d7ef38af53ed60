#!/bin/sh
# SPDX-License-Identifier: MIT
# gdb/uthread-proxy: a plain gdb, with none of our scripts, takes user-level
# threads for threads: lists them, stops them, steps them.
. "$(dirname "$0")/../lib.sh"
. "$top/gdb.inc"
need_gdb
command -v gdbserver >/dev/null || skip_all "gdbserver is not installed"
[ "$(uname -m)" = x86_64 ] || skip_all "the proxy is for x86-64"
laps=$BUILD/tests/programs/laps
has_asan "$laps-user" && skip_all "a build for a sanitizer"
plan 67

# by_proxy PROXY'S-ARGUMENTS PROGRAM COMMAND...: like gdb_on, but plain.
by_proxy() {
    proxy=$1 program=$2
    shift 2
    for command; do
        set -- "$@" -ex "$command"
        shift
    done
    timeout -k 2 "$limit" gdb -nx -q --batch -iex 'set debuginfod enabled off' \
        -iex 'set width 0' -iex 'set sysroot /' \
        -iex 'set breakpoint pending on' \
        -ex "target remote | gdb/uthread-proxy $proxy" "$@" \
        "$program" >"$tmp/out" 2>&1 </dev/null
}

for kind in user user-asm; do
    program=$laps-$kind
    by_proxy "$program" "$program" \
        'break lap if laps[1] == 2 && runner == 1' continue 'info threads' \
        'thread apply all bt' 'delete' 'source tests/gdb/proxy.py' \
        'python through_a_yield()' 'python lines(12)' continue
    matches "laps-$kind: info threads shows who runs" \
        '^\* 3 +Thread 10000003 "green" \(uthread 3, running\) '
    matches "laps-$kind: ... who is parked" \
        '^  2 +Thread 10000002 "red" \(uthread 2, ready\) '
    matches "laps-$kind: ... and what for" \
        '^  1 +Thread [0-9]+ "main" \(uthread 1, blocked: join\) '
    ok "laps-$kind: bt shows where each parked thread is" \
        test "$(grep -cE '^#[1-3] .* in runner \(arg=' "$tmp/out")" = 3
    matches "laps-$kind: stepi across the switch stays with the thread" \
        '^stepi: instructions=[0-9]+ strayed=0 through=[1-9][0-9] out=r'
    matches "laps-$kind: and so does next" '^next: steps=12 strayed=0'
    matches "laps-$kind: the program comes to its end unharmed" \
        '120 laps: right'
    matches "laps-$kind: ... and gdb is told" 'exited normally'

    by_proxy "$program" "$program" 'break lap if laps[0] == 1' continue \
        'delete' 'break lap thread 3' continue 'print runner' continue \
        'print runner' delete 'thread 2' stepi 'info threads' \
        'thread 1' 'print $rax' 'source tests/gdb/proxy.py' \
        'python registers_of_a_parked_thread()' 'thread apply 1 bt' \
        'print $rsp = 8' continue
    matches "laps-$kind: a breakpoint of one thread stops that one" '^\$1 = 1$'
    matches "laps-$kind: ... each time" '^\$2 = 1$'
    matches "laps-$kind: a parked thread steps when its turn comes" \
        '^\* 2 +Thread 10000002 "red" \(uthread 2, running\)'
    matches "laps-$kind: what a switch does not keep is not made up" \
        '^\$3 = <unavailable>'
    matches "laps-$kind: a register of a parked thread can be changed" \
        '^rbx=77$'
    matches "laps-$kind: its stack pointer cannot, and gdb hears why" \
        'thread 1 "main" is parked: its context keeps no rsp'
    matches "laps-$kind: the program goes on unharmed" '120 laps: right'

    by_proxy "$program preempt" "$program" 'break lap if laps[1] == 2' \
        continue delete 'source tests/gdb/proxy.py' 'python lines(12)' continue
    matches "laps-$kind: next stays with the thread under preemption, too" \
        '^next: steps=12 strayed=0'
    matches "laps-$kind: ... and does no harm" '120 laps: right'

    by_proxy "$program" "$program" 'break aside' continue \
        'thread apply all bt 1' 'thread apply all -q frame 0' delete continue
    matches "laps-$kind: a kernel thread that carries none is shown beside" \
        '^#0 +aside '
    ok "laps-$kind: ... with its own registers, and nobody else's" \
        test "$(grep -cE '^#0 .*aside ' "$tmp/out")" = 2
    matches "laps-$kind: ... and does no harm" '120 laps: right'

    for talk in packets damage interrupt vanish hang_up; do
        status 0 "laps-$kind: a conversation by hand: $talk" \
            tests/gdb/rsp.py "$talk" gdb/uthread-proxy "$program" linger
    done
done

for kind in -shared -stripped -asm-stripped; do
    by_proxy "$target$kind" "$target$kind" 'break exit' continue \
        'info threads' kill
    lacks "gdb-target$kind: nothing goes wrong" 'Traceback|uthread-proxy:'
    ok "gdb-target$kind: user-level threads are found without symbols" \
        test "$(grep -cE '\(uthread [0-9]+, ' "$tmp/out")" -ge 2
done

# Attached, in a process that nobody told of it.
"$laps-user" linger >"$tmp/linger" 2>&1 &
pid=$!
until grep -q lingers "$tmp/linger" && grep -q '^State:.S' /proc/$pid/status
do
    kill -0 $pid || break
    sleep 0.01
done
by_proxy "--attach $pid" "$laps-user" 'info threads' detach
matches "a process can be attached to" '"idle" \(uthread 0, running\)'
ok "... and is there still when gdb has detached" kill -0 $pid
kill -KILL $pid

by_proxy "$laps-kernel" "$laps-kernel" 'break lap' continue 'info threads' \
    'delete' continue
matches "kernel threads are passed through as they are" \
    '^  1 +Thread [0-9]+ .*a kernel thread'
matches "... and do no harm" '120 laps: right'

status 1 "without gdbserver it does not start" \
    env GDBSERVER=no-such-gdbserver gdb/uthread-proxy "$laps-user"
matches "... and names the package" "package gdbserver" "$tmp/err"
status 2 "a program that does not exist is an error" \
    gdb/uthread-proxy "$tmp/nothing"
matches "... and is named" "nothing" "$tmp/err"
status 2 "without a program it says how it is used" gdb/uthread-proxy
matches "... in so many words" 'usage: uthread-proxy' "$tmp/err"
status 0 "--help" gdb/uthread-proxy --help

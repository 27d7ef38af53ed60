#!/bin/sh
# SPDX-License-Identifier: MIT
# gdb/lldb_uthreads.py: lldb lists parked threads beside the kernel's, live and
# on a core, and shows their frames and variables; and a core that gdb's
# `uthread core` wrote needs no script in lldb either.
. "$(dirname "$0")/../lib.sh"
. "$top/gdb.inc"
. "$top/cores.inc"
need_gdb

# Does this lldb run Python?
knows_python() {
    timeout "$limit" "$lldb" --no-lldbinit -b -o 'script print(6 * 7)' 2>&1 |
        grep -qx 42
}

# lldb, whatever it is called; Debian's may have to be told where its Python is.
find_lldb() {
    lldb=
    for version in '' -22 -21 -20 -19 -18 -17 -16 -15 -14 -13; do
        command -v "lldb$version" >/dev/null || continue
        lldb=lldb$version
        for PYTHONPATH in "${PYTHONPATH-}" \
            /usr/lib/llvm-*/lib/python3*/dist-packages; do
            export PYTHONPATH
            if knows_python; then return; fi
        done
    done
    [ -n "$lldb" ]
}

# Run lldb with these commands; what it printed is then in $tmp/out.
lldb_does() {
    for command; do
        set -- "$@" -o "$command"
        shift
    done
    timeout -k 2 "$limit" "$lldb" --no-lldbinit -b "$@" >"$tmp/out" 2>&1 \
        </dev/null
}

# What every thread is called, in which function of the program it is, and its
# local there.
listed='mutex|blocked: mutex|lock_door|1001
cond|blocked: cond|wait_for_bell|1002
semaphore|blocked: semaphore|semaphore_waiter|1003
channel|blocked: channel|receive|1004
sleep|blocked: sleep|sleep_waiter|1005
join|blocked: join|join_waiter|1006
reader|blocked: io|read_pipe|1007
poller|blocked: io|poll_pipe|1008
rwlock|blocked: rwlock|write_shelf|1009
select|blocked: channel|select_both|1010
event|blocked: event|dawn_waiter|1011
yielder|ready|yielder|1012'

every_thread_is_there() {
    ! grep -E 'Traceback|Error' "$tmp/out" || return 1
    echo "$listed" | while IFS='|' read -r name state where local; do
        grep -q "uthread [0-9]* \"$name\" ($state)" "$tmp/out" ||
            { echo "not listed: $name ($state)"; exit 1; }
        [ "$(grep -cE "frame #[0-9]+: .*\`$where[( ]" "$tmp/out")" -eq 1 ] ||
            { echo "not once: $where"; exit 1; }
        grep -q "^local $local\$" "$tmp/out" ||
            { echo "not there: the local $local"; exit 1; }
    done && grep -q 'uthread 14 "newcomer" (ready)' "$tmp/out"
}

# The Python in it looks for its library beside the first python3 on the path.
PATH=/usr/bin:/bin:$PATH
find_lldb || skip_all "there is no lldb here: on Debian, apt install lldb"
knows_python || skip_all "'$lldb' cannot run Python, which the script is in"

cat >"$tmp/locals.py" <<'END'
import lldb
for thread in lldb.debugger.GetSelectedTarget().process:
    for frame in thread:
        local = frame.FindVariable("local")
        if local.IsValid():
            print("local", local.GetValue())
END
load='command script import gdb/lldb_uthreads.py'
locals="command script import $tmp/locals.py"

plan 9
for kind in '' -asm; do
    binary=$target$kind
    lldb_does "$load" "target create $binary" 'b after_parking' run \
        'thread list' 'thread backtrace all' "$locals" continue
    ok "gdb-target$kind: a process has every thread, with its locals" \
        every_thread_is_there
    matches "gdb-target$kind: it goes on unharmed" 'total 12086: right.?$'
    make_core "$binary" "$tmp/core"
    lldb_does "$load" "target create $binary --core $tmp/core" 'thread list' \
        'thread backtrace all' "$locals"
    ok "gdb-target$kind: a core has, too" every_thread_is_there
    gdb/uthread-core "$tmp/core" "$tmp/copy" >/dev/null
    lldb_does "target create $binary --core $tmp/copy" 'thread backtrace all'
    ok "gdb-target$kind: a copy has them all without a script" [ \
        "$(grep -cE 'frame #[0-9]+: .*`(lock_door|dawn_waiter|yielder)[( ]' \
            "$tmp/out")" -eq 3 ]
done
lldb_does "$load" "target create $target-kernel" 'b after_parking' run \
    'thread list'
lacks "of kernel threads lldb lists its own alone, and nothing goes wrong" \
    'uthread [0-9]|Traceback|Error'

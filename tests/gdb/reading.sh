#!/bin/sh
# SPDX-License-Identifier: MIT
# Whatever only reads says the same of a core file as of the process it was
# taken of: of the kernel's core, and of the copy in which each thread is one
# for gdb as well. Only how long a wait has lasted may differ.
. "$(dirname "$0")/../lib.sh"
. "$top/gdb.inc"
. "$top/cores.inc"
need_gdb

# Every command that reads, each under its name.
set -- 'info uthreads' 'info uthreads --state blocked' \
    'info uthreads --group stack' 'uthread find door' 'uthread why 2' \
    'uthread why 7' 'uthread queue' 'uthread stack 2' 'uthread stack 14' \
    'print door' 'print bell' 'print tickets' 'print shelf' 'print dawn' \
    'print belt' 'print $uthread("cond")' 'print $uthread_name(3)' \
    'uthread 3' 'bt' 'up' 'info locals' 'uthread apply 2 4 14 bt' \
    'uthread apply all frame' 'uthread 1' 'bt'
for command; do
    printf 'echo \\n# %s\\n\n%s\n' "$command" "$command"
done >"$tmp/commands"

# The same without times, and without the columns that depend on them.
timeless() {
    sed -E 's/ +[0-9.]+ ([mnu]?s|min|h) +/ /; s/, for [0-9.]+ [a-z]+//
        s/ +/ /g' <"$1" >"$1.timeless"
}

# Read a core; then compare with what the process was like.
same_of_core() {
    gdb_on "$binary" "core-file $1" "source $tmp/commands"
    sed -n '/^# info uthreads$/,$p' "$tmp/out" >"$tmp/of_core"
    timeless "$tmp/of_core"
    diff "$tmp/live.timeless" "$tmp/of_core.timeless"
}

# Of another run: but for how deep a stack ever was, for who leaves the CPU
# looks at the clock now and then.
alike() {
    same_of_core "$1" >/dev/null
    for run in live of_core; do
        sed -i '/| was in use |/d; / high water$/d; s/; at most so far.*//' \
            "$tmp/$run.timeless"
    done
    diff "$tmp/live.timeless" "$tmp/of_core.timeless"
}

plan 9
for kind in '' -asm -shared; do
    binary=$target$kind
    gdb_on "$binary" 'break after_parking' run "source $tmp/commands" \
        'echo # end\n' "uthread core $tmp/copy"
    sed -n '/^# info uthreads$/,/^# end$/p' "$tmp/out" | sed '$d' >"$tmp/live"
    timeless "$tmp/live"
    ok "gdb-target$kind: the process shows something" [ \
        "$(grep -c 'mutex door of 1' "$tmp/live")" -ge 3 ]
    ok "gdb-target$kind: its copy shows the same" same_of_core "$tmp/copy"
    make_core "$binary" "$tmp/core"
    ok "gdb-target$kind: a core shows the same" alike "$tmp/core"
done

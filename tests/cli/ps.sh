#!/bin/sh
# SPDX-License-Identifier: MIT
# `threadbare ps` shows the threads of a program that is stalled in a system
# call and cannot answer for itself.
. "$(dirname "$0")/../lib.sh"
[ -x "$BUILD/threadbare" ] || skip_all "$BUILD/threadbare is not built"
command -v jq >/dev/null || skip_all "jq is not installed"
plan 66

programs=$BUILD/tests/programs
mkfifo "$tmp/in" "$tmp/ready"

# start PROGRAM: it then is $pid, and stalled in a read of its input. (Where
# there is no io_uring it has no reader, and so one thread less.)
start() {
    "$1" <"$tmp/in" >"$tmp/ready" 2>"$tmp/started" &
    pid=$!
    exec 3>"$tmp/in"
    read -r said <"$tmp/ready" || note "it does not say that it is ready"
    until grep -q ') S ' "/proc/$pid/stat" || ! kill -0 "$pid"; do
        :
    done
}
stop() {
    exec 3>&-
    wait "$pid"
}
ps() {
    "$BUILD/threadbare" ps "$@"
}

# The table's line of a thread: WHAT NAME REGEX
line() {
    matches "$1: $2" "^ *[0-9]+ $2 +$3" "$tmp/table"
}

table_is_right() { # WHAT
    ps "$pid" >"$tmp/table" 2>"$tmp/err"
    show "$tmp/err"
    matches "$1: whose threads" "^process $pid, .*: [78] .* threads$" "$tmp/table"
    line "$1" main "stalled +[1-9]"
    line "$1" sleeper "blocked .* [0-9]+\.[0-9]+  sleep$"
    line "$1" holder "blocked .* semaphore 0x[0-9a-f]+$"
    line "$1" wanter "blocked .* mutex fork of thread 3 holder$"
    line "$1" joiner "blocked .* end of thread 2 sleeper$"
    line "$1" gone "done +[1-9]"
}

for model in user user-asm kernel process; do
    start "$programs/crowd-$model"
    table_is_right $model
    ps "$pid" --json >"$tmp/json-$model"
    ok "$model: the program noticed nothing" stop
    ok "$model: and said nothing" test ! -s "$tmp/started"
done

ok "as JSON: the same" jq -e '
    .model == "many-to-one" and (.threads | length) >= 7 and
    (.threads[0] | .name == "main" and .stalled and .wait == null) and
    (.threads[3].wait | .for == "mutex" and .object == "fork" and
        .thread == 3 and .ns > 0) and
    (.threads[-1] | .state == "ready" and .switches == 0) and
    .threads[1].stack_used >= 4096 and
    .threads[1].stack_used < .threads[1].stack_size and
    .threads[1].stack_size == 256 * 1024' "$tmp/json-user"
ok "as JSON: each kernel thread has a number of the kernel's" jq -e '
    .model == "one-to-one" and
    ([.threads[] | select(.state != "done" and .name != "late") | .tid] |
        length == 6 and length == (unique | length))' "$tmp/json-kernel"

# ---- However it was linked ----

cp "$programs/crowd-user" "$tmp/stripped"
strip "$tmp/stripped"
start "$tmp/stripped"
rm "$tmp/stripped"
table_is_right "stripped, its file gone"
ok "stripped: it has no symbol of ours left" \
    sh -c "! nm '/proc/$pid/exe' 2>/dev/null | grep -q ."
stop
if has_asan "$BUILD/lib/libuthreads.so"; then
    skip "shared: compiles" "a build for AddressSanitizer"
    for what in 1 2 3 4 5 6 7; do # the checks of table_is_right
        skip "shared, $what" "a build for AddressSanitizer"
    done
else
    ok "shared: compiles" "${CC:-cc}" -D_GNU_SOURCE -iquote include \
        tests/programs/crowd.c "$BUILD/lib/libuthreads.so.0" -luring \
        -Wl,-rpath,"$(realpath "$BUILD/lib")" -o "$tmp/shared"
    start "$tmp/shared"
    table_is_right shared
    stop
fi

# ---- While it runs ----

"$programs/quit-user" busy 400 >"$tmp/out" 2>/dev/null &
pid=$!
looks=0 bad=0
while kill -0 "$pid" 2>/dev/null && [ "$looks" -lt 100 ]; do
    ps "$pid" >"$tmp/table" 2>>"$tmp/vain" || bad=$((bad + 1))
    looks=$((looks + 1))
done
wait "$pid"
note "$looks looks at a busy program, $bad in vain"
show "$tmp/vain"
ok "a busy program can be looked at too" test "$looks" -gt "$((bad + 1))"
matches "and is unharmed" "^done$"

# ---- What can go wrong ----

refuses() { # STATUS REGEX ARGUMENT...
    wanted=$1 regex=$2
    shift 2
    status "$wanted" "ps $*: exit status $wanted" \
        "$BUILD/threadbare" ps "$@"
    matches "ps $*: says why" "$regex" "$tmp/err"
}
refuses 2 "ps: which process"
refuses 2 "'nosuch' is not the number of a process" nosuch
refuses 2 "one process at a time" 1 2
refuses 1 "there is no process $pid" "$pid"

if can_be_nobody && [ "$(id -u)" -eq 0 ]; then
    cp "$BUILD/threadbare" "$tmp/threadbare"
    chmod 755 "$tmp" "$tmp/threadbare"
    start "$programs/crowd-user"
    as_nobody "$tmp/threadbare" ps "$pid" >"$tmp/out" 2>"$tmp/err"
    ok "somebody else's process: exit status 1" test $? -eq 1
    matches "it says who may look, and what else helps" \
        "does not let us look.*kill -QUIT $pid" "$tmp/err"
    stop
else
    skip "somebody else's process: exit status 1" "only root can try"
    skip "it says who may look, and what else helps" "only root can try"
fi

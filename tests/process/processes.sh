#!/bin/sh
# SPDX-License-Identifier: MIT
# Where threads are processes: none of them outlives main, however that ends,
# and one that is killed holds up nobody.
. "$(dirname "$0")/../lib.sh"
plan 20

family=$BUILD/tests/programs/family-process

# Has each process that is named in the output ended? (A zombie has: it waits
# for somebody who is no business of ours.)
all_gone() {
    timeout "$limit" sh -c '
        for pid in $(sed -n "s/^pid //p" "$1"); do
            while grep -q "^State:[[:space:]]*[^Z]" "/proc/$pid/status"; do
                sleep 0.01
            done
        done' - "$tmp/out" 2>/dev/null
}

three_there_were() {
    [ "$(grep -c '^pid ' "$tmp/out")" -eq 3 ]
}

for way in "returns 7" "aborts 134" "thread_exit 0"; do
    set -- $way
    status "$2" "main $1: the status is $2" "$family" "$1"
    ok "main $1: there were three others" three_there_were
    ok "main $1: they are gone" all_gone
done

# signal NAME TARGET: what a signal from outside does. In a process group of
# its own, which is what a terminal sends Ctrl-C to. (A shell has what it starts
# in the background ignore that.)
signal() {
    mkfifo "$tmp/ready"
    setsid env --default-signal=INT "$family" waits >"$tmp/ready" 2>"$tmp/err" &
    pid=$!
    sed '/^ready/q' <"$tmp/ready" >"$tmp/out"
    kill -s "$1" -- "$2$pid"
    wait "$pid" 2>/dev/null
    code=$?
    rm "$tmp/ready"
}
signal KILL ""
ok "main is killed: with SIGKILL" test "$code" -eq 137
ok "main is killed: there were three others" three_there_were
ok "main is killed: they are gone" all_gone
signal INT -
ok "Ctrl-C: main ends of it" test "$code" -eq 130
ok "Ctrl-C: there were three others" three_there_were
ok "Ctrl-C: they are gone" all_gone

# What one of them does, the table of the others tells.
mkfifo "$tmp/ready"
"$family" waits >"$tmp/ready" 2>"$tmp/err" &
pid=$!
sed '/^ready/q' <"$tmp/ready" >"$tmp/out"
son=$(sed -n 's/^pid //p' "$tmp/out" | tail -n 1)
"$BUILD/threadbare" ps "$pid" >"$tmp/main" 2>"$tmp/err"
"$BUILD/threadbare" ps "$son" >"$tmp/son" 2>>"$tmp/err"
kill "$pid"
wait "$pid" 2>/dev/null
matches "ps of main shows them all" ": 4 process threads$" "$tmp/main"
matches "ps of another shows the same" ": 4 process threads$" "$tmp/son"
matches "each with its own CPU time" "^ *2 .* running " "$tmp/main"

# Threads and files of output: what was written once is there once.
THREADS_TRACE="$tmp/trace" "$BUILD/tests/programs/main-exits-process" \
    >"$tmp/out"
ok "what is printed before a thread is made is printed once" \
    test "$(sort "$tmp/out" | uniq -d | wc -l)" -eq 0
tests/trace-events "$tmp/trace" >"$tmp/events"
ok "the end of every thread is in the recording" \
    test "$(grep -c '^exit ' "$tmp/events")" -eq 3

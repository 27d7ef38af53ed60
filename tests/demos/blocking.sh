#!/bin/sh
# SPDX-License-Identifier: MIT
# A read(2) that waits stops all user-level threads, and one kernel thread.
. "$(dirname "$0")/../lib.sh"
. tests/demos/checks.inc
plan 15

silence='.measured.longest_silence.value'
delay='.measured.delay.value'

shows as-predicted blocking user "$demos/blocking-user" --json
holds "user: the silence is at least 80 % of the delay" \
    "$silence >= 0.8 * $delay"
holds "user: the other process took 300 ms" "$delay >= 300"
holds "user: nobody counted" ".measured.counted.value < 10"

shows as-predicted blocking kernel "$demos/blocking-kernel" --json
holds "kernel: the silence is under 25 % of the delay" \
    "$silence < 0.25 * $delay"
holds "kernel: the other process took 300 ms" "$delay >= 300"
holds "kernel: the others counted" ".measured.counted.value > 100"

shows as-predicted blocking user "$demos/blocking-user" --json --scale 0.5
holds "--scale 0.5 halves the delay" "$delay >= 150 and $delay < 300"

# The other process must go with the experiment, however that ends.
"$demos/blocking-kernel" --scale 100 >/dev/null 2>&1 &
demo=$!
children=/proc/$demo/task/$demo/children
what="a killed experiment takes the other process with it"
if [ -r "$children" ]; then
    other=
    until [ -n "$other" ] || ! kill -0 "$demo"; do
        read -r other rest <"$children"
    done
    kill -9 "$demo"
    wait "$demo" 2>/dev/null
    ok "$what" timeout "$limit" \
        sh -c "while [ -e '/proc/$other' ]; do sleep 0.01; done"
else
    kill -9 "$demo"
    skip "$what" "this kernel does not list a process's children"
fi

# The other process is its first child, and is killed before it is asked.
what="a thread that is a process and dies takes the verdict with it"
"$demos/blocking-process" --scale 10 >"$tmp/out" 2>"$tmp/err" &
demo=$!
children=/proc/$demo/task/$demo/children
if [ -r "$children" ]; then
    other=
    until [ -n "$other" ] || ! kill -0 "$demo"; do
        read -r other rest <"$children"
    done
    kill -9 "$other"
    wait "$demo"
    ok "$what" test $? -eq 3
else
    kill -9 "$demo"
    skip "$what" "this kernel does not list a process's children"
fi

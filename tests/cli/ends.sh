#!/bin/sh
# SPDX-License-Identifier: MIT
# However a comparison ends, nothing of it stays behind.
. "$(dirname "$0")/../lib.sh"
. tests/cli/fakes.inc
plan 38
fake good-user crash-user garbage-user liar-user hang-user
export FAKE_PIDS="$tmp/pids"

# Wait for a condition, at most 10 s.
await() {
    tries=0
    until "$@" || [ $((tries += 1)) -gt 200 ]; do
        sleep 0.05
    done
    "$@"
}
# Ended; a zombie that nobody has reaped yet has ended too.
gone() {
    ! [ -e "/proc/$1" ] || grep -q '^[0-9]* ([^)]*) Z' "/proc/$1/stat"
}
no_temporary_file() {
    test -z "$(ls -A "$tmp/scratch")"
}

# hang: start a comparison that hangs; its pid in $front, its demo's in $demo
# and $grandchild.
hang() {
    rm -f "$FAKE_PIDS"
    env --default-signal=INT,QUIT,HUP,TERM \
        "$bin/threadbare" compare good:user hang:user >"$tmp/out" 2>&1 &
    front=$!
    await test -e "$FAKE_PIDS"
    read -r demo grandchild <"$FAKE_PIDS"
}

for signal in INT TERM HUP QUIT; do
    hang
    kill -s "$signal" "$front"
    wait "$front"
    got=$?
    ok "SIG$signal: it dies by that signal" \
        test "$(kill -l "$got")" = "$signal"
    ok "SIG$signal: the demo is gone" await gone "$demo"
    ok "SIG$signal: so is what the demo started" await gone "$grandchild"
    ok "SIG$signal: no temporary file is left" no_temporary_file
done

hang
kill -s KILL "$front"
wait "$front" 2>"$tmp/ignored"
ok "SIGKILL of threadbare takes the demo along" await gone "$demo"
kill -s KILL "$grandchild"
rm -rf "$tmp/scratch"/*

status 1 "a run over its time limit is a failure" \
    "$bin/threadbare" compare --timeout 1 hang:user good:user
matches "and says so" 'killed after the time limit of 1 s'
matches "its recording is drawn all the same" 'main  .*join reader'
matches "the runs after it are made" 'good on user: as predicted'
read -r demo grandchild <"$FAKE_PIDS"
ok "the demo is gone" await gone "$demo"
ok "so is what it started" await gone "$grandchild"

status 1 "a crash is a failure" "$bin/threadbare" compare crash:user
matches "and names the signal and the demo's last words" \
    'SIGSEGV \(Segmentation fault\): about to fall over'
status 1 "output that is no JSON is a failure" \
    "$bin/threadbare" compare garbage:user
matches "and says so" 'it printed no result'
status 1 "a verdict that the exit status denies is a failure" \
    "$bin/threadbare" compare liar:user

# The explored program runs in one process after another; they are of one group.
alive_in_group() {
    cat /proc/[0-9]*/stat 2>"$tmp/ignored" |
        sed 's/^.*) //' | awk -v g="$1" '$3 == g && $1 != "Z"' | grep -q .
}
explores() {
    group=$(tr -d ' ' <"/proc/$front/task/$front/children")
    [ -n "$group" ] && alive_in_group "$group"
}
env --default-signal=INT "$bin/threadbare" explore --runs 100000000 \
    "$BUILD/demos/lost-update-cured-user" >"$tmp/out" 2>&1 &
front=$!
ok "an exploration without end is on" await explores
kill -s INT "$front"
wait "$front"
ok "Ctrl-C ends it by that signal" test "$(kill -l $?)" = INT
ends() {
    ! alive_in_group "$group"
}
ok "and nobody goes on exploring" await ends

(
    "$bin/threadbare" compare good:user good:user good:user good:user
    echo $? >"$tmp/status"
) 2>"$tmp/err" | head -1 >"$tmp/out"
ok "a reader that goes away ends it by SIGPIPE" \
    await grep -qx -e 141 -e 0 "$tmp/status"
ok "without a word" test ! -s "$tmp/err"

status 1 "a full disk under standard output is an error" \
    sh -c '"$0/threadbare" compare good:user >/dev/full' "$bin"
matches "that is named" 'standard output: No space left' "$tmp/err"
status 1 "no place for temporary files is an error" \
    env TMPDIR=/nonexistent "$bin/threadbare" compare good:user
matches "that names the place" '/nonexistent/threadbare-' "$tmp/err"
ok "after all that no temporary file is left" no_temporary_file

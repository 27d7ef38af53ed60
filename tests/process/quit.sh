#!/bin/sh
# SPDX-License-Identifier: MIT
# SIGQUIT prints the threads, whatever they are doing, and the program goes on.
. "$(dirname "$0")/../lib.sh"
plan 51

programs=$BUILD/tests/programs

# A line of the table: MODEL THREAD REGEX
line() {
    matches "$1: $2" "^  thread [0-9] '$2' $3" "$tmp/err"
}

for model in user user-asm kernel; do
    status 0 "$model: the table is printed and the program goes on" \
        "$programs/crowd-$model" quit
    matches "$model: it says whose threads" \
        "^threadbare: the threads of process [0-9]+:$" "$tmp/err"
    line $model main "is running"
    line $model sleeper "sleeps \(for [0-9.]+ s"
    line $model holder "waits for semaphore 0x[0-9a-f]+ "
    line $model wanter \
        "waits for mutex 0x[0-9a-f]+ 'fork', held by thread 3 'holder' "
    line $model joiner "waits for the end of thread 2 'sleeper' "
    line $model gone "is done"
done
status 0 "user: with its figures" "$programs/crowd-user" quit
line user late "is ready \(0 switches, stack [0-9]+ of [0-9]+ KiB\)$"

for model in user kernel gil process; do
    status 0 "$model: a thread in a blocking call of its own" \
        "$programs/quit-$model" asks
    line $model asker "waits for blocking call \("
done

# Every line is one that the report knows; a torn one is none of them.
whole='^threadbare: the threads of process [0-9]+:$|^  thread [0-9]+( .busy.)?'
whole="$whole (is (ready|running|blocked|done)|sleeps|waits for .*)( \(.*\))?$"

for model in user user-asm kernel; do
    status 0 "$model: inside the library, 300 times over" \
        "$programs/quit-$model" busy 300
    matches "$model: the threads came through it" "^done$"
    ok "$model: many signals were answered" \
        test "$(grep -c '^threadbare:' "$tmp/err")" -ge 10
    ok "$model: and every line is whole" sh -c "
        ! grep -vE \"$whole\" '$tmp/err'"
done

status 0 "a program's own handler stays" "$programs/quit-user" own
matches "and is called" "^mine$"
ok "no table is printed then" test ! -s "$tmp/err"
status 0 "a signal that is ignored stays ignored" \
    sh -c "trap '' QUIT; exec '$programs/quit-kernel' plain"
ok "with no table either" test ! -s "$tmp/err"

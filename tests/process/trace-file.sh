#!/bin/sh
# SPDX-License-Identifier: MIT
# A trace that cannot be had is named with the reason, and the program's own
# work is done all the same; one that was begun survives the process.
. "$(dirname "$0")/../lib.sh"
plan 31

programs=$BUILD/tests/programs

# MODEL WHAT FILE REASON
goes_without() {
    status 0 "$1, $2: the program runs on" \
        env THREADS_TRACE="$3" "$programs/scenario-$1"
    matches "$1, $2: and does its work" "^result=done$"
    matches "$1, $2: the message names the file and the reason" \
        "^threadbare: no trace: $3: .*$4" "$tmp/err"
}

for model in user kernel process; do
    goes_without $model "no such directory" "$tmp/none/trace" \
        "No such file or directory"
    goes_without $model "a directory" "$tmp" "Is a directory"
done
goes_without user "a device that is full" /dev/full "."

mkdir "$tmp/small"
if mount -t tmpfs -o size=256k tmpfs "$tmp/small" 2>/dev/null; then
    goes_without user "a full disk" "$tmp/small/trace" \
        "No space left on device"
    umount "$tmp/small"
else
    for what in "the program runs on" "and does its work" "the message"; do
        skip "user, a full disk: $what" "only root may mount a small one"
    done
fi

for model in user kernel process; do
    status 137 "$model: the process dies of SIGKILL" \
        env THREADS_TRACE="$tmp/trace" "$programs/scenario-$model" killed
    tests/trace-events "$tmp/trace" >"$tmp/events-$model"
    matches "$model: its trace is there, and tells that it was cut short" \
        "^header model=$model .*complete=0" "$tmp/events-$model"
done
matches "user: to the very last event" "^run 1 2$" "$tmp/events-user"

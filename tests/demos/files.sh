#!/bin/sh
# SPDX-License-Identifier: MIT
# A file that is not in memory makes its reader wait, whatever it was opened
# with; one that is does not.
. "$(dirname "$0")/../lib.sh"
. tests/demos/checks.inc
plan 25

value() { echo ".measured.$1.value"; }

for model in user gil kernel; do
    if shows_if_it_can files $model; then
        holds "$model: a cold read sleeps, with O_NONBLOCK" \
            "$(value cold_sleeps) > 0"
        holds "$model: so does a direct one" "$(value direct_sleeps) > 0"
        holds "$model: a hot one does not" "$(value hot_sleeps) == 0"
        [ $model = kernel ] && done="> 0" || done="== 0"
        holds "$model: during the cold read the others get $done done" \
            "$(value cold_others) $done"
    else
        for check in cold direct hot others; do
            skip "$model: $check" "$reason"
        done
    fi
done

if [ "${reason:-}" ]; then
    for check in status form others; do
        skip "the blocking engine: $check" "$reason"
    done
else
    shows as-predicted files user \
        env UTHREADS_IO=blocking "$demos/files-user" --json
    holds "the blocking engine: thread_pread stops the others as well" \
        "$(value thread_pread_others) == 0"
fi

status 2 "a directory that is none is a mistake" \
    "$demos/files-user" --dir "$tmp/nosuch"
if [ "$(stat -f -c %T /dev/shm 2>&1)" = tmpfs ]; then
    shows skip files user "$demos/files-user" --json --dir /dev/shm
    holds "where files lie in memory, that is why" '.reason | test("in memory")'
else
    for check in status form reason; do
        skip "no cold file in memory: $check" "/dev/shm is no tmpfs"
    done
fi

#!/bin/sh
# SPDX-License-Identifier: MIT
# A process whose threads all wait sleeps in the kernel: less than 5 % of a
# CPU over half a second, by getrusage.
. "$(dirname "$0")/../lib.sh"
plan 2

for model in user kernel; do
    if [ $model = user ] &&
        ! "$BUILD/tests/programs/properties-user" 2>&1 |
            grep -q "^io_call_stalls=0$"; then
        skip "$model: an idle process uses no CPU" \
            "no engine here that lets a thread wait for input alone"
        continue
    fi
    status 0 "$model: an idle process uses no CPU" \
        "$BUILD/tests/programs/idle-$model"
done

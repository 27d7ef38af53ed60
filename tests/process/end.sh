#!/bin/sh
# SPDX-License-Identifier: MIT
# How a process ends: main returns, or main exits as a thread.
. "$(dirname "$0")/../lib.sh"
plan 21

for model in user kernel process; do
    status 7 "$model: returning from main ends the process with its status" \
        "$BUILD/tests/programs/main-returns-$model"
    matches "$model: main did return" "^main returns$"
    lacks "$model: no other thread went on after that" "outlived"

    status 0 "$model: after thread_exit in main the status is 0" \
        "$BUILD/tests/programs/main-exits-$model"
    matches "$model: main can be joined, and gives its result" \
        "^main gave its word, error 0$"
    matches "$model: the process lives on until the last thread ends" \
        "^the last one ends$"
    ok "$model: the last one to end runs the exit handlers" \
        sh -c "tail -n 1 '$tmp/out' | grep -qx 'exit handlers ran'"
done

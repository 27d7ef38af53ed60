#!/bin/sh
# SPDX-License-Identifier: MIT
# The Promela model of block and wake holds in every order of events, and spin
# finds each of the mistakes that the model's comments name.
. "$(dirname "$0")/../lib.sh"
model=docs/models/block_wake.pml
command -v spin >/dev/null 2>&1 || skip_all "spin is not installed"
plan 4

# Check the model, changed by a sed script; say how many errors spin found.
errors_with() {
    rm -rf "$tmp/spin"
    mkdir "$tmp/spin"
    sed "$1" "$model" >"$tmp/spin/model.pml"
    cmp -s "$model" "$tmp/spin/model.pml" && [ -n "$1" ] && echo unchanged
    (cd "$tmp/spin" && spin -a model.pml >/dev/null &&
        ${CC:-cc} -O1 -w -o pan pan.c && ./pan -m100000) |
        sed -n 's/.*errors: //p'
}

ok "every order of events keeps the invariants" \
    [ "$(errors_with '')" = 0 ]
ok "a deadline that wakes a thread already woken is found" \
    [ "$(errors_with 's/:: state\[i\] == BLOCKED -> /:: true -> /')" = 1 ]
ok "a thread left in line by its deadline is found" \
    [ "$(errors_with '/line ?? eval(i); /d')" = 1 ]
ok "a post that counts twice is found" \
    [ "$(errors_with 's/line ? first -> wake/line ? first -> count++; wake/')" = 1 ]

#!/bin/sh
# SPDX-License-Identifier: MIT
# The matrix: every demo by every model, marks and footnotes, and its JSON.
. "$(dirname "$0")/../lib.sh"
. tests/cli/fakes.inc
command -v jq >/dev/null || skip_all "jq is not installed"
plan 38
export FAKE_RUNS="$tmp/runs"
fake good-user good-kernel skip-user skip-kernel

status 0 "all as predicted or skipped is exit status 0" \
    "$bin/threadbare" matrix --json "$tmp/m.json"
matches "a row for each demo, a column for each way" \
    '^  demo +user +user +kernel$'
matches "with its settings below" '^ +\+uring$'
matches "a cell has the first measure in few letters, and a mark" \
    '^  good +80\.2ms \+ +80\.2ms \+ +80\.2ms \+$'
matches "a skip has a footnote" '^  skip +skip\[1\] +skip\[1\] +skip\[1\]$'
matches "that gives the reason, once" '^  \[1\] Because it was made up\.$'
matches "and all is summed up" \
    '^3 as predicted \(\+\), 0 surprises \(!\), 3 skipped, 0 failed$'
ok "nothing is said besides" test ! -s "$tmp/err"
ok "JSON has the machine" jq -e '
    .machine.cpus >= 1 and (.machine.kernel | length) > 0 and
    (.machine.denied | type) == "object"' "$tmp/m.json"
ok "and its columns" jq -e '.columns == ["user", "user+uring", "kernel"]' \
    "$tmp/m.json"
ok "and the objects of the demos, with their columns" jq -e '
    (.cells | length) == 6 and (.cells[0].demo == "good") and
    .cells[0].measured.delay.value == 80.25 and
    ([.cells[] | select(.verdict == "skip")] | length) == 3 and
    ([.cells[].column] | unique | length) == 3' "$tmp/m.json"

fake surprise-user surprise-kernel crash-user crash-kernel
status 1 "a surprise, or a crash, is exit status 1" "$bin/threadbare" matrix
matches "a surprise is marked" '^  surprise +7ms !\[[0-9]\]'
matches "a crash is too" '^  crash +FAIL\[[0-9]\]'
matches "with what it said" 'SIGSEGV .*: about to fall over'
matches "in the sum" '3 as predicted .*, 3 surprises .*, 3 skipped, 3 failed'

status 0 "rows and columns can be named" \
    "$bin/threadbare" matrix --demos good --models kernel,user+lottery
matches "columns as they were" '^  demo +kernel +user$'
ok "and no other row" test "$(grep -cE '^  (skip|crash)' "$tmp/out")" = 0
status 0 "the wide table" "$bin/threadbare" matrix --demos good --wide
matches "says what was measured" '^  good +delay +80\.2ms'

# ---- Again and again ----

fake drift-user flip-user unsure-user
status 0 "repeated" "$bin/threadbare" matrix --demos drift --models user \
    --repeat 3 --json "$tmp/m.json"
matches "the middle is shown, and the spread" '^  drift +20ms 100% \+$'
ok "JSON has each run, and the spread" jq -e '
    .cells[0].spread == 1 and ([.cells[0].runs[].value] == [10, 20, 30])' \
    "$tmp/m.json"
rm "$FAKE_RUNS"
status 1 "a verdict that flips is a surprise" "$bin/threadbare" matrix \
    --demos flip --models user --repeat 2 --json -
ok "and the reason is that" jq -e '
    .cells[0].verdict == "surprise" and
    (.cells[0].reason | test("not the same"))' "$tmp/out"

rm "$FAKE_RUNS"
status 0 "a run that was skipped is no flip" "$bin/threadbare" matrix \
    --demos unsure --models user --repeat 3
matches "the others are counted" '^  unsure +10ms \+\[1\]$'
matches "and it is told" '^  \[1\] skipped in 2 of 3 runs: '

# ---- What goes wrong ----

status 2 "no such demo" "$bin/threadbare" matrix --demos nosuch
status 2 "no such model" "$bin/threadbare" matrix --models nosuch
matches "it is named" "no model 'nosuch'" "$tmp/err"
status 2 "no number of runs" "$bin/threadbare" matrix --repeat 0
status 1 "a file that cannot be written" "$bin/threadbare" matrix \
    --demos good --json "$tmp/nosuch/m.json"
matches "it is named too" 'nosuch/m.json' "$tmp/err"
deny=$BUILD/tests/programs/deny
if "$deny" EPERM io_uring_setup true; then
    status 0 "an engine that cannot be had is a skip" "$deny" EPERM \
        io_uring_setup "$BUILD/threadbare" matrix --demos cost \
        --models user+uring --json "$tmp/m.json"
    matches "for the reason that the library gives" \
        '\[1\] .*UTHREADS_IO=uring: no io_uring: io_uring_setup:'
    ok "and the machine's entry says so too" jq -e \
        '.machine.denied.io_uring == "Operation not permitted"' "$tmp/m.json"
else
    for check in skip reason denied; do
        skip "an engine that cannot be had: $check" "no seccomp filter here"
    done
fi

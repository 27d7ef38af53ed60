#!/bin/sh
# SPDX-License-Identifier: MIT
# What all experiments have in common: flags, mistakes, words, a lost output.
. "$(dirname "$0")/../lib.sh"
. tests/demos/checks.inc
experiments="blocking uring pagefault nonblocking quantum-rescue download files
dns responsive parallel cost sleepers overlap concurrency census memory-map locals
execution-context race interrupt fairness workers nondeterminism create
switch footprint"
plan $((53 + 11 * $(echo $experiments | wc -w)))

# refuses REGEX FLAGS...: one line on standard error and status 2, no more.
refuses() {
    regex=$1
    shift
    status 2 "$demo $*: a mistake" "$demos/$demo-user" "$@"
    ok "$demo $*: one line on standard error, none on standard output" \
        test "$(wc -l <"$tmp/err")" -eq 1 -a ! -s "$tmp/out"
    matches "$demo $*: it says what would be valid" "$regex" "$tmp/err"
}

valid='valid: --json --trace FILE --seed N --scale X --about --help'
valid="$valid( --dir DIR)?\$"
for demo in $experiments; do
    refuses "--frobnicate .*$valid" --frobnicate
    refuses "--scale 0 .* 0\.01 to 100" --scale 0

    # A bad setting of the library would end the first contract call.
    status 0 "$demo --about makes no contract call" \
        env UTHREADS_IO=nosuch "$demos/$demo-user" --about
    holds "$demo --about is its name and claim" \
        "keys == [\"claim\", \"demo\", \"timed\"] and .demo == \"$demo\""
    status 0 "$demo --help succeeds" "$demos/$demo-kernel" --help
    matches "$demo --help explains the flags" "--scale=X"
    ok "$demo --help fits in 80 columns" awk 'length > 80 { exit 1 }' "$tmp/out"
done

demo=blocking
refuses "--scale 101 " --scale 101
refuses "--scale nan " --scale nan
refuses "--scale 1x " --scale 1x
refuses "--seed -1 .*whole number" --seed -1
refuses "--seed 99999999999999999999 " --seed 99999999999999999999
refuses "$valid" --trace
refuses "-Z .*$valid" -Z
refuses "'user'" user

demo=echo # which has a flag of its own
refuses "--help --listen ADDR:PORT$" --frobnicate
refuses "--listen nowhere .*ADDR:PORT, as in 127" --listen nowhere
status 3 "an address that is not ours cannot be listened at" \
    "$demos/echo-user" --listen 192.0.2.1:1

status 2 "a bad setting of the library is a mistake too" \
    env UTHREADS_IO=nosuch "$demos/blocking-user"
ok "and is told in one line" test "$(wc -l <"$tmp/err")" -eq 1

# The words for people.
status 0 "without --json the result is in words" "$demos/cost-user" --seed 7
matches "with a verdict" "^Verdict +AS PREDICTED$"
matches "and the measured numbers" "^ +create join +[0-9.]+ ns$"
ok "in 80 columns" awk 'length > 80 { exit 1 }' "$tmp/out"

# Recording.
status 0 "--trace records" "$demos/cost-user" --trace "$tmp/trace"
ok "into the file" test -s "$tmp/trace"
status 0 "a trace that cannot be written does not spoil the result" \
    "$demos/cost-user" --json --trace "$tmp/nosuch/trace"
matches "its file is named" "nosuch/trace" "$tmp/err"
holds "and the result is there" '.verdict == "as-predicted"'

# An output that takes nothing.
for flag in --json --scale=1 --about --help; do
    status 3 "a full disk is an error with $flag" \
        sh -c "'$demos/cost-user' $flag >/dev/full"
    matches "and says so" "cost-user: .*No space left" "$tmp/err"
done
status 3 "no standard output is an error" sh -c "'$demos/cost-user' >&-"
"$demos/cost-user" 2>"$tmp/err" | true
ok "a reader that went away is no reason to complain" test ! -s "$tmp/err"
sh -c "trap '' PIPE; '$demos/cost-user' 2>'$tmp/err' | true"
ok "nor if the signal for that is ignored" test ! -s "$tmp/err"

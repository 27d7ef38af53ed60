#!/bin/sh
# SPDX-License-Identifier: MIT
# The explorer finds the classic bugs, shows them again, and finds nothing in
# their cured twins; and it makes clear what it cannot do.
. "$(dirname "$0")/../lib.sh"
command -v jq >/dev/null || skip_all "jq is not installed"
tb=$BUILD/threadbare
demos=$BUILD/demos
limit=100
plan 111

finds() { # BUG STRATEGY WHAT-IT-SAYS
    status 1 "$2 finds $1" \
        "$tb" explore --strategy "$2" "$demos/$1-user-asm"
    matches "$1: it aborts, as it should" "$3"
    schedule=$(sed -nE 's/^Again:  threadbare explore --replay ([^ ]+) .*/\1/p' \
        "$tmp/out")
    seed=$(sed -nE 's/^found in schedule .*, seed ([0-9]+)\).*/\1/p' "$tmp/out")
    status 1 "$1: the schedule that is shown fails again" \
        "$tb" explore --replay "$schedule" "$demos/$1-user-asm"
    matches "$1: in the same way" "$3"
    status 1 "$1: the seed fails again" "$tb" explore --strategy "$2" \
        --replay "$seed" "$demos/$1-user-asm"
    matches "$1: in the same way too" "$3"
}

# The very same run each time, not merely one like it.
is_repeated() { # BUG
    for i in 1 2 3; do
        "$tb" explore --json --seed 1000 "$demos/$1-user" || true
    done | jq -s 'unique | length' >"$tmp/distinct"
    [ "$(cat "$tmp/distinct")" = 1 ]
}

# Where the running thread falls is a matter of the seed, not of earlier runs.
pct_repeats() { # BUG
    pct() {
        "$tb" explore --json --strategy pct --depth 4 "$@"
    }
    pct --runs 3000 "$demos/$1-user" >"$tmp/found"
    seed=$(jq .seed "$tmp/found")
    pct --replay "$seed" "$demos/$1-user" >"$tmp/replayed"
    pct --runs 1 --seed "$seed" "$demos/$1-user" >"$tmp/alone"
    jq -e -s '(map(.failed) | all) and .[0].seed == .[1].seed and
        .[0].schedule == .[2].schedule' \
        "$tmp/found" "$tmp/replayed" "$tmp/alone"
}

is_cured() { # BUG
    for strategy in random pct dfs; do
        status 0 "$strategy finds nothing in $1-cured" "$tb" explore \
            --strategy $strategy --runs 500 "$demos/$1-cured-user-asm"
    done
    matches "$1-cured: there are no other schedules" \
        'no failure in any of the [0-9]+ schedules with at most 2 preemptions'
}

finds lost-update random 'thread_invariant: balance == 2'
finds ab-ba random 'threadbare: deadlock'
finds missed-wake-up random 'threadbare: deadlock'
finds if-for-while random 'thread_invariant: items > 0'
finds one-cond-for-two random 'threadbare: deadlock'
finds three-in-a-row random 'thread_invariant: stage != 3'
finds long-stall pct 'thread_invariant: steps < PATIENCE'
for bug in lost-update ab-ba missed-wake-up if-for-while one-cond-for-two \
    three-in-a-row long-stall; do
    is_cured $bug
    ok "$bug: the same seeds find the same" is_repeated $bug
    ok "$bug: what PCT finds, its seed alone shows again" pct_repeats $bug
done

# ---- What the strategies are good for ----

status 0 "random misses what PCT finds at once" \
    "$tb" explore --runs 3000 "$demos/long-stall-user-asm"
status 0 "without a preemption nothing is lost" \
    "$tb" explore --strategy dfs --bound 0 "$demos/lost-update-user"
status 1 "with one it is, at the latest in the eighth schedule" \
    "$tb" explore --strategy dfs --bound 1 --runs 8 "$demos/lost-update-user"
status 1 "a depth of three is found with three preemptions" "$tb" explore \
    --strategy dfs --bound 3 --json "$demos/three-in-a-row-user"
ok "and with no fewer" jq -e '.preemptions == 3 and .minimal' "$tmp/out"

# ---- What is shown ----

"$tb" explore "$demos/if-for-while-user" >"$tmp/out" 2>"$tmp/err"
matches "the threads are drawn" '^  producer  +[^ ]'
grep -v '^Again:' "$tmp/out" >"$tmp/words" # which is for copying
ok "within 80 columns" test "$(LC_ALL=C.UTF-8 wc -L <"$tmp/words")" -le 80
"$tb" explore --json "$demos/ab-ba-user" >"$tmp/out" 2>"$tmp/err"
ok "JSON has the seed, the schedule and the failure" jq -e '
    .failed and .seed >= 1 and (.schedule | test("^[0-9:,]+$")) and
    .preemptions == 1 and .minimal and .failure == "it aborted"' "$tmp/out"

# ---- What goes wrong ----

refuses() { # WHAT REGEX ARGUMENT...
    what=$1 regex=$2
    shift 2
    status 2 "$what is refused" "$tb" explore "$@"
    matches "$what: with the reason" "$regex" "$tmp/err"
}

refuses "no program" 'which program'
refuses "two programs" 'one too many' "$demos/ab-ba-user" x
refuses "an unknown strategy" 'valid: random pct dfs' --strategy best x
refuses "no number" 'whole number from 1' --runs many x
refuses "no schedule" '3:1,7:2' --replay 3:x "$demos/ab-ba-user"
refuses "a seed of a search" 'has no seeds' \
    --strategy dfs --replay 3 "$demos/ab-ba-user"
refuses "a program of kernel threads" 'never asked' "$demos/cost-kernel"
refuses "a program of no threads" 'never asked' /bin/true
status 1 "no such program" "$tb" explore ./nosuch
matches "no such program: it is named" 'nosuch: No such file' "$tmp/err"
status 0 "a program that is what it should be passes" \
    "$tb" explore --runs 3 "$BUILD/tests/programs/scenario-user"

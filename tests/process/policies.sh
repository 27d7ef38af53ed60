#!/bin/sh
# SPDX-License-Identifier: MIT
# UTHREADS_POLICY and UTHREADS_SEED, seen from outside: one program, and the
# order in which its threads get their turns.
. "$(dirname "$0")/../lib.sh"
plan 24

# In $order: a letter a turn. On stdout what it is, for humans.
turns() { # POLICY [SEED]
    order=$(UTHREADS_POLICY=$1 UTHREADS_SEED=${2:-} \
        timeout "$limit" "$BUILD/tests/programs/turns-user")
}

# A group of letters, so many times.
repeat() {
    yes "$2" | head -n "$1" | tr -d '\n'
}

# How often is the letter among the first so many?
among() { # LETTER HOW_MANY
    printf %.*s "$2" "$order" | tr -dc "$1" | wc -c
}

is() { # WHAT EXPECTED
    ok "$1" test "$order" = "$2" || note "not $2 but $order"
}

six=$(repeat 6 abcd)
for policy in rr fifo; do
    turns "$policy"
    is "$policy: in turn, and who is new goes to the back" \
        "${six}abcdeabcde$(repeat 4 abcd)"
done

turns priority
is "priority: the highest until it is done" \
    "$(repeat 12 d)$(repeat 12 c)$(repeat 12 b)$(repeat 6 a)$(repeat 2 ae)aaaa"

turns edf
is "edf: the earliest until it is done; who has no deadline last" \
    "$(repeat 12 b)$(repeat 12 d)$(repeat 12 a)$(repeat 12 c)ee"

turns mlfq
is "mlfq: who is new goes before all who have computed" \
    "${six}aee$(repeat 5 bcda)bcd"

turns stride
for share in a:1 b:4 c:7 d:10; do
    ok "stride: of 22 turns, ${share%:*} has exactly ${share#*:}" \
        test "$(among "${share%:*}" 22)" -eq "${share#*:}"
done

# By chance, but not by much: the seed is fixed.
turns lottery 1
ok "lottery: who has ten tickets is ahead of who has one" \
    test "$(among d 20)" -gt "$(among a 20)"

for policy in rr fifo priority mlfq lottery stride edf random; do
    turns "$policy" 5 && first=$order
    turns "$policy" 5
    is "$policy: the same seed, the same schedule" "$first"
done
for policy in lottery random; do
    turns "$policy" 5 && first=$order
    turns "$policy" 6
    ok "$policy: another seed, another schedule" test "$order" != "$first"
done

status 2 "no such policy: status 2" \
    env UTHREADS_POLICY=nosuch "$BUILD/tests/programs/turns-user"
matches "and one line that names all there are" "^threadbare: UTHREADS_POLICY=\
nosuch .*valid: rr fifo priority mlfq lottery stride edf random$" "$tmp/err"
status 2 "a seed is a number" \
    env UTHREADS_SEED=lucky "$BUILD/tests/programs/turns-user"

# Two threads that lend each other their priorities, round and round.
status 134 "priority: a deadlock is found there too" \
    env UTHREADS_POLICY=priority "$BUILD/tests/programs/deadlock-user"

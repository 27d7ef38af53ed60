#!/bin/sh
# SPDX-License-Identifier: MIT
# Every kind of deadlock is proved and told by the names of threads and
# objects; whoever sleeps, waits with a deadline or waits for input is none.
. "$(dirname "$0")/../lib.sh"
plan 46

stuck=$BUILD/tests/programs/stuck-user

hangs() { # HOW: it is found to be deadlocked
    status 134 "$1: is found" "$stuck" "$1"
}
says() { # HOW WHAT REGEX
    matches "$1: $2" "$3" "$tmp/err"
}
no_circle() { # HOW
    lacks "$1: no circle is claimed" "^a circle" "$tmp/err"
}
goes_on() { # HOW COMMAND...
    how=$1
    shift
    status 0 "$how: is no deadlock" "$@"
    matches "$how: went on" "^went on$"
    lacks "$how: no report" "deadlock" "$tmp/err"
}

hangs mixed
says mixed "main has ended and is not among them" "and 2 are blocked:$"
says mixed "a circle of a join and a mutex" \
    "^a circle: thread 2 'ann' waits for the end of thread 3 'bob'; thread 3 'bob' waits for mutex 0x[0-9a-f]+, held by thread 2 'ann'$"
ok "mixed: it is told once" test "$(grep -c '^a circle' "$tmp/err")" = 1

hangs rwlocks
says rwlocks "a circle of a writer and a reader" \
    "^a circle: thread 2 'ann' waits for rwlock 0x[0-9a-f]+, held by thread 3 'bob'; thread 3 'bob' waits for rwlock 0x[0-9a-f]+ 'east', held by thread 2 'ann'$"
hangs readers
says readers "each waits for the lock that both read" \
    "thread 3 'bob' waits for rwlock 0x[0-9a-f]+ 'east' \("
no_circle readers
hangs self
says self "a circle of one" \
    "^a circle: thread 2 'ann' waits for mutex 0x[0-9a-f]+, held by thread 2 'ann'$"

hangs channel
says channel "by its name" "'main' waits for channel 0x[0-9a-f]+ 'mailbox' "
no_circle channel
hangs select
says select "it waits for a channel" "'main' waits for channel "
hangs barrier
says barrier "both wait at it" "'ann' waits for barrier 0x[0-9a-f]+ "
no_circle barrier
hangs event
says event "that nobody sets" "'main' waits for event 0x[0-9a-f]+ "

hangs tail
says tail "who waits for the circle is listed" \
    "thread 1 'main' waits for the end of thread 3 'bob' "
says tail "but is not of it" \
    "^a circle: thread 2 'ann' waits for mutex 0x[0-9a-f]+ 'two', held by thread 3 'bob'; thread 3 'bob' waits for mutex 0x[0-9a-f]+ 'one', held by thread 2 'ann'$"

for model in user kernel; do
    status 0 "joins, $model: a circle of joins is refused, not entered" \
        "$BUILD/tests/programs/stuck-$model" joins
    ok "joins, $model: to the one that would close it" \
        test "$(cat "$tmp/out")" = refused
done
goes_on sleeper "$stuck" sleeper
goes_on until "$stuck" until
goes_on input sh -c "{ sleep 0.1; echo; } | '$stuck' input"
goes_on "input, io=blocking" \
    sh -c "{ sleep 0.1; echo; } | UTHREADS_IO=blocking '$stuck' input"

# A deadlock of some, while others run, is no proof that an idle scheduler
# could make; whoever suspects one asks.
for model in user kernel; do
    status 0 "some, $model: the others run on" \
        "$BUILD/tests/programs/stuck-$model" some
    matches "some, $model: to the end" "^went on$"
    says "some, $model" "SIGQUIT tells of the circle" \
        "^a circle: thread 2 'ann' waits for mutex .* 'two', held by thread 3 'bob'"
done

#!/bin/sh
# SPDX-License-Identifier: MIT
# A known run, found again in its trace: all of it and in order.
. "$(dirname "$0")/../lib.sh"
plan 16

programs=$BUILD/tests/programs

record() { # MODEL ARGUMENTS...
    model=$1
    shift
    THREADS_TRACE=$tmp/trace "$programs/scenario-$model" "$@" >"$tmp/out" &&
        tests/trace-events "$tmp/trace" >"$tmp/events"
}

ok "user: a run is recorded" record user
matches "user: the recording was closed in good order" \
    "^header model=user .*complete=1 taken=1 kept=1 lost=0" "$tmp/events"
lacks "user: time never runs backwards" "backwards" "$tmp/events"

# Names are four records; without them the run is this, and nothing else.
cat >"$tmp/expected" <<END
create 1 0
start 1 tid
run 1 0
create 2 1
yield 1 0
run 2 1
start 2 tid
yield 2 0
run 1 2
yield 1 0
run 2 1
block 2 semaphore
run 1 2
ready 2 1
block 1 join
run 2 1
block 2 sleep
idle 0 2
ready 2 0
run 2 0
exit 2 0
ready 1 2
run 1 2
END
grep -vE '^(header|name)' "$tmp/events" >"$tmp/run"
ok "user: every event of a known run is there, in order" \
    diff "$tmp/expected" "$tmp/run"
ok "user: a name is four records in a row" \
    sh -c "grep -A3 '^name0 2 work' '$tmp/events' | tr '\n' ' ' |
        grep -qx 'name0 2 work name1 2 er name2 2  name3 2  '"

ok "user: a long run is recorded in a small ring" \
    env THREADS_TRACE_MB=1 sh -c "THREADS_TRACE='$tmp/trace' \
        '$programs/scenario-user' 100000 >'$tmp/out' &&
        tests/trace-events '$tmp/trace' >'$tmp/events'"
taken=$(sed -n 's/^header.* taken=\([0-9]*\).*/\1/p' "$tmp/events")
kept=$(sed -n 's/^header.* kept=\([0-9]*\).*/\1/p' "$tmp/events")
ok "user: the header tells that the oldest events were lost" \
    test "$taken" -gt "$kept"
matches "user: the newest are there" "^exit 2 0$" "$tmp/events"
lacks "user: the oldest are not" "^create 1 0$" "$tmp/events"

# Each kernel thread, or process, records its own half; within one, order holds.
for model in kernel process; do
    ok "$model: a run is recorded" record $model
    grep -E '^(create|start|block|ready|exit) 2 ' "$tmp/events" |
        cut -d' ' -f1,2 | sort -u | tr '\n' ' ' >"$tmp/run"
    ok "$model: a worker's life is in it" \
        grep -qx "block 2 create 2 exit 2 ready 2 start 2 " "$tmp/run"
done
matches "process: the recording was closed in good order" \
    "^header model=process .*complete=1" "$tmp/events"

# Two that compute under one lock: one of them waits for it, and is told who has
# it.
ok "gil: a run is recorded" env THREADS_TRACE="$tmp/trace" \
    "$BUILD/demos/fairness-gil" --json
tests/trace-events "$tmp/trace" >"$tmp/events"
matches "gil: who waits for the lock, and for whom" '^block [2-5] gil [2-5]$' \
    "$tmp/events"

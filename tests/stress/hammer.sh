#!/bin/sh
# SPDX-License-Identifier: MIT
# Nothing is lost, doubled or garbled while threads are interrupted anywhere,
# 10,000 times a second, for STRESS_SECONDS (3 unless set).
. "$(dirname "$0")/../lib.sh"
export STRESS_SECONDS="${STRESS_SECONDS:-3}"
limit=$((STRESS_SECONDS + 20))
plan 10

# What was counted; of a long run that is the result.
tell() {
    note "$(sed -n 1,2p "$tmp/out" | tr '\n' ' ')"
}

for model in user user-asm; do
    status 0 "$model: all is as if nobody had been interrupted" \
        env UTHREADS_QUANTUM_US=100 "$BUILD/tests/stress/hammer-$model"
    tell
    if grep -q "no preemption" "$tmp/err"; then
        skip "$model: there were ticks" "$(cat "$tmp/err")"
        skip "$model: and most quanta were honoured" "no ticks"
        continue
    fi
    served=$(sed -n 's/.* served=\([0-9]*\) .*/\1/p' "$tmp/out")
    ok "$model: the CPU was taken from somebody, again and again" \
        test "${served:-0}" -gt $((STRESS_SECONDS * 5))
    lacks "$model: nobody saw anything wrong" "wrong=[^0]"
done

# The same work, with the kernel's preemption; under one lock, which changes
# hands where the workers let it; by processes. And the other clock.
for model in kernel gil process; do
    status 0 "$model: the same" "$BUILD/tests/stress/hammer-$model"
    tell
done
status 0 "user: the same by the other clock" \
    env UTHREADS_QUANTUM_US=100 UTHREADS_TICK=cpu STRESS_SECONDS=1 \
    "$BUILD/tests/stress/hammer-user"
tell

#!/bin/sh
# SPDX-License-Identifier: MIT
# The experiments that every course has, on every model that this build has.
. "$(dirname "$0")/../lib.sh"
. tests/demos/checks.inc

all="philosophers philosophers-deadlock producer-consumer readers-writers
    priority-inversion sync tls-errno stdio-locks malloc-preempted
    stack-overflow isolation ipc overhead advice starvation deadlock
    signals"
models=
for model in user user-asm kernel gil process; do
    [ -x "$demos/sync-$model" ] && models="$models $model"
done
plan $((2 * $(echo $all | wc -w) * $(echo $models | wc -w) + 2))

# A machine that others have may make one skip; none may be surprised.
for demo in $all; do
    for model in $models; do
        "$demos/$demo-$model" --json >"$tmp/out" 2>"$tmp/err" </dev/null
        code=$? verdict=as-predicted
        [ $code -ne 77 ] || verdict=skip
        judged $verdict "$demo" "${model%-asm}" $code
    done
done

# What an engine that stalls changes.
shows as-predicted advice user env UTHREADS_IO=blocking \
    "$demos/advice-user" --json

#!/bin/sh
# SPDX-License-Identifier: MIT
# An experiment that is told the opposite of what its model is, is surprised:
# its verdict comes from what it measured.
. "$(dirname "$0")/../lib.sh"
. tests/demos/checks.inc

lied_to="blocking uring pagefault nonblocking quantum-rescue download
    responsive files dns isolation tls-errno stdio-locks overlap memory-map
    locals census create switch footprint"
plan $((4 * $(echo $lied_to | wc -w)))

for demo in $lied_to; do
    for model in user kernel; do
        "$demos/$demo-$model" --json >"$tmp/out" 2>&1
        if [ $? -eq 77 ]; then
            reason=$(jq -r .reason "$tmp/out")
            skip "$demo on $model: surprised" "$reason"
            skip "$demo on $model: right form" "$reason"
            continue
        fi
        [ "$demo" != pagefault ] || export SHARES_TRULY=1
        shows surprise $demo $model "$BUILD/tests/demos/$demo-$model" --json
        unset SHARES_TRULY
    done
done

#!/bin/sh
# SPDX-License-Identifier: MIT
# A name lookup stops all user-level threads; on a helper it stops nobody.
. "$(dirname "$0")/../lib.sh"
. tests/demos/checks.inc
plan 17

here='.measured.silence_getaddrinfo.value'
helped='.measured.silence_thread_blocking.value'
lookup='.measured.lookup.value'

for model in user gil; do
    shows as-predicted dns $model "$demos/dns-$model" --json
    holds "$model: getaddrinfo is one silence" "$here >= 240"
    holds "$model: thread_blocking is not" "$helped < 0.8 * $lookup"
done
shows as-predicted dns kernel "$demos/dns-kernel" --json
holds "kernel: neither is" \
    "$here < 0.8 * $lookup and $helped < 0.8 * $lookup"

for engine in epoll blocking; do
    shows as-predicted dns user \
        env UTHREADS_IO=$engine "$demos/dns-user" --json
done

for demo in dns download; do
    what="$demo: where there is no network at all, it skips"
    if unshare -rn true 2>/dev/null; then
        status 77 "$what" unshare -rn "$demos/$demo-user"
    else
        skip "$what" "no network namespace can be made"
    fi
done

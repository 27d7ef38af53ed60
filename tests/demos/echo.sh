#!/bin/sh
# SPDX-License-Identifier: MIT
# A thread per client: a silent one holds up no other, unless the engine is the
# blocking one. That servers stand ten thousand is shown in tests/servers.
. "$(dirname "$0")/../lib.sh"
. tests/demos/checks.inc
plan 34
limit=60

waits='.measured.second_waits.value'
most='.measured.most_at_once.value'

# served MODEL: what is in $tmp/out is an experiment in which nobody stalled.
served() {
    holds "$1: beside a silent client the second waits under 50 ms" \
        "$waits < 50"
    holds "$1: two hundred are served at once" "$most == 200"
    holds "$1: every byte comes back" ".measured.sent.value >= 200 * 20 * 64"
}

for model in user kernel process; do
    if shows_if_it_can echo $model; then
        served $model
    else
        for what in silence number bytes; do
            skip "$model: $what" "$reason"
        done
    fi
done

shows as-predicted echo user \
    env UTHREADS_IO=blocking "$demos/echo-user" --json
holds "the blocking engine: the second waits for the silent one" "$waits >= 160"
holds "and that was predicted" '.predicted | contains("a second one waits")'
holds "the blocking engine is named" '.variant | endswith("io blocking")'
shows as-predicted echo user env UTHREADS_IO=blocking UTHREADS_POLICY=lottery \
    "$demos/echo-user" --json

shows as-predicted echo user \
    env UTHREADS_IO=epoll "$demos/echo-user" --json
holds "epoll is named" '.variant | endswith("io epoll")'
served epoll

# No room: the experiment says so, and how far it came.
if can_be_nobody && command -v prlimit >/dev/null; then
    chmod 755 "$tmp"
    cp "$demos/echo-kernel" "$tmp"
    shows skip echo kernel as_nobody prlimit --nproc=60 \
        "$tmp/echo-kernel" --json
    holds "no room for threads: the reason names the number reached" \
        '.reason | test("room for [0-9]+ connections, not 200")'
    shows skip echo kernel prlimit --nofile=100:100 "$demos/echo-kernel" --json
    holds "no room for descriptors: the reason names the limit" \
        '.reason | test("the limit here is 100")'
else
    for check in status form reason status form reason; do
        skip "no room: $check" "no prlimit, or no setpriv to be another user"
    done
fi

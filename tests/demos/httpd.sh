#!/bin/sh
# SPDX-License-Identifier: MIT
# The web server as an experiment: as echo's, and nothing is left behind. What
# it says as a server is in tests/servers.
. "$(dirname "$0")/../lib.sh"
. tests/demos/checks.inc
plan 17

waits='.measured.second_waits.value'
for model in user kernel process; do
    if shows_if_it_can httpd $model; then
        holds "$model: beside a silent client the second waits under 50 ms" \
            "$waits < 50"
        holds "$model: a hundred are served at once" \
            ".measured.most_at_once.value == 100"
    else
        skip "$model: silence" "$reason"
        skip "$model: number" "$reason"
    fi
done

shows as-predicted httpd user \
    env UTHREADS_IO=blocking "$demos/httpd-user" --json
holds "the blocking engine: the second waits for the silent one" "$waits >= 160"

# What it serves lies in a directory of its own, which goes with it.
mkdir "$tmp/files"
status 0 "the experiment runs" \
    env TMPDIR="$tmp/files" "$demos/httpd-kernel" --scale 0.1
ok "and takes its files with it" rmdir "$tmp/files"

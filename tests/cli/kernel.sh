#!/bin/sh
# SPDX-License-Identifier: MIT
# The kernel's own record: taken without privilege, refused, overrun.
. "$(dirname "$0")/../lib.sh"
. tests/cli/fakes.inc
plan 17
fake real-user storm-user

refused='record was refused'
if "$bin/threadbare" compare real:user | grep -q "$refused"; then
    granted=false
else
    granted=true
fi

# recorded WHAT COMMAND...: the kernel saw the demo sleep.
recorded() {
    what=$1
    shift
    if ! $granted; then
        skip "$what" "the kernel refuses perf_event_open here"
        skip "$what: and saw the process leave the CPU" "the same"
        return
    fi
    status 0 "$what" "$@"
    matches "$what: and saw the process leave the CPU" \
        'kernel: process [#-]*\.\.\.\.\.\.\.\.\.\.'
}

recorded "the kernel's record is taken" "$bin/threadbare" compare real:user
if [ "$(id -u)" = 0 ] && command -v setpriv >/dev/null; then
    chmod -R a+rX "$tmp"
    chmod 1777 "$tmp/scratch"
    recorded "an ordinary user may take it" \
        setpriv --reuid=65534 --regid=65534 --clear-groups \
        "$bin/threadbare" compare real:user
else
    skip "an ordinary user may take it" "not started as root"
    skip "and sees the process leave the CPU" "not started as root"
fi

status 0 "where it is refused, the comparison goes on" \
    "$python" tests/cli/deny_perf.py "$bin/threadbare" compare real:user
ok "no line is wider than 80 columns for that" \
    test "$(awk '{ print length }' "$tmp/out" | sort -n | tail -1)" -le 80
matches "the reason is given" \
    "$refused: perf_event_open: Permission denied"
matches "the lanes show what the library believes" \
    'the lanes show what the library believes'
lacks "and no lane pretends to be the kernel's" 'kernel: process'

status 0 "run --trace records too" \
    "$bin/threadbare" run real --model user --trace "$tmp/trace" -- --json
status 0 "and its file can be drawn" "$bin/threadbare" trace "$tmp/trace"
if $granted; then
    matches "with the kernel's lane in it" 'kernel: process '
    status 0 "rings that overran are noticed" \
        "$bin/threadbare" compare storm:user
    matches "and said to have lost records" \
        "(Some|[0-9]+) of the kernel's records were lost"
else
    skip "with the kernel's lane in it" "the kernel refuses it here"
    skip "rings that overran are noticed" "the same"
    skip "and said to have lost records" "the same"
fi
status 0 "run --trace goes on where it is refused" \
    "$python" tests/cli/deny_perf.py "$bin/threadbare" run real:user \
    --trace "$tmp/trace" -- --json
matches "with a notice" "record of its switches is denied: perf_event_open" \
    "$tmp/err"
ok "that is one line" test "$(wc -l <"$tmp/err")" = 1

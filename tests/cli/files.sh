#!/bin/sh
# SPDX-License-Identifier: MIT
# Recordings and exports: good, damaged, foreign, and where they are written.
. "$(dirname "$0")/../lib.sh"
. tests/cli/fakes.inc
plan 39

chrome_is_valid() {
    "$python" -B tests/cli/check_chrome.py "$@"
}
export PYTHONPATH=tests/cli PYTHONDONTWRITEBYTECODE=1

# ---- Chrome's format ----

for made in 'stall()' 'stall(kernel=False)' 'parallel()' 'crowd()'; do
    recording "$tmp/trace" "$made"
    status 0 "$made can be exported" \
        "$bin/threadbare" trace "$tmp/trace" --chrome "$tmp/out.json"
    ok "$made: the JSON keeps to the format" chrome_is_valid "$tmp/out.json"
done
recording "$tmp/trace" 'stall()'
"$bin/threadbare" trace "$tmp/trace" --chrome "$tmp/out.json"
ok "threads have their names" chrome_is_valid "$tmp/out.json" \
    --thread reader --thread 'count 3' --thread 'process 1'
ok "states are slices, with their reasons" chrome_is_valid "$tmp/out.json" \
    --slice 'running' --slice 'ready' --slice 'blocked: join reader' \
    --slice 'blocked: io fd 7' --slice 'stalled in the kernel'
ok "wake-ups are flows" chrome_is_valid "$tmp/out.json" --flows 1
ok "the checker would notice a flow without an end" sh -c "
    grep -v '\"ph\":\"f\"' '$tmp/out.json' >'$tmp/bad.json'
    ! $python -B tests/cli/check_chrome.py '$tmp/bad.json'"
ok "and slices that overlap" sh -c "
    sed 's/\"dur\":[0-9.]*/\"dur\":99999.5/' '$tmp/out.json' >'$tmp/bad.json'
    ! $python -B tests/cli/check_chrome.py '$tmp/bad.json'"

# ---- Where it is written ----

status 1 "a full disk is an error" \
    "$bin/threadbare" trace "$tmp/trace" --chrome /dev/full
matches "that names the file" '/dev/full: No space left' "$tmp/err"
ok "a device is written to, not replaced" test -c /dev/full
mkdir "$tmp/place"
status 1 "a directory that is not there is an error" \
    "$bin/threadbare" trace "$tmp/trace" --chrome "$tmp/nowhere/o.json"
matches "that names the file" 'nowhere/o.json: No such file' "$tmp/err"
echo old >"$tmp/place/o.json"
status 1 "a limit met half way is an error" \
    sh -c 'ulimit -f 1; trap "" XFSZ; exec "$@"' sh \
    "$bin/threadbare" trace "$tmp/trace" --chrome "$tmp/place/o.json"
ok "the old file is still whole" grep -qx old "$tmp/place/o.json"
ok "and nothing half-written lies beside it" \
    test "$(ls -A "$tmp/place")" = o.json
ln -s o.json "$tmp/place/link"
"$bin/threadbare" trace "$tmp/trace" --chrome "$tmp/place/link"
ok "a link is kept; what it names is replaced" \
    sh -c "test -L '$tmp/place/link' && grep -q traceEvents '$tmp/place/o.json'"

# ---- Files that are no good recordings ----

status 1 "a file that is not there" "$bin/threadbare" trace "$tmp/none"
matches "is named" 'none: No such file' "$tmp/err"
status 1 "a directory" "$bin/threadbare" trace "$tmp"
matches "is named" 'is not a regular file' "$tmp/err"
: >"$tmp/bad"
status 1 "an empty file is refused" "$bin/threadbare" trace "$tmp/bad"
status 1 "another program's file is refused" \
    "$bin/threadbare" trace tests/lib.sh
matches "and told apart" 'is not a recording' "$tmp/err"
head -c 5000 "$tmp/trace" >"$tmp/bad"
status 1 "a file cut short is refused" "$bin/threadbare" trace "$tmp/bad"
matches "with the reason" 'fewer chunks' "$tmp/err"
head -c 4096 "$tmp/trace" | head -c 100 >"$tmp/bad"
status 1 "a header cut short is refused" "$bin/threadbare" trace "$tmp/bad"
ok "no damage to a file makes it crash" \
    "$python" -B tests/cli/damage.py "$bin/threadbare" "$tmp/trace" 150

# ---- What a recording lacks is said ----

recording "$tmp/lossy" \
    'lossy()'
status 0 "a recording with losses is drawn" \
    "$bin/threadbare" trace "$tmp/lossy"
matches "threads are not drawn as if they had been known then" \
    'main +\?+ not recorded \?+'
matches "events written over are counted" 'up to 126 of the oldest events'
matches "events lost are counted" '3 events were lost'
matches "the kernel's losses too" "42 of the kernel's records were lost"
matches "and a process that did not end well" 'did not end in good order'

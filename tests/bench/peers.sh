#!/bin/sh
# SPDX-License-Identifier: MIT
# The driver of make bench-peers: what it makes of the numbers it is told.
#
# Its peers are scripts that print a number, so it is known who must win.
. "$(dirname "$0")/../lib.sh"
plan 26
compare=bench/peers/compare
command -v python3 >/dev/null || skip_all "no python3"

# peer NAME: standard input becomes a program.
peer() {
    { echo '#!/bin/sh' && cat; } >"$tmp/$1"
    chmod +x "$tmp/$1"
}

# judge STATUS WHAT PEER...: three rounds of two works.
judge() {
    wanted=$1 sentence=$2
    shift 2
    status "$wanted" "$sentence" \
        "$compare" --rounds 3 --works yield-2,channel "$@"
}

echo 'echo 10' | peer ten
echo 'echo 11' | peer eleven
echo 'echo 30' | peer thirty
echo 'echo "has no such thing" >&2; exit 77' | peer unable
echo 'echo "not built" >&2; exit 77' | peer unbuilt
echo 'exit 3' | peer broken
echo 'echo wind' | peer babbler
peer mixed <<'END' # fast at one work, slow at the other
case $1 in yield-2) echo 5 ;; *) echo 50 ;; esac
END

judge 0 "ours is ahead of a slower peer" "ours:us=$tmp/ten" \
    "peer:them=$tmp/thirty"
matches "and says by how much" '^yield-2  *ahead: them costs 3.00 x as much'
judge 1 "behind a faster one it fails" "ours:us=$tmp/thirty" \
    "peer:them=$tmp/ten"
matches "and says so" '^yield-2  *BEHIND: them costs 0.33 x'
judge 1 "behind in one work of two is behind" "ours:us=$tmp/ten" \
    "peer:them=$tmp/mixed"
matches "the other is ahead" '^channel  *ahead: them costs 5.00 x'
judge 1 "the best of the peers counts" "ours:us=$tmp/eleven" \
    "peer:slow=$tmp/thirty" "peer:fast=$tmp/ten"
judge 0 "level is not behind" "ours:us=$tmp/ten" "peer:them=$tmp/ten"
matches "but it is not ahead either" '^yield-2  *level: them costs 1.00 x'
judge 0 "a variant of ours does not count" "ours:us=$tmp/eleven" \
    "variant:raw=$tmp/ten" "peer:slow=$tmp/thirty"
judge 0 "a floor may cost a little less" "ours:us=$tmp/eleven" \
    "floor:bare=$tmp/ten"
matches "and it says within what" 'within 1.2 x of the floor: 1.10 x'
judge 1 "a little, not a third" "ours:us=$tmp/thirty" "floor:bare=$tmp/ten"
judge 0 "a peer that cannot be built is skipped" "ours:us=$tmp/ten" \
    "peer:gone=$tmp/unbuilt" "peer:them=$tmp/thirty"
matches "with its reason" 'gone .* SKIP .* not built'
judge 0 "so is one that fails" "ours:us=$tmp/ten" \
    "peer:ill=$tmp/broken" "peer:them=$tmp/thirty"
matches "with its status" 'ill .* SKIP .* failed with status 3'
judge 0 "and one that prints no number" "ours:us=$tmp/ten" \
    "peer:odd=$tmp/babbler" "peer:none=$tmp/no-such-file" \
    "peer:them=$tmp/thirty"
judge 1 "ours must be measured" "ours:us=$tmp/broken" "peer:them=$tmp/ten"
judge 0 "a second program of ours does what the first cannot" \
    "ours:part=$tmp/unable" "ours:us=$tmp/ten" "peer:them=$tmp/thirty"

status 0 "a language's stacks are not judged for memory" \
    "$compare" --works memory "ours:us=$tmp/thirty" \
    "language:small=$tmp/ten" "peer:them=$tmp/thirty"
status 0 "the result is there as JSON" "$compare" --rounds 7 --works yield-2 \
    --json "$tmp/json" "ours:us=$tmp/ten" "peer:them=$tmp/thirty"
ok "with medians, quartiles and the verdict" python3 - "$tmp/json" <<'END'
import json, sys
result = json.load(open(sys.argv[1]))
row = next(r for r in result["rows"] if r["name"] == "them")
assert (row["lower"], row["median"], row["upper"]) == (30, 30, 30), row
assert len(row["values"]) == 7
assert result["verdicts"]["yield-2"]["verdict"] == "ahead"
END
lacks "its lines fit 80 columns" '.{81}'

judge 2 "a kind that is none is refused" "nobody:us=$tmp/ten"
status 2 "and so is an unknown work" "$compare" --works nosuch \
    "ours:us=$tmp/ten"

#!/bin/sh
# SPDX-License-Identifier: MIT
# Of each lab: the reference has every point, the starter the few it is known
# for, and each mistake of mutants/*.patch loses points in the test that is
# named for it, LAB_RUNS times of LAB_RUNS (each with seeds of its own).
. "$(dirname "$0")/../lib.sh"
[ -e "$BUILD/labs/made" ] || skip_all "no labs: make labs"
limit=300
runs=${LAB_RUNS:-2}
only=${LAB:-}

labs=$(for rubric in labs/*"$only"*/lab.json; do
    basename "$(dirname "$rubric")"
done)
count=0
for lab in $labs; do
    count=$((count + 2 + $(find "labs/$lab/mutants" -name '*.patch' | wc -l)))
done
plan $((count + $(echo "$labs" | wc -l)))

# grade LAB SUBMISSION: the result lies in $tmp/out/results.json. It is the
# lab's own fault if nothing was graded.
grade() {
    labs/grade "$1" "$2" --format json --out "$tmp/graded" >"$tmp/said" 2>&1
    graded=$?
    [ $graded -le 1 ] || { cat "$tmp/said"; return 1; }
}

scores() { # LAB SUBMISSION SCORE
    for _ in $(seq "$runs"); do
        grade "$1" "$2" || return
        jq -e --argjson s "$3" '.score == $s' "$tmp/graded/results.json" ||
            { jq . "$tmp/graded/results.json"; return 1; }
    done
}

loses() { # LAB SUBMISSION TEST
    for _ in $(seq "$runs"); do
        grade "$1" "$2" || return
        jq -e --arg t "$3" '.complaint == null and (.tests[] |
            select(.name == $t) | .points < .max_points)' \
            "$tmp/graded/results.json" ||
            { cat "$tmp/graded/report.txt"; return 1; }
    done
}

# A copy of the reference with the mistake in it.
plant() { # PATCH
    rm -rf "$tmp/mutant"
    cp -r "$BUILD/labs/work/reference" "$tmp/mutant"
    patch -s -p1 -d "$tmp/mutant" <"$1"
}

for lab in $labs; do
    worth=$(jq '[.tests[].points] | add' "labs/$lab/lab.json")
    ok "$lab: its points are a hundred" [ "$worth" -eq 100 ]
    ok "$lab: the reference has all of them" \
        scores "$lab" "$BUILD/labs/work/reference" "$worth"
    ok "$lab: the starter scores what is known" \
        scores "$lab" "$BUILD/labs/starter/$lab" \
        "$(jq .starter_score "labs/$lab/lab.json")"
    for mutant in "labs/$lab/mutants"/*.patch; do
        name=$(basename "$mutant" .patch)
        test=$(sed -n 's/^Loses: //p' "$mutant")
        plant "$mutant" || note "$mutant does not fit any more"
        ok "$lab: $name loses points in $test" \
            loses "$lab" "$tmp/mutant" "$test"
    done
done

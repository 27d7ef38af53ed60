#!/bin/sh
# SPDX-License-Identifier: MIT
# labs/grade-all: a class is graded once each, a run that was killed goes on
# where it stopped, and the CSV says what has changed.
. "$(dirname "$0")/../lib.sh"
[ -e "$BUILD/labs/made" ] || skip_all "no labs: make labs"
limit=300
plan 15

# One test of lab 3 is enough: it is the class that is tried here.
graded() { # WHAT OPTION...
    what=$1
    shift
    status 0 "$what" labs/grade-all 03-lifecycle "$tmp/class" --jobs 2 "$@" \
        -- --test order
}

csv() { # NAME FIELD
    awk -F, -v n="$1" -v f="$2" '
        NR == 1 { for (i = 1; i <= NF; i++) place[$i] = i }
        $1 == n { print $(place[f]) }' "$tmp/class.graded/scores.csv"
}

mkdir "$tmp/class"
for name in anna bert; do
    cp -r "$BUILD/labs/work/reference" "$tmp/class/$name"
done
mkdir -p "$tmp/class/cora/uthreads"
echo 'int this is not C;' >"$tmp/class/cora/uthreads/thread.c"
tar czf "$tmp/class/dora.tar.gz" -C "$BUILD/labs/work/reference" uthreads
cp -r "$BUILD/labs/starter/03-lifecycle" "$tmp/class/emil"

graded "a class is graded"
matches "all of it" '^5 of 5 graded, 5 of them now'
matches "with progress, and the time that is left" \
    '^4 of 5 graded, 0 could not be, [0-9]+:[0-9]+ left' "$tmp/err"
ok "a right submission has its points" [ "$(csv anna score)" = 10 ]
ok "one in an archive too" [ "$(csv dora score)" = 10 ]
ok "an unfinished one has none" [ "$(csv emil score)" = 0 ]
ok "nor one that does not compile" [ "$(csv cora score)" = 0 ]
ok "and it says so" [ -n "$(csv cora complaint)" ]

cp "$tmp/class.graded/scores.csv" "$tmp/before.csv"
graded "the same again"
matches "grades nothing" '^5 of 5 graded, 0 of them now'
cp "$BUILD/labs/work/reference/uthreads/thread.c" \
    "$tmp/class/emil/uthreads/thread.c"
graded "after one has changed" --before "$tmp/before.csv"
matches "that one is graded" '^5 of 5 graded, 1 of them now'
ok "and the CSV has the difference" \
    [ "$(csv emil difference) $(csv anna difference)" = "+10 +0" ]

# Killed in the middle: as soon as one is graded. Whatever that run has still
# begun comes to its end by itself and is in nobody's way.
rm -rf "$tmp/class.graded"
for name in fred gina hans ines; do
    cp -r "$BUILD/labs/work/reference" "$tmp/class/$name"
done
labs/grade-all 03-lifecycle "$tmp/class" --jobs 2 -- --test order \
    >/dev/null 2>&1 &
runner=$!
until ls "$tmp"/class.graded/*/graded >/dev/null 2>&1; do
    kill -0 $runner || break
    sleep 0.05
done
kill -KILL $runner
wait $runner 2>/dev/null
graded "a run that was killed is taken up"
ok "and does not begin again" sh -c "
    now=\$(sed -n 's/.*, \([0-9]*\) of them now.*/\1/p' '$tmp/out')
    [ \"\$now\" -ge 1 ] && [ \"\$now\" -lt 9 ]"

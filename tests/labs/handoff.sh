#!/bin/sh
# SPDX-License-Identifier: MIT
# labs/hand-off: the layout that JPlag and Dolos want, with the starter as what
# all submissions have in common. The tools themselves are not run.
. "$(dirname "$0")/../lib.sh"
[ -e "$BUILD/labs/made" ] || skip_all "no labs: make labs"
plan 17

class=$tmp/class
out=$tmp/out.d
mkdir "$class"
cp -r "$BUILD/labs/work/reference" "$class/anna"
tar czf "$class/bert.tar.gz" -C "$BUILD/labs/work/reference" uthreads
cp -r "$BUILD/labs/starter/04-sync" "$class/starter"
cp -r "$BUILD/labs/work/reference" "$class/-l java
x"
mkdir -p "$class/cora/uthreads"
ln -s /etc/passwd "$class/cora/uthreads/sync.c"

status 0 "a class is handed off" labs/hand-off 04-sync "$class" "$out"
cp "$tmp/err" "$tmp/left"
matches "JPlag's line has C, the base code and the submissions" \
    "^java -jar jplag.jar --language=c --base-code=$out/jplag/base $out/jplag/submissions\$"
matches "Dolos's has C, what to ignore, and the list" \
    "^dolos run .*-l c -i $out/starter.c $out/dolos/info.csv\$"
matches "who cannot be read is left out, and told" \
    'left out: cora: .*symbolic link|left out: cora: .*is not there' \
    "$tmp/left"

ok "JPlag has a folder for each" \
    [ "$(find "$out/jplag/submissions" -mindepth 1 -maxdepth 1 -type d |
        wc -l)" -eq 4 ]
ok "with the lab's C files in it, as they were handed in" sh -c "
    cmp '$class/anna/uthreads/sync.c' \
        '$out/jplag/submissions/anna/sync.c' &&
    cmp '$class/anna/uthreads/barrier.c' \
        '$out/jplag/submissions/anna/barrier.c'"
ok "and none but those" \
    [ "$(find "$out/jplag" -type f | wc -l)" -eq 10 ]
ok "also out of archives" \
    cmp "$class/anna/uthreads/sync.c" "$out/jplag/submissions/bert/sync.c"
ok "the base code is the starter's" \
    cmp "$BUILD/labs/starter/04-sync/uthreads/sync.c" "$out/jplag/base/sync.c"
ok "and is no submission" [ ! -e "$out/jplag/submissions/base" ]

ok "Dolos's list has the column that it must have" \
    [ "$(head -n 1 "$out/dolos/info.csv" | cut -d, -f1)" = filename ]
ok "and each of its files is there, one for each submission" sh -c "
    cd '$out/dolos' && tail -n +2 info.csv | cut -d, -f1 >'$tmp/names' &&
    [ \$(wc -l <'$tmp/names') -eq 4 ] &&
    while read -r name; do [ -f \"\$name\" ] || exit 1; done <'$tmp/names'"
ok "with times that it can read" \
    [ "$(tail -n +2 "$out/dolos/info.csv" | grep -cE \
        ',[0-9]{4}-[0-9]{2}-[0-9]{2} [0-9:]{8} [+-][0-9]{4}$')" -eq 4 ]
ok "one file has all of a submission" sh -c "
    grep -q '^mutex_lock' '$out/dolos/anna.c' &&
    grep -q '^barrier_wait' '$out/dolos/anna.c'"
ok "the starter is beside them, also if somebody is called that" sh -c "
    grep -q 'LAB\\|not written' '$out/starter.c' &&
    [ -f '$out/dolos/starter.c' ]"
ok "the archive has the same at its top" sh -c "
    python3 -m zipfile -l '$out/dolos.zip' | awk 'NR > 1 { print \$1 }' |
    grep -qx info.csv"
status 2 "nothing is written over" labs/hand-off 04-sync "$class" "$out"

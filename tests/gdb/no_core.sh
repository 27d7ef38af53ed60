#!/bin/sh
# SPDX-License-Identifier: MIT
# uthread core and gdb/uthread-core, when something goes wrong: what it was is
# said, and nothing is left of the attempt.
. "$(dirname "$0")/../lib.sh"
. "$top/gdb.inc"
. "$top/cores.inc"
need_gdb

nothing_left() {
    [ -z "$(find "$tmp/there" -mindepth 1)" ]
}

# Why it failed; then, that it left nothing.
refuses() {
    what=$1 reason=$2
    shift 2
    rm -rf "$tmp/there" && mkdir "$tmp/there"
    status 1 "$what: refused" "$@"
    matches "$what: the reason is said" "$reason" "$tmp/err"
    ok "$what: nothing is left of the attempt" nothing_left
}

plan 37

make_core "$target" "$tmp/core"
there=$tmp/there/out
head -c 40 "$tmp/core" >"$tmp/stump"
head -c 100000 "$tmp/core" >"$tmp/short"
refuses "a text" 'Makefile: not a core file' \
    gdb/uthread-core Makefile "$there"
refuses "a program" 'an ELF file, but not a core file' \
    gdb/uthread-core "$target" "$there"
refuses "the first bytes of a core" 'cut short: it ends at byte 40,' \
    gdb/uthread-core "$tmp/stump" "$there"
refuses "a core that was cut short" 'cut short: it ends at byte 100,000 of' \
    gdb/uthread-core "$tmp/short" "$there"
refuses "a core that is not there" 'nowhere: No such file' \
    gdb/uthread-core nowhere "$there"
refuses "a place that is not there" 'No such file or directory' \
    gdb/uthread-core "$tmp/core" "$tmp/there/no/out"
refuses "a file that may not grow" 'File too large' \
    sh -c "ulimit -f 64; gdb/uthread-core '$tmp/core' '$there'"

# On a file system of so many bytes, and nothing of it may be left.
full_disk() {
    cat <<END
mount -t tmpfs -o size=$1 none "$tmp/there" || exit 8
$2
status=\$?
[ -z "\$(ls -A "$tmp/there")" ] || exit 9
exit \$status
END
}

full_disk 128k "gdb/uthread-core $tmp/core $there" >"$tmp/full"
for size in 4k 128k; do
    full_disk $size "gdb/utgdb -nx --batch -ex 'break after_parking' -ex run \
        -ex 'uthread core $there' -ex 'quit 1' $target" >"$tmp/full-$size"
done
if unshare -rm mount -t tmpfs none "$tmp" 2>/dev/null; then
    refuses "a full disk" 'No space left on device' unshare -rm sh "$tmp/full"
    refuses "a full disk, in gdb" 'Cannot write .*: No space left' \
        unshare -rm sh "$tmp/full-128k"
    refuses "one that is full from the first" 'is the disk full' \
        unshare -rm sh "$tmp/full-4k"
else
    for what in 1 2 3 4 5 6 7 8 9; do
        skip "a full disk: $what" "no file system may be mounted here"
    done
fi

cp "$tmp/core" "$tmp/same"
status 1 "a core is not replaced by its copy" \
    gdb/uthread-core "$tmp/core" "$tmp/core"
ok "it is what it was" cmp "$tmp/core" "$tmp/same"
mkdir -p "$tmp/there"
gdb_on "$target" "core-file $tmp/core" "uthread core $tmp/core" \
    "uthread core $tmp/there" "uthread core $tmp/there/no/out" "uthread core"
matches "gdb says so too" '^The copy would replace the core file'
matches "gdb says that there is a directory" 'there: there is something that'
matches "gdb says that a path cannot be written" \
    '^Cannot write .*/no/out: No such file or directory'
matches "gdb says how the command is used" '^Usage: uthread core FILE'
ok "nothing is left of these attempts" nothing_left

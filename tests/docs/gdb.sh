#!/bin/sh
# SPDX-License-Identifier: MIT
# docs/gdb.md: each of its sessions is typed again, and gdb answers what is
# printed there, but for addresses, times and numbers of processes.
. "$(dirname "$0")/../lib.sh"
command -v python3 >/dev/null || skip_all "python3 is not installed"
why=$(gdb/utgdb --version 2>&1 >/dev/null) || skip_all "$why"
has_asan "$BUILD/tours/forks-user" &&
    skip_all "a build for a sanitizer: it stands in the traces"
[ "$(uname -m)" = x86_64 ] || skip_all "the page shows x86-64"
readelf -n "$BUILD/tours/forks-user" | grep -q stapsdt ||
    skip_all "built without probes, which the page shows"
# Which calls become part of their callers is the compiler's choice.
readelf --debug-dump=info "$BUILD/tours/forks-user" | grep 'DW_AT_producer' |
    grep -q 'GNU C11 12\..* -O2 ' ||
    skip_all "the page was typed with what gcc 12 makes at -O2"
! nm "$BUILD/tours/forks-user" | grep -q ' set_aside_last$' ||
    skip_all "the page was typed with the context ucontext"
page=docs/gdb.md
sessions=$(grep -c '^\$ gdb/utgdb' $page)
plan $((sessions + 3))

n=0
while [ $n -lt "$sessions" ]; do
    n=$((n + 1))
    ok "session $n answers as printed" python3 tests/docs/session.py $page $n
done

sed 's/mutex right fork of 3/mutex right fork of 9/' $page >"$tmp/page.md"
status 1 "another answer is noticed" \
    python3 tests/docs/session.py "$tmp/page.md" 1
matches "and shown" 'of 9' "$tmp/out"

# Every tour is on the page.
every_tour() {
    for tour in gdb/tours/*.gdb; do
        grep -q "gdb/tours/run $(basename "$tour" .gdb) " $page || return 1
    done
}
ok "each tour is named" every_tour

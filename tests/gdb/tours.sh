#!/bin/sh
# SPDX-License-Identifier: MIT
# Every tour of the debugger runs to its end, and what it tells is so.
. "$(dirname "$0")/../lib.sh"
. "$top/gdb.inc"
need_gdb
has_asan "$BUILD/demos/blocking-user" &&
    skip_all "a build for a sanitizer: it stands in the pictures"
[ "$(uname -m)" = x86_64 ] || skip_all "the tours show x86-64's registers"
# shellcheck disable=SC2034 # lib.sh reads it
limit=120
# shellcheck disable=SC2046 # one word a tour
set -- $(ls gdb/tours/*.gdb)
plan $((2 * $# + 7))

for tour; do
    status 0 "$(basename "$tour" .gdb): runs to its end" gdb/tours/run "$tour"
    matches "$(basename "$tour" .gdb): and checks what it tells" \
        '^The tour is over; [1-9][0-9]* things were as it tells\.$'
done

# A tour that is wrong.
cat >"$tmp/wrong.gdb" <<'END'
# program: tours/two-user
type info line main
python expect(r"two\.c", "this is so")
python expect(r"three\.c", "and this is not")
over
END
status 1 "a tour that tells what is not so fails" gdb/tours/run "$tmp/wrong.gdb"
matches "it says what" '^NOT SO: and this is not'
sed -i '/three/d; s/^over/info line nowhere\nover/' "$tmp/wrong.gdb"
status 1 "a command that gdb refuses ends it" gdb/tours/run "$tmp/wrong.gdb"
sed -i '/nowhere/d; /^over/d' "$tmp/wrong.gdb"
status 1 "so does the end of the file without 'over'" \
    gdb/tours/run "$tmp/wrong.gdb"
status 1 "a tour that is not there" gdb/tours/run 0-nowhere
matches "is told from those that are" 'no tour .0-nowhere.*1-yield' "$tmp/err"
status 77 "without gdb a tour is skipped" \
    env GDB="$tmp/no-gdb" gdb/tours/run 1-yield

#!/bin/sh
# SPDX-License-Identifier: MIT
# What README.md tells people to type works, and what it says they will see is
# what they see.
. "$(dirname "$0")/../lib.sh"
page=README.md
[ -x "$BUILD/threadbare" ] || skip_all "$BUILD/threadbare is not built"
limit=60

# ---- What the page says ----

# Lines to type, without what a page may say behind a #.
lines_to_type() {
    sed -n 's/^    //p' "$page" | sed 's/  *#.*//'
}

# Our programs as they were built for this test, writing where it may.
here() {
    sed -e "s,/tmp/,$tmp/,g" -e "s,build/,$BUILD/,g"
}

# The n-th block that begins with a line for the shell, $ gdb PROGRAM.
session() {
    awk -v n="$1" '
        /^```/ { inside = 0 }
        /^\$ gdb / { inside = ++sessions == n }
        inside' "$page"
}

# The block fenced as C; the picture, which is the first fenced block.
example() {
    sed -n '/^```c$/,/^```$/{/^```/d;p;}' "$page"
}
picture() {
    awk '/^```/ { if (++fences == 2) exit; next } fences == 1' "$page"
}

# ---- What is checked ----

# Read, not tried: even make -n runs the lines of a rule that call make.
has_target() {
    grep -qE "^$1:" Makefile
}

links_lead_somewhere() {
    grep -oE '\]\([^)#]+\)' "$page" | sed 's/^](//;s/)$//' | grep -v '^https:' |
        while read -r path; do
            [ -e "$path" ] || echo "no such file: $path"
        done >"$tmp/dead"
    cat "$tmp/dead"
    ! [ -s "$tmp/dead" ]
}

rooms_exist() {
    for room in $(sed -nE 's/^\| `([a-z]+\/)` .*/\1/p' "$page"); do
        [ -d "$room" ] || return
    done
}

# What does not depend on the machine or the moment: which runs, who has a lane
# in each, what is measured, and how it went.
skeleton() {
    sed -nE -e 's/^([a-z]+ on [a-z]+[^(]*).*/\1/p' \
        -e 's/^  (main|counter [0-9]|reader) .*/\1/p' \
        -e 's/^  ([a-z ]+),.*/\1/p'
}

pictures_agree() {
    "$BUILD/threadbare" compare blocking:user blocking:kernel uring:user |
        skeleton >"$tmp/now"
    picture | skeleton >"$tmp/then"
    diff "$tmp/then" "$tmp/now" && [ "$(wc -l <"$tmp/then")" -eq 24 ]
}

fits_a_page() {
    [ "$(picture | LC_ALL=C.UTF-8 wc -L)" -le 80 ]
}

# Replay a session of the page: what gdb says is then in $tmp/out.
replay() { # N PROGRAM
    { echo 'set pagination off' && session "$1" | sed -n 's/^(gdb) //p'; } \
        >"$tmp/session"
    status 0 "session $1 runs on $2" \
        gdb -nx -q -batch -x "$tmp/session" "$BUILD/demos/$2"
}

# gdb's threads, one a line.
gdb_threads() {
    grep -cE '^[* ] [0-9]+ +Thread 0x' "$tmp/out"
}

# The table that the page shows for the user model.
table_on_page() {
    awk '/^  thread [0-9]+ / { print; seen = 1; next } seen { exit }' "$page"
}

# The figures in brackets are another run's.
shows_the_table() {
    table_on_page | sed 's/ (.*//' >"$tmp/then"
    sed 's/ (.*//' "$tmp/err" >"$tmp/now"
    diff "$tmp/then" "$tmp/now" && [ -s "$tmp/then" ]
}

# What the page shows of a command, and what the command shows, with every
# number and address an N and every run of blanks one.
shown_of() { # START OF THE COMMAND
    awk -v start="$ $1" '
        /^```/ { inside = 0 }
        inside { print }
        index($0, start) == 1 { inside = 1 }' "$page"
}
without_numbers() {
    tr '\n' ' ' | sed -E 's/0x[0-9a-f]+|[0-9.]*[0-9]/N/g;s/ +/ /g;s/ $//'
}
stalled_table() {
    "$BUILD/demos/blocking-user" >/dev/null &
    until "$BUILD/threadbare" ps $! | tee "$tmp/table" | grep -q '^stalled'; do
        kill -0 $! || return
    done
    wait $!
    without_numbers <"$tmp/table"
}
ps_agrees() {
    shown_of "build/threadbare ps" | without_numbers >"$tmp/then"
    stalled_table >"$tmp/now"
    diff "$tmp/then" "$tmp/now" && [ -s "$tmp/now" ]
}
deadlock_agrees() {
    shown_of "build/tests/programs/stuck-user" | without_numbers >"$tmp/then"
    "$BUILD/tests/programs/stuck-user" tail 2>&1 | fold -sw 78 |
        without_numbers >"$tmp/now"
    diff "$tmp/then" "$tmp/now" && [ -s "$tmp/now" ]
}

compiles() { # LIBRARY
    mkdir -p "$tmp/include"
    ln -sfn "$PWD/include" "$tmp/include/threadbare"
    example >"$tmp/hello.c"
    ${CC:-cc} -Wall -Wextra -Werror -I "$tmp/include" "$tmp/hello.c" \
        "$BUILD/lib/lib$1.a" -luring -pthread -o "$tmp/hello-$1"
}

targets=$(lines_to_type | sed -nE 's/^make ([a-z-]+).*/\1/p')
lines_to_type | grep '^build/' | here >"$tmp/commands"
plan $(($(echo "$targets" | wc -w) + $(wc -l <"$tmp/commands") + 20))

ok "its links lead somewhere" links_lead_somewhere
ok "its rooms exist" rooms_exist
for target in $targets; do
    ok "there is a make $target" has_target "$target"
done

# ---- What is run ----

"$BUILD/demos/uring-user" >/dev/null 2>&1
case $? in
77) uring= ;;
*) uring=yes ;;
esac

while read -r command; do
    what=$(echo "$command" | sed "s,$BUILD/,,g;s,$tmp/,,g")
    case $command in
    *uring*) [ "$uring" ] || command= ;;
    esac
    # shellcheck disable=SC2086 # a command line
    if [ "$command" ]; then
        status 0 "$what" $command
    else
        skip "$what" "no io_uring here"
    fi
done <"$tmp/commands"

if [ "$uring" ]; then
    ok "the picture shows what threadbare draws" pictures_agree
else
    skip "the picture shows what threadbare draws" "no io_uring here"
fi
ok "it fits a page of 80 columns" fits_a_page
ok "threadbare ps shows the threads as on the page" ps_agrees
ok "a deadlock is told as on the page" deadlock_agrees

# ---- gdb ----

if ! command -v gdb >/dev/null || has_asan "$BUILD/demos/uring-user"; then
    for what in 1 2 3 4 5 6 7 8 9 10; do
        skip "gdb, $what" "no gdb here, or a build for AddressSanitizer"
    done
else
    replay 1 blocking-kernel
    ok "gdb knows five threads" test "$(gdb_threads)" -eq 5
    replay 1 blocking-user
    ok "gdb knows one thread" test "$(gdb_threads)" -eq 1
    ok "the library says who does what" shows_the_table
    replay 2 uring-user
    matches "it is the reader that blocks" '^\$1 = "reader'
    matches "it waits for input" 'call = 0x.* "read"'
    matches "the next thread is current before the switch" '^\$3 = "counter '
    matches "the reader is current when it comes back" '^\$4 = "reader'
fi

# ---- The example ----

for library in uthreads kthreads; do
    if nm "$BUILD/lib/lib$library.a" | grep -qE 'U __(a|ub)san_'; then
        skip "the example compiles with $library" "a library with a sanitizer"
        skip "and runs" "a library with a sanitizer"
        continue
    fi
    ok "the example compiles with $library" compiles "$library"
    status 0 "and runs" "$tmp/hello-$library"
done

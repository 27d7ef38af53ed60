#!/bin/sh
# SPDX-License-Identifier: MIT
# Every model exports exactly the names of the contract, so that one object
# file can be linked with any, and nothing of ours gets in a program's way.
. "$(dirname "$0")/../lib.sh"
plan 16

# The functions that the headers declare, found by the compiler rather than by
# the script that made the list: a second opinion.
ours='(thread|mutex|cond|semaphore|rwlock|barrier|event|channel)'
declared() {
    for header in include/*.h; do
        echo "#include \"$header\""
    done | ${CC:-cc} -D_GNU_SOURCE -E -x c - |
        awk '/^# [0-9]+ "/ { ours = $3 ~ /^"include\// } ours' |
        tr '\n' ' ' | tr ';' '\n' |
        sed -nE 's/.*[ *]('"$ours"'_[a-z0-9_]+) ?\(.*/\1/p' |
        sort -u
}

globals() { # of an archive: what another object could refer to
    nm --extern-only --defined-only --format=posix "$1" |
        awk 'NF >= 2 { print $1 }' | sort -u
}

dynamic() { # of a shared library
    nm --dynamic --extern-only --defined-only --format=posix "$1" |
        awk '{ print $1 }' | sort -u
}

declared >"$tmp/contract"
ok "the headers declare something" test "$(wc -l <"$tmp/contract")" -gt 50
ok "the list of the contract's names is what the headers declare" \
    diff "$tmp/contract" "$BUILD/contract.names"
for library in uthreads kthreads gil processes; do
    globals "$BUILD/lib/lib$library.a" >"$tmp/$library.a"
    dynamic "$BUILD/lib/lib$library.so" >"$tmp/$library.so"
    ok "lib$library.a exports exactly the contract" \
        diff "$tmp/contract" "$tmp/$library.a"
    ok "lib$library.so exports exactly the contract" \
        diff "$tmp/contract" "$tmp/$library.so"
done
for library in kthreads gil processes; do
    ok "lib$library.a and libuthreads.a export the same names" \
        diff "$tmp/uthreads.a" "$tmp/$library.a"
    ok "the shared libraries too" diff "$tmp/uthreads.so" "$tmp/$library.so"
done

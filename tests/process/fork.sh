#!/bin/sh
# SPDX-License-Identifier: MIT
# After a fork the child waits by an engine of its own: what was in flight is
# the parent's, where it goes on undisturbed.
. "$(dirname "$0")/../lib.sh"
program=$BUILD/tests/programs/fork
if has_asan "$program-user"; then
    skip_all "AddressSanitizer's own locks may be held in a forked child"
fi
plan 10

expected() { # LINE...
    printf '%s\n' "$@" >"$tmp/expected"
    ok "$what" diff "$tmp/expected" "$tmp/out"
}

# What is in flight ends in the child, by an error; and the parent's end of it
# is what it would have been.
forks_with() { # ENGINE PROGRAM
    what="$1: the program forks, and both go on"
    status 0 "$what" env UTHREADS_IO="$1" "$2"
    what="$1: what each has seen"
    expected child "read: Operation canceled" "poll: Operation canceled" \
        "until: Operation canceled" "new read: n" "new file: fork" \
        "new function: called" "function: cancelled" \
        parent "read: a" "poll: -" "until: c" "function: d"
}

if UTHREADS_IO=uring "$BUILD/tests/programs/properties-user" >/dev/null 2>&1
then
    forks_with uring "$program-user"
    forks_with uring "$program-user-asm"
else
    for check in "status" "output" "status, asm" "output, asm"; do
        skip "uring: $check" "there is no io_uring here"
    done
fi
forks_with epoll "$program-user"
forks_with epoll "$program-user-asm"

status 0 "auto: the child chooses for itself" "$program-user"
ok "and says nothing, for its parent has" test "$(wc -l <"$tmp/err")" -le 1

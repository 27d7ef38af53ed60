#!/bin/sh
# SPDX-License-Identifier: MIT
# Where io_uring is denied, by a container's filter or a limit, the library
# says so once, falls back, and gives the same results.
. "$(dirname "$0")/../lib.sh"

programs=$BUILD/tests/programs
"$programs/deny" EPERM io_uring_setup true
if [ $? -eq 77 ]; then
    skip_all "this kernel takes no seccomp filter from us"
fi
plan 30

for error in EPERM ENOSYS; do
    reason="Operation not permitted"
    [ $error = ENOSYS ] && reason="Function not implemented"
    for step in setup enter; do
        status 0 "$error at io_uring_$step: the program runs" \
            "$programs/deny" $error io_uring_$step "$programs/properties-user"
        matches "$error at io_uring_$step: with the same result" "^result=x$"
        matches "$error at io_uring_$step: on the epoll engine" \
            "^io_engine=epoll$"
        matches "$error at io_uring_$step: the program can learn why" \
            "^io_fallback=.*io_uring_$step: $reason"
        ok "$error at io_uring_$step: there is one notice" \
            test "$(wc -l <"$tmp/err")" -eq 1
        matches "$error at io_uring_$step: which names step and reason" \
            "^threadbare: .*io_uring_$step: $reason" "$tmp/err"
    done
done

status 2 "who insists on io_uring is refused" \
    env UTHREADS_IO=uring "$programs/deny" EPERM io_uring_setup \
    "$programs/properties-user"
matches "and told why" "^threadbare: UTHREADS_IO=uring: .*not permitted" \
    "$tmp/err"
lacks "nothing ran" "result" "$tmp/out"

status 0 "who asks for the blocking engine gets it without a notice" \
    env UTHREADS_IO=blocking "$programs/deny" EPERM io_uring_setup \
    "$programs/properties-user"
ok "for io_uring was not even tried" test ! -s "$tmp/err"

if can_be_nobody; then
    chmod 755 "$tmp"
    cp "$programs/deny" "$programs/properties-user" "$tmp"
    as_nobody "$tmp/deny" EPERM io_uring_setup "$tmp/properties-user" \
        >"$tmp/out" 2>&1
    matches "the same for a user who is not root" "^result=x$"
else
    skip "the same for a user who is not root" "no setpriv to be one"
fi

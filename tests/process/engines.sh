#!/bin/sh
# SPDX-License-Identifier: MIT
# Engines by faults: whatever the kernel refuses, input and output give the same
# results, and what was fallen back on is told once, with the step and the
# reason. Each cell as whoever runs this, and as a user without root's powers.
. "$(dirname "$0")/../lib.sh"

programs=$BUILD/tests/programs
"$programs/deny" EPERM io_uring_setup true
if [ $? -eq 77 ]; then
    skip_all "this kernel takes no seccomp filter from us"
fi
chmod 755 "$tmp"
cp "$programs/deny" "$programs/io-results-user" "$tmp" || exit 99
results=$tmp/io-results-user
"$programs/io-results-kernel" >"$tmp/wanted" 2>"$tmp/err" || exit 99

refuse="$tmp/deny EPERM io_uring_setup"
setup=io_uring_setup enter=io_uring_enter
epoll="using epoll"
stall="a blocking call will stall all threads"
helper="no helper thread"

# cell WHAT ENGINE NOTICE COMMAND...: a line of standard error says NOTICE, and
# none is said twice; empty: there is none at all.
cell() {
    case_=$1 engine=$2 notice=$3
    shift 3
    $as timeout 20 "$@" >"$tmp/out" 2>"$tmp/err" </dev/null
    ended=$?
    ok "$who: $case_: the results are the same" \
        sh -c "diff '$tmp/wanted' '$tmp/out' && test $ended -eq 0"
    matches "$who: $case_: on $engine" "^engine: $engine\$" "$tmp/err"
    grep -v '^engine: ' "$tmp/err" >"$tmp/notices"
    if [ "$notice" ]; then
        ok "$who: $case_: and it is said once why" sh -c \
            "cat '$tmp/notices'; grep -qE '^threadbare: .*$notice' \
             '$tmp/notices' && test -z \"\$(sort '$tmp/notices' | uniq -d)\""
    else
        ok "$who: $case_: and nothing is said" \
            sh -c "cat '$tmp/notices'; test ! -s '$tmp/notices'"
    fi
}

# insists ENGINE REASON COMMAND...
insists() {
    engine=$1 reason=$2
    shift 2
    status 2 "$who: insisting on $engine where it is refused ends the program" \
        $as env UTHREADS_IO="$engine" "$@"
    matches "$who: $engine: and says why" \
        "^threadbare: UTHREADS_IO=$engine: .*$reason" "$tmp/err"
    ok "$who: $engine: and nothing has run" test ! -s "$tmp/out"
}

all_cells() {
    if $as env UTHREADS_IO=uring "$results" >/dev/null 2>&1; then
        cell "nothing refused" uring "" "$results"
        cell "no kernel thread, io_uring" uring "$helper: .*not permitted" \
            "$tmp/deny" EPERM clone3 "$results"
        cell "the smallest ring" uring "" env UTHREADS_RING=8 "$results"
        cell "ENOMEM but for the smallest ring" uring "" \
            "$tmp/deny" ENOMEM $setup:8 "$results"
    else
        for check in 1 2 3 4 5 6 7 8 9 10 11 12; do
            skip "$who: io_uring, check $check" "there is no io_uring here"
        done
    fi
    cell "epoll asked for" epoll "" env UTHREADS_IO=epoll "$results"
    cell "blocking asked for" blocking "" env UTHREADS_IO=blocking "$results"

    for step in $setup $enter; do
        cell "EPERM at $step" epoll "$step: Operation not permitted; $epoll" \
            "$tmp/deny" EPERM $step "$results"
        cell "ENOSYS at $step" epoll "$step: Function not impl.*; $epoll" \
            "$tmp/deny" ENOSYS $step "$results"
    done
    cell "ENOMEM at $setup" epoll "$setup: Cannot allocate memory; $epoll" \
        "$tmp/deny" ENOMEM $setup "$results"
    cell "EMFILE at $setup" epoll "$setup: Too many open files; $epoll" \
        "$tmp/deny" EMFILE $setup "$results"

    cell "ENOMEM for every ring" epoll \
        "$setup: Cannot allocate memory; $epoll" \
        "$tmp/deny" ENOMEM $setup:7 "$results"

    cell "epoll refused as well" blocking \
        "$setup: .*permitted; no epoll: .*permitted; $stall" \
        $refuse "$tmp/deny" EPERM epoll_create1 "$results"
    cell "no descriptor left" blocking "$setup: Too many .*Too many.*; $stall" \
        "$results" full
    cell "an old kernel's epoll, to the millisecond" epoll "$epoll" \
        $refuse "$tmp/deny" ENOSYS epoll_pwait2 "$results"
    cell "no call that does not wait" epoll "$epoll" $refuse \
        "$tmp/deny" ENOSYS preadv2 "$tmp/deny" ENOSYS pwritev2 "$results"
    cell "no bell" epoll "$helper: Too many open files" \
        env UTHREADS_IO=epoll "$tmp/deny" EMFILE eventfd2 "$results"
    cell "no kernel thread" epoll "$helper: Operation not permitted" \
        env UTHREADS_IO=epoll "$tmp/deny" EPERM clone3 "$results"

    insists uring "$setup: Operation not permitted" $refuse "$results"
    insists uring "$enter: Function not implemented" \
        "$tmp/deny" ENOSYS $enter "$results"
    insists epoll "epoll_create1: Operation not permitted" \
        "$tmp/deny" EPERM epoll_create1 "$results"
}

# Rings are charged to who is not root: with no memory to lock there is none;
# with a little, a smaller one will do. Newer kernels may charge elsewhere.
memlock_cells() {
    if $as prlimit --memlock=0:0 env UTHREADS_IO=uring "$results" \
        >/dev/null 2>&1; then
        for check in 1 2 3; do
            skip "$who: RLIMIT_MEMLOCK, check $check" \
                "this kernel charges no ring to it"
        done
    else
        cell "no memory to lock" epoll \
            "$setup: Cannot allocate memory; $epoll" \
            prlimit --memlock=0:0 "$results"
    fi
}

who=root as=
[ "$(id -u)" -eq 0 ] || who=$(id -un)
if [ "$who" = root ] && can_be_nobody; then
    plan $((2 * 66 + 3))
    all_cells
    who=nobody as="setpriv --reuid=65534 --regid=65534 --clear-groups"
else
    plan $((66 + 3))
fi
all_cells
memlock_cells

#!/bin/sh
# SPDX-License-Identifier: MIT
# Out of memory, of threads, of locked memory: a refusal, never a crash.
. "$(dirname "$0")/../lib.sh"
if has_asan "$BUILD/tests/programs/exhaust-user"; then
    skip_all "AddressSanitizer takes more address space than the limits"
fi
plan 18

programs=$BUILD/tests/programs

# under NUMBER WHAT LIMIT COMMAND...: as status, under a limit of the shell's.
under() {
    number=$1 what=$2 bound=$3
    shift 3
    status "$number" "$what" sh -c "ulimit $bound && exec \"\$@\"" sh "$@"
}

for model in user kernel; do
    under 0 "$model: create survives the end of address space" "-v 300000" \
        "$programs/exhaust-$model"
    matches "$model: it was refused with ENOMEM or EAGAIN" \
        "^refused=(ENOMEM|EAGAIN)$"
    matches "$model: after some threads had been made" "^made=some$"
    matches "$model: and works again when they are gone" "^one more: ok$"
done
under 0 "user: the same with stacks that are mappings of their own" \
    "-v 300000" "$programs/exhaust-user" 100000 100000
matches "user: it was refused with ENOMEM or EAGAIN" "^refused=(ENOMEM|EAGAIN)$"

if [ "$(cat /proc/sys/vm/max_map_count 2>/dev/null || echo 0)" -le 70000 ]; then
    status 0 "user: create survives the end of mappings" \
        env UTHREADS_GUARD=mprotect "$programs/exhaust-user" 40000
    matches "user: it was refused with ENOMEM or EAGAIN" \
        "^refused=(ENOMEM|EAGAIN)$"
    matches "user: and works again when they are gone" "^one more: ok$"
else
    for what in 1 2 3; do
        skip "the end of mappings, $what" "vm.max_map_count is above 70000"
    done
fi

# What binds only those who are not root.
if ! can_be_nobody || ! command -v prlimit >/dev/null; then
    for what in 1 2 3 4 5; do
        skip "a limit of users other than root, $what" \
            "no setpriv and prlimit to be such a user"
    done
    exit 0
fi
chmod 755 "$tmp"
cp "$programs"/exhaust-* "$programs/properties-user" "$tmp"

as_nobody prlimit --nproc=60 "$tmp/exhaust-kernel" >"$tmp/out" 2>&1
ok "kernel, not root: create survives the end of kernel threads" test $? = 0
matches "kernel, not root: it was refused with EAGAIN" "^refused=EAGAIN$"
as_nobody prlimit --nproc=60 "$tmp/exhaust-user" 1000 >"$tmp/out" 2>&1
matches "user, not root: that limit means nothing to user-level threads" \
    "^refused=none$"

as_nobody prlimit --memlock=0 "$tmp/properties-user" >"$tmp/out" 2>&1
ok "user, not root: too little locked memory for a ring is survived" \
    test $? = 0
matches "user, not root: with the same result" "^result=x$"

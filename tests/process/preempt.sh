#!/bin/sh
# SPDX-License-Identifier: MIT
# Preemption, as a program sees it: who computes without end loses the CPU, and
# notices nothing.
. "$(dirname "$0")/../lib.sh"
plan 56

run() { # MODEL EXPERIMENT [VARIABLE=VALUE...]
    program=$BUILD/tests/programs/preempted-$1 experiment=$2
    shift 2
    env "$@" timeout -k 2 "$limit" "$program" "$experiment" \
        >"$tmp/out" 2>"$tmp/err"
}

# The number that the program reported under a name.
value() {
    sed -n "s/^$1=//p" "$tmp/out"
}

on=UTHREADS_QUANTUM_US=1000

status 0 "user: without being asked, nobody is preempted" \
    "$BUILD/tests/programs/preempted-user" both
matches "user: one of two that never yield waits for the other" "^both=0$"
matches "user: there is no timer" "^source=none$"
matches "user: and no tick" "^ticks=0$"
status 0 "kernel: preemption is the kernel's" \
    "$BUILD/tests/programs/preempted-kernel" both
matches "kernel: and not ours to count" "^source=none$"

for model in user user-asm; do
    for source in perf cpu; do
        name="$model, $source"
        if ! run $model both $on UTHREADS_TICK=$source ||
            grep -q "no preemption" "$tmp/err"; then
            for check in 1 2 3 4 5 6 7 8 9 10; do
                skip "$name: check $check" "$(cat "$tmp/err")"
            done
            continue
        fi
        matches "$name: two that never yield both get on" "^both=1$"
        matches "$name: the source of the ticks is reported" "^source=$source$"
        ok "$name: and a quantum achieved that is no shorter than asked, about" \
            test "$(value achieved)" -ge 900000

        run $model alone $on UTHREADS_TICK=$source
        ok "$name: there were ticks while two were ready" \
            test "$(value with_others)" -ge 5
        ok "$name: who is alone gets one tick at most" \
            test "$(value alone)" -le 1
        matches "$name: the timer comes back with the second thread" "^both=1$"

        run $model raw $on UTHREADS_TICK=$source
        matches "$name: a raw read is not cut short" "^read=1$"
        matches "$name: nor preempted: it stalls all" "^ran_meanwhile=0$"
        matches "$name: a raw nanosleep is not cut short" "^nap=whole$"
        ok "$name: there had been ticks" test "$(value ticks)" -gt 0
    done
    run $model kept UTHREADS_QUANTUM_US=100
    matches "$model: errno is each thread's own" "^errno_wrong=0$"
    matches "$model: so are the registers, and how to round" \
        "^registers_wrong=0$"
done

run user raw $on UTHREADS_TICK=real
matches "real: the wrong clock cuts a raw nanosleep short" "^nap=Interrupted"

status 2 "no such source: status 2" \
    env $on UTHREADS_TICK=sundial "$BUILD/tests/programs/preempted-user"

# Code of ours outside of that section would be taken for the program's, and
# interrupted.
all_in_its_section() { # OBJECT...
    objdump -h "$@" | awk '
        $2 ~ /^\.text/ && $3 !~ /^0+$/ { print; bad = 1 }
        $2 == "uthreads_text" { found = 1 }
        END { exit bad || !found }'
}
what="the library's code is all in its section"
if ! command -v objdump >/dev/null; then
    skip "$what" "objdump is not installed"
    skip "compiled by clang too" "objdump is not installed"
else
    ok "$what" all_in_its_section "$BUILD"/obj/uthreads/*.o \
        "$BUILD"/obj/common/*.o "$BUILD"/obj/io/*.o
    if command -v clang >/dev/null; then
        object=$tmp/clang/obj/uthreads/sched.o
        env -u MAKEFLAGS make -s CC=clang CFLAGS=-O2 SANITIZE= \
            BUILD="$tmp/clang" "$object" >"$tmp/made" 2>&1
        ok "compiled by clang too" all_in_its_section "$object"
    else
        skip "compiled by clang too" "clang is not installed"
    fi
fi

# A stub of the linker's (.plt) lies in the program; who is interrupted in one
# that leads from our code to a library is in the middle of our code.
for model in user user-asm; do
    what="$model: none of our calls passes through the program"
    if ! command -v objdump >/dev/null; then
        skip "$what" "objdump is not installed"
        continue
    fi
    program=$BUILD/tests/programs/preempted-$model
    objdump -d -j uthreads_text "$program" >"$tmp/out"
    ok "$what" sh -c 'grep -q "call" "$1" && ! grep "@plt" "$1"' sh "$tmp/out"
done

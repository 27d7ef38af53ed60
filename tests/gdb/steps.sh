#!/bin/sh
# SPDX-License-Identifier: MIT
# A debugger may stop anywhere: at each instruction of every kind of switch the
# backtrace is right, whose stack it is, and ends where the thread begins.
. "$(dirname "$0")/../lib.sh"
limit=120
command -v gdb >/dev/null || skip_all "gdb is not installed"
has_asan "$BUILD/tests/programs/steps-user" &&
    skip_all "a build for a sanitizer: its own calls are not described"
[ "$(uname -m)" = x86_64 ] || [ "$(uname -m)" = aarch64 ] ||
    skip_all "no switch in assembly for this processor"
plan 32

# walk WHAT PROGRAM: gdb goes through it; what it saw is in $tmp/out.
walk() {
    status 0 "$1: gdb walks through every switch, and it ends in good order" \
        env LD_BIND_NOW=1 gdb -nx -q -batch -x tests/gdb/steps.py "$2"
    matches "$1: through all six" '^instructions=[0-9]{4} switches=6 '
    matches "$1: no backtrace was wrong" '^instructions=.* wrong=0 '
    lacks "$1: none was cut off" 'corrupt|wrong:'
}

# The files in which threads change hands, compiled in another way and linked
# with the rest of the library as it is.
variant() { # COMPILER LEVEL CONTEXT
    dir=$tmp/$1$2$3
    mkdir "$dir" || exit 99
    case $3 in
    asm) switch="uthreads/context_asm.c uthreads/context_$(uname -m).S" ;;
    *) switch=uthreads/context_ucontext.c ;;
    esac
    objects=
    other=io_no_uring.o # what `make labs` links in place of io_uring.o
    [ -e "$BUILD/obj/uthreads/io_uring.o" ] || other=
    for source in tests/programs/steps.c uthreads/sched.c uthreads/thread.c \
        uthreads/sync.c uthreads/time.c uthreads/start.c $switch; do
        object=$dir/$(basename "${source%.*}").o
        "$1" -std=c11 -D_GNU_SOURCE "$2" -g -fPIC -fvisibility=hidden \
            -fno-plt -iquote include -iquote common -iquote io \
            -iquote uthreads -c "$source" -o "$object" || exit 99
        objects="$objects $object"
    done
    for object in "$BUILD"/obj/common/*.o "$BUILD"/obj/io/*.o \
        "$BUILD"/obj/uthreads/*.o; do
        name=$(basename "$object")
        case $name in
        context_* | "$other") ;;
        *) [ -e "$dir/$name" ] || objects="$objects $object" ;;
        esac
    done
    uring=
    [ ! -e "$BUILD/obj/uthreads/io_uring.o" ] || uring=-luring
    # shellcheck disable=SC2086 # each object is a word
    "$1" $objects $uring -pthread -o "$dir/steps" || exit 99
}

walk "assembly" "$BUILD/tests/programs/steps-user-asm"
walk "ucontext" "$BUILD/tests/programs/steps-user"
for context in asm ucontext; do
    variant gcc -O0 $context
    walk "gcc -O0, $context" "$tmp/gcc-O0$context/steps"
    for level in -O0 -O2; do
        if command -v clang >/dev/null; then
            variant clang $level $context
            walk "clang $level, $context" "$tmp/clang$level$context/steps"
        else
            for what in walks all none ends; do
                skip "clang $level, $context, $what" "no clang here"
            done
        fi
    done
done

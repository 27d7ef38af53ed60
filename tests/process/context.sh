#!/bin/sh
# SPDX-License-Identifier: MIT
# A switch keeps what a call may be expected to keep, on either context.
. "$(dirname "$0")/../lib.sh"
limit=60
plan 18

keeps() { # PROGRAM COUNT
    status 0 "$1: $2 threads switch and end" \
        "$BUILD/tests/programs/registers-$1" "$2"
    matches "$1: each gave its result" '^results wrong=0$'
    matches "$1: whole numbers stay in their registers" '^integers lost=0$'
    matches "$1: floating-point numbers too" '^doubles lost=0$'
    matches "$1: each rounds in its own way" '^rounding lost=0$'
    matches "$1: their stacks are aligned" '^misaligned=0$'
}

keeps user 10000
keeps user-asm 10000
keeps kernel 100

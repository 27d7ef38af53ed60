#!/bin/sh
# SPDX-License-Identifier: MIT
# The tour leads somewhere: each anchor `FILE:NAME` names a definition in that
# file, and each path in backticks exists.
. "$(dirname "$0")/../lib.sh"
page=docs/tour.md

# What stands in backticks and looks like a path, one a line; a command with
# blanks in it does not.
quoted() {
    grep -oE '`[^` ]+`' "$page" | tr -d '`' | grep '/' | sort -u
}

# Is NAME defined in FILE? A function has its name in column 0, in a header
# behind its type; a struct or an enum opens there; a label ends in a colon. In
# Python it is a class or a function.
defined() { # FILE NAME
    grep -qE \
        -e "^$2(\(|:)" \
        -e "^(struct|enum) (VIEW )?$2 \{" \
        -e "^#define $2( |\()" "$1" && return
    case $1 in
    *.py) grep -qE "^(class|def) $2\(" "$1" ;;
    *.h) grep -qE "^[a-z][a-z0-9_ *]*[ *]$2\(" "$1" ;;
    *) return 1 ;;
    esac
}

resolves() { # FILE:NAME or PATH
    case $1 in
    *:*) [ -f "${1%%:*}" ] && defined "${1%%:*}" "${1#*:}" ;;
    *) [ -e "$1" ] ;;
    esac
}

# Mutants are spoken of by number.
planted() {
    ls tests/mutants/"$1"-*.patch
}

only_used() { # FILE NAME
    grep -q "$2" "$1" && ! defined "$1" "$2"
}

numbered() {
    sed -nE 's/^## ([0-9]+)\. .*/\1/p' "$page" | awk '$1 != NR { exit 1 }'
}

quoted >"$tmp/anchors"
grep -oiE 'mutant [0-9]+' "$page" | grep -oE '[0-9]+' | sort -u >"$tmp/mutants"
plan $(($(cat "$tmp/anchors" "$tmp/mutants" | wc -l) + 3))

ok "the tour has anchors" test "$(grep -c : "$tmp/anchors")" -gt 40
ok "a file that only uses a name does not define it" \
    only_used uthreads/sched.c context_switch
ok "its stops are numbered from 1 on" numbered
while read -r anchor; do
    ok "$anchor is there" resolves "$anchor"
done <"$tmp/anchors"
while read -r number; do
    ok "mutant $number is there" planted "$number"
done <"$tmp/mutants"

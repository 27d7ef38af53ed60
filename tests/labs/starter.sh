#!/bin/sh
# SPDX-License-Identifier: MIT
# What students are given compiles as it is, fails its own public tests, passes
# them with the reference in it, and holds nothing that is not for them.
. "$(dirname "$0")/../lib.sh"
[ -e "$BUILD/labs/made" ] || skip_all "no labs: make labs"
limit=120
set -- labs/*/lab.json
plan $((7 * $#))
archives=$(cd "$BUILD/labs" && pwd)
MAKEFLAGS=
export MAKEFLAGS

# Lines of a reference's function bodies that stand in the starter's source.
unpack() { # LAB
    rm -rf "$tmp/starter"
    mkdir "$tmp/starter"
    tar xzf "$archives/$1.tar.gz" -C "$tmp/starter"
}

# Does it need a ring, and is there none?
can_be_tested() { # LAB
    ring=$archives/kit/$1/ring
    [ ! -e "$ring" ] || "$ring" >/dev/null
}

# Where mutants are what a lab is about, none of those that are graded with.
no_mutant() { # FOLDER RUBRIC
    if jq -e '.break' "$2" >/dev/null; then
        jq -r '.tests[] | .name, .patch, .invariant' "$2" >"$tmp/words"
        ! grep -rlF -f "$tmp/words" --exclude=handout.md "$1"
    else
        ! grep -ril mutant "$1"
    fi
}

for rubric in "$@"; do
    lab=$(basename "$(dirname "$rubric")")
    unpack "$lab"
    here=$tmp/starter/$lab
    ok "$lab: compiles as handed out, without a warning" \
        make -C "$here" CFLAGS=-Werror all
    if can_be_tested "$lab"; then
        status 1 "$lab: and fails its public tests" \
            sh -c "cd '$here' && ./check"
        matches "$lab: with a message about what is not written yet" \
            'not written yet|SIGILL'
    else
        skip "$lab: and fails its public tests" "no io_uring here"
        skip "$lab: with a message about it" "no io_uring here"
    fi
    ok "$lab: no hidden test is in it" sh -c "
        for test in labs/$lab/tests/hidden/*; do
            ! find '$here/tests' -name \"\$(basename \"\$test\" .c).*\" \
                ! -name model.py | grep . || exit 1
        done"
    ok "$lab: no mutant is in it" no_mutant "$here" "$rubric"
    jq -r '(.files + (.papers // []))[]' "$rubric" | while read -r file; do
        cp "$archives/work/reference/$file" "$here/$file"
    done
    if can_be_tested "$lab"; then
        ok "$lab: the reference passes its public tests" \
            make -C "$here" -s test
    else
        skip "$lab: the reference passes its public tests" "no io_uring here"
    fi
    ok "$lab: the staff archive has the hidden tests" sh -c \
        "tar tzf '$archives/$lab-staff.tar.gz' |
            grep -qE '/$lab/(tests/hidden|staff)/'"
done

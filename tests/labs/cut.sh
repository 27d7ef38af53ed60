#!/bin/sh
# SPDX-License-Identifier: MIT
# The cutter takes out what a mark says, and nothing else; and every mark in the
# sources belongs to the lab that labs.json gives the file to.
. "$(dirname "$0")/../lib.sh"
plan 10
PYTHONDONTWRITEBYTECODE=1
export PYTHONDONTWRITEBYTECODE

cat >"$tmp/sample.c" <<'END'
#include "sched.h"

/* Found by all.
 * LAB(lifecycle): find it again, in as few words as it takes to say so, and a
 * few more. */
static int
found(int a)
{
    return a + 42;
}

/* Gone with its comment. LAB(lifecycle) */
static int
helper(void)
{
    return 43;
}

/* Of another lab. LAB(sync): stays. */
int
other(void)
{
    return 44;
}
END

status 0 "a marked file is cut" labs/cut 03-lifecycle "$tmp/sample.c"
lacks "a function with words loses its body" '42'
matches "and panics with its name in place of it" \
    'panic\("found is not written yet"\);'
matches "what it needs for that is included" '^#include "panic.h"'
lacks "a function without words goes, with its comment" '43|Gone|helper'
matches "what belongs to another lab stays" '44'
ok "no line is longer than 80 columns" \
    sh -c "! grep -E '.{81}' '$tmp/out'"

printf '/* LAB(lifecycle): nothing follows. */\n' >"$tmp/none.c"
status 1 "a mark that no function follows is an error" \
    labs/cut 03-lifecycle "$tmp/none.c"

# FILE LAB for each mark in the sources, against labs.json.
owners() {
    grep -oE 'LAB\([a-z-]+\)' -r include common io uthreads kthreads |
        sed 's/:LAB(/ /; s/)$//' | sort -u |
        while read -r file lab; do
            jq -e --arg f "$file" --arg l "$lab" '.labs[] |
                select(.name == $l) | .sources | index([$f])' \
                labs/labs.json >/dev/null || echo "$file: LAB($lab)"
        done
}
owners >"$tmp/strays"
ok "every mark is in a file of its lab" \
    sh -c "cat '$tmp/strays'; test ! -s '$tmp/strays'"

# Whoever changes a room changes what its labs' mistakes are planted in, or in
# what the reference has besides the library.
fits() { # FOLDER
    [ -d "$1" ] && patch -s -p1 --dry-run -o /dev/null -d "$1" <"$patch" \
        >/dev/null 2>&1
}

misfits() {
    for patch in labs/*/mutants/*.patch; do
        fits . || fits "$(dirname "$patch")/../staff" ||
            echo "$patch no longer fits"
    done
}
misfits >"$tmp/misfits"
ok "every planted mistake of the labs fits the sources" \
    sh -c "cat '$tmp/misfits'; test ! -s '$tmp/misfits'"

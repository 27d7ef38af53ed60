#!/bin/sh
# SPDX-License-Identifier: MIT
# An editor is told how every source file is compiled.
. "$(dirname "$0")/../lib.sh"
command -v jq >/dev/null || skip_all "jq is not installed"
plan 6

# In a copy, for the result is written beside the Makefile. What a build there
# would find in $BUILD is not copied: the answer must not depend on it.
copy="$tmp/copy of the source"
mkdir "$copy"
tar -cf - Makefile scripts include common io uthreads kthreads processes demos \
    cli bench tests | tar -xf - -C "$copy"
here=$PWD
cd "$copy" || exit 99
database=compile_commands.json

# Every C file of ours but those that are built out of the tree.
ls common/*.c io/*.c uthreads/*.c kthreads/*.c processes/*.c demos/*.c \
    demos/*/*.c cli/*.c bench/*.c tests/*/*.c | grep -v '^tests/install/' |
    sort >"$tmp/sources"

entries() {
    jq -r '.[].file' $database | grep '\.c$' | sort >"$tmp/entries"
    comm -3 "$tmp/sources" "$tmp/entries" >"$tmp/difference"
    cat "$tmp/difference"
    [ -s "$tmp/entries" ] && ! [ -s "$tmp/difference" ]
}

# The first entry's command, run as an editor would: does the file compile?
command_works() {
    jq -r '.[] | select(.file == "uthreads/sched.c").command' $database \
        >"$tmp/command"
    mkdir -p build/obj/uthreads
    sh -e "$tmp/command"
}

status 0 "make compile-commands succeeds" \
    env -u BUILD "${MAKE:-make}" compile-commands
ok "it writes JSON" jq -e 'type == "array"' $database
ok "with one entry for each C file" entries
ok "an entry is a directory, a file and a command" jq -e --arg dir "$PWD" '
    all(.[]; .directory == $dir and (.command | contains(" -c ")))' $database
ok "and nothing was built for it" test ! -e build/obj
ok "a command compiles its file" command_works
cd "$here" || exit 99

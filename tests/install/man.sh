#!/bin/sh
# SPDX-License-Identifier: MIT
# The man pages are well formed, and forget nothing that exists.
. "$(dirname "$0")/../lib.sh"
command -v groff >/dev/null || skip_all "groff is not installed"
[ -x "$BUILD/threadbare" ] || skip_all "$BUILD/threadbare is not built"
plan 15

# Does groff set it without a warning?
clean() {
    groff -man -t -ww -Tascii "$1" >"$tmp/set" 2>"$tmp/warnings"
    cat "$tmp/warnings"
    [ -s "$tmp/set" ] && ! [ -s "$tmp/warnings" ]
}

# The page as it reads, without overstriking or hyphenation.
text() {
    groff -man -t -Tascii -P-cbou -rLL=200n -rHY=0 "$1"
}

# named_in FILE: is each line of standard input a word of it? A dash belongs
# to a word, so that --trace is not found in --trace-all.
named_in() {
    tr -cs 'A-Za-z0-9_-' '\n' <"$1" | sort -u >"$tmp/words"
    sort -u >"$tmp/wanted"
    comm -23 "$tmp/wanted" "$tmp/words" >"$tmp/missing"
    sed 's/^/not named: /' "$tmp/missing"
    [ -s "$tmp/wanted" ] && ! [ -s "$tmp/missing" ]
}

# The long options that a program's --help lists.
long_options() {
    "$@" --help | grep -oE '^ .{0,5} --[a-z]+' | grep -oE -e '--[a-z]+'
}

# Declarations, one a line and without a blank.
squeeze() {
    tr -d ' \n' | tr ';' '\n' | sed 's/__attribute__.*//'
}

# The prototypes of thread(3); those of the headers.
page_prototypes() {
    sed -e '1,/io.h>$/d' -e '/^ *Each /,$d' -e '/^   [A-Z]/d' "$1" |
        squeeze
}
header_prototypes() {
    sed -e 's,/\*.*\*/,,' -e '/^ *\/\*/,/\*\//d' -e '/^#/d' \
        -e '/^extern "C"/d' -e '/^}$/d' include/*.h | squeeze
}

only_known_prototypes() {
    page_prototypes "$tmp/thread" | sort >"$tmp/page"
    header_prototypes | sort >"$tmp/headers"
    comm -23 "$tmp/page" "$tmp/headers" >"$tmp/wrong"
    sed 's/^/no header has: /' "$tmp/wrong"
    [ -s "$tmp/page" ] && ! [ -s "$tmp/wrong" ]
}

ok "threadbare(1) is set without a warning" clean docs/man/threadbare.1
ok "thread(3) is set without a warning" clean docs/man/thread.3
text docs/man/threadbare.1 >"$tmp/threadbare"
text docs/man/thread.3 >"$tmp/thread"

scripts/contract-names include/*.h >"$tmp/names"
ok "thread(3) names every function" named_in "$tmp/thread" <"$tmp/names"
ok "its prototypes are those of the headers" only_known_prototypes

# What is defined in capitals, without the guards of the headers.
sed -nE 's/^#define ([A-Z_]+).*/\1/p' include/*.h |
    grep -vE '_H$|^THREAD_NAME_MAX$' >"$tmp/macros"
ok "it names every constant and initialiser" \
    named_in "$tmp/thread" <"$tmp/macros"
grep -ohE '"U?THREADS_[A-Z_]+"' common/*.c uthreads/*.c kthreads/*.c |
    tr -d '"' >"$tmp/variables"
ok "it names every variable that a model reads" \
    named_in "$tmp/thread" <"$tmp/variables"

commands=$("$BUILD/threadbare" --help |
    sed -n '/^Commands:/,/^$/s/^  \([a-z]*\) .*/\1/p')
for command in $commands; do
    matches "threadbare(1) has a section on $command" \
        "^   threadbare $command( |\$)" "$tmp/threadbare"
done
for command in '' $commands; do
    # shellcheck disable=SC2086 # no command is no argument
    long_options "$BUILD/threadbare" $command >"$tmp/options"
    cat "$tmp/options" >>"$tmp/all"
done
ok "it names every option of every command" \
    named_in "$tmp/threadbare" <"$tmp/all"
long_options "$BUILD/demos/blocking-user" >"$tmp/flags"
ok "it names every flag of a demo" named_in "$tmp/threadbare" <"$tmp/flags"
sed -nE 's/.*getenv\("([A-Z_]+)"\).*/\1/p' cli/*.c >"$tmp/variables"
ok "it names every variable that threadbare reads" \
    named_in "$tmp/threadbare" <"$tmp/variables"
"$BUILD/threadbare" --version | tr ' ' '\n' | tail -n 1 >"$tmp/version"
ok "both pages are of this version" sh -c '
    for page in docs/man/*.[13]; do
        grep -qF "Threadbare $(cat "$1")" "$page" || exit 1
    done' sh "$tmp/version"

#!/bin/sh
# SPDX-License-Identifier: MIT
# The man pages are well formed, and forget nothing that exists.
. "$(dirname "$0")/../lib.sh"
command -v groff >/dev/null || skip_all "groff is not installed"
[ -x "$BUILD/threadbare" ] || skip_all "$BUILD/threadbare is not built"
pages=$(ls docs/man/*.[137] | wc -l) calls=$(ls docs/man/*.3 | wc -l)
commands=$("$BUILD/threadbare" --help |
    sed -n '/^Commands:/,/^$/s/^  \([a-z]*\) .*/\1/p')
plan $((2 * pages + 2 * calls + 10 + $(echo "$commands" | wc -l)))

# Does groff set it without a warning?
clean() {
    groff -man -t -ww -Tutf8 "$1" >"$tmp/set" 2>"$tmp/warnings"
    cat "$tmp/warnings"
    [ -s "$tmp/set" ] && ! [ -s "$tmp/warnings" ]
}

# Of a page as a terminal shows it.
fits() {
    groff -man -t -Tutf8 -P-cbou "$1" >"$tmp/set" 2>/dev/null
    [ "$(LC_ALL=C.UTF-8 wc -L <"$tmp/set")" -le 80 ]
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

# The SYNOPSIS of a page as C; its prototypes, one a line and without a blank.
synopsis() {
    sed -n '/^SYNOPSIS/,/^[A-RT-Z]/p' "$1" | sed -n 's/^       //p'
}
squeeze() {
    grep -v '^#' | tr -d ' \n' | tr ';' '\n' | sed 's/__attribute__.*//'
}

# The prototypes of the headers.
header_prototypes() {
    sed -e 's,/\*.*\*/,,' -e '/^ *\/\*/,/\*\//d' \
        -e '/^#.*\\$/,/[^\\]$/d' -e '/^#/d' \
        -e '/^extern "C"/d' -e '/^}$/d' include/*.h | squeeze
}

# Does the SYNOPSIS agree with the headers, as the compiler sees it?
compiles() { # PAGE
    synopsis "$tmp/text/$1" >"$tmp/$1.c"
    ${CC:-cc} -D_GNU_SOURCE -Wall -Wextra -Werror -I "$tmp/include" \
        -fsyntax-only "$tmp/$1.c"
}

# Each function of the headers, on exactly one page, with its prototype.
every_prototype() {
    cat "$tmp"/text/*.3 >/dev/null || return
    for page in docs/man/*.3; do
        synopsis "$tmp/text/${page##*/}" | squeeze
    done | sort >"$tmp/pages"
    header_prototypes | grep -oE '^[a-z].*\)$' | sort >"$tmp/headers"
    scripts/contract-names include/*.h >"$tmp/names"
    while read -r name; do
        grep -E "[a-z_*]$name\(" "$tmp/pages" >"$tmp/found"
        [ "$(wc -l <"$tmp/found")" -eq 1 ] ||
            echo "$name: $(wc -l <"$tmp/found") prototypes"
        grep -qxF -f "$tmp/found" "$tmp/headers" || echo "$name: not so"
    done <"$tmp/names" >"$tmp/wrong"
    cat "$tmp/wrong"
    [ -s "$tmp/names" ] && ! [ -s "$tmp/wrong" ]
}

# Each page of a call says whether it may switch, what signal handlers may do,
# and where it comes from.
has_sections() { # PAGE
    for section in NAME SYNOPSIS DESCRIPTION 'RETURN VALUE' \
        'SWITCHING AND SIGNALS' STANDARDS 'SEE ALSO'; do
        grep -qx "$section" "$tmp/text/$1" || return
    done
    tr -s ' \n' ' ' <"$tmp/text/$1" | grep -q 'signal handler'
}

# An error number that the headers name is explained on the page of the call.
errors_explained() {
    for header in include/*.h; do
        sed -n 's/^ \*   \(E[A-Z]*\) .*/\1/p' "$header"
    done | sort -u | named_in "$tmp/all-text"
}

# Whoever is sent to a page of ours finds one.
references_lead_somewhere() {
    scripts/man-links docs/man/*.[137] | sed 's/:.*//' >"$tmp/have"
    ls docs/man >>"$tmp/have"
    grep -ohE '\b(thread|mutex|cond|semaphore|rwlock|barrier|event|channel|threadbare|uthreads)[a-z_]*\([137]\)' \
        "$tmp"/text/* | sed 's/(\([0-9]\))/.\1/' | sort -u >"$tmp/sent"
    sort -u "$tmp/have" >"$tmp/have-sorted"
    comm -23 "$tmp/sent" "$tmp/have-sorted" >"$tmp/dead"
    cat "$tmp/dead"
    [ -s "$tmp/sent" ] && ! [ -s "$tmp/dead" ]
}

mkdir "$tmp/text" "$tmp/include"
ln -s "$PWD/include" "$tmp/include/threadbare"
for page in docs/man/*.[137]; do
    ok "${page##*/} is set without a warning" clean "$page"
    ok "${page##*/} fits 80 columns" fits "$page"
    text "$page" >"$tmp/text/${page##*/}"
done
cat "$tmp"/text/*.[37] >"$tmp/all-text"
for page in docs/man/*.3; do
    ok "${page##*/}: its synopsis compiles" compiles "${page##*/}"
    [ "$page" = docs/man/thread.3 ] ||
        ok "${page##*/} says what every page must" has_sections "${page##*/}"
done
ok "each call has one page with its prototype" every_prototype
ok "every error that the headers name is explained" errors_explained
ok "references lead to pages" references_lead_somewhere
scripts/contract-names include/*.h >"$tmp/names"
ok "thread(3) or one it names has each call" named_in "$tmp/all-text" \
    <"$tmp/names"

# What is defined in capitals, without the guards of the headers.
sed -nE 's/^#define ([A-Z_]+).*/\1/p' include/*.h |
    grep -vE '_H$|^THREAD_NAME_MAX$' >"$tmp/macros"
ok "every constant and initialiser is named" \
    named_in "$tmp/all-text" <"$tmp/macros"
grep -ohE '"U?THREADS_[A-Z_]+"' common/*.c io/*.c uthreads/*.c kthreads/*.c \
    processes/*.c |
    tr -d '"' >"$tmp/variables"
ok "uthreads(7) names every variable that a model reads" \
    named_in "$tmp/text/uthreads.7" <"$tmp/variables"
grep -oE '\bU?THREADS_[A-Z_]+' "$tmp/text/uthreads.7" | grep -v '_$' |
    sort -u >"$tmp/told"
sort -u "$tmp/variables" >"$tmp/read"
ok "and no other" sh -c "comm -23 '$tmp/told' '$tmp/read' | tee /dev/stderr |
    cmp - /dev/null"

for command in $commands; do
    matches "threadbare(1) has a section on $command" \
        "^   threadbare $command( |\$)" "$tmp/text/threadbare.1"
done
for command in '' $commands; do
    # shellcheck disable=SC2086 # no command is no argument
    long_options "$BUILD/threadbare" $command >"$tmp/options"
    cat "$tmp/options" >>"$tmp/all"
done
ok "it names every option of every command" \
    named_in "$tmp/text/threadbare.1" <"$tmp/all"
long_options "$BUILD/demos/blocking-user" >"$tmp/flags"
ok "it names every flag of a demo" named_in "$tmp/text/threadbare.1" <"$tmp/flags"
sed -nE 's/.*getenv\("([A-Z_]+)"\).*/\1/p' cli/*.c >"$tmp/variables"
ok "it names every variable that threadbare reads" \
    named_in "$tmp/text/threadbare.1" <"$tmp/variables"
"$BUILD/threadbare" --version | tr ' ' '\n' | tail -n 1 >"$tmp/version"
ok "all pages are of this version" sh -c '
    for page in docs/man/*.[137]; do
        grep -qF "Threadbare $(cat "$1")" "$page" || exit 1
    done' sh "$tmp/version"

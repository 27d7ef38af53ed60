#!/bin/sh
# SPDX-License-Identifier: MIT
# Mistyped: one line that names it and lists what is valid, exit status 2.
. "$(dirname "$0")/../lib.sh"
. tests/cli/fakes.inc
plan 47
fake fussy-user good-user good-kernel user-asm-x-user dashed-name-user \
    dashed-name-user-asm dashed-name-new
touch "$bin/demos/not-executable" "$bin/demos/good-user.d"

# wrong WHAT REGEX ARGUMENT...: one line on stderr, matching, and status 2.
wrong() {
    what=$1 regex=$2
    shift 2
    status 2 "$what: exit status 2" "$bin/threadbare" "$@"
    matches "$what: says which, and what is valid" "$regex" "$tmp/err"
    ok "$what: one line, and nothing on stdout" \
        test "$(wc -l <"$tmp/err")$(wc -c <"$tmp/out")" = 10
}

wrong "no command" 'valid: list run compare matrix trace ps explore'
wrong "unknown command" "'nosuch'; valid: list run compare matrix trace ps explore" nosuch
wrong "unknown option" 'no option --nosuch; valid: --version --help' --nosuch
wrong "unknown option of a command" \
    'compare: no option --nosuch; valid: --models --timeout' \
    compare --nosuch good
wrong "unknown short option" 'run: no option -x; valid: --model' run -x good
wrong "option without its value" 'run: --model needs a value' run good --model
wrong "unknown demo" "no demo 'nosuch'; valid: dashed-name fussy good" \
    compare nosuch
wrong "unknown model" "no model 'nosuch' for demo 'good'; valid: user kernel" \
    compare good:nosuch
wrong "unknown model in a list" "no model '' for demo 'good'; valid: user" \
    compare good --models user,
wrong "demo without a model to run" "model .* valid: user kernel" run good
wrong "time limit that is none" '--timeout -3' compare good --timeout -3
wrong "a flag that a demo refuses" '^fussy: no flag does; valid: none' \
    compare good fussy:user -- --nosuch
wrong "two recordings" "one file at a time: 'b'" trace a b

status 0 "--help exits 0" "$bin/threadbare" --help
matches "and lists the commands" 'compare DEMO'
status 0 "each command has its own --help" "$bin/threadbare" compare --help
matches "under its full name" 'Usage: threadbare compare'
status 0 "--version exits 0" "$bin/threadbare" --version
matches "and prints one" '^threadbare [0-9]'
status 0 "names may hold dashes" "$bin/threadbare" list
matches "a known model is the longest suffix that is one" \
    '^dashed-name on user, user-asm, new$'

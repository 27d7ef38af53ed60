# SPDX-License-Identifier: MIT
# lib.sh - TAP, the Test Anything Protocol, from the shell.
#
# A test script says how many checks it will make, makes them, and prints one
# line for each; tests/run reads the lines. A script begins:
#
#     #!/bin/sh
#     . "$(dirname "$0")/../lib.sh"
#     plan 2
#
# It then stands in the top directory of the source, $BUILD is where the
# binaries are, and $tmp is a directory of its own that goes away with it.
#
#   ok WHAT COMMAND...           passes if the command succeeds
#   status N WHAT COMMAND...     passes if it exits with status N (128 + signal
#                                if it was killed), 124 if it took longer than
#                                $limit seconds; stdout and stderr are then in
#                                $tmp/out and $tmp/err
#   matches WHAT REGEX [FILE]    passes if a line matches; FILE: else $tmp/out
#   lacks WHAT REGEX [FILE]      passes if none does
#   skip WHAT REASON             this check cannot be made here
#   skip_all REASON              none can; instead of plan
#   note TEXT...                 shown if the script fails
#   has_asan PROGRAM             was it built with AddressSanitizer?
#   can_be_nobody                can a command be run without root's powers?
#   as_nobody COMMAND...         run it so; it must not need the source's files
#
# WHAT is a sentence: what is true when the check passes. The script's own exit
# status is 1 if a check failed.

set -u
top=$(cd "$(dirname "$0")" && pwd)/
cd "${top%/tests/*}" || exit 99
BUILD=${BUILD:-build}
limit=20
checks=0
failures=0
tmp=$(mktemp -d "${TMPDIR:-/tmp}/threadbare-test.XXXXXX") || exit 99
trap 'rm -rf "$tmp"; [ $failures -eq 0 ] || exit 1' EXIT
trap 'exit 99' HUP INT TERM

plan() {
    echo "1..$1"
}

note() {
    printf '%s\n' "$*" | sed 's/^/# /'
}

passed() {
    checks=$((checks + 1))
    echo "ok $checks - $1"
}

failed() {
    checks=$((checks + 1))
    failures=$((failures + 1))
    echo "not ok $checks - $1"
}

skip() {
    checks=$((checks + 1))
    echo "ok $checks - $1 # SKIP $2"
}

skip_all() {
    echo "1..0 # SKIP $1"
    exit 0
}

# Show the first lines of a file, so that a failure explains itself.
show() {
    sed -e "s,^,#   $(basename "$1"): ," -e 20q "$1"
}

ok() {
    what=$1
    shift
    if "$@" >"$tmp/ok" 2>&1; then
        passed "$what"
        return 0
    fi
    failed "$what"
    note "failed: $*"
    show "$tmp/ok"
    return 1
}

status() {
    wanted=$1 what=$2
    shift 2
    timeout -k 2 "$limit" "$@" >"$tmp/out" 2>"$tmp/err" </dev/null
    got=$?
    if [ "$got" -eq "$wanted" ]; then
        passed "$what"
        return 0
    fi
    failed "$what"
    note "status $got instead of $wanted: $*"
    show "$tmp/out"
    show "$tmp/err"
    return 1
}

matches() {
    if grep -qE -e "$2" "${3:-$tmp/out}"; then
        passed "$1"
        return 0
    fi
    failed "$1"
    note "no line matches: $2"
    show "${3:-$tmp/out}"
    return 1
}

lacks() {
    if ! grep -qE -e "$2" "${3:-$tmp/out}"; then
        passed "$1"
        return 0
    fi
    failed "$1"
    note "a line matches: $2"
    show "${3:-$tmp/out}"
    return 1
}

has_asan() {
    grep -q __asan_init "$1"
}

can_be_nobody() {
    [ "$(id -u)" -ne 0 ] || command -v setpriv >/dev/null
}

as_nobody() {
    if [ "$(id -u)" -ne 0 ]; then
        "$@"
    else
        setpriv --reuid=65534 --regid=65534 --clear-groups "$@"
    fi
}

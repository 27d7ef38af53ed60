#!/bin/sh
# SPDX-License-Identifier: MIT
# How gdb comes by the scripts: by what `make install` puts where gdb trusts
# files, and by a section in the program, for whoever trusts that.
. "$(dirname "$0")/../lib.sh"
. "$top/gdb.inc"
need_gdb
plan 10
CC=${CC:-cc}

# gdb itself, with no script of ours but what it loads for this program.
bare_gdb() { # PROGRAM OPTION...
    program=$1
    shift
    timeout -k 2 "$limit" gdb -nx -q -batch -iex 'set debuginfod enabled off' \
        -iex 'set width 0' "$@" -ex 'break after_parking' -ex run \
        -ex 'info uthreads' "$program" >"$tmp/out" 2>&1 </dev/null
}

# ---- The section ----

# A house of its own: build/program, and the scripts in gdb/.
mkdir "$tmp/build" "$tmp/gdb"
cp -r gdb/uthreads.py gdb/threadbare "$tmp/gdb/"
uring=
[ ! -e "$BUILD/obj/uthreads/io_uring.o" ] || uring=-luring
# shellcheck disable=SC2086 # nothing, or one word
ok "a program is linked with the section" \
    "$CC" "$BUILD/obj/tests/gdb/target.o" gdb/section.S \
    "$BUILD/lib/libuthreads.a" $uring -pthread -o "$tmp/build/program"
bare_gdb "$tmp/build/program" -iex "add-auto-load-safe-path $tmp"
matches "whoever trusts it has the commands" '^ +2 +mutex +mutex door of 1'
lacks "without a complaint" 'warning|rror'
bare_gdb "$tmp/build/program"
matches "others are told" 'auto-loading has been declined'
matches "and have gdb as it is" 'Undefined info command: "uthreads"'
mkdir "$tmp/elsewhere"
cp "$tmp/build/program" "$tmp/elsewhere/"
mv "$tmp/gdb" "$tmp/no-gdb"
bare_gdb "$tmp/elsewhere/program" -iex "add-auto-load-safe-path $tmp"
lacks "far from the scripts it does no harm" 'warning|Traceback'

# ---- Installed ----

inst=$tmp/inst
status 0 "make install, with gdb's directory elsewhere" "${MAKE:-make}" \
    BUILD="$BUILD" DESTDIR= PREFIX="$inst" GDB_AUTOLOAD="$tmp/auto" install
# shellcheck disable=SC2086 # nothing, or one word
"$CC" "$BUILD/obj/tests/gdb/target.o" -L"$inst/lib" -luthreads \
    -Wl,-rpath,"$inst/lib" -pthread -o "$tmp/user"
bare_gdb "$tmp/user" -iex "set auto-load scripts-directory $tmp/auto" \
    -iex "set auto-load safe-path $tmp/auto"
matches "a program that uses the library has the commands" \
    '^ +2 +mutex +mutex door of 1'
target=$tmp/user
timeout -k 2 "$limit" "$inst/bin/utgdb" -nx -q --batch \
    -iex 'set debuginfod enabled off' -ex 'break after_parking' -ex run \
    -ex 'info uthreads' "$target" >"$tmp/out" 2>&1 </dev/null
matches "so has whoever starts the installed utgdb" \
    '^ +2 +mutex +mutex door of 1'
"${MAKE:-make}" BUILD="$BUILD" DESTDIR= PREFIX="$inst" \
    GDB_AUTOLOAD="$tmp/auto" uninstall >"$tmp/out" 2>&1
ok "uninstalled, nothing of it is left" \
    sh -c "test -z \"\$(find '$inst' '$tmp/auto' ! -type d 2>/dev/null)\""

#!/bin/sh
# SPDX-License-Identifier: MIT
# Ten thousand threads: they are listed, traced, and written into a core in a
# time that suits their number.
#
# What a time is worth depends on the machine, so ours are compared, in CPU
# time, with what gdb itself needs for the same threads once they are plain
# ones, in a core that `uthread core` wrote.
. "$(dirname "$0")/../lib.sh"
. "$top/gdb.inc"
need_gdb
limit=100
count=10000
all=$((count + 14)) # those of every kind, and main

cat >"$tmp/timed.py" <<'END'
import time
import gdb

def timed(name, command, pattern):
    """Run it; print its CPU time in ms, and how many lines have the pattern."""
    start = time.process_time()
    text = gdb.execute(command, to_string=True)
    ms = round(1000 * (time.process_time() - start))
    found = sum(pattern in line for line in text.splitlines())
    print(f"{name} {ms} {found}")
END

# The time of one of them; and how many it found.
time_of() {
    sed -n "s/^$1 \([0-9]*\) [0-9]*$/\1/p" "$tmp/times"
}

found() {
    sed -n "s/^$1 [0-9]* \([0-9]*\)$/\1/p" "$tmp/times"
}

# Is the first at most so many times the second?
at_most() {
    echo "$(time_of "$2") ms; gdb for plain threads: $(time_of "$3") ms"
    [ "$(time_of "$2")" -le $(($1 * $(time_of "$3"))) ]
}

plan 7
gdb_on "$target" "set args $count" 'break after_parking' run \
    "source $tmp/timed.py" \
    'python timed("list", "info uthreads", " (")' \
    'python timed("trace", "uthread apply all bt", " enter (")' \
    "python timed('write', 'uthread core $tmp/core', 'Wrote')" continue
cp "$tmp/out" "$tmp/times"
matches "none of them minds" 'total [0-9]+: right$'
timeout -k 2 "$limit" gdb -nx -q -batch -iex 'set debuginfod enabled off' \
    -ex "source $tmp/timed.py" \
    -ex 'python timed("plain_list", "info threads", "LWP")' \
    -ex 'python timed("plain_trace", "thread apply all bt", " enter (")' \
    "$target" "$tmp/core" >>"$tmp/times" 2>&1

ok "info uthreads lists them all" [ "$(found list)" -ge "$all" ]
ok "it takes at most twice what gdb's info threads takes" \
    at_most 2 list plain_list
ok "uthread apply all bt traces them all" \
    [ "$(found trace)" -ge "$((all - 2))" ]
ok "it takes at most six times what gdb's own takes" \
    at_most 6 trace plain_trace
ok "in the core each is a thread" [ "$(found plain_list)" -eq "$all" ]
ok "to write it takes no longer than to trace them" at_most 1 write plain_trace

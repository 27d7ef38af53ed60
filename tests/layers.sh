#!/bin/sh
# SPDX-License-Identifier: MIT
# A file includes only what stands on its own floor or on a lower one, and only
# from rooms it may enter. The house is written down here as data.
. "$(dirname "$0")/lib.sh"

# The floors of a room, lowest first; a file is named without its ending, and
# NAME_* stands for all its variants. The contract lies below every floor.
floors_of() {
    case $1 in
    common) echo "list seldom clock setting words object_name descriptor" \
        "exploration probe unwound waiting figures; panic poll_until tell; table" \
        "invariant; trace" ;;
    io) echo "io_op; io_*" ;;
    uthreads) echo "context context_* fiber stack helpers; uthread;" \
        "random; policy policy_*; sched; sync_view cancel time; inherit key;" \
        "thread shared sync once rwlock barrier event channel report overflow" \
        "bridge debug; descriptor;" \
        "explore explore_serve; way_out; preempt;" \
        "io io_* blocking; start" ;;
    kthreads) echo "figures; kthread interrupt gil no_gil; sync_view; cancel key;" \
        "thread waiting sync shared time report once rwlock barrier event" \
        "channel descriptor; io io_* blocking; start" ;;
    processes) echo "futex stack; process; shared sync_view;" \
        "cancel key report reap;" \
        "thread waiting sync once rwlock barrier event channel preempt" \
        "descriptor; io_close start" ;;
    esac
}

# What else may be included: the rooms below the whole of a room.
may_enter() {
    case $1 in
    common) echo "include" ;;
    io | cli) echo "include common" ;;
    uthreads | kthreads | processes) echo "include common io" ;;
    demos) echo "include" ;;
    esac
}

# The floor of a file in a room; empty if it has none.
floor() {
    floors_of "$1" | tr ';' '\n' | awk -v name="$2" '
        { for (i = 1; i <= NF; i++) {
              pattern = $i
              gsub(/\*/, ".*", pattern)
              if (name ~ "^" pattern "$") { print NR; exit }
        } }'
}

# In which room is a header that a file of this room names?
room_of() {
    for room in "$1" include common io uthreads kthreads processes demos cli; do
        if [ -e "$room/$2" ]; then
            echo "$room"
            return
        fi
    done
}

check_include() { # FILE ROOM HEADER
    name=$(basename "${1%.*}")
    there=$(room_of "$2" "$3")
    if [ "$there" = "$2" ]; then
        [ -n "$(floors_of "$2")" ] || return
        mine=$(floor "$2" "$name")
        its=$(floor "$2" "${3%.h}")
        if [ -z "$mine" ] || [ -z "$its" ]; then
            echo "$1: it or $3 is on no floor; add it to tests/layers.sh"
        elif [ "$its" -gt "$mine" ]; then
            echo "$1: floor $mine, includes $3 of floor $its"
        fi
    elif ! may_enter "$2" | grep -qw "${there:-nowhere}"; then
        echo "$1: includes $3 of ${there:-nowhere}"
    fi
}

plan 8
for room in include common io uthreads kthreads processes demos cli; do
    for file in "$room"/*.[ch]; do
        [ -e "$file" ] || continue
        sed -nE 's/^ *# *include "([^"]+)".*/\1/p' "$file" |
            while read -r header; do
                check_include "$file" "$room" "$header"
            done
    done >"$tmp/wrong"
    ok "$room includes nothing from above" \
        sh -c "cat '$tmp/wrong'; test ! -s '$tmp/wrong'"
done

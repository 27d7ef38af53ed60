#!/bin/sh
# SPDX-License-Identifier: MIT
# What a reader sees: the pages that list, compare and trace print.
. "$(dirname "$0")/../lib.sh"
. tests/cli/fakes.inc
plan 23
fake good-user good-kernel surprise-user skip-user real-user

golden() {
    ok "$1" diff -u "tests/cli/golden/$2" "$tmp/out"
}
no_line_above() {
    test "$(LC_ALL=C.UTF-8 awk '{ print length }' "$tmp/out" | sort -n |
        tail -1)" -le "$1"
}
on_terminal() {
    "$python" tests/cli/on_terminal.py "$@"
}

status 0 "list names every demo" "$bin/threadbare" list
golden "list shows models and claims" list.txt

status 0 "compare exits 0 when all is as predicted" \
    "$bin/threadbare" compare good
golden "compare DEMO runs user and kernel and draws both" compare-good.txt
ok "no line is wider than 80 columns" no_line_above 80
lacks "a pipe gets no escape sequences" "$(printf '\033')"
lacks "a pipe gets ASCII in the C locale" '[^ -~]'
cp "$tmp/out" "$tmp/first"

status 0 "--models names the models of every demo" \
    "$bin/threadbare" compare good --models user,kernel
ok "and gives the same page" diff "$tmp/first" "$tmp/out"
status 0 "the same demo can be named twice, with its model" \
    "$bin/threadbare" compare good:user good:user good:kernel
matches "and has a column each time" 'good:user +good:user +good:kernel'

status 0 "a skipped run is no failure" "$bin/threadbare" compare skip:user
matches "and says that it skipped" 'skip on user: SKIP'
status 1 "a surprise is exit status 1" "$bin/threadbare" compare surprise good
matches "and is named" 'surprise on user: SURPRISE'

recording "$tmp/crowd" 'crowd()'
status 0 "trace draws a recording" "$bin/threadbare" trace "$tmp/crowd"
golden "2,001 threads are ten lines" trace-crowd.txt

status 0 "LC_ALL=C.UTF-8 is drawn with better letters" \
    env LC_ALL=C.UTF-8 "$bin/threadbare" compare good
matches "running is a full block then" '█'

on_terminal 100 TERM=xterm "$bin/threadbare" compare good >"$tmp/out"
matches "a terminal gets colour" "$(printf '\033\\[32m')"
on_terminal 100 TERM=xterm NO_COLOR=1 "$bin/threadbare" compare good \
    >"$tmp/out"
lacks "unless NO_COLOR is set" "$(printf '\033\\[[0-9]+m')"
on_terminal 100 TERM=dumb "$bin/threadbare" trace "$tmp/crowd" >"$tmp/out"
ok "a terminal's width is used" no_line_above 100
ok "all of it" sh -c "! awk 'length > 80 { exit 1 }' '$tmp/out'"

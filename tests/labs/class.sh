#!/bin/sh
# SPDX-License-Identifier: MIT
# labs/grade-all: a class is graded once each, whatever its submissions are
# called; a run that was killed goes on where it stopped; a damaged result, a
# full disk and a missing sandbox are no grades; the CSV says what has changed.
. "$(dirname "$0")/../lib.sh"
[ -e "$BUILD/labs/made" ] || skip_all "no labs: make labs"
limit=300
plan 42

class=$tmp/class
out=$tmp/class.graded

# One test of lab 3 is enough: it is the class that is tried here.
graded() { # WHAT OPTION...
    what=$1
    shift
    status 0 "$what" labs/grade-all 03-lifecycle "$class" --jobs 2 "$@" \
        -- --test order
}

csv() { # NAME FIELD
    awk -F, -v n="$1" -v f="$2" '
        NR == 1 { for (i = 1; i <= NF; i++) place[$i] = i }
        $1 == n { print $(place[f]) }' "$out/scores.csv"
}

add() { # NAME...
    for name; do
        cp -r "$BUILD/labs/work/reference" "$class/$name"
    done
}

# Processes that have the class's name on their command lines.
at_work() {
    pgrep -f "$tmp/class" | grep -vx $$
}

wait_for() { # COMMAND...
    for _ in $(seq 1200); do
        "$@" >/dev/null 2>&1 && return 0
        sleep 0.1
    done
    return 1
}

nobody_at_work() {
    ! at_work >/dev/null
}

some_graded() {
    ls "$out"/*/graded
}

mkdir "$class"
add anna bert
mkdir -p "$class/cora/uthreads"
echo 'int this is not C;' >"$class/cora/uthreads/thread.c"
tar czf "$class/dora.tar.gz" -C "$BUILD/labs/work/reference" uthreads
cp -r "$BUILD/labs/starter/03-lifecycle" "$class/emil"

graded "a class is graded"
matches "all of it" '^5 of 5 graded, 5 of them now'
ok "in a pipe without a word of progress" [ ! -s "$tmp/err" ]
ok "a right submission has its points" [ "$(csv anna score)" = 10 ]
ok "one in an archive too" [ "$(csv dora score)" = 10 ]
ok "an unfinished one has none" [ "$(csv emil score)" = 0 ]
ok "nor one that does not compile" [ "$(csv cora score)" = 0 ]
ok "and it says so" [ -n "$(csv cora complaint)" ]

cp "$out/scores.csv" "$tmp/before.csv"
graded "the same again"
matches "grades nothing" '^5 of 5 graded, 0 of them now'
cp "$BUILD/labs/work/reference/uthreads/thread.c" \
    "$class/emil/uthreads/thread.c"
graded "after one has changed" --before "$tmp/before.csv"
matches "that one is graded" '^5 of 5 graded, 1 of them now'
ok "and the CSV has the difference" \
    [ "$(csv emil difference) $(csv anna difference)" = "+10 +0" ]

# Damaged: by a disk, or by whoever copied half of it.
echo '{"score": 10, "max_score"' >"$out/anna/results.json"
sed -i 's/"score": 0/"score": 9/' "$out/cora/results.json"
rm "$out/bert/results.json"
graded "after three results were damaged"
matches "those are graded" '^5 of 5 graded, 3 of them now'
ok "and right again" [ "$(csv anna score) $(csv cora score)" = "10 0" ]
status 0 "with other options" labs/grade-all 3 "$class" --jobs 2 -- \
    --test values
matches "all are graded" '^5 of 5 graded, 5 of them now'

# Names that somebody has thought about; the first two are -- and -rf.
rm -rf "$class" "$out"
mkdir "$class"
# shellcheck disable=SC2016 # that is their name
add -- -rf 'two
lines' '=1+1' 'Zoë Ångström' '$(touch evil)' "it's; \"quoted\"" '..'"x" \
    'scores.csv' "$(printf 'bad\377byte')" "$(printf '%0250d' 7)"
cp -r "$class/-rf" "$class/{}"
ln -s "$class/=1+1" "$class/copycat"
graded "submissions of any name are graded"
matches "each of them" '^11 of 11 graded, 11 of them now'
ok "all have their points" \
    [ "$(cut -d, -f2 "$out/scores.csv" | grep -cx 10)" -eq 11 ]
ok "and a line each in the CSV, that begins with no sign" \
    [ "$(grep -c '^[0-9A-Za-z_%]' "$out/scores.csv")" -eq 12 ]
matches "one that is hidden is told" 'left out: .*begins with a dot' \
    "$tmp/err"
matches "so is a link to another's" 'left out: copycat: .*symbolic link' \
    "$tmp/err"
ok "nothing was done that a name says" [ ! -e evil ]
cp "$class/=1+1/uthreads/thread.c" "$tmp/t.c"
tar czf "$class/=1+1.tar.gz" -C "$tmp" t.c
status 2 "two of one name are for a person to decide" \
    labs/grade-all 3 "$class"

# Killed in the middle: as soon as one is graded. What it has begun comes to
# its end; nobody begins anything more.
rm -rf "$class" "$out"
mkdir "$class"
add anna bert carl dora emil fred gina hans
echo 1,2 >"$tmp/other.csv"
status 2 "a CSV of something else is none of an earlier run" \
    labs/grade-all 3 "$class" --before "$tmp/other.csv"
status 2 "nor is a file a class" labs/grade-all 3 "$tmp/other.csv"
matches "and it is said what is wanted" \
    'other.csv is no folder; name the one' "$tmp/err"
labs/grade-all 03-lifecycle "$class" --jobs 2 -- --test order \
    >/dev/null 2>&1 &
runner=$!
wait_for some_graded
kill -KILL $runner
wait $runner 2>/dev/null
ok "of a run that is killed nobody stays" wait_for nobody_at_work
for mark in "$out"/*/graded; do
    ls -i "${mark%/graded}/results.json"
done >"$tmp/kept"
before=$(wc -l <"$tmp/kept")
graded "it is taken up"
matches "where it stopped" "^8 of 8 graded, $((8 - before)) of them now"
ok "what was graded is as it was" sh -c "
    while read -r inode path; do
        [ \"\$(ls -i \"\$path\")\" = \"\$inode \$path\" ] || exit 1
    done <'$tmp/kept'"

# Ctrl-C: to the whole foreground group, as a terminal sends it. Whoever runs
# these tests in the background may have us ignore it.
rm -rf "$out"
python3 - "$class" "$out" >"$tmp/out" 2>"$tmp/err" <<'EOF'
import glob, os, pty, signal, sys, time
folder, out = sys.argv[1:]
child, terminal = pty.fork()
if child == 0:
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    os.execv("labs/grade-all", ["labs/grade-all", "03-lifecycle", folder,
                                "--jobs", "2", "--", "--test", "order"])
shown = b""
while not (glob.glob(out + "/*/graded") and b" left" in shown):
    shown += os.read(terminal, 4096)
os.write(terminal, b"\x03")
try:
    while data := os.read(terminal, 4096):
        shown += data
except OSError:
    pass
print(shown.decode())
print("status", os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
EOF
matches "on a terminal there is progress, and the time that is left" \
    '[0-9]+ of 8 graded, [0-9]+:[0-9]+ left'
matches "Ctrl-C stops it with status 130" '^status 130'
ok "and nobody stays" nobody_at_work
graded "and it goes on from there"

# Not their fault: never a 0.
rm -rf "$out"
status 3 "without a sandbox nothing is graded" labs/grade-all 3 "$class" \
    --jobs 2 -- --user no-such-user
matches "and why is said" "anna: .*no user 'no-such-user'" "$tmp/err"
ok "and in the CSV nobody has a score" \
    [ "$(cut -d, -f2 "$out/scores.csv" | sort -u | tr -d '\n')" = score ]
if unshare -m true 2>/dev/null; then
    mkdir "$tmp/small"
    status 3 "a disk that is full is told" unshare -m sh -c "
        mount -t tmpfs -o size=64k tmpfs '$tmp/small' &&
        exec labs/grade-all 3 '$class' --jobs 2 --out '$tmp/small' \
            -- --test order"
    matches "as what it is" 'No space left' "$tmp/err"
else
    skip "a disk that is full is told" "may not mount a small one"
    skip "as what it is" "may not mount a small one"
fi

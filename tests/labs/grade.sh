#!/bin/sh
# SPDX-License-Identifier: MIT
# labs/grade: what it exits with, what it refuses, what it writes, and that a
# failure can be replayed.
. "$(dirname "$0")/../lib.sh"
[ -e "$BUILD/labs/made" ] || skip_all "no labs: make labs"
limit=120
plan 28
reference=$BUILD/labs/work/reference

status 0 "full marks are status 0" \
    labs/grade 03-lifecycle "$reference" --format gradescope --out "$tmp/g"
ok "and Gradescope's result says so" \
    jq -e '.score == 100 and (.tests | length) == 10' "$tmp/g/results.json"
ok "the words are there as well" grep -q 'Score: 100 of 100' "$tmp/g/report.txt"

cp -r "$reference" "$tmp/mutant"
patch -s -p1 -d "$tmp/mutant" <labs/03-lifecycle/mutants/circle-not-seen.patch
status 1 "lost points are status 1" labs/grade 3 "$tmp/mutant"
matches "a deduction names what must hold" 'What must hold: what cannot be done'
matches "and where it did not" '^ *> *[0-9]+ '
matches "and how to see it again" '^ *Again: labs/grade .*--seed [0-9]+$'
again=$(sed -n 's/^ *Again: //p' "$tmp/out" | head -n 1)
cp "$tmp/out" "$tmp/first"
# shellcheck disable=SC2086 # words
status 1 "the replay fails as well" $again --keep "$tmp/kept"
ok "at the same event" sh -c "
    grep '^ *> ' '$tmp/first' >'$tmp/a' && grep '^ *> ' '$tmp/out' |
    cmp - '$tmp/a'"
ok "and leaves its program and its challenge for gdb" \
    sh -c "'$tmp/kept/errors' <'$tmp/kept/challenge' 3>&1 | grep -q '^1 0 '"

status 2 "an unknown lab is status 2" labs/grade 99 "$reference"
matches "and those that there are are named" '03-lifecycle' "$tmp/err"
status 2 "an unknown test is status 2" labs/grade 3 "$reference" --test none

# Infrastructure: no verdict, and nothing that looks like one.
chmod 755 "$tmp" # whom root becomes must find the tools, too
mkdir "$tmp/bin"
ln -s "$(python3 -c 'import sys; print(sys.executable)')" "$tmp/bin/python3"
for tool in setpriv prlimit gcc nm objcopy; do
    ln -s "$(command -v $tool)" "$tmp/bin/$tool"
done
status 3 "without bubblewrap nothing is graded" env PATH="$tmp/bin" \
    labs/grade 3 "$reference" --out "$tmp/none"
matches "and the reason is given" 'no bwrap: install' "$tmp/err"
ok "and no result is written" [ ! -e "$tmp/none" ]
printf '#!/bin/sh\necho "bwrap: No permissions" >&2\nexit 1\n' >"$tmp/bin/bwrap"
chmod +x "$tmp/bin/bwrap"
ln -s /bin/sh "$tmp/bin/sh"
status 3 "nor with one that does not work here" env PATH="$tmp/bin" \
    labs/grade 3 "$reference"
matches "and what it said is passed on" 'No permissions' "$tmp/err"
if [ "$(id -u)" -eq 0 ]; then
    status 3 "nor as root with nobody to become" \
        labs/grade 3 "$reference" --user no-such-user
    matches "and the reason is given" "no user 'no-such-user'" "$tmp/err"
else
    skip "nor as root with nobody to become" "not root"
    skip "and the reason is given" "not root"
fi

# With one process more each time, it gets one step further before it fails.
cat >"$tmp/few.py" <<'END'
import sys
sys.path.insert(0, "labs")
from grader import box
inside, refused = box.Box(user="daemon"), 0
for processes in range(1, 9):
    try:
        end = inside.run(["/usr/bin/true"], box.Limits(processes=processes),
                         tools=True)
        sys.exit(end.status != 0 or refused < 2)
    except box.Infrastructure as reason:
        print(reason)
        refused += 1
END
if [ "$(id -u)" -eq 0 ]; then
    ok "a sandbox that fails half-way is no submission's fault" \
        env PYTHONDONTWRITEBYTECODE=1 python3 "$tmp/few.py"
else
    skip "a sandbox that fails half-way is no submission's fault" "not root"
fi
status 0 "without a sandbox only if told so" \
    labs/grade 3 "$reference" --unsafe
matches "and then loudly" 'WITHOUT A SANDBOX' "$tmp/err"

# Where staff and Gradescope unpack it, it works as it does here.
mkdir "$tmp/staff"
tar xzf "$BUILD/labs/03-lifecycle-staff.tar.gz" -C "$tmp/staff"
here=$tmp/staff/03-lifecycle-staff
status 0 "the staff archive grades by itself" env -u BUILD \
    "$here/labs/grade" 3 "$here/build/labs/work/reference" --test order
rm -r "$here/labs/05-preemption"
status 2 "a lab that is only planned is status 2" env -u BUILD \
    "$here/labs/grade" 5 "$here/build/labs/work/reference"
mkdir "$tmp/autograder" "$tmp/autograder/submission"
python3 -m zipfile -e "$BUILD/labs/03-lifecycle-gradescope.zip" \
    "$tmp/autograder/source"
chmod +x "$tmp/autograder/source/run_autograder" \
    "$tmp/autograder/source/labs/grade"
cp "$here/build/labs/starter/03-lifecycle/uthreads/thread.c" \
    "$tmp/autograder/submission"
status 0 "Gradescope's command grades a submission that has no points" \
    env -u BUILD AUTOGRADER="$tmp/autograder" \
    "$tmp/autograder/source/run_autograder"
ok "and leaves its result" jq -e '.score == 0 and (.tests | length) == 10' \
    "$tmp/autograder/results/results.json"
rm -r "$tmp/autograder/results" "$tmp/autograder/source/build"
status 3 "without its kit it fails, and leaves none" \
    env -u BUILD AUTOGRADER="$tmp/autograder" \
    "$tmp/autograder/source/run_autograder"

#!/bin/sh
# SPDX-License-Identifier: MIT
# A lab about io_uring has it in its sandbox, and no other lab has. Where the
# machine has none, nothing is graded and no submission is blamed.
. "$(dirname "$0")/../lib.sh"
[ -e "$BUILD/labs/made" ] || skip_all "no labs: make labs"
deny=$BUILD/tests/programs/deny
kit=$BUILD/labs/kit/08-uring
"$deny" EPERM io_uring_setup true ||
    skip_all "this kernel takes no seccomp filter from us"
limit=300
plan 13
reference=$BUILD/labs/work/reference

for step in setup enter; do
    status 3 "without io_uring_$step lab 8 is not graded" \
        "$deny" EPERM io_uring_$step labs/grade 8 "$reference" \
        --out "$tmp/none"
    matches "io_uring_$step: the reason is named" \
        "needs io_uring.*: io_uring_$step: Operation not permitted" "$tmp/err"
    ok "io_uring_$step: and there is no result" [ ! -e "$tmp/none" ]
done
status 0 "a lab that does without is graded" \
    "$deny" EPERM io_uring_setup labs/grade 7 "$reference" --test short

cp -r "$BUILD/labs/starter/08-uring" "$tmp/starter"
ok "the starter is built" make -s -C "$tmp/starter" all
status 3 "its own check says that it cannot be tested here" \
    "$deny" EPERM io_uring_setup "$tmp/starter/check"
matches "and why" "^not tested: .*io_uring_setup: Operation not permitted"

# in_sandbox RUBRIC: the program that tries a ring, in a lab's sandbox.
in_sandbox() {
    python3 -B - "$1" "$kit/ring" <<'END'
import json, sys
sys.path.insert(0, "labs")
from grader import box
rubric = json.loads(sys.argv[1])
record = box.Box(rubric=rubric).run(
    ["/ring"], box.Limits(memlock_kb=8192), mounts=[(sys.argv[2], "/ring")])
print(record.output.decode(), end="")
sys.exit(record.status)
END
}
in_sandbox '{}' >"$tmp/out"
ok "another lab's sandbox has no ring" [ $? -eq 1 ]
matches "but a refusal" "^io_uring_setup: Operation not permitted"
if "$kit/ring" >/dev/null; then
    in_sandbox '{"io_uring": true}' >"$tmp/out"
    ok "lab 8's has one, which works" [ $? -eq 0 ]
else
    skip "lab 8's has one, which works" "no io_uring here"
fi

# SPDX-License-Identifier: MIT
"""TAP of checks that are functions: each returns what is wrong, or nothing."""
import pathlib


def prove(checks, skips=(), faults=()):
    """Make all checks, pairs of what is true and such a function; the exit
    status. An exception of skips skips its check, one of faults fails it."""
    checks, failures = list(checks), 0
    print(f"1..{len(checks)}")
    for number, (what, find_fault) in enumerate(checks, 1):
        try:
            wrong = find_fault()
        except skips as why:
            print(f"ok {number} - {what} # SKIP {why}", flush=True)
            continue
        except faults as error:
            wrong = str(error)
        print(f"{'not ok' if wrong else 'ok'} {number} - {what}", flush=True)
        if wrong:
            failures += 1
            print("# " + str(wrong).replace("\n", "\n# "), flush=True)
    return 1 if failures else 0


def no_labs(build):
    """Say so if the labs were not built."""
    if (pathlib.Path(build) / "made").exists():
        return False
    print("1..0 # SKIP no labs: make labs")
    return True

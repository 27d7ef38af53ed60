#!/bin/sh
# SPDX-License-Identifier: MIT
# Whatever the library asks of the world may be refused, each thing in turn:
# every refusal is an error that the contract speaks of, or a message before
# the first thread; and nothing is lost. See tests/faults/.
. "$(dirname "$0")/../lib.sh"
limit=120
faults=$BUILD/tests/faults-user
[ -x "$faults" ] || skip_all "faults-user is not built"
if has_asan "$faults"; then
    skip_all "AddressSanitizer has the same functions wrapped"
fi
plan 8

bears() { # WHO COMMAND...
    who=$1
    shift
    status 0 "$who: each refusal is borne" "$@"
    matches "$who: and there were some to bear" '^[0-9]{2,} faults, 0 bad'
}

bears "user" "$faults"
bears "user on epoll" env UTHREADS_IO=epoll "$faults"
bears "user, preempted" env UTHREADS_QUANTUM_US=1000 "$faults"
bears "user, traced" env THREADS_TRACE="$tmp/trace" "$faults"

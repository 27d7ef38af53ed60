# SPDX-License-Identifier: MIT
"""deny_perf.py COMMAND... - run a command to which the kernel, by a seccomp
filter, refuses perf_event_open with EACCES. 77 where that cannot be had."""
import ctypes
import errno
import os
import platform
import struct
import sys

NUMBERS = {"x86_64": 298, "aarch64": 241, "riscv64": 241}
PR_SET_NO_NEW_PRIVS, PR_SET_SECCOMP, SECCOMP_MODE_FILTER = 38, 22, 2
LOAD, JUMP_IF_EQUAL, RETURN = 0x20, 0x15, 0x06
ALLOW, ERRNO = 0x7fff0000, 0x00050000

if platform.machine() not in NUMBERS:
    sys.exit(77)
code = b"".join(struct.pack("<HBBI", *line) for line in (
    (LOAD, 0, 0, 0),  # the number of the system call
    (JUMP_IF_EQUAL, 0, 1, NUMBERS[platform.machine()]),
    (RETURN, 0, 0, ERRNO | errno.EACCES),
    (RETURN, 0, 0, ALLOW)))
lines = ctypes.create_string_buffer(code)
program = struct.pack("@HP", len(code) // 8, ctypes.addressof(lines))
libc = ctypes.CDLL(None, use_errno=True)
if (libc.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 or
        libc.prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, program, 0, 0) != 0):
    sys.exit(77)
os.execvp(sys.argv[1], sys.argv[1:])

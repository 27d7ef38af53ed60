#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Run a command for which the kernel has no openat2(2).

    without_openat2.py COMMAND...

Exits with status 77 if this kernel takes no such filter from us.
"""
import ctypes
import os
import struct
import sys

PR_SET_NO_NEW_PRIVS, PR_SET_SECCOMP, FILTER_MODE = 38, 22, 2
OPENAT2, ENOSYS = 437, 38  # the same on every processor
LOAD, JUMP_IF_EQUAL, RETURN = 0x20, 0x15, 0x06
ALLOW, ERROR = 0x7fff0000, 0x00050000

PROGRAM = b"".join(struct.pack("HBBI", *line) for line in (
    (LOAD, 0, 0, 0),  # the number of the call
    (JUMP_IF_EQUAL, 0, 1, OPENAT2),
    (RETURN, 0, 0, ERROR | ENOSYS),
    (RETURN, 0, 0, ALLOW)))


def main():
    code = ctypes.create_string_buffer(PROGRAM)
    filter_ = struct.pack("HL", len(PROGRAM) // 8, ctypes.addressof(code))
    prctl = ctypes.CDLL(None).prctl
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 or
            prctl(PR_SET_SECCOMP, FILTER_MODE, filter_, 0, 0) != 0):
        sys.exit(77)
    os.execv(sys.argv[1], sys.argv[1:])


main()

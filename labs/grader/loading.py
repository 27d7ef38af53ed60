# SPDX-License-Identifier: MIT
"""What a program needs beside it that is linked dynamically: the dynamic
linker, where the program's own header says it is, and two libraries."""
import functools
import os
import platform
import subprocess

from .box import Infrastructure

LINKER = {"x86_64": "/lib64/ld-linux-x86-64.so.2",
          "aarch64": "/lib/ld-linux-aarch64.so.1"}
FOLDER = "/libraries"
LIBRARIES = ("libc.so.6", "libgcc_s.so.1")
ENVIRONMENT = {"LD_LIBRARY_PATH": FOLDER}


def find(compiler, name):
    """Where the compiler takes this library from."""
    done = subprocess.run([compiler, f"-print-file-name={name}"], text=True,
                          capture_output=True, check=False)
    path = os.path.realpath(done.stdout.strip())
    if not os.path.isabs(done.stdout.strip()) or not os.path.exists(path):
        raise Infrastructure(f"{compiler} does not say where {name} is, which "
                             "this lab's programs are linked with")
    return path


@functools.cache
def mounts(compiler):
    """(outside, inside) for the sandbox."""
    linker = LINKER.get(platform.machine())
    if not linker:
        raise Infrastructure("no dynamic linker is known for "
                             + platform.machine())
    return [(os.path.realpath(linker), linker),
            *((find(compiler, name), f"{FOLDER}/{name}")
              for name in LIBRARIES)]

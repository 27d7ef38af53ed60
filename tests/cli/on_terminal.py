# SPDX-License-Identifier: MIT
"""on_terminal.py COLUMNS NAME=VALUE... COMMAND... - run a command on a
terminal of that width, and copy what it prints there to standard output."""
import fcntl
import os
import pty
import struct
import sys
import termios

columns, words = int(sys.argv[1]), sys.argv[2:]
while "=" in words[0]:
    name, value = words.pop(0).split("=", 1)
    os.environ[name] = value

master, slave = pty.openpty()
fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("4H", 24, columns, 0, 0))
pid = os.fork()
if pid == 0:
    os.close(master)
    for fd in range(3):
        os.dup2(slave, fd)
    os.execvp(words[0], words)
os.close(slave)
while True:
    try:
        data = os.read(master, 4096)
    except OSError:  # EIO: the last process has closed its end
        break
    if not data:
        break
    sys.stdout.buffer.write(data.replace(b"\r\n", b"\n"))
sys.exit(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))

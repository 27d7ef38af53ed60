# SPDX-License-Identifier: MIT
"""damage.py THREADBARE RECORDING COUNT - damage a recording COUNT times, by
chance but the same chance every time, and have it drawn or exported. It may be
refused (status 1, one line), or drawn; a crash, a hang or silence fails."""
import os
import random
import struct
import subprocess
import sys
import tempfile

program, path, count = sys.argv[1], sys.argv[2], int(sys.argv[3])
with open(path, "rb") as file:
    good = file.read()
NASTY = [0, 1, 0x7f, 0xff, 0xffff, 0x7fffffff, 0xffffffff, 0xfffffffffffffff]


def damaged(chance):
    data = bytearray(good)
    for _ in range(chance.randint(1, 12)):
        where = chance.choice([chance.randrange(8, 200),
                               chance.randrange(4096, len(data))])
        size = chance.choice([1, 2, 4, 8])
        value = chance.choice(NASTY + [chance.getrandbits(64)])
        data[where:where + size] = struct.pack("<Q", value & 2 ** 64 - 1)[:size]
    if chance.random() < 0.2:
        del data[chance.randrange(len(data)):]
    return bytes(data)


chance = random.Random(int(os.environ.get("SEED", "1")))
drawn = 0
with tempfile.TemporaryDirectory() as directory:
    bad = os.path.join(directory, "bad")
    for number in range(count):
        with open(bad, "wb") as file:
            file.write(damaged(chance))
        command = [program, "trace", bad]
        if number % 2:
            command += ["--chrome", os.path.join(directory, "out.json")]
        done = subprocess.run(command, capture_output=True, timeout=20)
        drawn += done.returncode == 0
        lines = done.stderr.count(b"\n")
        assert (done.returncode, lines) in ((0, 0), (1, 1)), (
            f"case {number}: status {done.returncode}: {done.stderr[:500]}")
assert 0 < drawn < count, f"{drawn} of {count} drawn: no real test"

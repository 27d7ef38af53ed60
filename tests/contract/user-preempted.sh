#!/bin/sh
# SPDX-License-Identifier: MIT
# The whole contract once more, while the CPU is taken from whoever has it, ten
# thousand times a second.
UTHREADS_QUANTUM_US=100 exec "${BUILD:-build}/tests/contract-user"

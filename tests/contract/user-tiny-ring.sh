#!/bin/sh
# SPDX-License-Identifier: MIT
# The whole contract once more, on a ring that is full all the time.
UTHREADS_RING=8 exec "${BUILD:-build}/tests/contract-user"

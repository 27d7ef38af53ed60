#!/bin/sh
# SPDX-License-Identifier: MIT
# The whole contract once more, on the engine that stalls. Tests in which
# another thread must run meanwhile skip themselves.
UTHREADS_IO=blocking exec "${BUILD:-build}/tests/contract-user"

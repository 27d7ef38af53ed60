#!/bin/sh
# SPDX-License-Identifier: MIT
# Gradescope runs this once, when it builds the image: what grading needs.
set -eu
apt-get update -qq
apt-get install -y --no-install-recommends \
    binutils bubblewrap gcc libc6-dev liburing-dev python3 \
    systemtap-sdt-dev util-linux

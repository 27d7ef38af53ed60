#!/bin/sh
# SPDX-License-Identifier: MIT
# Our own primitives under many schedules; `make explore` tries a million each.
. "$(dirname "$0")/../lib.sh"
limit=120
plan 2
status 0 "every primitive stands every schedule tried" \
    "$BUILD/tests/explore/primitives" 20000
matches "and says so when all are through" '^SUCCESS$'

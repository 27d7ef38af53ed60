/* SPDX-License-Identifier: MIT */
/*
 * last.c - whole pages at the end of what the tests share, so that no other
 * data lies on the section's last page. The linker lays out a section in the
 * order of the object files: this one comes last.
 */
#include "last.h"

_Alignas(PAGE_MOST)
    __attribute__((section("shared_state"))) char last[PAGE_MOST] = {0};

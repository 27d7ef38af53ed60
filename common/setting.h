/* SPDX-License-Identifier: MIT */
/*
 * setting.h - what the environment asks for, checked at start.
 *
 * A misspelt value must not quietly mean the default: whoever measures
 * UTHREADS_IO=urnig would believe the number. It is one line on standard error
 * that names the variable, the value and the valid ones, and exit status 2.
 */
#ifndef COMMON_SETTING_H
#define COMMON_SETTING_H

#include <stdint.h>

/* The index in choices (which ends in NULL) of the variable's value, or
 * fallback if it is unset or empty. */
int setting_choice(const char *variable, const char *const choices[],
                   int fallback);

/* The variable's value as a whole number from min to max, or fallback. */
uint64_t setting_number(const char *variable, uint64_t min, uint64_t max,
                        uint64_t fallback);

#endif

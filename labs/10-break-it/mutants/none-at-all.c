/* SPDX-License-Identifier: MIT */
/*
 * No test is no submission.
 * Scores: 0
 */
#include "test.h"

int not_a_test;

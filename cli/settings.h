/* SPDX-License-Identifier: MIT */
/*
 * settings.h - a thread model, and how it is to run: "user+lottery+1000us".
 *
 * One program behaves in many ways, and its environment says in which. A word
 * behind a + is one variable of it, so that two runs of the same program can
 * stand side by side:
 *
 *      user+mlfq        UTHREADS_POLICY=mlfq
 *      user+blocking    UTHREADS_IO=blocking
 *      user+1000us      UTHREADS_QUANTUM_US=1000
 *      user+seed7       UTHREADS_SEED=7
 *      gil+1000us       THREADS_GIL_INTERVAL_US=1000
 *
 * What is valid the model itself knows: a word that is none of the others is
 * taken for a policy, and the program says if there is none of that name.
 */
#ifndef CLI_SETTINGS_H
#define CLI_SETTINGS_H

/* Take the words off a model's name, which is then a model's name and nothing
 * else. Returns the variables, "NAME=value" each, NULL at the end; the caller
 * frees them with settings_free. Words behind a model that has none: one line,
 * exit 2. */
char **settings_take(char *model);

/* Put them into the environment of the program that we are about to become.
 */
void settings_apply(char *const *settings);

void settings_free(char **settings);

#endif

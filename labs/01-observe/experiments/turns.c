/* SPDX-License-Identifier: MIT */
/*
 * turns.c - whose turn is it?
 *
 * Threads A, B, C, ... take some steps each; a step is a letter. After each of
 * its steps a thread yields, unless its number of steps ends with '!': such a
 * one keeps the CPU for as long as it is left to it. A second number, behind a
 * colon, is its priority. Which thread runs next is the policy's to say
 * (UTHREADS_POLICY).
 */
#include "experiment.h"
#include "thread.h"

#include <stdbool.h>

#define USAGE "turns STEPS[!][:PRIORITY] ..."

static struct actor {
    int steps, priority;
    bool selfish;
} actors[THREADS_MOST];

static void *
act(void *actor)
{
    const struct actor *self = actor;
    for (int i = 0; i < self->steps; i++) {
        experiment_add_letter((int)(self - actors));
        if (!self->selfish)
            thread_yield();
    }
    return NULL;
}

static struct actor
read_actor(const char *word)
{
    char *rest;
    struct actor actor = {0};
    actor.steps = experiment_number(word, &rest, 0, 99, USAGE);
    actor.selfish = *rest == '!';
    rest += actor.selfish;
    if (*rest == ':')
        actor.priority =
            experiment_number(rest + 1, NULL, 0, THREAD_PRIORITY_MAX, USAGE);
    else if (*rest)
        experiment_usage(USAGE);
    return actor;
}

int
main(int argc, char **argv)
{
    thread_t threads[THREADS_MOST];
    experiment_begin();
    int count = argc - 1;
    if (count < 1 || count > THREADS_MOST)
        experiment_usage(USAGE);
    for (int i = 0; i < count; i++)
        actors[i] = read_actor(argv[i + 1]);
    for (int i = 0; i < count; i++) {
        struct thread_attr attr = {.priority = actors[i].priority};
        thread_create(&threads[i], &attr, act, &actors[i]);
    }
    for (int i = 0; i < count; i++)
        thread_join(threads[i], NULL);
    printf("turns: %s\n", experiment_letters);
    return 0;
}

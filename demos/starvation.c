/* SPDX-License-Identifier: MIT */
/*
 * starvation.c - who never gets a turn, and by which policy.
 *
 * An urgent thread gives the CPU up again and again, but is always ready; an
 * unimportant one only wants a turn now and then. With strict priorities it
 * waits for ever, which is what strict means. Policies that share out the CPU,
 * or that raise now and then whoever has waited, let it get on (a multi-level
 * feedback queue with its boost: Corbató, Daggett and Daley, 1962).
 *
 * A model reads its policy when it starts, so each is tried in a child process,
 * which shares the count with us.
 */
#include "demo.h"

#include <errno.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

enum { TURNS = 30000 };

static const struct {
    const char *name, *measure;
    bool starves;
} policies[] = {{"priority", "turns_by_priority", true},
                {"rr", "turns_by_rr", false},
                {"mlfq", "turns_by_mlfq", false},
                {"lottery", "turns_by_lottery", false},
                {"stride", "turns_by_stride", false}};
enum { POLICIES = sizeof policies / sizeof policies[0] };

static struct counts {
    atomic_long turns; /* of the unimportant one, while the urgent one ran */
    atomic_bool end;
    bool strict; /* then the unimportant one may never begin */
    long wanted;
    char policy[32]; /* that the model really has */
} * counts;

static void *
be_urgent(void *arg)
{
    while (!counts->strict && counts->turns == 0)
        thread_yield(); /* until the other has come */
    for (long i = 0; i < counts->wanted; i++)
        thread_yield();
    counts->end = true;
    return arg;
}

static void *
be_unimportant(void *arg)
{
    while (!counts->end) {
        counts->turns++;
        thread_yield();
    }
    return arg;
}

/* The child's whole life. */
static void
try_policy(const char *name)
{
    thread_t urgent, unimportant;
    struct thread_attr attr = {.name = "urgent", .priority = 40};
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    setenv("UTHREADS_POLICY", name, 1);
    snprintf(counts->policy, sizeof counts->policy, "%s",
             thread_model()->policy);
    counts->strict = strcmp(counts->policy, "priority") == 0;
    if (thread_create(&urgent, &attr, be_urgent, NULL) != 0)
        _exit(EXIT_FAILURE);
    attr = (struct thread_attr){.name = "unimportant", .priority = 1};
    if (thread_create(&unimportant, &attr, be_unimportant, NULL) != 0)
        _exit(EXIT_FAILURE);
    demo_join(urgent);
    demo_join(unimportant);
    _exit(EXIT_SUCCESS);
}

/* Turns of the unimportant one. */
static long
turns_by(const char *name)
{
    int status;
    counts->turns = 0;
    counts->end = false;
    fflush(NULL);
    pid_t child = fork(); /* before any contract call */
    if (child == 0)
        try_policy(name);
    if (child < 0 || waitpid(child, &status, 0) < 0 || status != 0)
        demo_fail("the child could not be run");
    return counts->turns;
}

static void
run(struct demo_run *d)
{
    long starved = -1, least = -1;
    counts = mmap(NULL, sizeof *counts, PROT_READ | PROT_WRITE,
                  MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (counts == MAP_FAILED)
        demo_fail("mmap: %s", strerror(errno));
    counts->wanted = (long)(TURNS * d->scale) + 1;
    demo_predict(d, "who is unimportant gets no turn with strict priorities, "
                    "and some by every other policy");
    for (int i = 0; i < POLICIES; i++) {
        long turns = turns_by(policies[i].name);
        bool ours = strcmp(counts->policy, policies[i].name) == 0;
        if (!ours) { /* the model has but one */
            least = turns;
            demo_measure(d, "turns", (double)turns, "turns");
            break;
        }
        demo_measure(d, policies[i].measure, (double)turns, "turns");
        if (policies[i].starves)
            starved = turns;
        else if (least < 0 || turns < least)
            least = turns;
    }
    if (starved < 0)
        demo_found(d,
                   "the unimportant one had %ld turns by the policy '%s', "
                   "the only one here",
                   least, counts->policy);
    else
        demo_found(d,
                   "the unimportant one had %ld turns with strict "
                   "priorities, and at least %ld by the other policies",
                   starved, least);
    demo_judge(d, least > 0 && starved <= 0,
               "to share out the CPU is to leave nobody out");
}

static const struct demo demo = {
    .name = "starvation",
    .claim = "With strict priorities a thread may wait for ever; a policy that "
             "shares out the CPU starves nobody.",
    .run = run,
    .untimed = true,
};

int
main(int argc, char **argv)
{
    return demo_main(argc, argv, &demo);
}

/* SPDX-License-Identifier: MIT */
/*
 * family.c - threads of several generations, for scripts that look at what
 * becomes of them when main ends. Each line of output is a process:
 *
 *   main makes a mother, who makes a daughter and stays;
 *   and a father, who makes a son and ends.
 *
 * Those who stay compute, and ask nobody for anything. Then main ends: "waits"
 * for a signal, "returns", "aborts", or calls "thread_exit" after it has
 * killed the others.
 */
#include "sync.h"
#include "thread.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static struct semaphore *there; /* where every thread sees it */
static pid_t *pids;

static void
announce(int place)
{
    pids[place] = getpid();
    printf("pid %d\n", (int)getpid());
    fflush(stdout);
    semaphore_post(there);
}

static void *
compute(void *place)
{
    announce((int)(intptr_t)place);
    for (volatile unsigned n = 0;; n++)
        continue;
    return NULL;
}

static void *
mother(void *unused)
{
    thread_create(NULL, NULL, compute, (void *)1);
    compute((void *)2);
    return unused;
}

static void *
father(void *unused)
{
    thread_create(NULL, NULL, compute, (void *)3);
    return unused;
}

int
main(int argc, char **argv)
{
    const char *way = argc > 1 ? argv[1] : "returns";
    thread_t mortal;
    there = thread_shared_alloc(sizeof *there);
    pids = thread_shared_alloc(4 * sizeof *pids);
    if (!there || !pids || thread_create(NULL, NULL, mother, NULL) != 0 ||
        thread_create(&mortal, NULL, father, NULL) != 0)
        return 2;
    thread_join(mortal, NULL);
    for (int i = 0; i < 3; i++)
        semaphore_wait(there);
    puts("ready");
    fflush(stdout);
    if (strcmp(way, "waits") == 0)
        pause();
    if (strcmp(way, "aborts") == 0)
        abort();
    if (strcmp(way, "thread_exit") == 0) {
        for (int i = 1; i < 4; i++)
            kill(pids[i], SIGKILL);
        thread_exit(NULL);
    }
    return 7;
}

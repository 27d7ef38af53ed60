/* SPDX-License-Identifier: MIT */
/* parked.c - see parked.h. */
#include "parked.h"

#include <errno.h>
#include <pthread.h>
#include <semaphore.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

/* Memory that a process made by fork sees too. */
static struct shared {
    atomic_int arrived;
    atomic_bool over;
    sem_t gate; /* of the yardsticks */
    pid_t pid[PARKED];
} * s;

static enum parked_kind kind;
static thread_t ours[PARKED];
static pthread_t threads[PARKED];

void
parked_open(void)
{
    s = mmap(NULL, sizeof *s, PROT_READ | PROT_WRITE,
             MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (s == MAP_FAILED)
        demo_fail("mmap: %s", strerror(errno));
    sem_init(&s->gate, 1, 0);
}

/* ---- Parking ---- */

static void
arrive(void)
{
    int place = s->arrived++;
    if (place < PARKED)
        s->pid[place] = getpid();
}

static void *
park_ours(void *unused)
{
    arrive();
    while (!s->over)
        thread_sleep(20000000);
    return unused;
}

static void *
park_other(void *unused)
{
    arrive();
    while (sem_wait(&s->gate) != 0)
        continue;
    return unused;
}

static void
make_process(void)
{
    pid_t child = fork();
    if (child < 0)
        demo_fail("fork: %s", strerror(errno));
    if (child > 0)
        return;
    prctl(PR_SET_PDEATHSIG, SIGKILL); /* never outlive the experiment */
    park_other(NULL);
    _exit(0);
}

static void
make_one(struct demo_run *d, int i)
{
    if (kind == PARKED_PROCESSES)
        make_process();
    else if (kind == PARKED_OURS)
        ours[i] = demo_thread(d, "parked", park_ours, NULL);
    else if (pthread_create(&threads[i], NULL, park_other, NULL) != 0)
        demo_skip(d, "the system has no room for another thread.");
}

void
parked_begin(struct demo_run *d, enum parked_kind wanted)
{
    kind = wanted;
    s->arrived = 0;
    s->over = false;
    for (int i = 0; i < PARKED; i++)
        make_one(d, i);
    while (s->arrived < PARKED)
        thread_sleep(1000000);
}

static void
join_one(int i)
{
    if (kind == PARKED_PROCESSES)
        wait(NULL);
    else if (kind == PARKED_OURS)
        demo_join(ours[i]);
    else
        pthread_join(threads[i], NULL);
}

void
parked_end(void)
{
    s->over = true;
    for (int i = 0; kind != PARKED_OURS && i < PARKED; i++)
        sem_post(&s->gate);
    for (int i = 0; i < PARKED; i++)
        join_one(i);
    s->arrived = 0;
}

/* ---- Counting ---- */

/* The number behind a word in one of the kernel's files, in KiB. */
static double
figure(pid_t pid, const char *name, const char *word)
{
    char path[64], line[128];
    double kib = -1;
    snprintf(path, sizeof path, "/proc/%d/%s", (int)pid, name);
    FILE *file = fopen(path, "re");
    while (file && fgets(line, sizeof line, file))
        if (strncmp(line, word, strlen(word)) == 0)
            kib = strtod(line + strlen(word), NULL);
    if (file)
        fclose(file);
    return kib;
}

static double
memory_of(struct demo_run *d, pid_t pid)
{
    double pages = figure(pid, "smaps_rollup", "Pss_Anon:");
    double tables = figure(pid, "status", "VmPTE:");
    if (pages < 0 || tables < 0)
        demo_skip(d, "this kernel does not say what memory a process has.");
    return pages + tables;
}

double
parked_memory(struct demo_run *d)
{
    double sum = memory_of(d, getpid());
    for (int i = 0; i < s->arrived; i++)
        if (s->pid[i] != getpid())
            sum += memory_of(d, s->pid[i]);
    return sum;
}

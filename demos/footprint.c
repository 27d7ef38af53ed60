/* SPDX-License-Identifier: MIT */
/*
 * footprint.c - what does a parked thread take of the memory?
 *
 * Address space is not memory: a kernel thread's stack is 8 MiB of addresses,
 * of which it touches two pages. But somebody has to keep count of addresses
 * too, in page tables, and those are memory. A process has the whole of its own
 * tables, and a copy of each page that it or its parent has written to since.
 *
 * Counted are, over all processes of the experiment, the pages that hold the
 * program's data (a page that several share counts once) and the page tables.
 * The kernel's own part, its stack for each kernel thread among it, is in no
 * such figure.
 */
#include "demo.h"

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

enum { PARKED = 40 };

#define SMALL 0.8 /* of a kernel thread's, at most: a thread of a library */
#define LARGE 2.0 /* ... at least: a process */

static struct shared {
    atomic_int arrived;
    atomic_bool over;
    sem_t gate; /* of the yardsticks */
    pid_t pid[PARKED];
} * s;

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

/* Ours, and that of other processes that threads are in. */
static double
memory(struct demo_run *d)
{
    double sum = memory_of(d, getpid());
    for (int i = 0; i < s->arrived; i++)
        if (s->pid[i] != getpid())
            sum += memory_of(d, s->pid[i]);
    return sum;
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

/* What one of so many takes, in KiB, once all are there. */
static double
each(struct demo_run *d, double before)
{
    while (s->arrived < PARKED)
        thread_sleep(1000000);
    return (memory(d) - before) / PARKED;
}

static double
of_ours(struct demo_run *d)
{
    thread_t thread[PARKED];
    double before = memory(d);
    for (int i = 0; i < PARKED; i++)
        thread[i] = demo_thread(d, "parked", park_ours, NULL);
    double kib = each(d, before);
    s->over = true;
    for (int i = 0; i < PARKED; i++)
        demo_join(thread[i]);
    return kib;
}

static double
of_kernel_threads(struct demo_run *d)
{
    pthread_t thread[PARKED];
    s->arrived = 0;
    double before = memory(d);
    for (int i = 0; i < PARKED; i++)
        if (pthread_create(&thread[i], NULL, park_other, NULL) != 0)
            demo_skip(d, "the system has no room for another thread.");
    double kib = each(d, before);
    for (int i = 0; i < PARKED; i++)
        sem_post(&s->gate);
    for (int i = 0; i < PARKED; i++)
        pthread_join(thread[i], NULL);
    return kib;
}

static double
of_processes(struct demo_run *d)
{
    s->arrived = 0;
    double before = memory(d);
    for (int i = 0; i < PARKED; i++) {
        pid_t child = fork();
        if (child < 0)
            demo_fail("fork: %s", strerror(errno));
        if (child == 0) {
            prctl(PR_SET_PDEATHSIG, SIGKILL); /* never outlive the experiment */
            park_other(NULL);
            _exit(0);
        }
    }
    double kib = each(d, before);
    for (int i = 0; i < PARKED; i++)
        sem_post(&s->gate);
    for (int i = 0; i < PARKED; i++)
        wait(NULL);
    return kib;
}

/* ---- The verdict ---- */

static bool
as_expected(double ours, double thread)
{
    if (!thread_model()->shares_memory)
        return ours > LARGE * thread;
    if (!demo_kernel_switches())
        return ours < SMALL * thread;
    return ours > SMALL * thread && ours < LARGE * thread;
}

static void
run(struct demo_run *d)
{
    bool by_kernel = demo_kernel_switches();
    bool a_process = !thread_model()->shares_memory;
    s = mmap(NULL, sizeof *s, PROT_READ | PROT_WRITE,
             MAP_SHARED | MAP_ANONYMOUS, -1, 0); /* for the yardsticks too */
    if (s == MAP_FAILED)
        demo_fail("mmap: %s", strerror(errno));
    sem_init(&s->gate, 1, 0);
    demo_predict(d, "a parked thread takes %s as one of the kernel's",
                 a_process   ? "twice as much memory"
                 : by_kernel ? "as much memory"
                             : "less than 80 % as much memory");
    double ours = of_ours(d);
    double thread = of_kernel_threads(d);
    double process = of_processes(d);
    demo_measure(d, "each", ours, "KiB");
    demo_measure(d, "kernel_thread", thread, "KiB");
    demo_measure(d, "process", process, "KiB");
    demo_found(d,
               "a parked thread took %.1f KiB, a kernel thread %.1f KiB, and a "
               "process %.1f KiB",
               ours, thread, process);
    demo_judge(d, as_expected(ours, thread), "%s",
               a_process ? "it has page tables of its own, and copies of what "
                           "was written to"
               : by_kernel ? "it has touched the ends of a large stack, far "
                             "from everybody else's"
                           : "its stack is one touched page among many others");
}

static const struct demo demo = {
    .name = "footprint",
    .claim =
        "A parked process takes more memory than a kernel thread, and that "
        "more than a thread of a library.",
    .run = run,
    .untimed = true,
};

int
main(int argc, char **argv)
{
    return demo_main(argc, argv, &demo);
}

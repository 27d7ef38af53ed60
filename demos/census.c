/* SPDX-License-Identifier: MIT */
/*
 * census.c - ten threads: how many does the kernel count?
 *
 * Each parked thread tells by which number the kernel knows what it runs on,
 * and of which process it is part; the kernel's own list is /proc/self/task.
 * A thread that a library has made is in the library's table and in no other:
 * top, kill and the kernel's scheduler know nothing of it.
 *
 * fork shows the same from the other side. The kernel copies the memory, and
 * one kernel thread: the caller. Threads of a library are memory, so they are
 * all there in the child, and can run; of kernel threads the caller alone is.
 * (An io_uring is none of that: it stays the parent's. No thread here reads or
 * writes, so the experiment does without.)
 */
#include "demo.h"

#include <dirent.h>
#include <errno.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum { THREADS = 10 };

static struct shared {
    pid_t tid[THREADS], pid[THREADS];
    atomic_int parked;
    atomic_bool over;
} * s;

static atomic_int ran_on; /* not shared: the child of a fork counts its own */

static void *
park(void *number)
{
    s->tid[(uintptr_t)number] = gettid();
    s->pid[(uintptr_t)number] = getpid();
    s->parked++;
    while (!s->over)
        thread_sleep(1000000);
    ran_on++;
    return number;
}

/* The kernel threads of this process, by the kernel's own list. */
static int
tasks(void)
{
    DIR *list = opendir("/proc/self/task");
    int count = 0;
    if (!list)
        demo_fail("/proc/self/task: %s", strerror(errno));
    for (struct dirent *e; (e = readdir(list)) != NULL;)
        count += e->d_name[0] != '.';
    closedir(list);
    return count;
}

static int
distinct(const pid_t *ids)
{
    int count = 0;
    for (int i = 0; i < THREADS; i++) {
        int seen = 0;
        while (seen < i && ids[seen] != ids[i])
            seen++;
        count += seen == i;
    }
    return count;
}

/* How many of the parked threads go on in the child of a fork? They wait for no
 * lock and no event: the child would inherit one as it was in mid-change, and
 * nobody to finish that. */
static int
alive_after_fork(void)
{
    int status;
    pid_t child = fork();
    if (child < 0)
        demo_fail("fork: %s", strerror(errno));
    if (child == 0) {
        s->over = true;
        for (int i = 0; i < 50 && ran_on < THREADS; i++)
            thread_sleep(1000000);
        _exit(ran_on);
    }
    if (waitpid(child, &status, 0) != child || !WIFEXITED(status))
        demo_fail("the child of the fork died");
    return WEXITSTATUS(status);
}

static void
run(struct demo_run *d)
{
    setenv("UTHREADS_IO", "blocking", 1);
    bool by_kernel = demo_kernel_switches();
    bool one_process = thread_model()->shares_memory;
    thread_t threads[THREADS];
    s = demo_shared(d, sizeof *s);
    demo_predict(d,
                 "of %d threads the kernel knows %d, in %d %s; in the child "
                 "of a fork %d of them go on",
                 THREADS, by_kernel ? THREADS : 1, one_process ? 1 : THREADS,
                 one_process ? "process" : "processes",
                 by_kernel ? 0 : THREADS);
    for (uintptr_t i = 0; i < THREADS; i++)
        threads[i] = demo_thread(d, "parked", park, (void *)i);
    while (s->parked < THREADS)
        thread_yield();
    int tids = distinct(s->tid), pids = distinct(s->pid), listed = tasks();
    int survive = one_process ? alive_after_fork() : 0;
    s->over = true;
    for (int i = 0; i < THREADS; i++)
        demo_join(threads[i]);
    demo_measure(d, "known_to_the_kernel", tids, "kernel threads");
    demo_measure(d, "threads", (double)THREADS, "threads");
    demo_measure(d, "processes", pids, "processes");
    demo_measure(d, "in_proc_self_task", listed, "kernel threads");
    demo_measure(d, "alive_after_fork", survive, "threads");
    demo_found(d,
               "%d threads were %d kernel threads of %d process%s, and in the "
               "child of a fork %d of them went on",
               THREADS, tids, pids, pids == 1 ? "" : "es", survive);
    int expected = by_kernel && one_process ? 1 + THREADS : 1;
    demo_judge(d,
               tids == (by_kernel ? THREADS : 1) &&
                   pids == (one_process ? 1 : THREADS) && listed >= expected &&
                   (by_kernel || listed < THREADS) &&
                   survive == (by_kernel ? 0 : THREADS),
               "%s",
               by_kernel ? "what the kernel has made, it knows and counts, and "
                           "fork copies only the caller"
                         : "to the kernel a thread of a library is a piece of "
                           "memory, which fork copies");
}

static const struct demo demo = {
    .name = "census",
    .claim = "The kernel counts its own threads and processes, and knows "
             "nothing of threads that a library has made.",
    .run = run,
    .untimed = true,
};

int
main(int argc, char **argv)
{
    return demo_main(argc, argv, &demo);
}

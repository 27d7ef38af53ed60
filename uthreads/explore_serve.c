/* SPDX-License-Identifier: MIT */
/*
 * explore_serve.c - the same program again and again, from its first call on.
 *
 * To start a program anew for each schedule would cost more than to run it. So
 * it is started once and stops at its first contract call, before it has any
 * thread, ring or timer; from there a child process goes on for each schedule,
 * and this one waits for its end.
 *
 * A run fails if it dies of a signal (an abort is one: thread_invariant, a
 * deadlock) or passes too many points. Its exit status says what the program
 * thinks of itself, and is no matter of ours.
 */
#include "explore.h"

#include "panic.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

/* The memory shared with the front end, or NULL. */
static struct exploration *
find_exploration(void)
{
    const char *number = getenv("UTHREADS_EXPLORE");
    if (!number || !number[0])
        return NULL;
    struct exploration *e = mmap(NULL, sizeof *e, PROT_READ | PROT_WRITE,
                                 MAP_SHARED, (int)strtol(number, NULL, 10), 0);
    if (e == MAP_FAILED || e->magic != EXPLORATION_MAGIC)
        give_up("UTHREADS_EXPLORE=%s is not an exploration: 'threadbare "
                "explore' sets it",
                number);
    return e;
}

/* A run of its own: nobody hears it, and it leaves no core behind. */
static void
become_run(struct exploration *e, uint64_t seed)
{
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    setrlimit(RLIMIT_CORE, &(struct rlimit){0, 0});
    alarm(e->second_limit);
    int null = e->heard ? -1 : open("/dev/null", O_RDWR);
    if (null >= 0) {
        dup2(null, STDOUT_FILENO);
        dup2(null, STDERR_FILENO);
        close(null);
    }
    explore_begin(e, seed);
}

static bool
is_failure(int status)
{
    return WIFSIGNALED(status) || WEXITSTATUS(status) == EXPLORE_TOO_LONG;
}

/* One run. True in the child. */
static bool
run_once(struct exploration *e, uint64_t seed)
{
    int status;
    pid_t pid = fork();
    if (pid < 0)
        give_up("explore: fork: %s", strerror(errno));
    if (pid == 0) {
        become_run(e, seed);
        return true;
    }
    while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
        continue;
    e->done++;
    e->failed = is_failure(status);
    e->status = status;
    e->failing_seed = seed;
    return false;
}

/*
 * How many points a run has is asked of one in which nobody is interrupted, so
 * that the falls of a seed lie at the same points whenever it is tried. True in
 * the child.
 */
static bool
measure_horizon(struct exploration *e)
{
    e->strategy = EXPLORE_DFS;
    if (run_once(e, e->seed))
        return true;
    e->strategy = EXPLORE_PCT;
    e->horizon = e->last.points > 0 ? e->last.points : 1;
    if (!e->failed)
        e->done = 0; /* it is none of the schedules asked for */
    return false;
}

bool
explore_serve(void)
{
    struct exploration *e = find_exploration();
    if (!e)
        return false;
    e->served = true;
    fflush(NULL); /* or each run would print it again */
    if (e->strategy == EXPLORE_PCT && measure_horizon(e))
        return true;
    for (uint64_t i = 0; i < e->runs && !e->failed && !e->exhausted; i++) {
        if (run_once(e, e->seed + i))
            return true;
        if (e->strategy == EXPLORE_DFS && !e->failed)
            e->exhausted = !explore_next(e);
    }
    _exit(EXIT_SUCCESS);
}

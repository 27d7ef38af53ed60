/* SPDX-License-Identifier: MIT */
/*
 * main.c - one run of the story for each call that can fail.
 *
 * Each run is a process of its own, forked before the first call of the
 * contract, so that what fails while the library starts is tried too. In it
 * the Nth call fails; then the story is told twice more, with nothing failing,
 * and must hold in the end no more than the run in which nothing failed at
 * all, with the same engine. A run may end early, with a message, if the library could not start.
 *
 *      faults-user [N]       all of them, or the Nth alone, in this process
 */
#include "faults.h"
#include "story.h"
#include "thread.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum { LIMIT = 20 /* seconds a run */ };

struct report {
    bool finished;
    long counted;    /* calls in the first story */
    char engine[16]; /* of input and output: a refused one is replaced */
    char failed[40];
    char complaint[160];
    struct holding holding;
};

/* One run, in this process. */
static struct report
run(long nth)
{
    struct report r = {.finished = true};
    faults_arm(nth);
    const char *complaint = story();
    r.counted = faults_counted();
    faults_arm(0);
    for (int again = 0; again < 2; again++)
        if (!complaint)
            complaint = story();
    r.holding = faults_holding();
    snprintf(r.engine, sizeof r.engine, "%s", thread_model()->io_engine);
    if (faults_failed())
        snprintf(r.failed, sizeof r.failed, "%s", faults_failed());
    if (complaint)
        snprintf(r.complaint, sizeof r.complaint, "%s", complaint);
    return r;
}

static void
child(long nth, int report, int words)
{
    dup2(words, STDERR_FILENO);
    alarm(LIMIT);
    struct report r = run(nth);
    _exit(write(report, &r, sizeof r) == sizeof r ? 0 : 99);
}

/* What a run of its own left behind. */
struct outcome {
    int status;
    struct report report;
    char words[400]; /* the last on its standard error */
};

static struct outcome
run_apart(long nth)
{
    struct outcome o = {.status = -1};
    int report[2];
    FILE *words = tmpfile();
    if (!words || pipe(report) != 0) {
        perror("faults");
        exit(99);
    }
    pid_t pid = fork();
    if (pid == 0)
        child(nth, report[1], fileno(words));
    close(report[1]);
    if (read(report[0], &o.report, sizeof o.report) < 0)
        perror("faults: read");
    waitpid(pid, &o.status, 0);
    close(report[0]);
    rewind(words);
    while (fgets(o.words, sizeof o.words, words))
        continue;
    fclose(words);
    return o;
}

/* The library may say that it cannot start, and end with status 1; or 2, if
 * that is what the environment insists on. */
static bool
gave_up(const struct outcome *o)
{
    int status = WIFEXITED(o->status) ? WEXITSTATUS(o->status) : 0;
    return (status == 1 || (status == 2 && getenv("UTHREADS_IO"))) &&
           strncmp(o->words, "threadbare: ", 12) == 0;
}

/* What is wrong with a run, or NULL. */
static const char *
wrong(const struct outcome *o, const struct holding *clean)
{
    static char why[200];
    const struct holding *h = &o->report.holding;
    if (gave_up(o))
        return NULL;
    if (!WIFEXITED(o->status) || WEXITSTATUS(o->status) != 0)
        snprintf(why, sizeof why, "wait status %#x: %.150s",
                 (unsigned)o->status, o->words);
    else if (o->report.complaint[0])
        snprintf(why, sizeof why, "%s", o->report.complaint);
    else if (h->blocks > clean->blocks || h->mapped > clean->mapped ||
             h->descriptors > clean->descriptors)
        snprintf(why, sizeof why,
                 "it holds %ld blocks, %ld bytes, %ld descriptors; without a "
                 "fault %ld, %ld, %ld",
                 h->blocks, h->mapped, h->descriptors, clean->blocks,
                 clean->mapped, clean->descriptors);
    else
        return NULL;
    return why;
}

/* A run in which nothing fails, on the engine that is fallen back on. */
static struct outcome
run_on_epoll(void)
{
    const char *before = getenv("UTHREADS_IO");
    setenv("UTHREADS_IO", "epoll", 1);
    struct outcome o = run_apart(0);
    if (before)
        setenv("UTHREADS_IO", before, 1);
    else
        unsetenv("UTHREADS_IO");
    return o;
}

static int
run_all(void)
{
    struct outcome clean = run_apart(0), fallen_back = run_on_epoll();
    long most = clean.report.counted, bad = 0, early = 0;
    if (wrong(&clean, &clean.report.holding) || !clean.report.finished) {
        printf("without a fault: %s\n", wrong(&clean, &clean.report.holding));
        return 1;
    }
    for (long nth = 1; nth <= most; nth++) {
        struct outcome o = run_apart(nth);
        bool same = strcmp(o.report.engine, clean.report.engine) == 0;
        const char *why = wrong(&o, same ? &clean.report.holding
                                         : &fallen_back.report.holding);
        early += gave_up(&o);
        if (!why)
            continue;
        bad++;
        printf("call %ld (%s) fails: %s\n", nth, o.report.failed, why);
    }
    printf("%ld faults, %ld bad, %ld told before the start\n", most, bad,
           early);
    return bad > 0;
}

int
main(int argc, char **argv)
{
    if (argc == 1)
        return run_all();
    struct report r = run(atol(argv[1]));
    printf("%s fails: %s; it holds %ld blocks, %ld bytes\n",
           r.failed[0] ? r.failed : "nothing",
           r.complaint[0] ? r.complaint : "fine", r.holding.blocks,
           r.holding.mapped);
    return 0;
}

/* SPDX-License-Identifier: MIT */
/*
 * helpers.c - kernel threads that wait in our place. See helpers.h.
 *
 * Helpers are started when there is work and none of them is idle, up to a
 * limit, and end when they have had nothing to do for a while. They have every
 * signal blocked but those for errors of their own, so that the program's
 * handlers go on running where they always did.
 *
 * A job that is one system call can be broken off: that is what cancellation
 * of kernel threads is for. It ends the call without a race between the last
 * look at a flag and the call; and the helper with it, which is replaced when
 * there is work again. It is asynchronous, because not every system call is a
 * cancellation point of glibc's. A cancellation may come just as the call has
 * returned; what the call had done is lost then.
 *
 * The rule about who may touch what is the lock's: queue, ended, and a job's
 * state are looked at and changed under it. A job belongs to its helper while
 * it is RUNNING, to its giver before and after.
 */
#include "helpers.h"

#include "clock.h"
#include "unwound.h"

#include <errno.h>
#include <signal.h>
#include <sys/eventfd.h>
#include <unistd.h>

/* What other people's code may need; pages not touched take no memory. */
#define HELPER_STACK (256u * 1024)
#define REST_MS      2000

/* Helpers beyond the limit, for jobs that may never end. */
#define ENDLESS_MOST 1024

void
helpers_open(struct helpers *h, size_t limit)
{
    *h = (struct helpers){.lock = PTHREAD_MUTEX_INITIALIZER,
                          .work = PTHREAD_COND_INITIALIZER,
                          .limit = limit,
                          .rest = REST_MS,
                          .bell = -1};
}

void
helpers_forget(struct helpers *h)
{
    if (h->bell >= 0)
        close(h->bell);
    unsigned life = h->life + 1;
    helpers_open(h, h->limit);
    h->life = life;
}

/* ---- On a helper ---- */

/* A job has ended. Whoever finds the list empty rings: one ring is enough for
 * all that is in it when the scheduler comes. Under the lock. */
static void
report(struct helpers *h, struct helper_job *job)
{
    bool first = list_empty(&h->ended);
    h->endless -= job->endless;
    job->state = JOB_ENDED;
    list_append(&h->ended, &job->link);
    if (first)
        eventfd_write(h->bell, 1);
}

/* The first job in the queue, waited for; NULL after a rest without any. Under
 * the lock. */
static struct helper_job *
take(struct helpers *h)
{
    struct timespec until =
        clock_timespec(clock_now() + h->rest * (uint64_t)1000000);
    int error = 0;
    while (list_empty(&h->queue) && error != ETIMEDOUT)
        error =
            pthread_cond_clockwait(&h->work, &h->lock, CLOCK_MONOTONIC, &until);
    h->idle--;
    if (list_empty(&h->queue))
        return NULL;
    struct helper_job *job =
        container_of(list_pop(&h->queue), struct helper_job, link);
    h->queued--;
    job->state = JOB_RUNNING;
    job->helper = pthread_self();
    return job;
}

struct run {
    struct helpers *helpers;
    struct helper_job *job;
};

/* The helper is being cancelled in the middle of a job, and ends after this. */
static void
end_with_job(void *arg)
{
    struct run *r = arg;
    stack_was_unwound();
    pthread_mutex_lock(&r->helpers->lock);
    r->helpers->count--;
    report(r->helpers, r->job);
    pthread_mutex_unlock(&r->helpers->lock);
}

/* Run a job, with the lock released meanwhile. False: somebody wanted to break
 * it off and came too late. This helper then is not fit for another job, for
 * its cancellation is still to come. */
static bool
run(struct helpers *h, struct helper_job *job)
{
    struct run r = {h, job};
    pthread_mutex_unlock(&h->lock);
    pthread_cleanup_push(end_with_job, &r);
    pthread_setcanceltype(PTHREAD_CANCEL_ASYNCHRONOUS, NULL);
    if (job->can_be_broken_off)
        pthread_setcancelstate(PTHREAD_CANCEL_ENABLE, NULL);
    job->run(job);
    pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, NULL);
    pthread_cleanup_pop(0);
    pthread_mutex_lock(&h->lock);
    bool fit = !job->broken_off;
    job->broken_off = false;
    report(h, job);
    return fit;
}

static void *
helper(void *arg)
{
    struct helpers *h = arg;
    struct helper_job *job;
    pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, NULL);
    pthread_mutex_lock(&h->lock);
    while ((job = take(h)) != NULL && run(h, job))
        h->idle++;
    h->count--;
    pthread_mutex_unlock(&h->lock);
    return NULL;
}

/* ---- On the scheduler's kernel thread ---- */

/* Start one more helper, which waits for the lock that is held here. Returns 0
 * or an errno number. */
static int
start_helper(struct helpers *h)
{
    static const int own[] = {SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGTRAP, SIGSYS};
    sigset_t blocked, before;
    pthread_attr_t attr;
    pthread_t thread;
    sigfillset(&blocked);
    for (size_t i = 0; i < sizeof own / sizeof *own; i++)
        sigdelset(&blocked, own[i]);
    int error = pthread_attr_init(&attr);
    if (error)
        return error;
    pthread_attr_setdetachstate(&attr, PTHREAD_CREATE_DETACHED);
    pthread_attr_setstacksize(&attr, HELPER_STACK);
    pthread_sigmask(SIG_SETMASK, &blocked, &before);
    error = pthread_create(&thread, &attr, helper, h);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    pthread_attr_destroy(&attr);
    if (error)
        return error;
    h->count++;
    h->idle++;
    return 0;
}

/* So many helpers there may be now. */
static size_t
most(const struct helpers *h)
{
    return h->limit + (h->endless < ENDLESS_MOST ? h->endless : ENDLESS_MOST);
}

/* See that somebody will do one job more than are queued. Returns 0 or an errno
 * number. Under the lock. */
static int
ensure_helper(struct helpers *h)
{
    if (h->bell < 0)
        h->bell = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
    if (h->bell < 0)
        return errno;
    if (h->queued < h->idle || h->count >= most(h))
        return 0;
    int error = start_helper(h);
    return h->count > 0 ? 0 : error;
}

static void
run_here(struct helper_job *job)
{
    job->run(job);
    job->state = JOB_ENDED;
    job->ended(job);
}

int
helpers_give(struct helpers *h, struct helper_job *job)
{
    job->broken_off = false;
    job->life = h->life;
    pthread_mutex_lock(&h->lock);
    h->endless += job->endless;
    int error = ensure_helper(h);
    if (error) {
        h->endless -= job->endless;
    } else {
        h->out++;
        job->state = JOB_QUEUED;
        list_append(&h->queue, &job->link);
        h->queued++;
        pthread_cond_signal(&h->work);
    }
    pthread_mutex_unlock(&h->lock);
    if (error)
        run_here(job);
    return error;
}

void
helpers_break_off(struct helpers *h, struct helper_job *job)
{
    if (job->life != h->life) { /* it is the parent's helper that has it */
        job->broken_off = true;
        job->ended(job);
        return;
    }
    pthread_mutex_lock(&h->lock);
    if (job->state == JOB_QUEUED) {
        list_remove(&h->queue, &job->link);
        h->queued--;
        job->broken_off = true;
        report(h, job);
    } else if (job->state == JOB_RUNNING && job->can_be_broken_off &&
               !job->broken_off) {
        job->broken_off = true;
        pthread_cancel(job->helper);
    }
    pthread_mutex_unlock(&h->lock);
}

/* A helper that was broken off has ended: somebody must do what is queued. If
 * nobody can be had it is taken from the queue. Under the lock. */
static struct list
replace_lost(struct helpers *h)
{
    struct list left = {NULL, NULL};
    while (h->queued > h->idle && h->count < most(h) && start_helper(h) == 0)
        continue;
    if (h->count == 0) {
        left = h->queue;
        h->queue = (struct list){NULL, NULL};
        h->queued = 0;
    }
    return left;
}

bool
helpers_are_short(struct helpers *h)
{
    pthread_mutex_lock(&h->lock);
    bool short_ = h->queued > h->idle;
    pthread_mutex_unlock(&h->lock);
    return short_;
}

void
helpers_hear(struct helpers *h)
{
    if (h->out == 0)
        return;
    eventfd_t rings;
    pthread_mutex_lock(&h->lock);
    struct list left = replace_lost(h), ended = h->ended;
    h->ended = (struct list){NULL, NULL};
    if (!list_empty(&ended))
        eventfd_read(h->bell, &rings);
    pthread_mutex_unlock(&h->lock);
    while (!list_empty(&left)) {
        h->out--;
        run_here(container_of(list_pop(&left), struct helper_job, link));
    }
    while (!list_empty(&ended)) {
        struct helper_job *job =
            container_of(list_pop(&ended), struct helper_job, link);
        h->out--;
        job->ended(job);
    }
}

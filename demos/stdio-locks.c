/* SPDX-License-Identifier: MIT */
/*
 * stdio-locks.c - what the locks of another library do to user-level threads.
 *
 * A FILE has a lock (flockfile), so that what two threads print is not mixed
 * up. Its owner is a *kernel* thread: user-level threads that share one are the
 * same owner, may lock it again, and are both inside. A pthread_mutex_t is no
 * better: the plain kind would have the thread wait for itself for ever, the
 * recursive kind lets everybody in, and the error-checking kind says that the
 * caller holds it, who has never touched it. Hence the contract has locks of
 * its own (sync.h).
 */
#include "demo.h"
#include "sync.h"

#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>

struct room {
    struct semaphore first_is_in, second_has_looked;
    struct mutex ours;
    atomic_int file_let_in, recursive_let_in, ours_let_in; /* the second one */
    atomic_int errorcheck; /* what the lock told it */
};

static struct room *room;
static FILE *file;
static pthread_mutex_t recursive, errorcheck;

static void
make_mutex(pthread_mutex_t *m, int kind)
{
    pthread_mutexattr_t attr;
    pthread_mutexattr_init(&attr);
    pthread_mutexattr_settype(&attr, kind);
    pthread_mutex_init(m, &attr);
    pthread_mutexattr_destroy(&attr);
}

/* Take all four locks, and hold them until the other has tried. */
static void *
first(void *arg)
{
    flockfile(file);
    pthread_mutex_lock(&recursive);
    pthread_mutex_lock(&errorcheck);
    mutex_lock(&room->ours);
    semaphore_post(&room->first_is_in);
    semaphore_wait(&room->second_has_looked);
    mutex_unlock(&room->ours);
    pthread_mutex_unlock(&errorcheck);
    pthread_mutex_unlock(&recursive);
    funlockfile(file);
    return arg;
}

/* Try each of them; none may be had while the first holds it. */
static void *
second(void *arg)
{
    semaphore_wait(&room->first_is_in);
    room->file_let_in = ftrylockfile(file) == 0;
    if (room->file_let_in)
        funlockfile(file);
    room->recursive_let_in = pthread_mutex_trylock(&recursive) == 0;
    if (room->recursive_let_in)
        pthread_mutex_unlock(&recursive);
    /* pthread_mutex_lock would wait where the lock works as it should */
    struct timespec past = {0, 0};
    room->errorcheck = pthread_mutex_timedlock(&errorcheck, &past);
    if (room->errorcheck == 0)
        pthread_mutex_unlock(&errorcheck);
    room->ours_let_in = mutex_trylock(&room->ours) == 0;
    semaphore_post(&room->second_has_looked);
    return arg;
}

static void
run(struct demo_run *d)
{
    const struct thread_model *m = thread_model();
    bool same_owner = !demo_kernel_switches();
    bool let_in = same_owner || !m->shares_memory; /* or it is another lock */
    room = demo_shared(d, sizeof *room);
    file = tmpfile();
    if (!file)
        demo_fail("no temporary file: %s", strerror(errno));
    make_mutex(&recursive, PTHREAD_MUTEX_RECURSIVE);
    make_mutex(&errorcheck, PTHREAD_MUTEX_ERRORCHECK);
    demo_predict(d,
                 "the locks of the C library %s the second thread in, the "
                 "contract's does not",
                 let_in ? "let" : "do not let");
    thread_t a = demo_thread(d, "first", first, NULL);
    thread_t b = demo_thread(d, "second", second, NULL);
    demo_join(a);
    demo_join(b);
    int wanted = same_owner ? EDEADLK : let_in ? 0 : ETIMEDOUT;
    demo_measure(d, "let_in_by_stdio", room->file_let_in, "threads");
    demo_measure(d, "let_in_by_pthread", room->recursive_let_in, "threads");
    demo_measure(d, "let_in_by_contract", room->ours_let_in, "threads");
    demo_measure(d, "errorcheck_said", room->errorcheck, "errno");
    demo_found(d,
               "beside the holder, a FILE's lock let in %d, a recursive "
               "pthread mutex %d, the contract's mutex %d; an "
               "error-checking one said %s",
               room->file_let_in, room->recursive_let_in, room->ours_let_in,
               room->errorcheck ? strerror(room->errorcheck) : "come in");
    demo_judge(d,
               room->file_let_in == let_in &&
                   room->recursive_let_in == let_in && !room->ours_let_in &&
                   room->errorcheck == wanted,
               same_owner ? "to the C library both threads are the same owner"
               : let_in   ? "each process has a copy of the lock"
                          : "each thread is a kernel thread, which owns locks");
}

static const struct demo demo = {
    .name = "stdio-locks",
    .claim = "A lock of the C library belongs to a kernel thread: it does not "
             "part the user-level threads on it.",
    .run = run,
    .untimed = true,
};

int
main(int argc, char **argv)
{
    return demo_main(argc, argv, &demo);
}

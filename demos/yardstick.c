/* SPDX-License-Identifier: MIT */
/* yardstick.c - see yardstick.h. */
#include "yardstick.h"

#include "demo.h"

#include <errno.h>
#include <pthread.h>
#include <semaphore.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

static void *
nothing(void *arg)
{
    return arg;
}

static pthread_t
make_thread(void *(*fn)(void *), void *arg)
{
    pthread_t thread;
    int error = pthread_create(&thread, NULL, fn, arg);
    if (error)
        demo_fail("pthread_create: %s", strerror(error));
    return thread;
}

double
yardstick_create_thread(void)
{
    uint64_t start = thread_now();
    pthread_join(make_thread(nothing, NULL), NULL);
    return 1e6 * demo_ms(start, thread_now());
}

static pid_t
make_process(void)
{
    pid_t child = fork();
    if (child < 0)
        demo_fail("fork: %s", strerror(errno));
    return child;
}

double
yardstick_create_process(void)
{
    uint64_t start = thread_now();
    pid_t child = make_process();
    if (child == 0)
        _exit(0);
    waitpid(child, NULL, 0);
    return 1e6 * demo_ms(start, thread_now());
}

/* ---- Switching: the same two semaphores between threads and processes ---- */

struct court {
    sem_t ping, pong;
    int times;
};

/* Memory that a process made by fork sees too. */
static struct court *
lay_out_court(int times)
{
    struct court *c = mmap(NULL, sizeof *c, PROT_READ | PROT_WRITE,
                           MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (c == MAP_FAILED)
        demo_fail("mmap: %s", strerror(errno));
    sem_init(&c->ping, 1, 0);
    sem_init(&c->pong, 1, 0);
    c->times = times;
    return c;
}

static void *
give_back(void *court)
{
    struct court *c = court;
    for (int i = 0; i < c->times; i++) {
        while (sem_wait(&c->ping) != 0)
            continue; /* EINTR */
        sem_post(&c->pong);
    }
    return NULL;
}

/* Returns ns for one hand-over, of which there are two each time. */
static double
serve(struct court *c)
{
    uint64_t start = thread_now();
    for (int i = 0; i < c->times; i++) {
        sem_post(&c->ping);
        while (sem_wait(&c->pong) != 0)
            continue;
    }
    return 1e6 * demo_ms(start, thread_now()) / c->times / 2;
}

double
yardstick_switch_threads(int times)
{
    struct court *c = lay_out_court(times);
    pthread_t other = make_thread(give_back, c);
    double ns = serve(c);
    pthread_join(other, NULL);
    munmap(c, sizeof *c);
    return ns;
}

double
yardstick_switch_processes(int times)
{
    struct court *c = lay_out_court(times);
    pid_t other = make_process();
    if (other == 0) {
        give_back(c);
        _exit(0);
    }
    double ns = serve(c);
    waitpid(other, NULL, 0);
    munmap(c, sizeof *c);
    return ns;
}

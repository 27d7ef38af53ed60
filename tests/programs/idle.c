/* SPDX-License-Identifier: MIT */
/*
 * idle.c - threads that wait, each for something else, while main sleeps for
 * half a second. Prints the CPU time that the process used meanwhile.
 */
#include "io.h"
#include "sync.h"
#include "thread.h"

#include <stdint.h>
#include <stdio.h>
#include <sys/resource.h>
#include <unistd.h>

static struct mutex mutex = MUTEX_INITIALIZER;
static struct cond cond = COND_INITIALIZER;
static struct semaphore semaphore = SEMAPHORE_INITIALIZER(0);
static int ends[2];

static void *
wait_for_input(void *byte)
{
    thread_read(ends[0], byte, 1);
    return NULL;
}

static void *
wait_for_post(void *unused)
{
    semaphore_wait(&semaphore);
    return unused;
}

static void *
wait_for_signal(void *unused)
{
    mutex_lock(&mutex);
    for (;;)
        cond_wait(&cond, &mutex);
    return unused;
}

static void *
wait_for_the_end(void *thread)
{
    thread_join((thread_t)(uintptr_t)thread, NULL);
    return NULL;
}

static void *
sleep_long(void *unused)
{
    thread_sleep(60000000000);
    return unused;
}

static long
cpu_us(void)
{
    struct rusage u;
    getrusage(RUSAGE_SELF, &u);
    return (u.ru_utime.tv_sec + u.ru_stime.tv_sec) * 1000000 +
           u.ru_utime.tv_usec + u.ru_stime.tv_usec;
}

int
main(void)
{
    static char byte;
    thread_t reader;
    if (pipe(ends) != 0 ||
        thread_create(&reader, NULL, wait_for_input, &byte) != 0 ||
        thread_create(NULL, NULL, wait_for_post, NULL) != 0 ||
        thread_create(NULL, NULL, wait_for_signal, NULL) != 0 ||
        thread_create(NULL, NULL, wait_for_the_end,
                      (void *)(uintptr_t)reader) != 0 ||
        thread_create(NULL, NULL, sleep_long, NULL) != 0)
        return 1;
    thread_sleep(20000000); /* all of them get to wait */
    long before = cpu_us();
    thread_sleep(500000000);
    long used = cpu_us() - before;
    printf("cpu_us=%ld\n", used);
    return used < 25000 ? 0 : 1; /* 5 % of it */
}

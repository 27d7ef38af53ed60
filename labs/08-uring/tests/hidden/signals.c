/* SPDX-License-Identifier: MIT */
/* signals.c - signals interrupt the process while it waits for completions; the
 * operations in flight do not notice, nor do their threads. */
#include "enters.h"
#include "io.h"
#include "later.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/time.h>

static int ends[2];
static volatile sig_atomic_t signals;

/* The fifth of them brings the byte. */
static void
on_alarm(int signo)
{
    int error = errno;
    (void)signo;
    if (++signals == 5)
        give(ends[1]);
    errno = error;
}

static void *
sleeper(void *arg)
{
    uint64_t deadline = thread_now() + 3 * MS;
    thread_sleep_until(deadline);
    if (thread_now() < deadline)
        lab_say(1, "woken too early");
    return arg;
}

int
main(void)
{
    struct sigaction action = {.sa_handler = on_alarm};
    struct itimerval often = {{0, 1000}, {0, 1000}}, never = {{0, 0}, {0, 0}};
    lab_begin();
    enters_begin();
    sigaction(SIGALRM, &action, NULL);
    if (pipe(ends) != 0)
        return 1;
    int rounds = 3 + (int)lab_random(5);
    for (int i = 0; i < rounds; i++) {
        thread_t thread;
        char byte = '-';
        signals = 0;
        thread_create(&thread, NULL, sleeper, NULL);
        setitimer(ITIMER_REAL, &often, NULL);
        ssize_t n = thread_read(ends[0], &byte, 1);
        int error = n < 0 ? errno : 0;
        thread_join(thread, NULL);
        setitimer(ITIMER_REAL, &never, NULL);
        lab_say(0, "read %zd: %c%s, after five %d", n, byte,
                error ? strerrorname_np(error) : "", signals >= 5);
    }
    lab_end();
}

/* SPDX-License-Identifier: MIT */
/*
 * interrupt.c - getting a thread out of a system call.
 *
 * Nearly every wait of io.h is one in poll, which has a deadline of its own.
 * For the others, opening a FIFO or waiting for any child, the kernel has one
 * means: a signal whose handler does nothing ends the call with EINTR. A signal
 * that comes a moment before the call has nothing to end, and the call then
 * waits all the same; so it is sent again and again, until the thread is out.
 *
 * The signal is the last of the real-time signals, which the program must
 * leave to us.
 */
#include "interrupt.h"

#include "clock.h"

#include <errno.h>
#include <pthread.h>
#include <stddef.h>
#include <sys/syscall.h>
#include <unistd.h>

#define AGAIN_NS 1000000

static void
do_nothing(int number)
{
    (void)number;
}

/* Without SA_RESTART: an interrupted call is to return. Uncaught, the signal
 * would end the process. */
static bool
catch_signal(void)
{
    struct sigaction action = {.sa_handler = do_nothing};
    return sigaction(SIGRTMAX, &action, NULL) == 0;
}

bool
interrupt(pid_t tid)
{
    return catch_signal() && syscall(SYS_tgkill, getpid(), tid, SIGRTMAX) == 0;
}

void
interrupt_allow(void)
{
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGRTMAX);
    pthread_sigmask(SIG_UNBLOCK, &set, NULL);
}

int
interrupt_at(uint64_t deadline, timer_t *timer)
{
    struct sigevent event = {.sigev_notify = SIGEV_THREAD_ID,
                             .sigev_signo = SIGRTMAX};
    struct itimerspec when = {.it_interval = {0, AGAIN_NS},
                              .it_value = clock_timespec(deadline + !deadline)};
    event._sigev_un._tid = gettid();
    if (!catch_signal() || timer_create(CLOCK_MONOTONIC, &event, timer) != 0)
        return errno;
    if (timer_settime(*timer, TIMER_ABSTIME, &when, NULL) == 0)
        return 0;
    int error = errno;
    timer_delete(*timer);
    return error;
}

void
interrupt_stop(timer_t *timer)
{
    timer_delete(*timer);
}

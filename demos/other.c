/* SPDX-License-Identifier: MIT */
/* other.c - see other.h. */
#include "other.h"

#include "demo.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { MOST = 8 };

static pid_t others[MOST];
static int count;

/* At exit, however it came to it: leave no process behind. */
static void
end_others(void)
{
    while (count > 0) {
        kill(others[--count], SIGKILL);
        waitpid(others[count], NULL, 0);
    }
}

void
other_start(void (*fn)(void *arg), void *arg)
{
    pid_t parent = getpid(), other = -1;
    if (count == MOST || (other = fork()) < 0)
        demo_fail("fork: %s", strerror(count == MOST ? EAGAIN : errno));
    if (other > 0) {
        if (count == 0)
            atexit(end_others);
        others[count++] = other;
        return;
    }
    prctl(PR_SET_PDEATHSIG, SIGKILL); /* never outlive the experiment */
    if (getppid() == parent)
        fn(arg);
    _exit(0);
}

void
other_sleep(uint64_t ns)
{
    struct timespec span = {(time_t)(ns / 1000000000), (long)(ns % 1000000000)};
    while (nanosleep(&span, &span) != 0)
        continue;
}

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

static pid_t other;

/* At exit, however it came to it: leave no process behind. */
static void
end_other(void)
{
    kill(other, SIGKILL);
    waitpid(other, NULL, 0);
}

void
other_start(void (*fn)(void *arg), void *arg)
{
    pid_t parent = getpid();
    other = fork();
    if (other < 0)
        demo_fail("fork: %s", strerror(errno));
    if (other > 0) {
        atexit(end_other);
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

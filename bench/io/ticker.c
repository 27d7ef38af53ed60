/* SPDX-License-Identifier: MIT */
/*
 * ticker.c - how long is one thread silent while another one waits?
 *
 *      ticker WAIT     prints the longest gap between two ticks of a thread
 *                      that ticks every millisecond, in milliseconds, and how
 *                      long the other one waited
 *
 * The other thread waits 200 ms, in the call that WAIT names; another process,
 * made for that, ends the wait. "nothing" is what the machine itself does to a
 * ticker. A gap of 200 means that the wait stalled everybody.
 */
#include "ticker.h"

#include "thread.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <time.h>
#include <unistd.h>

#define PERIOD 1000000u /* ns */

static bool waiting = true;

static void *
tick(void *arg)
{
    uint64_t *longest = arg;
    uint64_t before = thread_now(), next = before + PERIOD;
    while (waiting) {
        thread_sleep_until(next);
        uint64_t now = thread_now();
        if (now - before > *longest)
            *longest = now - before;
        before = now;
        next += PERIOD;
        if (next <= now) /* a late tick is one gap, not many */
            next = now + PERIOD;
    }
    return NULL;
}

static const struct ticker_wait *
wait_named(const char *name)
{
    for (const struct ticker_wait *w = ticker_waits; w->name; w++)
        if (strcmp(w->name, name) == 0)
            return w;
    fprintf(stderr, "no such wait; there are:");
    for (const struct ticker_wait *w = ticker_waits; w->name; w++)
        fprintf(stderr, " %s", w->name);
    fprintf(stderr, "\n");
    exit(2);
}

int
main(int argc, char **argv)
{
    const struct ticker_wait *wait = wait_named(argc > 1 ? argv[1] : "");
    uint64_t longest = 0;
    thread_t ticker;
    prctl(PR_SET_TIMERSLACK, 1);
    if (wait->prepare)
        wait->prepare();
    if (thread_create(&ticker, NULL, tick, &longest) != 0)
        return 1;
    thread_sleep(20 * PERIOD); /* it is in its stride */
    longest = 0;
    uint64_t begin = thread_now();
    wait->wait();
    uint64_t took = thread_now() - begin;
    thread_sleep(2 *
                 PERIOD); /* the gap that the wait has made comes to an end */
    waiting = false;
    thread_join(ticker, NULL);
    printf("%.3f %.1f\n", (double)longest / 1e6, (double)took / 1e6);
    fflush(stdout);
    _exit(0);
}

/* SPDX-License-Identifier: MIT */
/*
 * hammer.c - everything at once, under preemption, for STRESS_SECONDS.
 *
 * Each worker does one thing over and over and checks what it sees: a block of
 * memory keeps its pattern, a line in a file is whole, what goes into a channel
 * comes out in order. The threads hand the CPU over nowhere on purpose; it is
 * taken from them, UTHREADS_QUANTUM_US apart (100 if that is not set). What
 * interrupts a thread in the middle of malloc, of printf or of the library is
 * found here soon.
 *
 * It prints what each worker has done, how preemption did, and exits 1 if
 * anything was wrong or anybody did not get on.
 */
#include "hammer.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

struct workshop *shop;

static const struct worker workers[] = {
    {.name = "malloc", .fn = allocate, .number = 1},
    {.name = "malloc", .fn = allocate, .number = 2},
    {.name = "stdio", .fn = print, .number = 0},
    {.name = "stdio", .fn = print, .number = 1},
    {.name = "errno", .fn = keep_errno, .number = 1},
    {.name = "errno", .fn = keep_errno, .number = 2},
    {.name = "float", .fn = calculate, .number = 1},
    {.name = "float", .fn = calculate, .number = 2},
    {.name = "mutex", .fn = exclude},
    {.name = "mutex", .fn = exclude},
    {.name = "rwlock", .fn = read_or_write, .number = 1},
    {.name = "rwlock", .fn = read_or_write, .number = 2},
    {.name = "cond", .fn = fill_shelf},
    {.name = "cond", .fn = empty_shelf},
    {.name = "semaphore", .fn = throw_ball, .number = 0},
    {.name = "semaphore", .fn = throw_ball, .number = 1},
    {.name = "channel", .fn = send_numbers},
    {.name = "channel", .fn = receive_numbers},
    {.name = "pipe", .fn = write_bytes},
    {.name = "pipe", .fn = read_bytes},
    {.name = "sleep", .fn = sleep_a_little},
    {.name = "create", .fn = create},
};
#define WORKERS (int)(sizeof workers / sizeof *workers)

/* Everything that they need. False: something is not to be had. */
static bool
open_shop(void)
{
    int ends[2];
    const struct thread_model *m = thread_model();
    shop = thread_shared_alloc(sizeof *shop);
    if (!shop || pipe(ends) != 0 || !(shop->paper = tmpfile()) ||
        channel_init(&shop->stream, sizeof(int64_t), 8) != 0)
        return false;
    shop->pipe_in = ends[0];
    shop->pipe_out = ends[1];
    shop->apart = !m->shares_memory;
    shop->polite = !m->preemptive;
    if (shop->apart)
        setvbuf(shop->paper, NULL, _IOLBF, 0); /* a line is written at once */
    semaphore_init(&shop->ball[0], 1);
    memcpy(shop->workers, workers, sizeof workers);
    return true;
}

/* Is every line that was printed whole, and next of its printer's? */
static bool
paper_is_clean(void)
{
    int next[2] = {0}, who, n, again;
    double eighth;
    char line[100];
    rewind(shop->paper);
    while (fgets(line, sizeof line, shop->paper)) {
        if (sscanf(line, "%d %d %lf %d", &who, &n, &eighth, &again) != 4 ||
            who < 0 || who > 1 || n != next[who] || again != n) {
            printf("paper: %s", line);
            return false;
        }
        next[who]++;
    }
    return next[0] > 0 && next[1] > 0;
}

static uint64_t
cpu_time(void)
{
    struct timespec ts;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &ts);
    return (uint64_t)ts.tv_sec * 1000000000u + (uint64_t)ts.tv_nsec;
}

/* Who waits for a partner that has stopped goes on once more, and stops. */
static void
let_partners_go(void)
{
    mutex_lock(&shop->shelf_lock);
    shop->shelf_out = shop->shelf_in - SHELF / 2; /* neither full nor empty */
    for (uint64_t i = shop->shelf_out; i < shop->shelf_in; i++)
        shop->shelf[i % SHELF] = i;
    cond_broadcast(&shop->shelf_filled);
    cond_broadcast(&shop->shelf_emptied);
    mutex_unlock(&shop->shelf_lock);
}

/* How often was a quantum that had passed honoured? One of two measures: the
 * share of ticks, and that of the CPU time. */
static void
report(uint64_t cpu)
{
    struct thread_preemption p;
    thread_preemption(&p);
    printf("source=%s quantum_us=%lu ticks=%lu served=%lu deferred=%lu\n"
           "achieved_us=%.1f cpu_s=%.2f cpu_us_between_served=%.1f\n",
           p.source ? p.source : "kernel", p.quantum / 1000, p.ticks, p.served,
           p.deferred, (double)p.achieved / 1000, (double)cpu / 1e9,
           p.served ? (double)cpu / 1000 / (double)p.served : 0);
}

/* Start them all, sleep, stop them. False if one cannot be had. */
static bool
hammer(uint64_t ns)
{
    for (int i = 0; i < WORKERS; i++) {
        struct worker *w = &shop->workers[i];
        struct thread_attr attr = {.name = w->name};
        if (thread_create(&w->thread, &attr, w->fn, w) != 0)
            return false;
    }
    if (shop->apart)
        close(shop->pipe_out);
    thread_sleep(ns);
    shop->over = true;
    let_partners_go();
    for (int i = 0; i < WORKERS; i++)
        thread_join(shop->workers[i].thread, NULL);
    return true;
}

/* What each has done. Was all of it right? */
static bool
judge(void)
{
    bool right = paper_is_clean();
    printf("paper=%s\n", right ? "clean" : "garbled");
    for (int i = 0; i < WORKERS; i++) {
        const struct worker *w = &shop->workers[i];
        printf("%-10s rounds=%lu wrong=%lu\n", w->name, w->rounds, w->wrong);
        right = right && w->rounds > 0 && w->wrong == 0;
    }
    return right;
}

int
main(void)
{
    const char *seconds = getenv("STRESS_SECONDS");
    double s = seconds && atof(seconds) > 0 ? atof(seconds) : 3;
    int error = getenv("UTHREADS_QUANTUM_US") ? 0 : thread_preempt(100000);
    if (error && error != ENOTSUP)
        printf("no preemption: %s\n", strerror(error));
    if (!open_shop())
        return 1;
    uint64_t before = cpu_time();
    if (!hammer((uint64_t)(s * 1e9)))
        return 1;
    report(cpu_time() - before);
    return judge() ? 0 : 1;
}

/* SPDX-License-Identifier: MIT */
/* barrier.c - nobody goes on before all have come, round after round, and one
 * of each round is told that he is the one. */
#include "schedules.h"
#include "sync.h"

enum { THREADS = 4, ROUNDS = 3 };

static struct barrier barrier;

static void *
worker(void *number)
{
    int lane = (int)(intptr_t)number;
    for (int round = 1; round <= ROUNDS; round++) {
        thread_checkpoint();
        lab_say(lane, "comes %d", round);
        int result = barrier_wait(&barrier);
        lab_say(lane, "goes %d%s", round,
                result == BARRIER_SERIAL ? " serial" : "");
    }
    return NULL;
}

static void
scenario(void)
{
    thread_t thread[THREADS];
    barrier_init(&barrier, THREADS);
    for (intptr_t i = 0; i < THREADS; i++)
        thread_create(&thread[i], NULL, worker, (void *)(i + 1));
    for (int i = 0; i < THREADS; i++)
        thread_join(thread[i], NULL);
}

int
main(void)
{
    lab_begin();
    lab_schedules(scenario);
    lab_end();
}

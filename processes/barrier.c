/* SPDX-License-Identifier: MIT */
/*
 * barrier.c - nobody goes on before all have come.
 *
 * The last one to come starts the next round and wakes the others, who wait
 * for the number of the round to change and not for a count to be reached: a
 * fast thread that comes back to the barrier changes the count under the slow
 * ones.
 */
#include "process.h"
#include "sync_view.h"

#include <errno.h>
#include <string.h>

static struct barrier_view *
barrier_view(struct barrier *b)
{
    return (struct barrier_view *)b;
}

int
barrier_init(struct barrier *barrier, unsigned count)
{
    if (count == 0)
        return EINVAL;
    memset(barrier, 0, sizeof *barrier);
    barrier->count = count;
    return 0;
}

/* Those who are still on their way out are waited for, so whoever comes last
 * may destroy it. */
int
barrier_destroy(struct barrier *barrier)
{
    struct barrier_view *b = barrier_view(barrier);
    lock_take(&b->inner);
    bool busy = b->waiting > 0;
    while (!busy && b->inside > 0)
        bell_wait(&b->all_came, &b->inner, THREAD_FOREVER);
    lock_release(&b->inner);
    return busy ? EBUSY : 0;
}

static void
block_until_next_round(struct barrier_view *b)
{
    unsigned round = b->round;
    b->waiting++;
    b->inside++;
    wait_begin((struct wait){.kind = THREAD_WAIT_BARRIER, .object = b});
    while (b->round == round)
        bell_wait(&b->all_came, &b->inner, THREAD_FOREVER);
    wait_end();
    if (--b->inside == 0)
        bell_ring_all(&b->all_came); /* for barrier_destroy */
}

int
barrier_wait(struct barrier *barrier)
{
    struct barrier_view *b = barrier_view(barrier);
    int result = 0;
    process_self();
    if (b->count == 0)
        return EINVAL;
    lock_take(&b->inner);
    if (b->waiting + 1 < b->count) {
        block_until_next_round(b);
    } else {
        b->waiting = 0;
        b->round++;
        bell_ring_all(&b->all_came);
        result = BARRIER_SERIAL;
    }
    lock_release(&b->inner);
    return result;
}

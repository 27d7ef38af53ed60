/* SPDX-License-Identifier: MIT */
/*
 * producer-consumer.c - a bounded buffer between those who make and those who
 * use.
 *
 * One mutex for the buffer, and a condition variable for each thing that may
 * be waited for: "not full" and "not empty" (Hoare's monitor, 1974). Who waits
 * looks again when woken, for somebody may have come first. What must hold in
 * the end: each item was consumed once, in the order of its producer, and the
 * buffer never held more than it has room for.
 */
#include "demo.h"
#include "sync.h"

enum { ROOM = 8, PAIRS = 3, ITEMS = 2000 };

struct item {
    int producer, number;
};

struct buffer {
    struct mutex mutex;
    struct cond not_full, not_empty;
    struct item slots[ROOM];
    int first, count, most;
    int waits;       /* times somebody found it full, or empty */
    int to_come;     /* items that nobody has taken yet */
    int next[PAIRS]; /* number of the next item of each producer */
    int wrong;       /* out of order, or twice */
    int items;       /* of each producer */
};

static struct buffer *buffer;

static void
put(struct item item)
{
    mutex_lock(&buffer->mutex);
    while (buffer->count == ROOM) {
        buffer->waits++;
        cond_wait(&buffer->not_full, &buffer->mutex);
    }
    buffer->slots[(buffer->first + buffer->count++) % ROOM] = item;
    if (buffer->count > buffer->most)
        buffer->most = buffer->count;
    cond_signal(&buffer->not_empty);
    mutex_unlock(&buffer->mutex);
}

/* False: there is none to come. */
static bool
take(void)
{
    mutex_lock(&buffer->mutex);
    while (buffer->count == 0 && buffer->to_come > 0) {
        buffer->waits++;
        cond_wait(&buffer->not_empty, &buffer->mutex);
    }
    bool got = buffer->count > 0;
    if (got) {
        struct item item = buffer->slots[buffer->first];
        buffer->first = (buffer->first + 1) % ROOM;
        buffer->count--;
        buffer->wrong += item.number != buffer->next[item.producer]++;
        if (--buffer->to_come == 0)
            cond_broadcast(&buffer->not_empty);
        cond_signal(&buffer->not_full);
    }
    mutex_unlock(&buffer->mutex);
    return got;
}

static void *
produce(void *number)
{
    for (int i = 0; i < buffer->items; i++)
        put((struct item){(int)(intptr_t)number, i});
    return NULL;
}

static void *
consume(void *arg)
{
    while (take())
        continue;
    return arg;
}

static void
run(struct demo_run *d)
{
    thread_t producers[PAIRS], consumers[PAIRS];
    buffer = demo_shared(d, sizeof *buffer);
    buffer->items = (int)(ITEMS * d->scale) + 1;
    buffer->to_come = PAIRS * buffer->items;
    demo_predict(d, "%d items arrive once and in order, through %d places",
                 buffer->to_come, ROOM);
    uint64_t start = thread_now();
    for (intptr_t i = 0; i < PAIRS; i++) {
        producers[i] = demo_thread(d, "producer", produce, (void *)i);
        consumers[i] = demo_thread(d, "consumer", consume, NULL);
    }
    int consumed = 0;
    for (int i = 0; i < PAIRS; i++) {
        demo_join(producers[i]);
        demo_join(consumers[i]);
        consumed += buffer->next[i];
    }
    double ns = (double)(thread_now() - start);
    demo_measure(d, "time_per_item", ns / consumed, "ns");
    demo_measure(d, "consumed", consumed, "items");
    demo_measure(d, "out_of_order", buffer->wrong, "items");
    demo_measure(d, "most_in_the_buffer", buffer->most, "items");
    demo_measure(d, "waits", buffer->waits, "times");
    demo_found(d,
               "%d items were consumed, %d of them out of order, and the "
               "buffer held at most %d",
               consumed, buffer->wrong, buffer->most);
    demo_judge(d,
               consumed == PAIRS * buffer->items && !buffer->wrong &&
                   buffer->count == 0 && buffer->most <= ROOM &&
                   buffer->waits > 0,
               "who found it full or empty waited, and looked again");
}

static const struct demo demo = {
    .name = "producer-consumer",
    .claim = "A mutex and two condition variables make a buffer that loses "
             "nothing and overflows never.",
    .run = run,
    .untimed = true,
};

int
main(int argc, char **argv)
{
    return demo_main(argc, argv, &demo);
}

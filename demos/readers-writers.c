/* SPDX-License-Identifier: MIT */
/*
 * readers-writers.c - many may look at once, one may change alone.
 *
 * Readers come back again and again, so that there is always one inside: with
 * a lock that lets readers in as long as readers are in, the writer would wait
 * for ever (the first readers-writers problem of Courtois, Heymans and Parnas,
 * 1971). The lock of the contract is fair to both: counted is how many readers
 * were let in after the writer had asked.
 */
#include "demo.h"
#include "sync.h"

#include <stdatomic.h>

enum { READERS = 4, CHANGES = 20 };

struct record {
    struct rwlock lock;
    atomic_int reading, most_reading;
    atomic_int passed;    /* readers let in while the writer waited */
    atomic_int overtaken; /* times when more passed than there are readers */
    atomic_bool writer_waits, stop;
    atomic_int mixed; /* times somebody met a writer, or half a change */
    int first, second;
    atomic_int changes;
    int wanted;
};

static struct record *record;

static void
look(void)
{
    int now = ++record->reading;
    if (now > record->most_reading)
        record->most_reading = now;
    if (record->writer_waits)
        record->passed++;
    int first = record->first;
    thread_yield(); /* let others in beside us */
    record->mixed += first != record->second;
    record->reading--;
}

static void *
reader(void *arg)
{
    while (!record->stop) {
        rwlock_rdlock(&record->lock);
        look();
        rwlock_unlock(&record->lock);
        thread_yield();
    }
    return arg;
}

static void
change(void)
{
    record->mixed += record->reading > 0;
    record->first++;
    thread_yield(); /* nobody must come in now */
    record->second++;
    record->mixed += record->reading > 0;
    record->changes++;
}

static void *
writer(void *arg)
{
    for (int i = 0; i < record->wanted; i++) {
        record->passed = 0;
        record->writer_waits = true;
        rwlock_wrlock(&record->lock);
        record->writer_waits = false;
        record->overtaken += record->passed > READERS;
        change();
        rwlock_unlock(&record->lock);
        thread_sleep(1000000); /* the readers fill the room again */
    }
    record->stop = true;
    return arg;
}

static void
run(struct demo_run *d)
{
    thread_t readers[READERS];
    record = demo_shared(d, sizeof *record);
    record->wanted = (int)(CHANGES * d->scale) + 1;
    demo_predict(d, "readers are inside together, a writer is alone, and no "
                    "reader passes a waiting one twice");
    for (int i = 0; i < READERS; i++)
        readers[i] = demo_thread(d, "reader", reader, NULL);
    demo_join(demo_thread(d, "writer", writer, NULL));
    for (int i = 0; i < READERS; i++)
        demo_join(readers[i]);
    demo_measure(d, "readers_at_once", record->most_reading, "readers");
    demo_measure(d, "changes", record->changes, "changes");
    demo_measure(d, "overtaken", record->overtaken, "changes");
    demo_measure(d, "not_alone", record->mixed, "times");
    demo_found(d,
               "up to %d readers were inside at once; %d changes were made, "
               "%d of them not alone; before %d of them a reader went in "
               "again",
               record->most_reading, record->changes, record->mixed,
               record->overtaken);
    /* Between "I want to" and standing in line the kernel may take the CPU. */
    demo_judge(d,
               record->most_reading > 1 && record->mixed == 0 &&
                   record->changes == record->wanted &&
                   2 * record->overtaken < record->changes,
               "the lock is handed over first come, first served");
}

static const struct demo demo = {
    .name = "readers-writers",
    .claim = "A fair reader-writer lock lets readers in together and starves "
             "no writer.",
    .run = run,
};

int
main(int argc, char **argv)
{
    return demo_main(argc, argv, &demo);
}

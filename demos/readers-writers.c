/* SPDX-License-Identifier: MIT */
/*
 * readers-writers.c - many may look at once, one may change alone.
 *
 * Readers come back again and again, so that there is always one inside: with
 * a lock that lets readers in as long as readers are in, the writer would wait
 * for ever (the first readers-writers problem of Courtois, Heymans and Parnas,
 * 1971). The lock of the contract is fair to both: who comes when a writer
 * stands in line already, comes in after him.
 *
 * To stand in line is more than to want to: between the two the kernel may take
 * the CPU away for as long as it likes, and whoever comes meanwhile has passed
 * nobody. So a reader asks thread_info, before it locks, whether the writer
 * does wait for the lock, and once it is inside, whether he has been in since.
 */
#include "demo.h"
#include "sync.h"

#include <stdatomic.h>

enum { READERS = 4, CHANGES = 20, PATIENCE = 50 };

struct record {
    struct rwlock lock;
    atomic_int reading, most_reading;
    atomic_int came_later; /* readers who found the writer in line, */
    atomic_int passed;     /* and were let in before him */
    atomic_int mixed;      /* times somebody met a writer, or half a change */
    atomic_ulong writer;   /* 0: there is none yet */
    atomic_bool stop;
    int first, second;
    atomic_int changes;
    int wanted;
};

static struct record *record;

static bool
writer_is_in_line(void)
{
    struct thread_info writer;
    return thread_info(record->writer, &writer) == 0 &&
           writer.wait == THREAD_WAIT_RWLOCK;
}

static void
look(void)
{
    int now = ++record->reading;
    if (now > record->most_reading)
        record->most_reading = now;
    int first = record->first;
    thread_yield(); /* let others in beside us */
    record->mixed += first != record->second;
    record->reading--;
}

/* The changes are counted first: if the writer was in line for a later one, he
 * has been in meanwhile, and was not passed. */
static void *
reader(void *arg)
{
    while (!record->stop) {
        int before = record->changes;
        bool later = writer_is_in_line();
        rwlock_rdlock(&record->lock);
        record->came_later += later;
        record->passed += later && record->changes == before;
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

/* Has everything happened that is to be judged? */
static bool
is_enough(void)
{
    return record->changes >= record->wanted && record->most_reading > 1 &&
           record->came_later > 0;
}

static void *
writer(void *arg)
{
    record->writer = thread_self();
    for (int i = 0; i < PATIENCE * record->wanted && !is_enough(); i++) {
        rwlock_wrlock(&record->lock);
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
                    "reader passes one who stands in line");
    for (int i = 0; i < READERS; i++)
        readers[i] = demo_thread(d, "reader", reader, NULL);
    demo_join(demo_thread(d, "writer", writer, NULL));
    for (int i = 0; i < READERS; i++)
        demo_join(readers[i]);
    demo_measure(d, "readers_at_once", record->most_reading, "readers");
    demo_measure(d, "changes", record->changes, "changes");
    demo_measure(d, "came_later", record->came_later, "readers");
    demo_measure(d, "passed", record->passed, "readers");
    demo_measure(d, "not_alone", record->mixed, "times");
    demo_found(d,
               "up to %d readers were inside at once; %d changes were made, "
               "%d of them not alone; of %d readers who found the writer in "
               "line %d passed him",
               record->most_reading, record->changes, record->mixed,
               record->came_later, record->passed);
    if (record->came_later == 0)
        demo_skip(d, "no reader ever came while the writer stood in line.");
    demo_judge(d,
               record->most_reading > 1 && record->mixed == 0 &&
                   record->passed == 0,
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

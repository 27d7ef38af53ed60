/* SPDX-License-Identifier: MIT */
/*
 * malloc-preempted.c - to lose the CPU in the middle of malloc.
 *
 * malloc keeps its lists in order with a lock that belongs to a *kernel*
 * thread. A user-level thread that is interrupted inside malloc, on behalf of
 * another on the same kernel thread that calls malloc too, leaves the lists
 * half changed: a crash within seconds. So a library that preempts must know
 * where it must not: ours never takes the CPU from a thread in a library, but
 * on its way out. The threads here do little else than allocate, fill, check
 * and free, and count how often they found somebody else's bytes.
 */
#include "demo.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

enum { THREADS = 4, KEPT = 32, LARGEST = 2000, RUN_MS = 200 };

#define QUANTUM_NS 100000u

static struct tally {
    atomic_long checked, wrong;
    uint64_t end;
} * tally;

struct block {
    unsigned char *bytes;
    size_t size;
    unsigned char fill;
};

static void
check_and_free(struct block *b)
{
    for (size_t i = 0; i < b->size; i++)
        tally->wrong += b->bytes[i] != b->fill;
    tally->checked += b->size > 0;
    free(b->bytes);
}

static void *
allocate(void *number)
{
    struct block kept[KEPT] = {{0}};
    unsigned random = (unsigned)(intptr_t)number + 1;
    while (thread_now() < tally->end) {
        random = random * 1103515245 + 12345;
        struct block *b = &kept[random / 65536 % KEPT];
        check_and_free(b);
        *b = (struct block){.size = 1 + random / 65536 % LARGEST,
                            .fill = (unsigned char)(intptr_t)number};
        b->bytes = malloc(b->size);
        if (!b->bytes)
            demo_fail("out of memory");
        memset(b->bytes, b->fill, b->size);
    }
    for (int i = 0; i < KEPT; i++)
        check_and_free(&kept[i]);
    return NULL;
}

static void
run(struct demo_run *d)
{
    thread_t thread[THREADS];
    struct thread_preemption p;
    bool ours = thread_preempt(QUANTUM_NS) == 0;
    if (!thread_model()->preemptive)
        demo_skip(d, "nobody takes the CPU from a thread here.");
    demo_predict(d, "threads that are interrupted while they allocate find "
                    "only their own bytes");
    tally = demo_shared(d, sizeof *tally);
    tally->end = thread_now() + (uint64_t)(RUN_MS * 1e6 * d->scale);
    for (intptr_t i = 0; i < THREADS; i++)
        thread[i] = demo_thread(d, "allocator", allocate, (void *)(i + 1));
    for (int i = 0; i < THREADS; i++)
        demo_join(thread[i]);
    thread_preemption(&p);
    demo_measure(d, "blocks", (double)tally->checked, "blocks");
    demo_measure(d, "wrong_bytes", (double)tally->wrong, "bytes");
    demo_measure(d, "interrupted", (double)p.served, "times");
    demo_measure(d, "put_off", (double)p.deferred, "times");
    demo_found(d, "%ld blocks were checked and %ld bytes were wrong%s",
               (long)tally->checked, (long)tally->wrong,
               ours && !p.served ? ", but nobody was interrupted" : "");
    demo_judge(
        d, tally->checked > 0 && tally->wrong == 0 && (!ours || p.served > 0),
        ours ? "a tick that came inside malloc was put off until it "
               "returned"
             : "malloc's lock belongs to a kernel thread, and each of "
               "them is one");
}

static const struct demo demo = {
    .name = "malloc-preempted",
    .claim = "A thread that is preempted inside malloc would break it, unless "
             "the lock is the thread's or the tick is put off.",
    .run = run,
};

int
main(int argc, char **argv)
{
    return demo_main(argc, argv, &demo);
}

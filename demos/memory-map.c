/* SPDX-License-Identifier: MIT */
/*
 * memory-map.c - what do threads share, and what is each one's own?
 *
 * Each of three threads tells the address of a global variable, of a block on
 * the heap, of its function, and of a local variable, and stores its own
 * number at each but the function. Then main looks what has arrived. Threads of
 * one process see the same bytes at the same address; their stacks lie at
 * addresses of their own, and errno is each one's own though it is called by
 * one name. A process sees the same addresses too, and other bytes behind them.
 */
#include "demo.h"

#include <errno.h>
#include <stdatomic.h>
#include <stdlib.h>

enum { THREADS = 3 };

static atomic_int global;
static atomic_int *heap;

static struct shared {
    struct seen {
        uintptr_t code, global, heap, stack;
        bool errno_kept;
    } seen[THREADS];
    atomic_int here;
} * s;

static void *
look(void *number)
{
    int local = (int)(uintptr_t)number, before = local + 1000;
    global = local;
    *heap = local;
    errno = before;
    s->seen[local - 1] =
        (struct seen){(uintptr_t)look, (uintptr_t)&global, (uintptr_t)heap,
                      (uintptr_t)&local, false};
    s->here++;
    while (s->here < THREADS) /* all are there at the same time */
        thread_yield();
    s->seen[local - 1].errno_kept = errno == before;
    return NULL;
}

/* Is the code at the same address for all? And the data? */
static bool
same_code(void)
{
    bool same = true;
    for (int i = 1; i < THREADS; i++)
        same = same && s->seen[i].code == s->seen[0].code;
    return same;
}

static bool
same_data(void)
{
    bool same = true;
    for (int i = 1; i < THREADS; i++)
        same = same && s->seen[i].global == s->seen[0].global &&
               s->seen[i].heap == s->seen[0].heap;
    return same;
}

static bool
stacks_differ(void)
{
    for (int i = 0; i < THREADS; i++)
        for (int j = 0; j < i; j++)
            if (s->seen[i].stack == s->seen[j].stack)
                return false;
    return true;
}

static void
draw(struct demo_run *d, bool global_arrived, bool heap_arrived)
{
    demo_show(d, "thread %16d %16d %16d", 1, 2, 3);
#define ROW(field)                                                      \
    demo_show(d, "%-6s %16jx %16jx %16jx", #field,                      \
              (uintmax_t)s->seen[0].field, (uintmax_t)s->seen[1].field, \
              (uintmax_t)s->seen[2].field)
    ROW(code);
    ROW(global);
    ROW(heap);
    ROW(stack);
#undef ROW
    demo_show(d, "main sees what they stored: in the global %s, on the heap %s",
              global_arrived ? "yes" : "no", heap_arrived ? "yes" : "no");
}

static void
run(struct demo_run *d)
{
    bool shares = thread_model()->shares_memory, kept = true;
    thread_t threads[THREADS];
    s = demo_shared(d, sizeof *s);
    heap = calloc(1, sizeof *heap);
    if (!heap)
        demo_fail("no memory");
    demo_predict(d,
                 "what a thread stores in a global variable or on the heap "
                 "%s; %serrno is each one's own",
                 shares ? "main sees" : "main does not see",
                 shares ? "stacks lie apart, and " : "");
    for (uintptr_t i = 0; i < THREADS; i++)
        threads[i] = demo_thread(d, "looks", look, (void *)(i + 1));
    for (int i = 0; i < THREADS; i++) {
        demo_join(threads[i]);
        kept = kept && s->seen[i].errno_kept;
    }
    bool global_arrived = global != 0, heap_arrived = *heap != 0;
    draw(d, global_arrived, heap_arrived);
    demo_measure(d, "stores_arrived", global_arrived + heap_arrived, "of 2");
    demo_measure(d, "same_code_address", same_code(), "of 1");
    demo_measure(d, "same_data_address", same_data(), "of 1");
    demo_measure(d, "stacks_apart", stacks_differ(), "of 1");
    demo_measure(d, "errno_kept", kept, "of 1");
    demo_found(d, "main saw %d of 2 stores, the stacks %s, and errno was %s",
               global_arrived + heap_arrived,
               stacks_differ() ? "lay apart" : "lay at one address",
               kept ? "kept" : "lost");
    demo_judge(d,
               same_code() && same_data() && global_arrived == shares &&
                   heap_arrived == shares && (!shares || stacks_differ()) &&
                   kept,
               "%s",
               shares ? "threads share all the memory of their process, and a "
                        "stack is a piece of it for each"
                      : "processes share nothing but what they have asked to "
                        "share: the same address, other memory");
}

static const struct demo demo = {
    .name = "memory-map",
    .claim = "Threads of a process share globals, heap and code, and have each "
             "a stack and an errno; processes share nothing by themselves.",
    .run = run,
    .untimed = true,
};

int
main(int argc, char **argv)
{
    return demo_main(argc, argv, &demo);
}

/* SPDX-License-Identifier: MIT */
/*
 * tls-errno.c - whose variable is a thread-local variable?
 *
 * The compiler and the C library give each *kernel* thread its own copy of a
 * _Thread_local variable; they have never heard of ours. So user-level threads
 * that share a kernel thread share the variable, and a library that keeps its
 * state there (many do) mixes them up. errno is such a variable too; it stays
 * each thread's own only because the scheduler saves it at every switch. What
 * is really one's own is a key (thread_key_create).
 */
#include "demo.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum { THREADS = 3, ROUNDS = 100 };

static _Thread_local int local;
static thread_key_t key;

/* What a thread found changed behind its back. */
struct changed {
    int local, error, value;
};

static void *
keep_and_look(void *result)
{
    struct changed *changed = result;
    int mine = (int)thread_self();
    for (int i = 0; i < ROUNDS; i++) {
        local = mine;
        errno = mine;
        thread_key_set(key, changed);
        thread_yield();
        changed->error += errno != mine;
        changed->local += local != mine;
        changed->value += thread_key_get(key) != changed;
    }
    return NULL;
}

static void
run(struct demo_run *d)
{
    /* User-level threads have one kernel thread among them. */
    bool own = demo_kernel_switches();
    struct changed *changed = demo_shared(d, THREADS * sizeof *changed);
    struct changed sum = {0};
    thread_t thread[THREADS];
    demo_predict(d, "errno and a key's value stay; a _Thread_local variable %s",
                 own ? "does too" : "is changed by the others");
    if (thread_key_create(&key, NULL) != 0)
        demo_fail("there is no key to be had");
    for (int i = 0; i < THREADS; i++)
        thread[i] = demo_thread(d, "keeper", keep_and_look, &changed[i]);
    for (int i = 0; i < THREADS; i++) {
        demo_join(thread[i]);
        sum.local += changed[i].local;
        sum.error += changed[i].error;
        sum.value += changed[i].value;
    }
    demo_measure(d, "local_changed", sum.local, "times");
    demo_measure(d, "errno_changed", sum.error, "times");
    demo_measure(d, "key_changed", sum.value, "times");
    demo_found(d,
               "of %d times, the _Thread_local variable was changed %d, "
               "errno %d, and the key's value %d times",
               THREADS * ROUNDS, sum.local, sum.error, sum.value);
    demo_judge(d, !sum.error && !sum.value && (sum.local == 0) == own,
               own ? "each thread is a kernel thread and has its own"
                   : "a _Thread_local variable belongs to the kernel thread, "
                     "and errno is saved at each switch");
}

static const struct demo demo = {
    .name = "tls-errno",
    .claim = "A _Thread_local variable belongs to a kernel thread; errno and "
             "the value of a key belong to a thread.",
    .run = run,
    .untimed = true,
};

int
main(int argc, char **argv)
{
    return demo_main(argc, argv, &demo);
}

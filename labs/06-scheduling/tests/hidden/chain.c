/* SPDX-License-Identifier: MIT */
/* chain.c - each thread of a chain holds a mutex and waits for the one before
 * it; lenders come at random links, and one's own priority changes meanwhile.
 * The last of them lends down the whole chain, and more than anybody has. In
 * the end the first of the chain passes all that it was lent on to the root.
 *
 * Main has the lowest priority, so when it yields, all others run until they
 * wait. */
#include "sync.h"
#include "turns.h"

enum { ROOT, LENGTH_MOST = 6, LENDERS = 4 };

static struct mutex mutex[LENGTH_MOST + 1]; /* number i is thread i's */
static struct semaphore gate, root_gate;
static thread_t thread[LENGTH_MOST + LENDERS + 1];
static int length, waits_for[LENGTH_MOST + LENDERS + 1];

static int
my_priority(void)
{
    return lab_priority(thread_self());
}

static void *
root(void *unused)
{
    mutex_lock(&mutex[ROOT]);
    semaphore_wait(&root_gate);
    mutex_unlock(&mutex[ROOT]);
    lab_say(ROOT, "leaves, priority %d", my_priority());
    return unused;
}

static void *
member(void *number)
{
    int lane = (int)(intptr_t)number;
    mutex_lock(&mutex[lane]);
    if (lane == 1)
        semaphore_wait(&gate);
    mutex_lock(&mutex[lane - 1]);
    lab_say(lane, "goes on, priority %d", my_priority());
    mutex_unlock(&mutex[lane - 1]);
    mutex_unlock(&mutex[lane]);
    lab_say(lane, "leaves, priority %d", my_priority());
    return NULL;
}

static void *
lender(void *number)
{
    int lane = (int)(intptr_t)number;
    mutex_lock(&mutex[waits_for[lane]]);
    lab_say(lane, "goes on, priority %d", my_priority());
    mutex_unlock(&mutex[waits_for[lane]]);
    return NULL;
}

static void
look(void)
{
    thread_yield();
    for (int i = ROOT; i <= length; i++)
        lab_say(i, "priority %d", lab_priority(thread[i]));
}

int
main(void)
{
    lab_begin_with("priority");
    length = 2 + (int)lab_random(LENGTH_MOST - 1);
    thread[ROOT] = lab_create(1, root, NULL);
    for (intptr_t i = 1; i <= length; i++) {
        thread[i] = lab_create(1 + (int)lab_random(20), member, (void *)i);
        thread_yield();
    }
    look();
    for (intptr_t i = length + 1; i <= length + LENDERS; i++) {
        bool last = i == length + LENDERS;
        waits_for[i] = last ? length : 1 + (int)lab_random((uint64_t)length);
        thread[i] = lab_create((last ? 41 : 1) + (int)lab_random(20), lender,
                               (void *)i);
        look();
        int changed = 1 + (int)lab_random((uint64_t)i - 1);
        int priority = 1 + (int)lab_random(40);
        lab_say(changed, "its own is %d now", priority);
        thread_set_priority(thread[changed], priority);
        look();
    }
    semaphore_post(&gate);
    look();
    semaphore_post(&root_gate);
    for (int i = ROOT; i <= length + LENDERS; i++)
        thread_join(thread[i], NULL);
    lab_end();
}

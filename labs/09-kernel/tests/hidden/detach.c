/* SPDX-License-Identifier: MIT */
/* detach.c - each kernel thread is joined or detached, once, whenever its own
 * end comes; and then nothing is left of it. */
#include "jostle.h"
#include "lab.h"
#include "sync.h"
#include "thread.h"

enum { MOST = 12 };

static struct semaphore gate;

static void *
wait_at_gate(void *arg)
{
    semaphore_wait(&gate);
    return arg;
}

static void *
just_end(void *arg)
{
    return arg;
}

static bool
is_done(void *thread)
{
    struct thread_info info;
    return thread_info(*(thread_t *)thread, &info) == 0 &&
           info.state == THREAD_DONE;
}

static bool
all_are_gone(void *arg)
{
    (void)arg;
    return thread_list(NULL, 0) == 1;
}

static void
report(const char *what, struct lab_pthreads before)
{
    struct lab_pthreads now = lab_pthreads();
    const char *left = lab_await(all_are_gone, NULL) ? "" : ", some are left";
    lab_say(0, "%s: joined %zu, detached %zu, loose %zu%s", what,
            now.joined - before.joined, now.detached - before.detached,
            now.made_loose - before.made_loose, left);
}

int
main(void)
{
    struct thread_attr detached = {.detached = true};
    thread_t thread[MOST];
    lab_begin();
    int count = 3 + (int)lab_random(MOST - 3);
    lab_jostle(true);

    struct lab_pthreads before = lab_pthreads();
    for (int i = 0; i < count; i++)
        thread_create(&thread[i], NULL, just_end, NULL);
    for (int i = 0; i < count; i++)
        thread_join(thread[i], NULL);
    report("joined", before);

    before = lab_pthreads();
    for (int i = 0; i < count; i++)
        thread_create(&thread[i], &detached, just_end, NULL);
    report("from the first", before);

    before = lab_pthreads();
    for (int i = 0; i < count; i++)
        thread_create(&thread[i], NULL, wait_at_gate, NULL);
    for (int i = 0; i < count; i++) {
        thread_detach(thread[i]);
        semaphore_post(&gate);
    }
    report("while it runs", before);

    before = lab_pthreads();
    for (int i = 0; i < count; i++) {
        thread_create(&thread[i], NULL, just_end, NULL);
        if (!lab_await(is_done, &thread[i]))
            lab_say(0, "it has ended, and is not done");
        thread_detach(thread[i]);
    }
    report("after its end", before);
    lab_end();
}

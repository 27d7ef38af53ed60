/* SPDX-License-Identifier: MIT */
/* joined-memory.c - a hundred thousand threads, joined: each stack is given
 * back, once. */
#include "lab.h"
#include "thread.h"

enum { ALL = 100000, MOST = 40, REPORTS = 10 };

static void *
worker(void *arg)
{
    return arg;
}

static void
say_stacks(void)
{
    struct lab_stacks s = lab_stacks();
    lab_say(0, "stacks %zu%s%s", s.live, s.in_use ? " freed-in-use" : "",
            s.twice ? " freed-twice" : "");
}

int
main(void)
{
    thread_t thread[MOST];
    lab_begin();
    for (int made = 0, said = 0; made < ALL;) {
        int batch = 1 + (int)lab_random(MOST);
        for (int i = 0; i < batch; i++)
            if (thread_create(&thread[i], NULL, worker, NULL) != 0) {
                lab_say(0, "refused");
                lab_end();
            }
        for (int i = batch; i-- > 0;)
            thread_join(thread[i], NULL);
        made += batch;
        for (; said < made / (ALL / REPORTS); said++)
            say_stacks();
    }
    lab_end();
}

/* SPDX-License-Identifier: MIT */
/* memory.c - of a thread that is gone no memory is kept. */
#include "lab.h"
#include "thread.h"

#include <malloc.h>

enum { ALL = 3000, AT_ONCE = 10 };

static void *
worker(void *arg)
{
    return arg;
}

static bool
make(bool detached)
{
    struct thread_attr attr = {.detached = detached};
    thread_t thread[AT_ONCE];
    for (int i = 0; i < AT_ONCE; i++)
        if (thread_create(&thread[i], &attr, worker, NULL) != 0)
            return false;
    for (int i = 0; !detached && i < AT_ONCE; i++)
        thread_join(thread[i], NULL);
    while (thread_list(NULL, 0) > 1)
        thread_sleep(100000);
    return true;
}

/* What so many threads leave behind, in bytes each: 0, or nearly. */
static void
try(const char *what, bool detached)
{
    make(detached); /* what is made once and for all is made now */
    size_t before = mallinfo2().uordblks;
    int made = 0;
    while (made < ALL && make(detached))
        made += AT_ONCE;
    size_t now = mallinfo2().uordblks;
    size_t kept = now > before ? (now - before) / ALL : 0;
    lab_say(0, "%s: %d made, %s", what, made,
            kept < 16 ? "nothing kept" : "memory kept of each");
}

int
main(void)
{
    lab_begin();
    bool first = lab_random(2);
    try(first ? "detached" : "joined", first);
    try(first ? "joined" : "detached", !first);
    lab_end();
}

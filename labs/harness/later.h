/* SPDX-License-Identifier: MIT */
/*
 * later.h - something that happens while others wait for it.
 *
 * Where the kernel does the waiting, the world outside cannot be played. So a
 * thread of its own sleeps for a moment, by which time the others wait, and
 * does it then, by plain system calls.
 */
#ifndef LABS_HARNESS_LATER_H
#define LABS_HARNESS_LATER_H

#include "lab.h"
#include "thread.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define MS 1000000u /* ns */

struct later {
    void (*fn)(int arg);
    int arg;
    uint64_t ns;
};

static inline void *
later_thread(void *arg)
{
    struct later *l = arg;
    thread_sleep(l->ns);
    l->fn(l->arg);
    free(l);
    return NULL;
}

/* Call a function in so many milliseconds, from a thread of its own. */
static inline void
later(unsigned ms, void (*fn)(int arg), int arg)
{
    thread_t thread;
    struct later *l = malloc(sizeof *l);
    *l = (struct later){fn, arg, (uint64_t)ms * MS};
    thread_create(&thread, NULL, later_thread, l);
    thread_detach(thread);
}

/* What is mostly done: write the next letter, or close an end. */
static inline void
give(int fd)
{
    static char letter = 'a';
    if (write(fd, &letter, 1) != 1)
        dprintf(STDERR_FILENO, "nobody takes what is given\n");
    letter = letter == 'z' ? 'a' : (char)(letter + 1);
}

static inline void
leave(int fd)
{
    close(fd);
}

#endif

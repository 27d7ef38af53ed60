/* SPDX-License-Identifier: MIT */
/*
 * crowd.c - ten thousand threads at a closed door, or as many as are asked for,
 * for gdb/tours/5-core.gdb. One of them has another reason to wait.
 */
#include "sync.h"
#include "thread.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define STACK (16u * 1024)

static struct semaphore door = SEMAPHORE_INITIALIZER(0);
static struct event bell = EVENT_INITIALIZER;

static void *
guest(void *number)
{
    volatile uintptr_t ticket = (uintptr_t)number;
    semaphore_wait(&door);
    return (void *)ticket;
}

static void *
dreamer(void *number)
{
    volatile uintptr_t ticket = (uintptr_t)number;
    event_wait(&bell);
    return (void *)ticket;
}

/* Break here. */
__attribute__((noinline)) static void
all_are_here(void)
{
    __asm__ volatile("");
}

int
main(int argc, char **argv)
{
    uintptr_t count = argc > 1 ? strtoul(argv[1], NULL, 10) : 10000;
    struct thread_attr attr = {.name = "guest", .stack_size = STACK};
    thread_name_object(&door, "door");
    for (uintptr_t i = 1; i <= count; i++) {
        bool dreams = i == count / 3;
        attr.name = dreams ? "dreamer" : "guest";
        if (thread_create(NULL, &attr, dreams ? dreamer : guest, (void *)i)) {
            fprintf(stderr, "crowd: no more than %lu threads\n", i - 1);
            return 1;
        }
    }
    thread_yield(); /* each comes to the door, and waits */
    all_are_here();
    _exit(0);
}

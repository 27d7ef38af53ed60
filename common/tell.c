/* SPDX-License-Identifier: MIT */
/* tell.c - see tell.h. */
#include "tell.h"

#include "object_name.h"
#include "panic.h"

#include <stdlib.h>

void
tell_thread(thread_t id, const char *name)
{
    if (name[0])
        say("thread %lu '%s'", id, name);
    else
        say("thread %lu", id);
}

/* "mutex 0x55d0 'left fork'". */
static void
tell_object(const struct thread_info *info)
{
    const char *name = object_name(info->wait_on);
    say("%s %p%s%s%s", thread_wait_name(info->wait), info->wait_on,
        name ? " '" : "", name ? name : "", name ? "'" : "");
}

/* A call may be about no descriptor: thread_blocking's. */
static void
tell_call(const struct thread_info *info)
{
    say("%s", info->wait_call);
    if (info->wait_fd >= 0)
        say(" of descriptor %d", info->wait_fd);
}

void
tell_wait(const struct thread_info *info, const char *keeper)
{
    if (info->wait == THREAD_WAIT_SLEEP) {
        say(" sleeps");
        return;
    }
    say(" waits for ");
    if (info->wait == THREAD_WAIT_IO)
        tell_call(info);
    else if (info->wait == THREAD_WAIT_JOIN)
        say("the end of ");
    else
        tell_object(info);
    if (info->wait_thread && info->wait != THREAD_WAIT_JOIN)
        say(", held by ");
    if (info->wait_thread)
        tell_thread(info->wait_thread, keeper);
}

static int
by_identifier(const void *a, const void *b)
{
    thread_t x = ((const struct thread_info *)a)->id;
    thread_t y = ((const struct thread_info *)b)->id;
    return (x > y) - (x < y);
}

void
tell_in_order(struct thread_info *list, size_t count)
{
    if (count > 1) /* qsort forbids a list that is NULL */
        qsort(list, count, sizeof *list, by_identifier);
}

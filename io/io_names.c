/* SPDX-License-Identifier: MIT */
/*
 * io_names.c - the addresses that belong to a name.
 *
 * No kernel has a call for this: getaddrinfo is the C library's, which reads
 * files, asks servers and waits for them in calls of its own. So it is run as
 * any other blocking call is.
 */
#include "io.h"
#include "thread.h"

#include <errno.h>
#include <netdb.h>

struct lookup {
    const char *node, *service;
    const struct addrinfo *hints;
    struct addrinfo **found;
    int error;
};

static void *
look_up(void *arg)
{
    struct lookup *l = arg;
    l->error = getaddrinfo(l->node, l->service, l->hints, l->found);
    return NULL;
}

int
thread_getaddrinfo(const char *node, const char *service,
                   const struct addrinfo *hints, struct addrinfo **found)
{
    return thread_getaddrinfo_until(node, service, hints, found,
                                    THREAD_FOREVER);
}

int
thread_getaddrinfo_until(const char *node, const char *service,
                         const struct addrinfo *hints, struct addrinfo **found,
                         uint64_t deadline)
{
    struct lookup l = {node, service, hints, found, 0};
    void *nothing;
    int error = thread_blocking_until(look_up, &l, deadline, &nothing);
    if (!error)
        return l.error;
    errno = error;
    return EAI_SYSTEM;
}

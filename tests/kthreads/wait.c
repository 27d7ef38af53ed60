/* SPDX-License-Identifier: MIT */
/*
 * wait.c - what this model builds upon pthreads and system calls: the owner of
 * a mutex, and a deadline for calls that have none.
 */
#include "io.h"
#include "kthread.h"
#include "sync_view.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <fcntl.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#define MS 1000000u

Test(kthreads, a_recursive_mutex_counts_to_its_limit, .timeout = 10)
{
    struct mutex m = MUTEX_RECURSIVE_INITIALIZER;
    struct mutex_view *view = (struct mutex_view *)&m;
    cr_assert(mutex_lock(&m) == 0);
    view->depth = UINT32_MAX;
    cr_expect(mutex_lock(&m) == EAGAIN);
    cr_expect(mutex_trylock(&m) == EAGAIN);
    cr_expect(view->depth == UINT32_MAX);
}

static struct mutex contended;

static void *
lock_and_unlock(void *arg)
{
    mutex_lock(&contended);
    mutex_unlock(&contended);
    return arg;
}

Test(kthreads, a_blocked_thread_names_the_holder, .timeout = 10)
{
    thread_t t;
    struct thread_info info;
    mutex_lock(&contended);
    cr_assert(thread_create(&t, NULL, lock_and_unlock, NULL) == 0);
    do
        cr_assert(thread_info(t, &info) == 0);
    while (info.state != THREAD_BLOCKED);
    cr_expect(info.wait == THREAD_WAIT_MUTEX);
    cr_expect(info.wait_on == &contended);
    cr_expect(info.wait_thread == thread_self());
    cr_expect(info.wait_since <= thread_now());
    mutex_unlock(&contended);
    thread_join(t, NULL);
}

static int ends[2];

static void *
read_one(void *deadline)
{
    char byte;
    ssize_t n = thread_read_until(ends[0], &byte, 1, *(uint64_t *)deadline);
    return (void *)(intptr_t)(n == 1 ? 0 : errno);
}

Test(kthreads, who_loses_the_race_for_a_byte_still_times_out, .timeout = 10)
{
    enum { READERS = 4 };
    thread_t t[READERS];
    int got_it = 0, timed_out = 0;
    uint64_t deadline = thread_now() + 100 * MS;
    cr_assert(pipe(ends) == 0);
    for (int i = 0; i < READERS; i++)
        cr_assert(thread_create(&t[i], NULL, read_one, &deadline) == 0);
    cr_assert(write(ends[1], "x", 1) == 1);
    for (int i = 0; i < READERS; i++) {
        void *error;
        thread_join(t[i], &error);
        got_it += error == NULL;
        timed_out += error == (void *)ETIMEDOUT;
    }
    cr_expect(got_it == 1);
    cr_expect(timed_out == READERS - 1);
    cr_expect((fcntl(ends[0], F_GETFL) & O_NONBLOCK) == 0);
}

Test(kthreads, a_write_by_a_deadline_is_short_not_late, .timeout = 10)
{
    static char much[1 << 20];
    cr_assert(pipe(ends) == 0);
    ssize_t room = fcntl(ends[1], F_GETPIPE_SZ);
    uint64_t deadline = thread_now() + 5 * MS;
    cr_expect(thread_write_until(ends[1], much, sizeof much, deadline) == room);
    cr_expect(thread_write_until(ends[1], much, 1, deadline) == -1);
    cr_expect(errno == ETIMEDOUT);
}

/* A listening socket in the abstract name space; its address goes to *addr. */
static int
listen_unix(struct sockaddr_un *addr, socklen_t *len)
{
    int fd = socket(AF_UNIX, SOCK_STREAM, 0);
    memset(addr, 0, sizeof *addr);
    addr->sun_family = AF_UNIX;
    int n = snprintf(addr->sun_path + 1, sizeof addr->sun_path - 1,
                     "threadbare-test-%d", (int)getpid());
    *len = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + 1 + (size_t)n);
    cr_assert(bind(fd, (struct sockaddr *)addr, *len) == 0);
    cr_assert(listen(fd, 0) == 0);
    return fd;
}

Test(kthreads, connect_gives_up_on_a_full_queue, .timeout = 10)
{
    struct sockaddr_un addr;
    socklen_t len;
    int listener = listen_unix(&addr, &len);
    int first = socket(AF_UNIX, SOCK_STREAM, 0);
    int second = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0);
    const struct sockaddr *to = (struct sockaddr *)&addr;
    cr_assert(thread_connect(first, to, len) == 0);
    uint64_t deadline = thread_now() + 10 * MS;
    cr_expect(thread_connect_until(second, to, len, deadline) == -1);
    cr_expect(errno == ETIMEDOUT);
    cr_expect(thread_now() >= deadline);
    cr_expect(fcntl(second, F_GETFL) & O_NONBLOCK);
    cr_expect(thread_accept(listener, NULL, NULL, 0) >= 0);
    cr_expect(thread_connect(second, to, len) == 0);
}

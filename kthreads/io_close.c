/* SPDX-License-Identifier: MIT */
/*
 * io_close.c - a descriptor goes while threads wait for it.
 *
 * To the kernel they wait for the file, not for its number: close(2) lets the
 * number go, and they would wait on. So each of them is interrupted, and makes
 * its call again; by then the number must stand for nothing, or for a while it
 * might stand for somebody else's file. A descriptor opened with O_PATH is
 * just that: every call of io.h finds that it is no descriptor to read or
 * write (EBADF), and it keeps the number until all are out.
 *
 *      number -> file      number -> O_PATH      number -> nothing
 *                      dup2                  close
 *                      interrupt ... all out
 */
#include "io_close.h"

#include "interrupt.h"
#include "io_op.h"
#include "kthread.h"

#include <fcntl.h>
#include <sched.h>
#include <unistd.h>

static bool
waits_for(const struct wait *wait, int fd)
{
    if (wait->kind != THREAD_WAIT_IO)
        return false;
    for (size_t i = 0; i < wait->polled_count; i++)
        if (wait->polled[i].fd == fd)
            return true;
    return wait->fd == fd;
}

/* Interrupt all who wait for the descriptor; how many there are that could
 * be. */
static int
interrupt_all(int fd)
{
    struct kthread *t;
    size_t position = 0;
    int count = 0;
    kthread_lock(&the_threads.lock);
    while ((t = table_next(&the_threads.table, &position)) != NULL) {
        pthread_mutex_lock(&t->lock);
        if (waits_for(&t->wait, fd))
            count += interrupt(t->tid);
        pthread_mutex_unlock(&t->lock);
    }
    pthread_mutex_unlock(&the_threads.lock);
    return count;
}

/* A thread that comes later finds that the number stands for nothing; one that
 * has said before that it waits is found here. */
void
io_end_waits(int fd)
{
    if (the_threads.alive == 1 || fcntl(fd, F_GETFD) < 0)
        return;
    int nothing = open("/", O_PATH | O_CLOEXEC);
    if (nothing < 0)
        return; /* no number is left: nobody is told */
    dup2(nothing, fd);
    close(nothing);
    if (atomic_load(&io_waited[(unsigned)fd % IO_WAITED]) == 0)
        return;
    bool begun = call_begin();
    while (interrupt_all(fd) > 0)
        sched_yield();
    call_end(begun);
}

/* SPDX-License-Identifier: MIT */
/*
 * reap.c - the end of the process under a thread: who sees it, and who tidies
 * up.
 *
 * Two things must happen after it, and by different hands. Whoever joins takes
 * the result and strikes the thread off the table. The parent, and only it, can
 * reap the process, without which it stays as a zombie. When both have happened
 * the control block is free for another thread. Whose parent has ended becomes
 * main's child, in the table and in the kernel.
 *
 *      listed, pid      runs; or is done, and waits for both
 *      listed, no pid   was reaped, and waits for its joiner
 *      pid              was joined, and waits for its parent
 *      neither          free
 *
 * A process may also end without a word: by a signal, by exit. Its control
 * block does not say so, but the kernel does. So whoever joins waits for the
 * process and not for its word, by a pidfd: a descriptor that is ready when the
 * process has ended, whoever's child it is.
 */
#include "reap.h"

#include "cancel.h"
#include "clock.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

/* ---- What has happened ---- */

/* Has its process ended? Of a child the kernel knows until it is reaped; but a
 * child of somebody who is about to end is ours in the table a moment before it
 * is in the kernel. */
static bool
has_ended(const struct process *t)
{
    siginfo_t info = {.si_pid = 0};
    if (t->parent == current &&
        waitid(P_PID, (id_t)t->pid, &info, WEXITED | WNOWAIT | WNOHANG) == 0)
        return info.si_pid != 0;
    return kill(t->pid, 0) != 0;
}

static void
free_if_over(struct process *t)
{
    if (!t->listed && !t->pid)
        t->id = 0;
}

void
reap_unlist(struct process *t)
{
    table_remove(&the_threads.table, t->id);
    t->listed = false;
    free_if_over(t);
}

/* Unless the program has done so by a wait of its own, or the kernel gives it
 * to us only in a moment. */
void
reap_if_ours(struct process *t)
{
    if (t->parent != current || !t->pid)
        return;
    if (waitpid(t->pid, NULL, WNOHANG) != t->pid && kill(t->pid, 0) == 0)
        return;
    t->pid = 0;
    free_if_over(t);
}

/* O(n) in the blocks ever used; to make a process costs more than a thousand of
 * them. */
void
reap_children(void)
{
    for (size_t i = 0; i < the_threads.blocks_used; i++) {
        struct process *t = &the_threads.blocks[i];
        if (t->id && atomic_load(&t->done))
            reap_if_ours(t);
    }
}

void
reap_give_children_to_main(const struct process *t)
{
    for (size_t i = 0; i < the_threads.blocks_used; i++)
        if (the_threads.blocks[i].parent == t)
            the_threads.blocks[i].parent = &the_threads.blocks[0];
}

/* It may have died with its own lock in hand. */
void
reap_note_end(struct process *t)
{
    if (atomic_load(&t->done))
        return;
    t->crashed = true;
    t->lock = (struct lock){0};
    t->wait = (struct wait){.kind = THREAD_WAIT_NONE};
    reap_give_children_to_main(t);
    atomic_store(&t->done, 1);
    if (t->detached)
        reap_unlist(t);
}

void
process_notice_end(struct process *t)
{
    if (t->parent == current && t->pid && has_ended(t))
        reap_note_end(t);
}

static struct process *
find_child(pid_t pid)
{
    for (size_t i = 0; i < the_threads.blocks_used; i++)
        if (the_threads.blocks[i].id && the_threads.blocks[i].pid == pid)
            return &the_threads.blocks[i];
    return NULL;
}

/* That it is our child is the kernel's word, and may be news to the table. That
 * it has stopped or goes on means nothing to us, but must not be told again. */
bool
reap_own(pid_t pid)
{
    siginfo_t info;
    lock_take(&the_threads.lock);
    struct process *t = find_child(pid);
    if (t) {
        t->parent = current;
        process_notice_end(t);
        reap_if_ours(t);
        waitid(P_PID, (id_t)pid, &info, WSTOPPED | WCONTINUED | WNOHANG);
    }
    lock_release(&the_threads.lock);
    return t != NULL;
}

/* ---- Waiting for an end ---- */

static int
open_pidfd(pid_t pid)
{
    return (int)syscall(SYS_pidfd_open, pid, 0);
}

static void
wait_by_pidfd(int pidfd)
{
    struct pollfd fd = {.fd = pidfd, .events = POLLIN};
    while (poll(&fd, 1, -1) < 0 && errno == EINTR)
        continue;
}

struct ending
ending_open(struct process *t)
{
    bool needed = !t->is_main && t->pid;
    return (struct ending){t, needed ? open_pidfd(t->pid) : -1};
}

/* Main's process outlives main, so of main its word is waited for; and so it is
 * where no descriptor can be had, with a look now and then at whether its
 * process is there at all. */
int
ending_wait(void *arg)
{
    const struct ending *e = arg;
    struct process *t = e->thread;
    if (e->pidfd >= 0)
        wait_by_pidfd(e->pidfd);
    else
        while (t->pid && !atomic_load(&t->done) && !has_ended(t))
            futex_wait(&t->done, 0, clock_now() + NS_PER_SEC / 100);
    return 0;
}

void
ending_close(struct ending *e)
{
    if (e->pidfd >= 0)
        close(e->pidfd);
}

/* ---- Main's end, and the others ---- */

/* Who still runs; or else who is done, and ours to reap. NULL: nobody. */
static struct process *
another(void)
{
    struct process *ours = NULL;
    for (size_t i = 1; i < the_threads.blocks_used; i++) {
        struct process *t = &the_threads.blocks[i];
        if (t->id && t->pid && !atomic_load(&t->done))
            return t;
        if (t->id && t->pid && t->parent == current)
            ours = t;
    }
    return ours;
}

/* Somebody may join it meanwhile, and the block be used again. */
static void
outlive(struct process *t)
{
    struct ending e = ending_open(t);
    thread_t id = t->id;
    lock_release(&the_threads.lock);
    ending_wait(&e);
    ending_close(&e);
    lock_take(&the_threads.lock);
    if (t->id != id)
        return;
    reap_note_end(t);
    reap_if_ours(t);
}

void
reap_others(void)
{
    struct process *t;
    lock_take(&the_threads.lock);
    while ((t = another()) != NULL)
        outlive(t);
    lock_release(&the_threads.lock);
}

/* Whoever is killed may hold the lock: it is not waited for without end. When
 * the last of them has gone all are our children, for their parents have gone
 * too. */
void
process_end_others(void)
{
    struct process *end = &the_threads.blocks[the_threads.blocks_used], *t;
    lock_take_until(&the_threads.lock, clock_now() + NS_PER_SEC / 10);
    for (t = &the_threads.blocks[1]; t < end; t++)
        if (t->id && t->pid)
            kill(t->pid, SIGKILL);
    for (t = &the_threads.blocks[1]; t < end; t++) {
        struct ending e = {t, t->id && t->pid ? open_pidfd(t->pid) : -1};
        if (e.pidfd >= 0)
            wait_by_pidfd(e.pidfd);
        ending_close(&e);
    }
    for (t = &the_threads.blocks[1]; t < end; t++)
        if (t->id && t->pid)
            waitpid(t->pid, NULL, WNOHANG);
}

/* Of whom we are the child, while that is not main. */
static pid_t creator;

/* The kernel sends us a signal when our parent ends. If that is main, it is one
 * that nobody survives; if it is not, we are main's child then, and ask again.
 * A parent that is neither is nobody's: both have ended. */
void
process_die_with_main(void)
{
    pid_t parent, main = the_threads.blocks[0].pid;
    do {
        parent = getppid();
        if (parent != main && parent != creator)
            _exit(EXIT_FAILURE);
        prctl(PR_SET_PDEATHSIG, parent == main ? SIGKILL : LOOK_AROUND);
    } while (getppid() != parent); /* it ended before we had asked */
}

void
reap_born_of(pid_t parent)
{
    creator = parent;
    process_die_with_main();
}

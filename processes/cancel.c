/* SPDX-License-Identifier: MIT */
/*
 * cancel.c - deferred cancellation: a thread is asked to end, and ends where
 * it is safe.
 *
 * A request is noted in shared memory, and answered at cancellation points. A
 * process that is blocked in one sits in a system call, from which only a
 * signal fetches it: so one is sent. Its handler looks whether the process is
 * in a cancellation point, and if so jumps out of the call, whatever it was,
 * to the beginning of the wait (cancel_point). A signal that comes just before
 * the call, when the flag has been looked at already, jumps as well: that is
 * why it jumps and does not leave it to EINTR, which such a call would never
 * see.
 *
 *      cancel_point:  sigsetjmp ---------- 0: arm, wait, disarm ---> result
 *                         \
 *                          not 0: from the handler; undo, and end
 *
 * What is jumped out of is a system call with a loop around it and nothing
 * else: no lock is held there. As with kernel threads, a cancellation that
 * comes just as read(2) has returned loses what it had read.
 *
 * A wait in a channel cannot be taken back once it is over, so it is not ended
 * in that way: thread_cancel has it look for itself (channel_look_again).
 */
#include "cancel.h"

#include "key.h"

#include <errno.h>
#include <setjmp.h>
#include <signal.h>

/* Where to jump; NULL: this is no moment to. Read by the handler. */
static sigjmp_buf *volatile way_out;

bool
cancel_pending(void)
{
    return atomic_load(&current->cancel_asked) && !current->cancel_off;
}

static void
jump_out(void)
{
    sigjmp_buf *out = way_out;
    way_out = NULL;
    siglongjmp(*out, 1);
}

/* The signal says that something has happened, and not what: a thread wants
 * our end, or the parent has ended. */
static void
on_look_around(int sig)
{
    int error = errno;
    (void)sig;
    if (!current)
        return;
    if (!current->is_main)
        process_die_with_main();
    if (way_out && cancel_pending())
        jump_out();
    errno = error;
}

/* SA_RESTART: a system call of the program's own goes on. SA_NODEFER: a jump
 * out of the handler leaves no signal blocked behind it. */
void
cancel_start(void)
{
    struct sigaction action = {.sa_handler = on_look_around,
                               .sa_flags = SA_RESTART | SA_NODEFER};
    sigaction(LOOK_AROUND, &action, NULL);
}

int
thread_cancel(thread_t thread)
{
    process_self();
    lock_take(&the_threads.lock);
    struct process *t = table_find(&the_threads.table, thread);
    if (t && !atomic_load(&t->done)) {
        atomic_store(&t->cancel_asked, true);
        channel_look_again(t);
        if (t != current && t->pid)
            kill(t->pid, LOOK_AROUND);
    }
    lock_release(&the_threads.lock);
    return t ? 0 : ESRCH;
}

void
thread_testcancel(void)
{
    process_self();
    if (cancel_pending())
        thread_exit(THREAD_CANCELED);
}

bool
thread_set_cancelable(bool on)
{
    struct process *t = process_self();
    bool was_on = !t->cancel_off;
    t->cancel_off = !on;
    return was_on;
}

void
thread_cleanup_push(struct thread_cleanup *handler, void (*fn)(void *),
                    void *arg)
{
    struct process *t = process_self();
    *handler = (struct thread_cleanup){fn, arg, t->cleanup};
    t->cleanup = handler;
}

void
thread_cleanup_pop(bool call_it)
{
    struct process *t = process_self();
    struct thread_cleanup *handler = t->cleanup;
    t->cleanup = handler->next;
    if (call_it)
        handler->fn(handler->arg);
}

void
cancel_run_handlers(struct process *t)
{
    while (t->cleanup)
        thread_cleanup_pop(true);
}

int
cancel_point(int (*wait)(void *), void (*undo)(void *), void *arg)
{
    sigjmp_buf out;
    if (sigsetjmp(out, 0) != 0) {
        if (undo)
            undo(arg);
        if (current->wait.kind)
            wait_end();
        thread_exit(THREAD_CANCELED);
    }
    way_out = &out;
    if (cancel_pending()) /* before we could be told */
        jump_out();
    int result = wait(arg);
    way_out = NULL;
    return result;
}

/* ---- Listening to a bell ---- */

struct listening {
    struct bell *bell;
    struct lock *lock;
    unsigned rings; /* there had been when the lock was released */
    uint64_t deadline;
    void (*undo)(void *);
    void *arg;
};

static int
listen(void *arg)
{
    const struct listening *l = arg;
    return futex_wait(&l->bell->rings, l->rings, l->deadline);
}

static void
stop_listening(void *arg)
{
    const struct listening *l = arg;
    lock_take(l->lock);
    if (atomic_load(&l->bell->rings) != l->rings)
        bell_ring(l->bell);
    l->undo(l->arg);
}

int
cancel_bell_wait(struct bell *bell, struct lock *lock, uint64_t deadline,
                 void (*undo)(void *), void *arg)
{
    struct listening l = {
        .bell = bell,
        .lock = lock,
        .rings = atomic_load(&bell->rings),
        .deadline = deadline,
        .undo = undo,
        .arg = arg,
    };
    lock_release(lock);
    int error = cancel_point(listen, stop_listening, &l);
    lock_take(lock);
    return error;
}

/* SPDX-License-Identifier: MIT */
/*
 * io_uring.c - the engine that suspends the thread: the kernel does the
 * waiting.
 *
 * Two rings are shared with the kernel. We put operations into the submission
 * queue, which costs no system call; one call hands over all of them, and when
 * they are complete the kernel puts their results into the completion queue.
 *
 *      thread: submit -> [SQ] -> kernel ... waits ... -> [CQ] -> wake thread
 *
 * Submissions are collected while threads run, and handed over together: by
 * the idle thread, when nobody is ready, in the very call in which it waits;
 * and by the scheduler's regular poll, so that busy threads delay them by no
 * more than that. (A write of a thread that is alone goes at once: see
 * waits_seldom.) An operation carries the address of its struct io_op as its
 * user data; with the lowest bit set it is the cancellation of that operation.
 *
 * A cancellation may come between two steps of an operation (its descriptor has
 * become ready, and it is about to be tried again) and is then told that there
 * is none (ENOENT). If that try finds nothing the operation goes on waiting, so
 * the kernel must be asked again. Hence the end of a cancellation is awaited
 * too: until then the struct io_op may not go away.
 */
#include "clock.h"
#include "io_engine.h"
#include "io_help.h"
#include "io_sqe.h"
#include "panic.h"
#include "sched.h"

#include <errno.h>
#include <liburing.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static struct io_uring ring;
static size_t pending; /* operations submitted and not done */
static bool seeking;   /* one that goes to an offset may not be handed over */

#define CANCELLATION ((uint64_t)1) /* in user data: of this operation */

static void uring_cancel(struct io_op *op);

/* Only we submit, and completions may wait until we ask: saves interrupts.
 * Kernels before 6.1 know neither. */
static int
open_ring(unsigned entries)
{
    struct io_uring_params wanted = {.flags = IORING_SETUP_SINGLE_ISSUER |
                                              IORING_SETUP_DEFER_TASKRUN};
    int error = io_uring_queue_init_params(entries, &ring, &wanted);
    if (error != -EINVAL)
        return -error;
    struct io_uring_params plain = {0};
    return -io_uring_queue_init_params(entries, &ring, &plain);
}

/* A filter may allow the set-up and refuse the use: only an operation that has
 * come back proves that the ring works. */
static int
try_nop(void)
{
    struct io_uring_cqe *cqe;
    io_uring_prep_nop(io_uring_get_sqe(&ring));
    int n = io_uring_submit_and_wait(&ring, 1);
    if (n < 0)
        return -n;
    int error = io_uring_peek_cqe(&ring, &cqe);
    if (error)
        return -error;
    io_uring_cqe_seen(&ring, cqe);
    return 0;
}

static int
uring_open(const char **what)
{
    unsigned entries = io_ring_entries;
    int error = open_ring(entries);
    while (error == ENOMEM && entries > RING_LEAST) /* RLIMIT_MEMLOCK */
        error = open_ring(entries /= 2);
    *what = "io_uring_setup";
    if (error)
        return error;
    *what = "io_uring_enter";
    error = try_nop();
    if (error) {
        io_uring_queue_exit(&ring);
        return error;
    }
    io_sqe_probe(&ring);
    io_uring_register_ring_fd(&ring); /* if it can: saves a look-up each time */
    io_uring_ring_dontfork(&ring);
    return 0;
}

/* Was the last receive from this descriptor answered, as only a socket does? */
static bool *
is_socket(int fd)
{
    enum { KNOWN = 1 << 16 };
    static bool known[KNOWN], unknown;
    unknown = false;
    return fd >= 0 && fd < KNOWN ? &known[fd] : &unknown;
}

/* The kernel has let go of an operation, and of its cancellation. */
static void
finish(struct io_op *op)
{
    if (op->call == IO_RECV)
        *is_socket(op->fd) = op->result >= 0;
    pending--;
    io_complete(op, op->result);
}

/* LAB(uring): its result; and is it finished? */
static void
operation_ended(struct io_op *op, int result)
{
    op->result = result;
    op->ended = true;
    if (!op->cancelling)
        finish(op);
}

/* LAB(uring): the operation has ended, or will, or was missed (see above). */
static void
cancellation_ended(struct io_op *op, int result)
{
    op->cancelling = false;
    if (op->ended)
        finish(op);
    else if (result == -ENOENT) /* see above */
        uring_cancel(op);
}

/* Take the results that are there. Each is taken off the queue before it is
 * acted upon, for that may lead back here. To look at an empty queue goes by
 * the kernel's count only; a peek would ask whether it has kept any back, which
 * nearly every io_uring_enter of ours does anyway.
 * LAB(uring): all that there are. Whose is each, and what has ended? */
static void
reap(void)
{
    struct io_uring_cqe *cqe;
    while (io_uring_cq_ready(&ring) > 0 &&
           io_uring_peek_cqe(&ring, &cqe) == 0) {
        uint64_t data = io_uring_cqe_get_data64(cqe);
        int result = cqe->res;
        struct io_op *op = (struct io_op *)(uintptr_t)(data & ~CANCELLATION);
        io_uring_cqe_seen(&ring, cqe);
        if (data & CANCELLATION)
            cancellation_ended(op, result);
        else
            operation_ended(op, result);
    }
}

/* Of what is about to be handed over, end what the system call would refuse. A
 * place in the queue cannot be given back: one that does nothing takes it. */
static void
refuse_some(void)
{
    static struct io_op nobody;
    int known = -1;
    for (unsigned i = *ring.sq.khead; i != ring.sq.sqe_tail; i++) {
        struct io_uring_sqe *sqe = &ring.sq.sqes[i & ring.sq.ring_mask];
        int error = io_sqe_refusal(sqe, &known);
        if (!error)
            continue;
        struct io_op *op = (struct io_op *)(uintptr_t)sqe->user_data;
        io_uring_prep_nop(sqe);
        io_uring_sqe_set_data(sqe, &nobody);
        pending++;
        operation_ended(op, -error);
    }
}

/* Call this before something is handed over. */
static void
hand_over_begins(void)
{
    if (seeking)
        refuse_some();
}

/* And this with what came of it. Busy (EBUSY, EAGAIN) means that the kernel
 * wants results taken first.
 * LAB(uring): which errors are none? If something is seeking, is there still
 * some of it that was not handed over? Then take the results. */
static void
hand_over_ends(int n)
{
    if (n < 0 && n != -ETIME && n != -EINTR && n != -EBUSY && n != -EAGAIN)
        panic("io_uring_enter: %s", strerror(-n));
    if (seeking)
        seeking = io_uring_sq_ready(&ring) > 0;
    reap();
}

/* Hand over what was collected, and have finished operations reported.
 * LAB(uring): one system call; none if there is nothing to hand over, and
 * nothing to wait for. */
static void
uring_poll(void)
{
    if (pending == 0 && io_uring_sq_ready(&ring) == 0)
        return;
    hand_over_begins();
    hand_over_ends(io_uring_submit_and_get_events(&ring));
}

/* Only hand over. What is done at once has a result. LAB(uring) */
static void
hand_over_now(void)
{
    hand_over_begins();
    hand_over_ends(io_uring_submit(&ring));
}

/* A free place in the submission queue, made if need be.
 * LAB(uring): when is there none, and what frees some? */
static struct io_uring_sqe *
get_sqe(void)
{
    struct io_uring_sqe *sqe;
    while ((sqe = io_uring_get_sqe(&ring)) == NULL)
        uring_poll();
    return sqe;
}

/*
 * Whoever is alone need not think of others. With others at work it is better
 * to collect: sends that are handed over together wake their readers together,
 * and what those answer comes together too.
 */

/* Nobody else is ready, and nothing was collected. LAB(uring) */
static bool
is_alone(void)
{
    return sched_self()->ready.count == 0 && io_uring_sq_ready(&ring) == 0;
}

/* A send is done at once, or else would wait: the system call is the shorter
 * way. LAB(uring) */
static bool
sent_directly(struct io_op *op)
{
    if (op->call != IO_SEND)
        return false;
    ssize_t n = send(op->fd, op->buf, op->count, op->flags | MSG_DONTWAIT);
    if (n < 0 && errno == EAGAIN && !(op->flags & MSG_DONTWAIT))
        return false;
    io_complete(op, n < 0 ? -errno : n);
    return true;
}

/* So is a write to a pipe, a socket or a terminal nearly always, but there is
 * no system call for all of them that would not wait. It is left to the ring,
 * there and then: it is done when uring_submit returns, and its thread goes on
 * without a switch. (To a file it is a worker's, on most file systems: that
 * costs 10 us, and one system call more.) LAB(uring) */
static bool
waits_seldom(const struct io_op *op)
{
    return op->call == IO_WRITE || op->call == IO_WRITEV;
}

/* A receive has nearly always to wait. Then it is a waste that the kernel first
 * looks whether something is there. (With others at work something often is,
 * and to wait for it first would be the waste: a tenth of what an echo costs.)
 * But what is no socket would be waited for in vain, instead of refused.
 * Kernels that defer know how to be told so. LAB(uring) */
static bool
waits_mostly(const struct io_op *op)
{
    return op->call == IO_RECV && !(op->flags & MSG_DONTWAIT) &&
           *is_socket(op->fd) && ring.flags & IORING_SETUP_DEFER_TASKRUN;
}

/* LAB(uring): into the queue, and no further, unless its thread is alone: who
 * hands it over? What the kernel lacks (io_sqe_lacks) is for a helper. */
static void
uring_submit(struct io_op *op)
{
    bool alone = is_alone();
    if (alone && sent_directly(op))
        return;
    if (io_sqe_lacks[op->call]) { /* before 6.7 */
        io_help(op);
        return;
    }
    struct io_uring_sqe *sqe = get_sqe();
    io_sqe_prepare(sqe, op);
    if (alone && waits_mostly(op))
        sqe->ioprio |= IORING_RECVSEND_POLL_FIRST;
    io_uring_sqe_set_data(sqe, op);
    op->ended = op->cancelling = false;
    seeking |= io_sqe_seeks(op);
    pending++;
    if (alone && waits_seldom(op))
        hand_over_now();
}

/* The operation may end while a place is made for its cancellation, and must
 * not be gone when that comes back: so it is marked before.
 * LAB(uring): an operation of its own, known by its user data. */
static void
uring_cancel(struct io_op *op)
{
    op->cancelling = true;
    struct io_uring_sqe *sqe = get_sqe();
    io_uring_prep_cancel(sqe, op, 0);
    io_uring_sqe_set_data64(sqe, (uintptr_t)op | CANCELLATION);
}

/* LAB(uring): the deadline is a moment, the kernel wants a span. */
static int
submit_and_wait_until(uint64_t deadline)
{
    struct io_uring_cqe *cqe;
    uint64_t now = clock_now();
    uint64_t ns = deadline > now ? deadline - now : 0;
    struct __kernel_timespec span = {.tv_sec = (int64_t)(ns / NS_PER_SEC),
                                     .tv_nsec = (int64_t)(ns % NS_PER_SEC)};
    return io_uring_submit_and_wait_timeout(&ring, &cqe, 1, &span, NULL);
}

/* LAB(uring): hand over and wait for one, in the same system call. */
static void
uring_wait(uint64_t deadline)
{
    hand_over_begins();
    hand_over_ends(deadline == THREAD_FOREVER
                       ? io_uring_submit_and_wait(&ring, 1)
                       : submit_and_wait_until(deadline));
}

static size_t
uring_pending(void)
{
    return pending;
}

/* The rings are not mapped in the child: touching them would end it. */
static void
uring_forget(void)
{
    close(ring.ring_fd);
    pending = 0;
}

const struct io_engine io_engine_uring = {
    .name = "uring",
    .suspends = true,
    .open = uring_open,
    .submit = uring_submit,
    .cancel = uring_cancel,
    .poll = uring_poll,
    .wait = uring_wait,
    .pending = uring_pending,
    .forget = uring_forget,
};

/* SPDX-License-Identifier: MIT */
/*
 * cancel_io.c - cancellation in the calls of io.h.
 *
 * Each call is tried three times: by a thread that waits in it, by one that
 * waits in it with a deadline, and by one that was cancelled before it came.
 * Whatever there was to take afterwards must still be there.
 */
#include "descriptors.h"

#include <stdio.h>
#include <sys/un.h>

/* Where nothing can be had: an empty pipe and a full one, a socket of each
 * kind, a listener nobody comes to, and one whose queue is full. */
static struct pipe empty, full;
static int silent[2], stuffed[2], listener, caller, file;
static struct sockaddr_un busy = {.sun_family = AF_UNIX};
static uint64_t deadline = THREAD_FOREVER;

static char buf[16];

static long
call_read(void)
{
    return thread_read_until(empty.out, buf, 1, deadline);
}

static long
call_write(void)
{
    return thread_write_until(full.in, buf, 1, deadline);
}

static long
call_recv(void)
{
    return thread_recv_until(silent[0], buf, 1, 0, deadline);
}

static long
call_send(void)
{
    return thread_send_until(stuffed[0], buf, 1, 0, deadline);
}

static long
call_accept(void)
{
    return thread_accept_until(listener, NULL, NULL, 0, deadline);
}

static long
call_connect(void)
{
    return thread_connect_until(caller, (struct sockaddr *)&busy, sizeof busy,
                                deadline);
}

static long
call_poll(void)
{
    struct pollfd fd = {.fd = empty.out, .events = POLLIN};
    return thread_poll(&fd, 1, deadline);
}

static long (*const calls[])(void) = {call_read, call_write,  call_recv,
                                      call_send, call_accept, call_connect,
                                      call_poll};
enum { CALLS = sizeof calls / sizeof *calls };

/* A UNIX socket's connect waits while the listener's queue is full. */
static void
make_busy_listener(void)
{
    int fd = socket(AF_UNIX, SOCK_STREAM, 0);
    snprintf(busy.sun_path + 1, sizeof busy.sun_path - 1, "threadbare-%ld",
             (long)getpid());
    cr_assert_eq(bind(fd, (struct sockaddr *)&busy, sizeof busy), 0);
    cr_assert_eq(listen(fd, 0), 0);
    int first = socket(AF_UNIX, SOCK_STREAM, 0);
    cr_assert_eq(connect(first, (struct sockaddr *)&busy, sizeof busy), 0);
    caller = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0);
    cr_assert_geq(caller, 0);
}

static void
open_all(void)
{
    struct sockaddr_in addr;
    needs_suspending_io();
    empty = open_pipe();
    full = open_pipe();
    fill(full.in);
    open_pair(SOCK_STREAM, silent);
    open_pair(SOCK_STREAM, stuffed);
    fill(stuffed[0]);
    listener = listen_on_loopback(&addr);
    make_busy_listener();
}

static void *
call_it(void *which)
{
    calls[VALUE(which)]();
    return NULL;
}

static void
cancel_in_all(void)
{
    for (unsigned i = 0; i < CALLS; i++) {
        thread_t thread = spawn(call_it, NUMBER(i));
        await_blocked(thread, THREAD_WAIT_IO);
        cr_assert_eq(thread_cancel(thread), 0);
        cr_assert_eq(join(thread), THREAD_CANCELED, "call %u", i);
    }
}

static void
nothing_was_taken(void)
{
    char byte = 0;
    cr_assert_eq(write(empty.in, "p", 1), 1);
    cr_assert_eq(read(empty.out, &byte, 1), 1);
    cr_assert_eq(byte, 'p');
    cr_assert_eq(write(silent[1], "s", 1), 1);
    cr_assert_eq(read(silent[0], &byte, 1), 1);
    cr_assert_eq(byte, 's');
}

Test(cancel, ends_every_call_of_io_that_waits, .timeout = 20)
{
    open_all();
    cancel_in_all();
    nothing_was_taken();
}

Test(cancel, ends_every_call_of_io_that_waits_until_a_deadline, .timeout = 20)
{
    open_all();
    deadline = in_ms(60000);
    cancel_in_all();
    nothing_was_taken();
}

Test(cancel, of_a_connect_leaves_the_socket_nonblocking, .timeout = 20)
{
    open_all();
    thread_t thread = spawn(call_it, NUMBER(5));
    await_blocked(thread, THREAD_WAIT_IO);
    thread_cancel(thread);
    join(thread);
    cr_assert(fcntl(caller, F_GETFL) & O_NONBLOCK, "as it was made");
}

static void *
call_cancelled(void *which)
{
    thread_cancel(thread_self());
    return call_it(which);
}

Test(cancel, asked_for_before_ends_calls_of_io_that_need_not_wait,
     .timeout = 20)
{
    struct sockaddr_in addr;
    empty = full = open_pipe();
    cr_assert_eq(write(empty.in, "p", 1), 1);
    open_pair(SOCK_STREAM, silent);
    stuffed[0] = silent[1];
    cr_assert_eq(write(silent[1], "s", 1), 1);
    listener = listen_on_loopback(&addr);
    caller = stream_socket();
    cr_assert_eq(connect_to(caller, &addr), 0);
    for (unsigned i = 0; i < CALLS; i++)
        cr_assert_eq(join(spawn(call_cancelled, NUMBER(i))), THREAD_CANCELED,
                     "call %u", i);
    set_nonblocking(empty.out);
    set_nonblocking(silent[0]);
    cr_assert_eq(read(empty.out, buf, sizeof buf), 1, "neither more nor less");
    cr_assert_eq(read(silent[0], buf, sizeof buf), 1);
    set_nonblocking(listener);
    cr_assert_geq(accept(listener, NULL, NULL), 0, "nobody has accepted it");
}

static void *
call_at_offset_cancelled(void *write)
{
    thread_cancel(thread_self());
    if (VALUE(write))
        thread_pwrite(file, "xyz", 3, 0);
    else
        thread_pread(file, buf, 3, 0);
    return NULL;
}

Test(cancel, asked_for_before_ends_transfers_at_an_offset, .timeout = 10)
{
    file = open_file();
    for (unsigned i = 0; i < 2; i++)
        cr_assert_eq(join(spawn(call_at_offset_cancelled, NUMBER(i))),
                     THREAD_CANCELED);
    cr_assert_eq(read(file, buf, 1), 0, "nothing was written");
}

/* ---- The dead are left in peace ---- */

enum { DEAD = 40, AREA = 4096 };
static struct pipe graves[DEAD];

/* Into a buffer on its own stack, which is another's soon. */
static void *
read_into_stack(void *number)
{
    char on_stack[AREA / 2];
    uint64_t until = VALUE(number) % 2 ? in_ms(20) : THREAD_FOREVER;
    thread_read_until(graves[VALUE(number)].out, on_stack, sizeof on_stack,
                      until);
    return NUMBER(on_stack[0]);
}

/* On such a stack: now the data comes for which the dead have waited. Returns
 * how many bytes are not what was put there. */
static void *
lie_in_the_grave(void *number)
{
    volatile unsigned char area[AREA];
    char data[AREA / 2] = {0};
    uintptr_t wrong = 0;
    for (size_t i = 0; i < AREA; i++)
        area[i] = 0x5a;
    if (write(graves[VALUE(number)].in, data, sizeof data) < 0)
        return NUMBER(AREA);
    thread_sleep(5 * MS); /* so that the engine hears of it */
    for (size_t i = 0; i < AREA; i++)
        wrong += area[i] != 0x5a;
    return NUMBER(wrong);
}

/* Both in one order, so that the stacks of the first are the second's. */
Test(cancel, the_kernel_writes_into_no_dead_thread, .timeout = 30)
{
    needs_suspending_io();
    static thread_t thread[DEAD];
    for (int i = 0; i < DEAD; i++) {
        graves[i] = open_pipe();
        thread[i] = spawn(read_into_stack, NUMBER(i));
    }
    for (int i = 0; i < DEAD; i += 2) {
        await_blocked(thread[i], THREAD_WAIT_IO);
        cr_assert_eq(thread_cancel(thread[i]), 0);
    }
    for (int i = 0; i < DEAD; i++)
        join(thread[i]);
    for (int i = 0; i < DEAD; i++)
        thread[i] = spawn(lie_in_the_grave, NUMBER(i));
    for (int i = 0; i < DEAD; i++)
        cr_assert_eq(VALUE(join(thread[i])), 0, "thread %d", i);
}

/* SPDX-License-Identifier: MIT */
/* introspection.c - thread_info, thread_list and the words: thread.h. */
#include "contract.h"
#include "descriptors.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

static struct thread_info
look_at(thread_t thread)
{
    struct thread_info info;
    cr_assert_eq(thread_info(thread, &info), 0);
    return info;
}

/* ---- States ---- */

Test(look, the_caller_is_running_and_waits_for_nothing, .timeout = 10)
{
    struct thread_info me = look_at(thread_self());
    cr_assert_eq(me.id, 1);
    cr_assert_eq(me.state, THREAD_RUNNING);
    cr_assert_eq(me.wait, THREAD_WAIT_NONE);
    cr_assert_eq(me.wait_since, 0);
    cr_assert_null(me.wait_on);
    cr_assert_eq(me.wait_thread, 0);
    cr_assert_eq(me.wait_fd, -1);
    cr_assert_null(me.wait_call);
    cr_assert_geq(me.switches, 1);
}

static void *
create_another(void *arg)
{
    (void)arg;
    thread_t thread = spawn(pass, NULL);
    thread_t creator = look_at(thread).creator;
    join(thread);
    return (void *)(uintptr_t)creator;
}

Test(look, who_created_a_thread_is_known, .timeout = 10)
{
    thread_t thread = spawn(create_another, NULL);
    cr_assert_eq(look_at(thread_self()).creator, 0);
    cr_assert_eq(look_at(thread).creator, thread_self());
    cr_assert_eq((thread_t)(uintptr_t)join(thread), thread);
}

Test(look, an_ended_thread_is_done_until_it_is_joined, .timeout = 10)
{
    struct thread_info info;
    thread_t thread = spawn(pass, NULL);
    await_done(thread);
    info = look_at(thread);
    cr_assert_eq(info.id, thread);
    cr_assert_eq(info.state, THREAD_DONE);
    cr_assert_eq(info.wait, THREAD_WAIT_NONE);
    cr_assert_geq(info.switches, 1);
    join(thread);
    cr_assert_eq(thread_info(thread, &info), ESRCH);
}

static void *
yield_until(void *stop)
{
    while (!*(volatile bool *)stop)
        thread_yield();
    return NULL;
}

Test(look, a_thread_that_could_run_is_not_blocked, .timeout = 10)
{
    SHARED volatile bool stop;
    thread_t thread = spawn(yield_until, (void *)&stop);
    for (int i = 0; i < 100; i++) {
        struct thread_info info = look_at(thread);
        cr_assert(info.state == THREAD_READY || info.state == THREAD_RUNNING);
        cr_assert_eq(info.wait, THREAD_WAIT_NONE);
        thread_yield();
    }
    stop = true;
    join(thread);
}

/* ---- What a blocked thread waits for ---- */

/* Since when may be told to within a tick of the kernel's clock. */
#define TICK (11 * MS)

/* A thread that blocks in fn(arg), seen once it does. */
static struct thread_info
blocked_in(void *(*fn)(void *), void *arg, enum thread_wait kind)
{
    uint64_t before = thread_now();
    thread_t thread = spawn(fn, arg);
    await_blocked(thread, kind);
    struct thread_info info = look_at(thread);
    cr_assert_eq(info.state, THREAD_BLOCKED);
    cr_assert_eq(info.wait, kind);
    cr_assert_geq(info.wait_since + TICK, before);
    cr_assert_leq(info.wait_since, thread_now() + TICK);
    return info;
}

static void *
lock_it(void *mutex)
{
    mutex_lock(mutex);
    mutex_unlock(mutex);
    return NULL;
}

Test(look, one_blocked_on_a_mutex_names_it_and_its_holder, .timeout = 10)
{
    SHARED struct mutex m = MUTEX_INITIALIZER;
    mutex_lock(&m);
    struct thread_info info = blocked_in(lock_it, &m, THREAD_WAIT_MUTEX);
    cr_assert_eq(info.wait_on, &m);
    cr_assert_eq(info.wait_thread, 1);
    cr_assert_eq(info.wait_fd, -1);
    cr_assert_null(info.wait_call);
    mutex_unlock(&m);
    join(info.id);
}

struct box {
    struct mutex mutex;
    struct cond filled;
    bool full;
};

static void *
await_full(void *arg)
{
    struct box *b = arg;
    mutex_lock(&b->mutex);
    while (!b->full)
        cond_wait(&b->filled, &b->mutex);
    mutex_unlock(&b->mutex);
    return NULL;
}

Test(look, one_blocked_on_a_condition_names_it, .timeout = 10)
{
    SHARED struct box box = {.full = false};
    struct thread_info info = blocked_in(await_full, &box, THREAD_WAIT_COND);
    cr_assert_eq(info.wait_on, &box.filled);
    cr_assert_eq(info.wait_thread, 0);
    cr_assert_eq(info.wait_fd, -1);
    mutex_lock(&box.mutex);
    box.full = true;
    mutex_unlock(&box.mutex);
    cond_signal(&box.filled);
    join(info.id);
}

Test(look, one_blocked_on_a_semaphore_names_it, .timeout = 10)
{
    SHARED struct semaphore s = SEMAPHORE_INITIALIZER(0);
    struct thread_info info =
        blocked_in(pass_when_told, &s, THREAD_WAIT_SEMAPHORE);
    cr_assert_eq(info.wait_on, &s);
    cr_assert_eq(info.wait_thread, 0);
    cr_assert_eq(info.wait_fd, -1);
    semaphore_post(&s);
    join(info.id);
}

static void *
join_thread(void *thread)
{
    thread_join((thread_t)VALUE(thread), NULL);
    return NULL;
}

Test(look, one_blocked_in_join_names_the_thread, .timeout = 10)
{
    SHARED struct semaphore s = SEMAPHORE_INITIALIZER(0);
    thread_t slow = spawn(pass_when_told, &s);
    struct thread_info info =
        blocked_in(join_thread, NUMBER(slow), THREAD_WAIT_JOIN);
    cr_assert_eq(info.wait_thread, slow);
    cr_assert_null(info.wait_on);
    cr_assert_eq(info.wait_fd, -1);
    semaphore_post(&s);
    join(info.id);
}

static void *
sleep_until_moment(void *moment)
{
    thread_sleep_until(*(const uint64_t *)moment);
    return NULL;
}

Test(look, a_sleeper_waits_for_nothing_but_time, .timeout = 10)
{
    uint64_t moment = in_ms(50);
    struct thread_info info =
        blocked_in(sleep_until_moment, &moment, THREAD_WAIT_SLEEP);
    cr_assert_null(info.wait_on);
    cr_assert_eq(info.wait_thread, 0);
    cr_assert_eq(info.wait_fd, -1);
    cr_assert_null(info.wait_call);
    join(info.id);
}

/* Check that fn(fd) blocks as this call on this descriptor; it is left so. */
static void
check_io_wait(void *(*fn)(void *), int fd, const char *call)
{
    struct thread_info info = blocked_in(fn, NUMBER(fd), THREAD_WAIT_IO);
    cr_assert_eq(info.wait_fd, fd);
    cr_assert_str_eq(info.wait_call, call);
    cr_assert_null(info.wait_on);
    cr_assert_eq(info.wait_thread, 0);
}

static char scratch[1 << 16]; /* where waiting threads may write */

static void *
read_fd(void *fd)
{
    thread_read((int)VALUE(fd), scratch, 1);
    return NULL;
}

static void *
read_fd_for_a_minute(void *fd)
{
    thread_read_until((int)VALUE(fd), scratch, 1, in_ms(60000));
    return NULL;
}

static void *
write_fd(void *fd)
{
    thread_write((int)VALUE(fd), scratch, 1);
    return NULL;
}

static void *
recv_fd(void *fd)
{
    thread_recv((int)VALUE(fd), scratch, 1, 0);
    return NULL;
}

static void *
send_fd(void *fd)
{
    thread_send((int)VALUE(fd), scratch, 1, 0);
    return NULL;
}

static void *
accept_fd(void *fd)
{
    thread_accept((int)VALUE(fd), NULL, NULL, 0);
    return NULL;
}

static void *
poll_fd(void *fd)
{
    struct pollfd p = {(int)VALUE(fd), POLLIN, 0};
    thread_poll(&p, 1, THREAD_FOREVER);
    return NULL;
}

Test(look, one_blocked_in_io_names_call_and_descriptor, .timeout = 10)
{
    needs_suspending_io();
    int ends[2], pair[2], full[2];
    int listener = socket(AF_INET, SOCK_STREAM, 0);
    cr_assert_eq(pipe(ends), 0);
    cr_assert_eq(socketpair(AF_UNIX, SOCK_STREAM, 0, pair), 0);
    cr_assert_eq(pipe(full), 0);
    cr_assert_eq(listen(listener, 1), 0);
    check_io_wait(read_fd, ends[0], "read");
    check_io_wait(read_fd_for_a_minute, ends[0], "read");
    fill(full[1]);
    check_io_wait(write_fd, full[1], "write");
    check_io_wait(recv_fd, pair[0], "recv");
    fill(pair[0]);
    check_io_wait(send_fd, pair[0], "send");
    check_io_wait(accept_fd, listener, "accept");
    check_io_wait(poll_fd, ends[0], "poll");
}

/* ---- All of them ---- */

Test(look, the_list_is_sorted_and_complete, .timeout = 10)
{
    SHARED struct semaphore s = SEMAPHORE_INITIALIZER(0);
    struct thread_info list[64];
    thread_t threads[20];
    for (int i = 0; i < 20; i++)
        threads[i] = spawn(pass_when_told, &s);
    cr_assert_eq(thread_list(list, 64), 21);
    cr_assert_eq(list[0].id, 1);
    cr_assert_eq(list[0].state, THREAD_RUNNING);
    for (int i = 0; i < 20; i++)
        cr_assert_eq(list[i + 1].id, threads[i]);
    for (int i = 0; i < 20; i++)
        semaphore_post(&s);
    for (int i = 0; i < 20; i++)
        join(threads[i]);
    cr_assert_eq(thread_list(list, 64), 1);
}

Test(look, the_list_stays_sorted_when_identifiers_go_round, .timeout = 10)
{
    struct thread_info list[8];
    for (int i = 0; i < 100; i++)
        join(spawn(pass, NULL));
    thread_t a = spawn(pass, NULL), b = spawn(pass, NULL);
    cr_assert_eq(thread_list(list, 8), 3);
    cr_assert_eq(list[0].id, 1);
    cr_assert_eq(list[1].id, a);
    cr_assert_eq(list[2].id, b);
}

Test(look, the_list_fills_no_more_than_it_may, .timeout = 10)
{
    struct thread_info list[3];
    memset(list, 0xa5, sizeof list);
    for (int i = 0; i < 5; i++)
        spawn(pass, NULL);
    cr_assert_eq(thread_list(list, 2), 6);
    cr_assert_eq(list[0].id, 1);
    cr_assert_neq(list[1].id, 0);
    cr_assert_eq(list[2].id, (thread_t)0xa5a5a5a5a5a5a5a5);
    cr_assert_eq(thread_list(NULL, 0), 6);
}

/* ---- Measures ---- */

static void *
use_200_KiB(void *unused)
{
    (void)unused;
    volatile char bulk[200 * 1024];
    for (size_t i = 0; i < sizeof bulk; i += 512)
        bulk[i] = 1;
    return NUMBER(bulk[512]);
}

Test(look, the_stacks_high_water_mark_is_seen, .timeout = 10)
{
    struct thread_attr attr = {.stack_size = 1024 * 1024};
    thread_t deep, flat;
    cr_assert_eq(thread_create(&deep, &attr, use_200_KiB, NULL), 0);
    cr_assert_eq(thread_create(&flat, &attr, pass, NULL), 0);
    await_done(deep);
    await_done(flat);
    struct thread_info d = look_at(deep), f = look_at(flat);
    cr_assert_geq(d.stack_size, 1024 * 1024);
    cr_assert_geq(d.stack_used, 200 * 1024);
    cr_assert_leq(d.stack_used, 300 * 1024);
    cr_assert_leq(f.stack_used, 64 * 1024);
}

/* Use the CPU for 5 ms, by the clock of the kernel thread underneath. */
static void *
burn_5_ms(void *unused)
{
    struct timespec used;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &used);
    long start = used.tv_sec * 1000000000 + used.tv_nsec, now = start;
    while (now < start + 5 * (long)MS) {
        clock_gettime(CLOCK_THREAD_CPUTIME_ID, &used);
        now = used.tv_sec * 1000000000 + used.tv_nsec;
    }
    return unused;
}

Test(look, run_time_is_the_cpu_time_a_thread_used, .timeout = 10)
{
    uint64_t moment;
    setenv("UTHREADS_ACCOUNTING", "on", 1); /* where counting costs extra */
    thread_t busy = spawn(burn_5_ms, NULL);
    await_done(busy);
    moment = in_ms(20);
    thread_t lazy = spawn(sleep_until_moment, &moment);
    await_done(lazy);
    cr_assert_geq(look_at(busy).run_ns, 4 * MS);
    cr_assert_lt(look_at(lazy).run_ns, look_at(busy).run_ns);
}

static void *
wait_three_times(void *semaphore)
{
    for (int i = 0; i < 3; i++)
        semaphore_wait(semaphore);
    return NULL;
}

/* To wait again it must have run again; a kernel may take a moment to take it
 * off the CPU and count that. */
Test(look, each_time_on_the_cpu_is_counted, .timeout = 10)
{
    SHARED struct semaphore s = SEMAPHORE_INITIALIZER(0);
    thread_t thread = spawn(wait_three_times, &s);
    for (uint64_t times = 1; times <= 3; times++) {
        await_blocked(thread, THREAD_WAIT_SEMAPHORE);
        while (look_at(thread).switches < times)
            thread_yield();
        semaphore_post(&s);
    }
    await_done(thread);
    cr_assert_geq(look_at(thread).switches, 3);
}

/* ---- Words ---- */

Test(look, every_state_and_wait_has_its_word, .timeout = 10)
{
    cr_assert_str_eq(thread_state_name(THREAD_READY), "ready");
    cr_assert_str_eq(thread_state_name(THREAD_RUNNING), "running");
    cr_assert_str_eq(thread_state_name(THREAD_BLOCKED), "blocked");
    cr_assert_str_eq(thread_state_name(THREAD_DONE), "done");
    cr_assert_str_eq(thread_wait_name(THREAD_WAIT_NONE), "none");
    cr_assert_str_eq(thread_wait_name(THREAD_WAIT_JOIN), "join");
    cr_assert_str_eq(thread_wait_name(THREAD_WAIT_SLEEP), "sleep");
    cr_assert_str_eq(thread_wait_name(THREAD_WAIT_MUTEX), "mutex");
    cr_assert_str_eq(thread_wait_name(THREAD_WAIT_COND), "cond");
    cr_assert_str_eq(thread_wait_name(THREAD_WAIT_SEMAPHORE), "semaphore");
    cr_assert_str_eq(thread_wait_name(THREAD_WAIT_IO), "io");
}

Test(look, an_unknown_value_has_a_word_too, .timeout = 10)
{
    cr_assert_not_null(thread_state_name((enum thread_state)99));
    cr_assert_not_null(thread_wait_name((enum thread_wait)99));
}

/* SPDX-License-Identifier: MIT */
/* io_events.c - children, signals, words, and moving data: io.h. */
#include "descriptors.h"

#include <linux/futex.h>
#include <sched.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>

/* ---- Children ---- */

/* A child that ends with status 7 when something can be read there. */
static pid_t
child_that_waits(int fd)
{
    char byte;
    pid_t child = fork();
    cr_assert_geq(child, 0);
    if (child > 0)
        return child;
    prctl(PR_SET_PDEATHSIG, SIGKILL); /* a test may fail */
    _exit(read(fd, &byte, 1) == 1 ? 7 : 0);
}

static pid_t which;

static void *
wait_for_child(void *unused)
{
    int status = 0;
    pid_t pid = thread_waitpid(which, &status, 0);
    (void)unused;
    return NUMBER(pid > 0 ? WEXITSTATUS(status) : 1000 + errno);
}

/* Which children a thread waits for: this one, or any. */
static void
waits_alone(bool any)
{
    needs_suspending_io();
    needs_one_process();
    struct pipe p = open_pipe();
    thread_self();
    pid_t child = child_that_waits(p.out);
    which = any ? -1 : child;
    thread_t waiter = spawn(wait_for_child, NULL);
    await_blocked(waiter, THREAD_WAIT_IO);
    cr_assert_fails(thread_waitpid_until(child, NULL, 0, in_ms(10)), ETIMEDOUT);
    cr_assert_eq(write(p.in, "x", 1), 1);
    cr_assert_eq(VALUE(join(waiter)), 7);
}

Test(io, waitpid_waits_for_a_child, .timeout = 10)
{
    waits_alone(false);
}

Test(io, waitpid_waits_for_any_child, .timeout = 10)
{
    waits_alone(true);
}

Test(io, waitpid_of_any_child_gives_up_at_its_deadline, .timeout = 10)
{
    needs_suspending_io();
    struct pipe p = open_pipe();
    pid_t child = child_that_waits(p.out);
    uint64_t deadline = in_ms(20);
    int status = 0;
    cr_assert_fails(thread_waitpid_until(-1, NULL, 0, deadline), ETIMEDOUT);
    cr_assert_geq(thread_now(), deadline);
    cr_assert_eq(thread_waitpid(-1, NULL, WNOHANG), 0);
    cr_assert_eq(write(p.in, "x", 1), 1);
    cr_assert_eq(thread_waitpid(-1, &status, 0), child);
    cr_assert_eq(WEXITSTATUS(status), 7);
}

static void *
end_with(void *value)
{
    return value;
}

/* Threads that have ended and were not joined, in whatever way they exist. */
Test(io, waitpid_of_any_child_knows_nothing_of_threads, .timeout = 20)
{
    needs_suspending_io();
    struct pipe p = open_pipe();
    thread_t threads[5];
    int status = 0;
    pid_t child = child_that_waits(p.out);
    for (uintptr_t i = 0; i < 5; i++)
        threads[i] = spawn(end_with, NUMBER(i));
    for (int i = 0; i < 5; i++)
        await_done(threads[i]);
    cr_assert_eq(thread_waitpid(-1, NULL, WNOHANG), 0);
    cr_assert_fails(thread_waitpid_until(-1, NULL, 0, in_ms(10)), ETIMEDOUT);
    cr_assert_eq(write(p.in, "x", 1), 1);
    cr_assert_eq(thread_waitpid(-1, &status, 0), child);
    cr_assert_eq(WEXITSTATUS(status), 7);
    for (uintptr_t i = 0; i < 5; i++)
        cr_assert_eq(VALUE(join(threads[i])), i);
    cr_assert_fails(thread_waitpid(-1, NULL, 0), ECHILD);
}

Test(io, waitpid_without_a_child_gives_ECHILD, .timeout = 10)
{
    cr_assert_fails(thread_waitpid(getpid(), NULL, 0), ECHILD);
    cr_assert_fails(thread_waitpid_until(1, NULL, 0, in_ms(5000)), ECHILD);
}

Test(io, a_cancelled_waitpid_leaves_the_child_to_others, .timeout = 10)
{
    needs_suspending_io();
    needs_one_process();
    struct pipe p = open_pipe();
    pid_t child = child_that_waits(p.out);
    for (int any = 0; any < 2; any++) {
        which = any ? -1 : child;
        thread_t waiter = spawn(wait_for_child, NULL);
        await_blocked(waiter, THREAD_WAIT_IO);
        cr_assert_eq(thread_cancel(waiter), 0);
        cr_assert_eq(join(waiter), THREAD_CANCELED);
    }
    cr_assert_eq(write(p.in, "x", 1), 1);
    cr_assert_eq(thread_waitpid(child, NULL, 0), child);
}

/* ---- Signals ---- */

static sigset_t
block(int number)
{
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, number);
    cr_assert_eq(sigprocmask(SIG_BLOCK, &set, NULL), 0);
    return set;
}

/* The kernel thread of the waiter: the process may have others, of the test
 * runner's, that do not block the signal. */
static pid_t target;

static int
send_signal(int number)
{
    return (int)syscall(SYS_tgkill, getpid(), target, number);
}

static void *
wait_for_signal(void *set)
{
    siginfo_t info;
    target = gettid();
    int number = thread_sigwait(set, &info);
    return NUMBER(number == info.si_signo ? number : -1);
}

Test(io, sigwait_waits_for_a_signal, .timeout = 10)
{
    sigset_t set = block(SIGUSR2); /* before the first call of the contract */
    needs_suspending_io();
    needs_one_process();
    thread_t waiter = spawn(wait_for_signal, &set);
    await_blocked(waiter, THREAD_WAIT_IO);
    cr_assert_eq(send_signal(SIGUSR2), 0);
    cr_assert_eq(VALUE(join(waiter)), SIGUSR2);
}

Test(io, sigwait_takes_a_signal_that_is_pending, .timeout = 10)
{
    sigset_t set = block(SIGUSR2);
    cr_assert_eq(raise(SIGUSR2), 0);
    cr_assert_eq(thread_sigwait_until(&set, NULL, 0), SIGUSR2);
    uint64_t deadline = in_ms(10);
    cr_assert_fails(thread_sigwait_until(&set, NULL, deadline), ETIMEDOUT);
    cr_assert_geq(thread_now(), deadline);
}

Test(io, a_cancelled_sigwait_leaves_the_signal_pending, .timeout = 10)
{
    sigset_t set = block(SIGUSR2); /* before the first call of the contract */
    needs_suspending_io();
    needs_one_process();
    thread_t waiter = spawn(wait_for_signal, &set);
    await_blocked(waiter, THREAD_WAIT_IO);
    cr_assert_eq(thread_cancel(waiter), 0);
    cr_assert_eq(join(waiter), THREAD_CANCELED);
    target = gettid();
    cr_assert_eq(send_signal(SIGUSR2), 0);
    cr_assert_eq(thread_sigwait_until(&set, NULL, in_ms(5000)), SIGUSR2);
}

/* ---- A word that another process shares ---- */

static uint32_t *
shared_word(void)
{
    uint32_t *word = mmap(NULL, 4096, PROT_READ | PROT_WRITE,
                          MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    cr_assert_neq(word, MAP_FAILED);
    return word;
}

static void *
wait_for_word(void *word)
{
    return NUMBER(thread_futex_wait(word, 0) == 0 ? 1 : 1000 + errno);
}

/* A child wakes the word until somebody has been woken. It leaves it as it is:
 * whoever is only about to sleep on it must not find another. */
static void
wake_in_child(uint32_t *word)
{
    pid_t child = fork();
    cr_assert_geq(child, 0);
    if (child > 0)
        return;
    prctl(PR_SET_PDEATHSIG, SIGKILL); /* if nobody ever sleeps on it */
    while (syscall(SYS_futex, word, FUTEX_WAKE, 1, NULL, NULL, 0) == 0)
        sched_yield();
    _exit(0);
}

Test(io, a_word_is_waited_for_until_another_process_wakes_it, .timeout = 10)
{
    needs_suspending_io();
    uint32_t *word = shared_word();
    thread_t waiter = spawn(wait_for_word, word);
    await_blocked(waiter, THREAD_WAIT_IO);
    wake_in_child(word);
    cr_assert_eq(VALUE(join(waiter)), 1);
}

Test(io, a_word_gives_up_at_its_deadline_or_if_it_is_another, .timeout = 10)
{
    uint32_t *word = shared_word();
    uint64_t deadline = in_ms(10);
    cr_assert_fails(thread_futex_wait(word, 5), EAGAIN);
    cr_assert_fails(thread_futex_wait_until(word, 0, deadline), ETIMEDOUT);
    cr_assert_geq(thread_now(), deadline);
}

Test(io, a_cancelled_wait_for_a_word_ends, .timeout = 10)
{
    needs_suspending_io();
    uint32_t *word = shared_word();
    thread_t waiter = spawn(wait_for_word, word);
    await_blocked(waiter, THREAD_WAIT_IO);
    cr_assert_eq(thread_cancel(waiter), 0);
    cr_assert_eq(join(waiter), THREAD_CANCELED);
    cr_assert_eq(syscall(SYS_futex, word, FUTEX_WAKE, 1, NULL, NULL, 0), 0);
}

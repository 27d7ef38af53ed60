/* SPDX-License-Identifier: MIT */
/*
 * life.c - how threads and their process end, and that nothing of them stays.
 *
 * What ends a process is tried in a child, whose exit handler answers with a
 * status of its own: so the parent can tell exit() from any other end.
 */
#include "kthread.h"
#include "sync.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#define EXIT_WAS_CALLED 42

static void *
give_back(void *arg)
{
    return arg;
}

/* A figure of /proc/self/statm, in KiB: 0 is mapped, 1 is resident. */
static long
memory(int figure)
{
    long pages[2] = {0, 0};
    FILE *statm = fopen("/proc/self/statm", "r");
    cr_assert(statm != NULL);
    cr_assert(fscanf(statm, "%ld %ld", &pages[0], &pages[1]) == 2);
    fclose(statm);
    return pages[figure] * (sysconf(_SC_PAGESIZE) / 1024);
}

/* AddressSanitizer keeps what is freed, to catch whoever uses it still. */
static void
need_memory_that_is_given_back(void)
{
#if defined(__SANITIZE_ADDRESS__)
    cr_skip_test("AddressSanitizer keeps freed memory for a while");
#endif
}

static void
create_and_join(int times)
{
    thread_t t;
    for (int i = 0; i < times; i++) {
        cr_assert(thread_create(&t, NULL, give_back, NULL) == 0);
        cr_assert(thread_join(t, NULL) == 0);
    }
}

Test(kthreads, joined_threads_leave_no_memory_behind, .timeout = 60)
{
    need_memory_that_is_given_back();
    create_and_join(100);
    long mapped = memory(0), resident = memory(1);
    create_and_join(20000);
    cr_expect(memory(0) - mapped < 1024);
    cr_expect(memory(1) - resident < 512); /* 20,000 blocks would be 6 MiB */
    cr_expect(thread_list(NULL, 0) == 1);
}

static void
create_detached(int times)
{
    struct thread_attr attr = {.detached = true};
    for (int i = 0; i < times; i++) {
        cr_assert(thread_create(NULL, &attr, give_back, NULL) == 0);
        while (thread_list(NULL, 0) > 4)
            thread_yield();
    }
    while (thread_list(NULL, 0) > 1)
        thread_yield();
}

Test(kthreads, detached_threads_leave_no_memory_behind, .timeout = 60)
{
    need_memory_that_is_given_back();
    create_detached(1000);
    long resident = memory(1);
    create_detached(10000);
    cr_expect(memory(1) - resident < 1024);
}

static void *
leave_by_pthread_exit(void *arg)
{
    pthread_exit(arg);
}

Test(kthreads, pthread_exit_ends_a_thread_in_good_order, .timeout = 10)
{
    thread_t t;
    cr_assert(thread_create(&t, NULL, leave_by_pthread_exit, NULL) == 0);
    cr_expect(thread_join(t, NULL) == 0);
    cr_expect(the_threads.alive == 1);
}

Test(kthreads, a_refused_stack_is_eagain_and_leaves_nothing, .timeout = 10)
{
    struct rlimit old, tight;
    thread_t t;
    struct thread_attr huge = {.stack_size = (size_t)1 << 40};
    cr_assert(getrlimit(RLIMIT_AS, &old) == 0);
    tight = old;
    tight.rlim_cur = (rlim_t)memory(0) * 1024 + ((rlim_t)64 << 20);
    cr_assert(setrlimit(RLIMIT_AS, &tight) == 0);
    for (int i = 0; i < 1000; i++)
        cr_expect(thread_create(&t, &huge, give_back, NULL) == EAGAIN);
    cr_expect(thread_list(NULL, 0) == 1);
    cr_expect(the_threads.alive == 1);
    cr_assert(setrlimit(RLIMIT_AS, &old) == 0);
    cr_expect(thread_create(&t, NULL, give_back, NULL) == 0);
    cr_expect(thread_join(t, NULL) == 0);
}

/* ---- How a process ends, seen from its parent ---- */

static void
answer(void)
{
    _exit(EXIT_WAS_CALLED);
}

static void *
pause_for_ever(void *arg)
{
    for (;;)
        pause();
    return arg;
}

/* A kernel thread that is none of the contract's, like a library's helper. */
static pthread_t
foreign_thread(void *(*fn)(void *))
{
    pthread_t foreign;
    if (pthread_create(&foreign, NULL, fn, NULL) != 0)
        _exit(1);
    return foreign;
}

static void *
join_main(void *arg)
{
    void *result = NULL;
    if (thread_join(1, &result) != 0 || result != arg)
        _exit(1);
    return NULL;
}

static int
status_of(pid_t child)
{
    int status = 0;
    cr_assert(waitpid(child, &status, 0) == child);
    return status;
}

Test(kthreads, the_last_thread_ends_the_process, .timeout = 10)
{
    cr_assert(thread_self() == 1);
    pid_t child = fork();
    if (child == 0) {
        atexit(answer);
        foreign_thread(pause_for_ever); /* does not count */
        thread_create(NULL, NULL, join_main, &child);
        thread_exit(&child);
    }
    int status = status_of(child);
    cr_expect(WIFEXITED(status));
    cr_expect(WEXITSTATUS(status) == EXIT_WAS_CALLED);
}

static void *
call_the_contract(void *arg)
{
    thread_self();
    return arg;
}

Test(kthreads, a_foreign_kernel_thread_is_told_to_keep_out, .timeout = 10)
{
    int ends[2];
    char said[256] = "";
    cr_assert(thread_self() == 1);
    cr_assert(pipe(ends) == 0);
    pid_t child = fork();
    if (child == 0) {
        struct rlimit no_core = {0, 0};
        setrlimit(RLIMIT_CORE, &no_core);
        signal(SIGABRT, SIG_DFL);
        dup2(ends[1], STDERR_FILENO);
        pthread_join(foreign_thread(call_the_contract), NULL);
        _exit(0);
    }
    close(ends[1]);
    cr_assert(read(ends[0], said, sizeof said - 1) > 0);
    int status = status_of(child);
    cr_expect(WIFSIGNALED(status));
    cr_expect(WTERMSIG(status) == SIGABRT);
    cr_expect(strstr(said, "cannot call the contract") != NULL);
}

static struct semaphore never;

static void *
wait_for_ever(void *arg)
{
    semaphore_wait(&never);
    return arg;
}

Test(kthreads, a_forked_child_has_the_forking_thread_alone, .timeout = 10)
{
    thread_t t;
    cr_assert(thread_create(&t, NULL, wait_for_ever, NULL) == 0);
    pid_t child = fork();
    if (child == 0) {
        bool alone = thread_list(NULL, 0) == 1 && thread_join(t, NULL) == ESRCH;
        thread_t mine;
        bool works = thread_create(&mine, NULL, give_back, NULL) == 0 &&
                     thread_join(mine, NULL) == 0;
        _exit(alone && works ? 0 : 1);
    }
    cr_expect(status_of(child) == 0);
    cr_expect(thread_list(NULL, 0) == 2);
}

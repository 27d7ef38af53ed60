/* SPDX-License-Identifier: MIT */
/*
 * life.c - how threads end that are processes, and that nothing of them stays.
 */
#include "io.h"
#include "process.h"
#include "sync.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#define NUMBER(n)  ((void *)(uintptr_t)(n))
#define VALUE(ptr) ((uintptr_t)(ptr))

static thread_t
spawn(void *(*fn)(void *), void *arg)
{
    thread_t thread = 0;
    cr_assert_eq(thread_create(&thread, NULL, fn, arg), 0);
    return thread;
}

static void *
give_back(void *arg)
{
    return arg;
}

static void *
kill_oneself(void *signal)
{
    raise((int)VALUE(signal));
    return NULL;
}

static void *
call_exit(void *status)
{
    exit((int)VALUE(status));
}

static void *
join_it(void *thread)
{
    return NUMBER(thread_join(VALUE(thread), NULL));
}

/* Is no process left that the kernel holds for us? */
static bool
no_child_is_left(void)
{
    return waitpid(-1, NULL, WNOHANG) == -1 && errno == ECHILD;
}

/* ---- Ends of all kinds ---- */

Test(processes, a_crash_is_told_to_whoever_joins, .timeout = 10)
{
    const int signals[] = {SIGKILL, SIGSEGV, SIGABRT};
    signal(SIGABRT, SIG_DFL);
    signal(SIGSEGV, SIG_DFL);
    for (size_t i = 0; i < 3; i++) {
        void *result = NUMBER(5);
        thread_t thread = spawn(kill_oneself, NUMBER(signals[i]));
        cr_expect_eq(thread_join(thread, &result), EOWNERDEAD);
        cr_expect_eq(result, NUMBER(5), "it left none");
        cr_expect_eq(thread_join(thread, NULL), ESRCH);
    }
    cr_expect_eq(thread_list(NULL, 0), 1);
    cr_expect(no_child_is_left());
}

Test(processes, a_crash_is_told_to_a_brother, .timeout = 10)
{
    void *error = NULL;
    thread_t victim = spawn(kill_oneself, NUMBER(SIGSTOP));
    thread_t brother = spawn(join_it, NUMBER(victim));
    struct thread_info info = {.wait = THREAD_WAIT_NONE};
    while (info.wait != THREAD_WAIT_JOIN)
        thread_info(brother, &info);
    struct process *t = table_find(&the_threads.table, victim);
    kill(t->pid, SIGKILL);
    cr_expect_eq(thread_join(brother, &error), 0);
    cr_expect_eq(VALUE(error), EOWNERDEAD);
    thread_list(NULL, 0);
    cr_expect_eq(thread_join(spawn(give_back, NULL), NULL), 0);
    cr_expect(no_child_is_left());
}

Test(processes, a_wait_for_any_child_leaves_a_crash_to_who_joins, .timeout = 10)
{
    thread_t killed = spawn(kill_oneself, NUMBER(SIGKILL));
    thread_t stopped = spawn(kill_oneself, NUMBER(SIGSTOP));
    struct process *t = table_find(&the_threads.table, stopped);
    siginfo_t info;
    waitid(P_PID, (id_t)t->pid, &info, WSTOPPED | WNOWAIT);
    cr_expect_eq(thread_waitpid(-1, NULL, WUNTRACED | WNOHANG), 0);
    kill(t->pid, SIGKILL);
    cr_expect_eq(thread_waitpid(-1, NULL, 0), -1);
    cr_expect_eq(errno, ECHILD);
    cr_expect_eq(thread_join(killed, NULL), EOWNERDEAD);
    cr_expect_eq(thread_join(stopped, NULL), EOWNERDEAD);
    cr_expect(no_child_is_left());
}

Test(processes, exit_ends_one_thread_only, .timeout = 10)
{
    thread_t thread = spawn(call_exit, NUMBER(0));
    cr_expect_eq(thread_join(thread, NULL), EOWNERDEAD);
    cr_expect_eq(thread_list(NULL, 0), 1);
}

Test(processes, a_detached_thread_that_crashes_is_gone, .timeout = 10)
{
    struct thread_attr attr = {.detached = true};
    cr_assert_eq(thread_create(NULL, &attr, kill_oneself, NUMBER(SIGKILL)), 0);
    while (thread_list(NULL, 0) > 1)
        thread_yield();
}

static void *
wait_for(void *semaphore)
{
    return NUMBER(semaphore_wait(semaphore));
}

static void *
overflow(void *depth)
{
    volatile char frame[4096];
    frame[0] = 1;
    void *deeper =
        VALUE(depth) ? overflow(NUMBER(VALUE(depth) + frame[0])) : NULL;
    return NUMBER(VALUE(deeper) + (unsigned char)frame[0]);
}

Test(processes, a_stack_overflow_ends_one_thread, .timeout = 10)
{
    struct thread_attr attr = {.stack_size = 64 * 1024};
    thread_t thread;
    signal(SIGSEGV, SIG_DFL);
    cr_assert_eq(thread_create(&thread, &attr, overflow, NUMBER(1)), 0);
    cr_expect_eq(thread_join(thread, NULL), EOWNERDEAD);
}

/* ---- Whose child, and who reaps it ---- */

Test(processes, joined_threads_leave_no_zombie, .timeout = 20)
{
    for (int i = 0; i < 200; i++)
        cr_assert_eq(thread_join(spawn(give_back, NULL), NULL), 0);
    cr_expect(no_child_is_left());
    cr_expect_leq(the_threads.blocks_used, 2, "their blocks are used again");
}

Test(processes, detached_threads_leave_no_zombie, .timeout = 20)
{
    struct thread_attr attr = {.detached = true};
    for (int i = 0; i < 50; i++)
        cr_assert_eq(thread_create(NULL, &attr, give_back, NULL), 0);
    while (!no_child_is_left())
        cr_assert_eq(thread_join(spawn(give_back, NULL), NULL), 0);
}

/* Three generations: the last has had a child of its own, and is not to be
 * cancelled. */
struct lineage {
    struct semaphore told;
    thread_t grandchild;
};

static void *
be_a_grandchild(void *arg)
{
    struct lineage *l = arg;
    thread_t child;
    thread_set_cancelable(false);
    if (thread_create(&child, NULL, give_back, NULL) != 0 ||
        thread_join(child, NULL) != 0)
        return NULL;
    semaphore_wait(&l->told);
    return NUMBER(5);
}

static void *
be_a_child(void *arg)
{
    struct lineage *l = arg;
    void *result = NULL;
    if (thread_create(&l->grandchild, NULL, be_a_grandchild, l) == 0)
        thread_join(l->grandchild, &result);
    return result;
}

Test(processes, a_signal_to_look_around_ends_nobody, .timeout = 10)
{
    struct lineage *l = thread_shared_alloc(sizeof *l);
    struct thread_info info = {.wait = THREAD_WAIT_NONE};
    void *result = NULL;
    thread_t child = spawn(be_a_child, l);
    while (info.wait != THREAD_WAIT_SEMAPHORE)
        thread_info(l->grandchild, &info);
    for (int i = 0; i < 10; i++)
        thread_cancel(l->grandchild);
    cr_expect_eq(thread_info(l->grandchild, &info), 0);
    semaphore_post(&l->told);
    cr_expect_eq(thread_join(child, &result), 0);
    cr_expect_eq(VALUE(result), 5, "it lived to tell");
}

static void *
have_a_child(void *unused)
{
    thread_t child = 0;
    (void)unused;
    return thread_create(&child, NULL, give_back, NUMBER(9)) ? NULL
                                                             : NUMBER(child);
}

Test(processes, who_outlives_its_creator_is_mains_child, .timeout = 20)
{
    for (int i = 0; i < 50; i++) {
        void *child, *result = NULL;
        cr_assert_eq(thread_join(spawn(have_a_child, NULL), &child), 0);
        cr_assert_eq(thread_join(VALUE(child), &result), 0);
        cr_assert_eq(VALUE(result), 9);
    }
    while (!no_child_is_left())
        cr_assert_eq(thread_join(spawn(give_back, NULL), NULL), 0);
}

Test(processes, a_wait_of_the_programs_own_loses_no_result, .timeout = 10)
{
    void *result = NULL;
    thread_t thread = spawn(give_back, NUMBER(7));
    cr_assert_gt(waitpid(-1, NULL, 0), 0);
    cr_expect_eq(thread_join(thread, &result), 0);
    cr_expect_eq(VALUE(result), 7);
}

Test(processes, join_does_without_a_descriptor, .timeout = 10)
{
    struct rlimit old, none = {0, 0};
    void *result = NULL;
    thread_t good = spawn(give_back, NUMBER(7));
    thread_t bad = spawn(kill_oneself, NUMBER(SIGKILL));
    getrlimit(RLIMIT_NOFILE, &old);
    none.rlim_max = old.rlim_max;
    cr_assert_eq(setrlimit(RLIMIT_NOFILE, &none), 0);
    int error = thread_join(good, &result), crash = thread_join(bad, NULL);
    setrlimit(RLIMIT_NOFILE, &old);
    cr_expect_eq(error, 0);
    cr_expect_eq(VALUE(result), 7);
    cr_expect_eq(crash, EOWNERDEAD);
}

/* ---- Refusals ---- */

Test(processes, a_full_table_gives_EAGAIN, .timeout = 10)
{
    thread_t thread = 0;
    thread_self();
    size_t used = the_threads.blocks_used;
    for (size_t i = used; i < THREADS_MOST; i++)
        the_threads.blocks[i].id = 1; /* of nobody */
    the_threads.blocks_used = THREADS_MOST;
    cr_expect_eq(thread_create(&thread, NULL, give_back, NULL), EAGAIN);
    the_threads.blocks[THREADS_MOST - 1].id = 0;
    cr_expect_eq(thread_create(&thread, NULL, give_back, NULL), 0);
    cr_expect_eq(thread_join(thread, NULL), 0);
    cr_expect_eq(thread_list(NULL, 0), 1);
}

Test(processes, a_refused_fork_gives_EAGAIN_and_leaves_nothing, .timeout = 10)
{
    struct rlimit old, none = {0, 0};
    if (geteuid() == 0) /* whom no such limit binds */
        cr_assert_eq(setresuid(65534, 65534, 65534), 0);
    getrlimit(RLIMIT_NPROC, &old);
    none.rlim_max = old.rlim_max;
    thread_self();
    cr_assert_eq(setrlimit(RLIMIT_NPROC, &none), 0);
    for (int i = 0; i < 100; i++)
        cr_expect_eq(thread_create(NULL, NULL, give_back, NULL), EAGAIN);
    setrlimit(RLIMIT_NPROC, &old);
    cr_expect_eq(thread_list(NULL, 0), 1);
    cr_expect_eq(thread_join(spawn(give_back, NULL), NULL), 0);
}

/* ---- The program forks by itself ---- */

/* What a forked child finds: 0, or what is wrong. */
static int
live_as_a_program(void)
{
    thread_t thread;
    void *result = NULL;
    if (thread_list(NULL, 0) != 1 || thread_self() != 1)
        return 1;
    if (thread_create(&thread, NULL, give_back, NUMBER(3)) != 0 ||
        thread_join(thread, &result) != 0 || VALUE(result) != 3)
        return 2;
    return 0;
}

Test(processes, a_forked_child_is_a_program_of_its_own, .timeout = 10)
{
    int status = -1;
    struct semaphore *never = thread_shared_alloc(sizeof *never);
    thread_t waiter = spawn(wait_for, never);
    pid_t child = fork();
    if (child == 0)
        _exit(live_as_a_program());
    cr_assert_eq(waitpid(child, &status, 0), child);
    cr_expect_eq(status, 0);
    cr_expect_eq(thread_list(NULL, 0), 2, "ours are still there");
    semaphore_post(never);
    cr_expect_eq(thread_join(waiter, NULL), 0);
}

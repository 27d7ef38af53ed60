/* SPDX-License-Identifier: MIT */
/*
 * kernel.c - what the kernel knows of our threads, and they of it.
 *
 * Each thread of this model is one thread of the kernel: it can be found under
 * /proc/self/task, it stalls alone, it loses the CPU without asking, and what
 * thread_info tells of it comes from there.
 */
#include "kthread.h"
#include "sync.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static struct semaphore go;

/* Tell our tid, then wait to be let go. */
static void *
tell_tid(void *tid)
{
    atomic_store((atomic_int *)tid, gettid());
    semaphore_wait(&go);
    return NULL;
}

static int
tid_of(atomic_int *tid)
{
    int known;
    while ((known = atomic_load(tid)) == 0)
        thread_yield();
    return known;
}

/* The name by which the kernel knows one of our threads. */
static void
kernel_name(int tid, char name[THREAD_NAME_MAX])
{
    char path[64];
    snprintf(path, sizeof path, "/proc/self/task/%d/comm", tid);
    FILE *comm = fopen(path, "r");
    cr_assert(comm != NULL);
    cr_assert(fgets(name, THREAD_NAME_MAX, comm) != NULL);
    fclose(comm);
    name[strcspn(name, "\n")] = '\0';
}

Test(kthreads, a_name_shows_in_the_kernels_list_of_tasks, .timeout = 10)
{
    atomic_int tid = 0;
    thread_t t;
    char name[THREAD_NAME_MAX];
    struct thread_attr attr = {.name = "fifteen-letters-and-more"};
    cr_assert(thread_create(&t, &attr, tell_tid, &tid) == 0);
    kernel_name(tid_of(&tid), name);
    cr_expect_str_eq(name, "fifteen-letters");
    semaphore_post(&go);
    thread_join(t, NULL);
}

Test(kthreads, a_thread_can_be_renamed_by_another, .timeout = 10)
{
    atomic_int tid = 0;
    thread_t t;
    char name[THREAD_NAME_MAX];
    cr_assert(thread_create(&t, NULL, tell_tid, &tid) == 0);
    tid_of(&tid);
    cr_expect(thread_set_name(t, "renamed") == 0);
    kernel_name(tid_of(&tid), name);
    cr_expect_str_eq(name, "renamed");
    semaphore_post(&go);
    thread_join(t, NULL);
}

Test(kthreads, main_keeps_the_programs_name_until_it_is_named, .timeout = 10)
{
    char before[THREAD_NAME_MAX], after[THREAD_NAME_MAX];
    struct thread_info info;
    kernel_name(getpid(), before);
    cr_expect(thread_info(thread_self(), &info) == 0);
    cr_expect_str_eq(info.name, "main");
    kernel_name(getpid(), after);
    cr_expect_str_eq(after, before);
    thread_set_name(0, "chief");
    kernel_name(getpid(), after);
    cr_expect_str_eq(after, "chief");
}

Test(kthreads, every_thread_is_a_kernel_thread_of_its_own, .timeout = 10)
{
    enum { COUNT = 10 };
    thread_t t[COUNT];
    static atomic_int tid[COUNT];
    for (int i = 0; i < COUNT; i++)
        cr_assert(thread_create(&t[i], NULL, tell_tid, &tid[i]) == 0);
    for (int i = 0; i < COUNT; i++) {
        cr_expect(tid_of(&tid[i]) != getpid());
        for (int j = 0; j < i; j++)
            cr_expect(tid_of(&tid[i]) != tid_of(&tid[j]));
    }
    for (int i = 0; i < COUNT; i++)
        semaphore_post(&go);
    for (int i = 0; i < COUNT; i++)
        thread_join(t[i], NULL);
}

Test(kthreads, the_kernel_preempts_without_being_asked, .timeout = 10)
{
    struct thread_preemption p;
    cr_expect(thread_preempt(1000000) == ENOTSUP);
    thread_preemption(&p);
    cr_expect(p.source == NULL);
    cr_expect(thread_model()->preemptive);
}

static void *
read_raw(void *fd)
{
    char byte;
    return (void *)read(*(int *)fd, &byte, 1);
}

Test(kthreads, a_raw_read_stalls_its_own_thread_alone, .timeout = 10)
{
    int ends[2];
    thread_t t;
    void *result;
    cr_assert(pipe(ends) == 0);
    cr_assert(thread_create(&t, NULL, read_raw, &ends[0]) == 0);
    cr_expect(write(ends[1], "x", 1) == 1); /* never, if main stalled too */
    cr_expect(thread_join(t, &result) == 0);
    cr_expect(result == (void *)1);
}

static atomic_bool stop;

static void *
spin(void *arg)
{
    while (!atomic_load(&stop))
        continue;
    return arg;
}

Test(kthreads, threads_that_never_yield_lose_the_cpu, .timeout = 10)
{
    enum { MORE_THAN_CPUS = 16 };
    thread_t t[MORE_THAN_CPUS];
    for (int i = 0; i < MORE_THAN_CPUS; i++)
        cr_assert(thread_create(&t[i], NULL, spin, NULL) == 0);
    atomic_store(&stop, true); /* never, if nobody took the CPU from them */
    for (int i = 0; i < MORE_THAN_CPUS; i++)
        cr_expect(thread_join(t[i], NULL) == 0);
}

Test(kthreads, run_time_is_the_kernels_and_outlives_the_thread, .timeout = 10)
{
    const uint64_t enough = 2000000;
    thread_t t;
    struct thread_info info, last;
    cr_assert(thread_create(&t, NULL, spin, NULL) == 0);
    do
        cr_assert(thread_info(t, &info) == 0);
    while (info.run_ns < enough);
    cr_expect(info.state == THREAD_RUNNING);
    cr_expect(info.switches >= 1);
    atomic_store(&stop, true);
    do
        cr_assert(thread_info(t, &last) == 0);
    while (last.state != THREAD_DONE);
    cr_expect(last.run_ns >= info.run_ns);
    cr_expect(last.switches >= info.switches);
    thread_join(t, NULL);
}

/* Touch every page of a frame of half a MiB. */
static void *
use_stack(void *arg)
{
    volatile char frame[512 * 1024];
    for (size_t i = 0; i < sizeof frame; i += 1024)
        frame[i] = 1;
    return arg;
}

Test(kthreads, the_high_water_mark_outlives_the_thread, .timeout = 10)
{
    thread_t t;
    struct thread_info info;
    struct thread_attr attr = {.stack_size = 768 * 1024};
    cr_assert(thread_create(&t, &attr, use_stack, NULL) == 0);
    do
        cr_assert(thread_info(t, &info) == 0);
    while (info.state != THREAD_DONE);
    cr_expect(info.stack_size == attr.stack_size);
    cr_expect(info.stack_used > 512 * 1024);
    cr_expect(info.stack_used < 640 * 1024);
    thread_join(t, NULL);
}

static _Thread_local char large_local[100 * 1024];

/* Touch all but a page or so of the stack that was asked for. */
static void *
use_nearly_all(void *arg)
{
    volatile char frame[60 * 1024];
    for (size_t i = 0; i < sizeof frame; i += 1024)
        frame[i] = 1;
    large_local[0] = 1;
    return arg;
}

Test(kthreads, thread_locals_do_not_eat_the_stack_asked_for, .timeout = 10)
{
    thread_t t;
    struct thread_attr attr = {.stack_size = 64 * 1024};
    cr_assert(thread_create(&t, &attr, use_nearly_all, NULL) == 0);
    cr_expect(thread_join(t, NULL) == 0);
}

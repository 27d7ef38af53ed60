/* SPDX-License-Identifier: MIT */
/* priority.c - who should run: what can be asked for, and what cannot. */
#include "contract.h"

static void *
nothing(void *arg)
{
    return arg;
}

Test(priority, out_of_range_gives_EINVAL, .timeout = 10)
{
    cr_assert_eq(thread_set_priority(1, -1), EINVAL);
    cr_assert_eq(thread_set_priority(1, THREAD_PRIORITY_MAX + 1), EINVAL);
    struct thread_attr attr = {.priority = THREAD_PRIORITY_MAX + 1};
    cr_assert_eq(thread_create(NULL, &attr, nothing, NULL), EINVAL);
    attr.priority = -1;
    cr_assert_eq(thread_create(NULL, &attr, nothing, NULL), EINVAL);
}

Test(priority, of_no_thread_gives_ESRCH, .timeout = 10)
{
    cr_assert_eq(thread_set_priority(12345, 0), ESRCH);
    cr_assert_eq(thread_set_due(12345, 0), ESRCH);
}

Test(priority, that_was_asked_for_can_be_read, .timeout = 10)
{
    struct thread_attr attr = {.priority = 7};
    struct thread_info info;
    thread_t thread;
    cr_assert_eq(thread_create(&thread, &attr, nothing, NULL), 0);
    cr_assert_eq(thread_info(thread, &info), 0);
    cr_assert_eq(info.priority, 7);
    int error = thread_set_priority(thread, 3);
    cr_assert(error == 0 || error == EPERM);
    cr_assert_eq(thread_info(thread, &info), 0);
    cr_assert_eq(info.priority, 3);
    join(thread);
}

Test(priority, a_due_time_is_taken_or_refused_openly, .timeout = 10)
{
    int error = thread_set_due(1, in_ms(10));
    cr_assert(error == 0 || error == ENOTSUP);
}

Test(preempt, a_quantum_out_of_range_gives_EINVAL, .timeout = 10)
{
    int error = thread_preempt(1);
    cr_assert(error == EINVAL || error == ENOTSUP);
    error = thread_preempt(11000ull * MS);
    cr_assert(error == EINVAL || error == ENOTSUP);
}

Test(preempt, what_is_off_has_no_source, .timeout = 10)
{
    struct thread_preemption p;
    memset(&p, 0xa5, sizeof p);
    thread_preempt(0);
    thread_preemption(&p);
    cr_assert_null(p.source);
}

Test(name, an_object_can_be_named_and_unnamed, .timeout = 10)
{
    SHARED struct mutex m;
    cr_assert_eq(thread_name_object(&m, "a name that is far too long"), 0);
    cr_assert_eq(thread_name_object(&m, "short"), 0);
    cr_assert_eq(thread_name_object(&m, NULL), 0);
    cr_assert_eq(thread_name_object(&m, NULL), 0, "which it was already");
}

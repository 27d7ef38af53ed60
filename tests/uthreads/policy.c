/* SPDX-License-Identifier: MIT */
/* policy.c - a policy by itself: threads go in, and come out in its order. */
#include "policy.h"

#include <criterion/criterion.h>

Test(policy, round_robin_is_first_in_first_out, .timeout = 10)
{
    static struct uthread threads[10];
    struct ready_queue ready = {0};
    for (int i = 0; i < 10; i++)
        policy_rr.enqueue(&ready, &threads[i]);
    for (int i = 0; i < 5; i++) {
        cr_assert_eq(policy_rr.pick(&ready), &threads[i]);
        policy_rr.enqueue(&ready, &threads[i]);
    }
    for (int i = 0; i < 10; i++)
        cr_assert_eq(policy_rr.pick(&ready), &threads[(i + 5) % 10]);
}

Test(policy, nobody_is_picked_if_nobody_is_ready, .timeout = 10)
{
    static struct uthread thread;
    struct ready_queue ready = {0};
    cr_assert_null(policy_rr.pick(&ready));
    policy_rr.enqueue(&ready, &thread);
    cr_assert_eq(policy_rr.pick(&ready), &thread);
    cr_assert_null(policy_rr.pick(&ready));
}

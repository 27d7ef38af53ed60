/* SPDX-License-Identifier: MIT */
/* policy_rr.c - round robin, as one of the policies. See policy_rr.h. */
#include "policy_rr.h"

const struct policy policy_rr = {
    .name = "rr",
    .enqueue = rr_enqueue,
    .pick = rr_pick,
    .remove = policy_remove_from_list,
};

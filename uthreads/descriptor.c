/* SPDX-License-Identifier: MIT */
/* descriptor.c - where our threads lie, for readers outside. See descriptor.h.
 */
#include "descriptor.h"

#include "debug.h"
#include "object_name.h"
#include "sched.h"
#include "sync_view.h"

#define THREAD(field) offsetof(struct uthread, field)
#define WAIT(field)   offsetof(struct wait, field)

extern const struct descriptor uthreads_descriptor;

const struct descriptor uthreads_descriptor = {
    .version = DESCRIPTOR_VERSION,
    .one_to_one = 0,
    .table = &the_sched.table,
    .object_names = &object_names,
    .current = &the_sched.current,
    .accounting = &the_sched.accounting,
    .switched_at = &the_sched.switched_at,
    .thread = {.id = THREAD(id),
               .name = THREAD(name),
               .state = THREAD(state),
               .wait_since = THREAD(wait_since),
               .switches = THREAD(switches),
               .run_ticks = THREAD(run_ticks),
               .stack_low = THREAD(stack.low),
               .stack_top = NOWHERE,
               .stack_size = THREAD(stack.size),
               .tid = NOWHERE,
               .done = NOWHERE,
               .run_ns = NOWHERE,
               .stack_used = NOWHERE},
    .wait = {.at = THREAD(wait),
             .behind_pointer = 1,
             .kind = WAIT(kind),
             .object = WAIT(object),
             .fd = WAIT(fd),
             .call = WAIT(call),
             .thread = WAIT(thread)},
    .mutex_owner = offsetof(struct mutex_view, owner),
    .rwlock_writer = offsetof(struct rwlock_view, writer),
    .stack_head = STACK_HEAD,
    .wait_since_is_stamp = 1,
    .debug = &debug,
    .creator = THREAD(creator),
};

DESCRIPTOR_FOUND_BY_NOTE(uthreads_descriptor);

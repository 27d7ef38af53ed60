/* SPDX-License-Identifier: MIT */
/* descriptor.c - where our threads lie, for readers outside. See descriptor.h.
 */
#include "descriptor.h"

#include "kthread.h"
#include "object_name.h"
#include "sync_view.h"

#define THREAD(field) offsetof(struct kthread, field)
#define WAIT(field)   offsetof(struct wait, field)

extern const struct descriptor kthreads_descriptor;

/* Of threads that have not ended the kernel knows the rest. */
const struct descriptor kthreads_descriptor = {
    .version = DESCRIPTOR_VERSION,
    .one_to_one = 1,
    .table = &the_threads.table,
    .object_names = &object_names,
    .thread = {.id = THREAD(id),
               .name = THREAD(name),
               .state = NOWHERE,
               .wait_since = THREAD(wait.since),
               .switches = THREAD(last_switches),
               .run_ticks = NOWHERE,
               .stack_low = NOWHERE,
               .stack_top = THREAD(stack_top),
               .stack_size = THREAD(stack_size),
               .tid = THREAD(tid),
               .done = THREAD(done),
               .run_ns = THREAD(last_run_ns),
               .stack_used = THREAD(last_stack_used)},
    .wait = {.at = THREAD(wait),
             .behind_pointer = 0,
             .kind = WAIT(kind),
             .object = WAIT(object),
             .fd = WAIT(fd),
             .call = WAIT(call),
             .thread = WAIT(thread)},
    .mutex_owner = offsetof(struct mutex_view, owner),
    .rwlock_writer = offsetof(struct rwlock_view, writer),
    .creator = THREAD(creator),
};

DESCRIPTOR_FOUND_BY_NOTE(kthreads_descriptor);

/* SPDX-License-Identifier: MIT */
/* debug.c - where things are, for a debugger. See debug.h. */
#include "debug.h"

#include "clock.h"
#include "context.h"
#include "overflow.h"
#include "sched.h"
#include "sync_view.h"

#define THREAD(field)       offsetof(struct uthread, field)
#define READY(field)        offsetof(struct ready_queue, field)
#define VIEW_OF(kind, name) offsetof(struct kind##_view, name)

/* The linker knows where a section starts and ends. */
extern const char __start_uthreads_text[] __attribute__((visibility("hidden")));
extern const char __stop_uthreads_text[] __attribute__((visibility("hidden")));

const struct debug debug = {
    .idle = &the_sched.idle,
    .error = &the_sched.error,
    .policy = &the_sched.policy,
    .ready = &the_sched.ready,
    .clock = &clock_record,
    .context = &context_shape,
    .bridge = debug_bridge,
    .handler_stack = overflow_stack,
    .text = __start_uthreads_text,
    .text_end = __stop_uthreads_text,
    .handler_stack_size = OVERFLOW_STACK,
    .thread = {.context = THREAD(context),
               .link = THREAD(link),
               .joiner = THREAD(joiner),
               .entry = THREAD(fn),
               .argument = THREAD(arg),
               .detached = THREAD(detached),
               .priority = THREAD(priority),
               .base_priority = THREAD(base_priority),
               .due = THREAD(due),
               .level = THREAD(level),
               .used_turns = THREAD(used_turns),
               .key = THREAD(key)},
    .ready_queue = {.threads = READY(threads),
                    .count = READY(count),
                    .level = READY(level),
                    .levels = POLICY_LEVELS,
                    .turns = READY(turns),
                    .pass = READY(pass)},
    .sync = {.mutex_kind = VIEW_OF(mutex, kind),
             .mutex_depth = VIEW_OF(mutex, depth),
             .mutex_owner = VIEW_OF(mutex, owner),
             .mutex_waiters = VIEW_OF(mutex, waiters),
             .cond_waiters = VIEW_OF(cond, waiters),
             .semaphore_count = VIEW_OF(semaphore, count),
             .semaphore_waiters = VIEW_OF(semaphore, waiters),
             .rwlock_readers = VIEW_OF(rwlock, readers),
             .rwlock_writer = VIEW_OF(rwlock, writer),
             .rwlock_waiters = VIEW_OF(rwlock, waiters),
             .barrier_count = VIEW_OF(barrier, count),
             .barrier_waiting = VIEW_OF(barrier, waiting),
             .barrier_waiters = VIEW_OF(barrier, waiters),
             .event_set = VIEW_OF(event, set),
             .event_waiters = VIEW_OF(event, waiters),
             .once_state = VIEW_OF(once, state),
             .once_waiters = VIEW_OF(once, waiters),
             .channel_item_size = VIEW_OF(channel, item_size),
             .channel_capacity = VIEW_OF(channel, capacity),
             .channel_length = VIEW_OF(channel, length),
             .channel_closed = VIEW_OF(channel, closed),
             .channel_senders = VIEW_OF(channel, senders),
             .channel_receivers = VIEW_OF(channel, receivers)},
};

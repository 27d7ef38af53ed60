/* SPDX-License-Identifier: MIT */
/*
 * debug.h - what a debugger must know of user-level threads.
 *
 * `threadbare ps` lists threads and needs the descriptor alone. A debugger goes
 * on: it shows the stack of each parked thread, the queues in their order, and
 * what is inside a mutex. Here are the addresses and offsets for that, constant
 * and without symbols, so that it works in a stripped program and on its core
 * file. The descriptor leads here; gdb/threadbare/table.py reads it.
 *
 * The order of the fields is the format: a new one goes to the end, and changes
 * DESCRIPTOR_VERSION.
 */
#ifndef UTHREADS_DEBUG_H
#define UTHREADS_DEBUG_H

#include <stdint.h>

struct debug {
    /* Where things are. */
    const void *idle;          /* the idle thread, which is in no table */
    const void *error;         /* holds the address of errno of the kernel
                                  thread under us: so it can be told */
    const void *policy;        /* holds the address of the policy, which begins
                                  with its name */
    const void *ready;         /* struct ready_queue */
    const void *clock;         /* struct clock_record */
    const void *context;       /* struct context_shape */
    const void *bridge;        /* see bridge.c */
    const void *handler_stack; /* where a signal handler runs for whoever is
                                  the current thread */
    const void *text;          /* our own code, from here */
    const void *text_end;      /* to here */
    uint32_t handler_stack_size;

    /* Offsets in a control block. */
    struct {
        uint32_t context, link, joiner, entry, argument, detached;
        uint32_t priority, base_priority, due, level, used_turns, key;
    } thread;

    /* Offsets in the ready queue, and how many levels it has. */
    struct {
        uint32_t threads, count, level, levels, turns, pass;
    } ready_queue;

    /* Offsets in what is waited for. */
    struct {
        uint32_t mutex_kind, mutex_depth, mutex_owner, mutex_waiters;
        uint32_t cond_waiters;
        uint32_t semaphore_count, semaphore_waiters;
        uint32_t rwlock_readers, rwlock_writer, rwlock_waiters;
        uint32_t barrier_count, barrier_waiting, barrier_waiters;
        uint32_t event_set, event_waiters;
        uint32_t once_state, once_waiters;
        uint32_t channel_item_size, channel_capacity, channel_length;
        uint32_t channel_closed, channel_senders, channel_receivers;
    } sync;
};

extern const struct debug debug __attribute__((visibility("hidden")));

/* See bridge.c. */
extern char debug_bridge[] __attribute__((visibility("hidden")));

#endif

/* SPDX-License-Identifier: MIT */
/*
 * channel.h - the contract: sharing by communicating.
 *
 * A channel carries items of one size from those who send to those who
 * receive, each item to one receiver, in the order they were sent. A buffered
 * channel holds up to `capacity` items; an unbuffered one (capacity 0) holds
 * none, so a sender waits until somebody takes the item from its hands. Items
 * of size 0 are signals. After Hoare's Communicating Sequential Processes
 * (1978) by way of Go.
 *
 * All zero bytes is a valid channel: unbuffered, items of size 0.
 *
 * Who waits is served first come, first served; among the cases of a select
 * that could go on, the first in the array does.
 */
#ifndef THREADBARE_CHANNEL_H
#define THREADBARE_CHANNEL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif
#pragma GCC visibility push(default)

struct channel {
    size_t item_size; /* bytes */
    size_t capacity;  /* items */
    void *model[10];
};

/* Make a channel at run time. ENOMEM: no memory for its buffer. */
int channel_init(struct channel *c, size_t item_size, size_t capacity);

/* End its use and free its buffer; items in it are lost. EBUSY: threads wait
 * on it. */
int channel_destroy(struct channel *c);

/*
 * Send the item at *item, or receive one into *item; wait while that cannot
 * be (until deadline at the latest). May switch; a cancellation point.
 *   EPIPE      send: the channel is closed; receive: closed, and empty
 *   ETIMEDOUT  the deadline passed first; nothing was sent or received
 *   ENOMEM     no shared memory to wait in (where a thread is a process)
 */
int channel_send(struct channel *c, const void *item);
int channel_send_until(struct channel *c, const void *item, uint64_t deadline);
int channel_receive(struct channel *c, void *item);
int channel_receive_until(struct channel *c, void *item, uint64_t deadline);

/* Say that nothing more will be sent: whoever waits, or comes, gets EPIPE once
 * the buffer is empty. EINVAL: it is closed already. Never switches. */
int channel_close(struct channel *c);

/* Items in the buffer now. */
size_t channel_length(struct channel *c);

enum channel_way { CHANNEL_SEND, CHANNEL_RECEIVE };

/* One of several things to wait for. */
struct channel_case {
    struct channel *channel; /* NULL: this case never happens */
    enum channel_way way;
    void *item; /* to send from, or to receive into */
    void *model[3];
};

/*
 * Wait until one of the cases can happen, do it and only it, and put its
 * index into *chosen. Returns what that call would have returned. ETIMEDOUT:
 * none could before the deadline; a deadline of 0 just looks. May switch; a
 * cancellation point.
 */
int channel_select(struct channel_case *cases, size_t count, uint64_t deadline,
                   size_t *chosen);

#pragma GCC visibility pop
#ifdef __cplusplus
}
#endif
#endif

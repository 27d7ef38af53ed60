/* SPDX-License-Identifier: MIT */
/*
 * channel.c - channels and select.
 *
 * Two lines wait at a channel, those who would send and those who would
 * receive; never both at once, for they would have met. What waits in a line
 * is not a thread but a case, since a thread in a select stands in many lines.
 * The first case that can happen is carried out by the one who makes it
 * possible (the item is copied from one thread's hands straight into the
 * other's), and the select is decided; its other cases are void from that
 * moment, and are taken out of their lines when the thread runs again.
 *
 *      send:    a receiver waits?  hand it over
 *               room in buffer?    put it there
 *               else               wait in the line of senders
 *      receive: the mirror image; and a place that becomes free in the buffer
 *               goes to the sender who has waited longest
 */
#include "channel.h"

#include "cancel.h"
#include "sched.h"
#include "sync_view.h"
#include "time.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* A thread that waits in one or more cases. */
struct selection {
    struct uthread *thread;
    struct case_view *decided; /* NULL: still open */
    int result;                /* of the decided case */
};

static struct channel_view *
channel_view(struct channel *c)
{
    return (struct channel_view *)c;
}

static struct case_view *
case_view(struct channel_case *c)
{
    return (struct case_view *)c;
}

int
channel_init(struct channel *channel, size_t item_size, size_t capacity)
{
    struct channel_view *c = channel_view(channel);
    memset(channel, 0, sizeof *channel);
    if (item_size && capacity > SIZE_MAX / item_size)
        return ENOMEM;
    if (item_size && capacity) {
        c->buffer = malloc(item_size * capacity);
        if (!c->buffer)
            return ENOMEM;
    }
    channel->item_size = item_size;
    channel->capacity = capacity;
    return 0;
}

int
channel_destroy(struct channel *channel)
{
    struct channel_view *c = channel_view(channel);
    if (!list_empty(&c->senders) || !list_empty(&c->receivers))
        return EBUSY;
    free(c->buffer);
    c->buffer = NULL;
    c->length = c->capacity = 0;
    return 0;
}

static void
copy(const struct channel_view *c, void *to, const void *from)
{
    if (c->item_size)
        memcpy(to, from, c->item_size);
}

/* The longest-waiting case in a line that is still open: its thread has not
 * been woken, by another case or by its deadline. The others are taken out by
 * their threads. */
static struct case_view *
first_open(const struct list *line)
{
    for (struct link *link = line->first; link; link = link->next) {
        struct case_view *k = container_of(link, struct case_view, link);
        if (k->selection->thread->state == THREAD_BLOCKED)
            return k;
    }
    return NULL;
}

/* A waiting case has happened: its thread goes on with this result. */
static void
decide(struct case_view *k, int result)
{
    k->selection->decided = k;
    k->selection->result = result;
    order_release(k->selection);
    sched_wake(k->selection->thread);
}

/* What comes before a receive is the sending, and before a sending, the receive
 * that made room: the one is released and acquired through the receivers' line,
 * the other through the senders'. */
static void
buffer_put(struct channel_view *c, const void *item)
{
    size_t place = (c->first + c->length++) % c->capacity;
    order_acquire(&c->senders);
    copy(c, c->buffer + place * c->item_size, item);
    order_release(&c->receivers);
}

static void
buffer_take(struct channel_view *c, void *item)
{
    order_acquire(&c->receivers);
    copy(c, item, c->buffer + c->first * c->item_size);
    order_release(&c->senders);
    c->first = (c->first + 1) % c->capacity;
    c->length--;
}

/* Send if that needs no waiting. EAGAIN: it does. */
static int
try_send(struct channel_view *c, const void *item)
{
    if (c->closed) {
        order_acquire(&c->senders);
        return EPIPE;
    }
    struct case_view *receiver = first_open(&c->receivers);
    if (receiver) {
        order_acquire(receiver->selection);
        copy(c, receiver->item, item);
        decide(receiver, 0);
        return 0;
    }
    if (c->length == c->capacity)
        return EAGAIN;
    buffer_put(c, item);
    return 0;
}

/* Receive if that needs no waiting. EAGAIN: it does. */
static int
try_receive(struct channel_view *c, void *item)
{
    struct case_view *sender = first_open(&c->senders);
    if (sender)
        order_acquire(sender->selection);
    if (c->length > 0) {
        buffer_take(c, item);
        if (sender)
            buffer_put(c, sender->item);
    } else if (sender) {
        copy(c, item, sender->item);
    } else {
        order_acquire(&c->receivers); /* of whoever closed it */
        return c->closed ? EPIPE : EAGAIN;
    }
    if (sender)
        decide(sender, 0);
    return 0;
}

static int
try_case(struct case_view *k)
{
    return k->way == CHANNEL_SEND ? try_send(k->channel, k->item)
                                  : try_receive(k->channel, k->item);
}

static struct list *
line_of(const struct case_view *k)
{
    return k->way == CHANNEL_SEND ? &k->channel->senders
                                  : &k->channel->receivers;
}

/* Wait in all lines until one case has happened. */
static inline int
wait_for_one(struct case_view *cases, size_t count, uint64_t deadline,
             struct selection *selection)
{
    for (size_t i = 0; i < count; i++) {
        cases[i].selection = selection;
        if (cases[i].channel)
            list_append(line_of(&cases[i]), &cases[i].link);
    }
    order_release(selection);
    int error = time_block(
        &(struct wait){.kind = THREAD_WAIT_CHANNEL,
                       .object = count == 1 ? cases[0].channel : NULL,
                       .fd = -1,
                       .cancellable = true},
        deadline);
    order_acquire(selection);
    for (size_t i = 0; i < count; i++)
        if (cases[i].channel)
            list_remove(line_of(&cases[i]), &cases[i].link);
    return error;
}

int
channel_select(struct channel_case *public_cases, size_t count,
               uint64_t deadline, size_t *chosen)
{
    struct case_view *cases = case_view(public_cases);
    cancel_point();
    struct selection selection = {.thread = the_sched.current};
    for (size_t i = 0; i < count; i++) {
        int error = cases[i].channel ? try_case(&cases[i]) : EAGAIN;
        if (error == EAGAIN)
            continue;
        *chosen = i;
        return error;
    }
    int error = wait_for_one(cases, count, deadline, &selection);
    if (selection.decided) {
        *chosen = (size_t)(selection.decided - cases);
        return selection.result;
    }
    if (error == ECANCELED)
        cancel_now();
    return error;
}

static inline int
wait_in_line(struct channel_view *c, enum channel_way way, void *item,
             uint64_t deadline)
{
    struct case_view only = {.channel = c, .way = way, .item = item};
    struct selection selection = {.thread = the_sched.current};
    int error = wait_for_one(&only, 1, deadline, &selection);
    if (selection.decided)
        return selection.result;
    if (error == ECANCELED)
        cancel_now();
    return error;
}

/* Wait in one line only: the second half of a send or a receive that could not
 * happen at once. One function for both, so that sender and receiver block at
 * the same place; see sched_return. */
static int __attribute__((noinline))
wait_alone(struct channel_view *c, enum channel_way way, void *item,
           uint64_t deadline)
{
    return sched_return(wait_in_line(c, way, item, deadline));
}

int
channel_send(struct channel *c, const void *item)
{
    return channel_send_until(c, item, THREAD_FOREVER);
}

int
channel_send_until(struct channel *c, const void *item, uint64_t deadline)
{
    cancel_point();
    int error = try_send(channel_view(c), item);
    if (error != EAGAIN)
        return error;
    return wait_alone(channel_view(c), CHANNEL_SEND, (void *)(uintptr_t)item,
                      deadline);
}

int
channel_receive(struct channel *c, void *item)
{
    return channel_receive_until(c, item, THREAD_FOREVER);
}

int
channel_receive_until(struct channel *c, void *item, uint64_t deadline)
{
    cancel_point();
    int error = try_receive(channel_view(c), item);
    if (error != EAGAIN)
        return error;
    return wait_alone(channel_view(c), CHANNEL_RECEIVE, item, deadline);
}

int
channel_close(struct channel *channel)
{
    struct channel_view *c = channel_view(channel);
    struct case_view *k;
    sched_self();
    if (c->closed)
        return EINVAL;
    c->closed = true;
    order_release(&c->senders);
    order_release(&c->receivers);
    while ((k = first_open(&c->senders)) != NULL)
        decide(k, EPIPE);
    while ((k = first_open(&c->receivers)) != NULL)
        decide(k, EPIPE);
    return 0;
}

size_t
channel_length(struct channel *channel)
{
    return channel_view(channel)->length;
}

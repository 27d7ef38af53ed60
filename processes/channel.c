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
 *
 * What is in a thread's hands no other process can see. So whoever must wait
 * lays an offer for each case into shared memory: the item it would send, or
 * room for the one it would receive; and it is the offers that stand in line.
 *
 *      sender's memory     shared memory        receiver's memory
 *          item ----copy----> offer ----copy----> item
 *
 * The buffer lies in shared memory if the channel does. A channel that does not
 * is each process's own, buffer and all, and never meets anybody.
 *
 * A select is at many channels, so all of them share one lock. That is simple,
 * and enough: what a hand-over costs here is the kernel's wake-up, not the
 * lock.
 */
#include "channel.h"

#include "cancel.h"
#include "process.h"
#include "shared.h"
#include "sync_view.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* One case of a thread that waits, in shared memory. */
struct offer {
    struct link link; /* in one of the channel's lines */
    struct selection *selection;
    void *item; /* in shared memory too: to be taken, or room for one */
};

/* A thread that waits in one or more cases, in shared memory. */
struct selection {
    struct offer *decided; /* NULL: still open */
    int result;            /* of the decided case */
    struct bell decision;
    struct offer offers[]; /* one for each case; behind them, their items */
};

static void
lock(void)
{
    lock_take(&the_threads.channels_lock);
}

static void
unlock(void)
{
    lock_release(&the_threads.channels_lock);
}

static struct channel_view *
channel_view(struct channel *c)
{
    return (struct channel_view *)c;
}

int
channel_init(struct channel *channel, size_t item_size, size_t capacity)
{
    struct channel_view *c = channel_view(channel);
    memset(channel, 0, sizeof *channel);
    if (item_size && capacity > SIZE_MAX / item_size)
        return ENOMEM;
    if (item_size && capacity) {
        c->buffer = shared_is_shared(channel)
                        ? thread_shared_alloc(item_size * capacity)
                        : malloc(item_size * capacity);
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
    lock();
    bool busy = !list_empty(&c->senders) || !list_empty(&c->receivers);
    unlock();
    if (busy)
        return EBUSY;
    if (shared_is_ours(c->buffer))
        thread_shared_free(c->buffer);
    else
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

/* The longest-waiting offer in a line whose selection is still open. The others
 * are taken out by their threads. */
static struct offer *
first_open(const struct list *line)
{
    for (struct link *link = line->first; link; link = link->next) {
        struct offer *o = container_of(link, struct offer, link);
        if (!o->selection->decided)
            return o;
    }
    return NULL;
}

/* An offer was taken: its thread goes on with this result. */
static void
decide(struct offer *o, int result)
{
    o->selection->decided = o;
    o->selection->result = result;
    bell_ring(&o->selection->decision);
}

static void
buffer_put(struct channel_view *c, const void *item)
{
    size_t place = (c->first + c->length++) % c->capacity;
    copy(c, c->buffer + place * c->item_size, item);
}

static void
buffer_take(struct channel_view *c, void *item)
{
    copy(c, item, c->buffer + c->first * c->item_size);
    c->first = (c->first + 1) % c->capacity;
    c->length--;
}

/* Send if that needs no waiting. EAGAIN: it does. */
static int
try_send(struct channel_view *c, const void *item)
{
    if (c->closed)
        return EPIPE;
    struct offer *receiver = first_open(&c->receivers);
    if (receiver) {
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
    struct offer *sender = first_open(&c->senders);
    if (c->length > 0) {
        buffer_take(c, item);
        if (sender)
            buffer_put(c, sender->item);
    } else if (sender) {
        copy(c, item, sender->item);
    } else {
        return c->closed ? EPIPE : EAGAIN;
    }
    if (sender)
        decide(sender, 0);
    return 0;
}

static int
try_case(const struct channel_case *k)
{
    struct channel_view *c = channel_view(k->channel);
    return k->way == CHANNEL_SEND ? try_send(c, k->item)
                                  : try_receive(c, k->item);
}

static struct list *
line_of(const struct channel_case *k)
{
    struct channel_view *c = channel_view(k->channel);
    return k->way == CHANNEL_SEND ? &c->senders : &c->receivers;
}

/* ---- Waiting ---- */

/* The bytes of an item, so that the next one is aligned as well. */
static size_t
room_for(const struct channel_case *k)
{
    size_t align = _Alignof(max_align_t);
    return k->channel ? (k->channel->item_size + align - 1) / align * align : 0;
}

/* Lay out what a select offers. NULL: there is no shared memory for it. */
static struct selection *
make_offers(const struct channel_case *cases, size_t count)
{
    struct selection *s;
    size_t head = (sizeof *s + count * sizeof *s->offers + 15) / 16 * 16;
    size_t items = 0;
    for (size_t i = 0; i < count; i++)
        items += room_for(&cases[i]);
    s = thread_shared_alloc(head + items);
    char *item = (char *)s + head;
    for (size_t i = 0; s && i < count; i++) {
        s->offers[i] = (struct offer){.selection = s, .item = item};
        if (cases[i].channel && cases[i].way == CHANNEL_SEND)
            copy(channel_view(cases[i].channel), item, cases[i].item);
        item += room_for(&cases[i]);
    }
    return s;
}

/* Unless the cancellation comes first. It does not interrupt the wait but has
 * it look again: what has been decided has happened, and the thread must know
 * of it, or an item would be lost. */
static int
wait_for_decision(struct selection *s, uint64_t deadline)
{
    int error = 0;
    current->decision = &s->decision;
    while (!s->decided && !error)
        error =
            cancel_pending()
                ? ECANCELED
                : bell_wait(&s->decision, &the_threads.channels_lock, deadline);
    current->decision = NULL;
    return error;
}

void
channel_look_again(struct process *t)
{
    lock();
    if (t->decision)
        bell_ring(t->decision);
    unlock();
}

/* Stand in all lines until one offer is taken; then see what came of it. */
static int
wait_in_lines(struct selection *s, const struct channel_case *cases,
              size_t count, uint64_t deadline, size_t *chosen)
{
    for (size_t i = 0; i < count; i++)
        if (cases[i].channel)
            list_append(line_of(&cases[i]), &s->offers[i].link);
    wait_begin((struct wait){.kind = THREAD_WAIT_CHANNEL,
                             .object = count == 1 ? cases[0].channel : NULL});
    int error = wait_for_decision(s, deadline);
    wait_end();
    for (size_t i = 0; i < count; i++)
        if (cases[i].channel)
            list_remove(line_of(&cases[i]), &s->offers[i].link);
    if (!s->decided)
        return error;
    const struct channel_case *k =
        &cases[ *chosen = (size_t)(s->decided - s->offers)];
    if (k->way == CHANNEL_RECEIVE && s->result == 0)
        copy(channel_view(k->channel), k->item, s->decided->item);
    return s->result;
}

static int
wait_for_one(const struct channel_case *cases, size_t count, uint64_t deadline,
             size_t *chosen)
{
    struct selection *s = make_offers(cases, count);
    if (!s)
        return ENOMEM;
    int error = wait_in_lines(s, cases, count, deadline, chosen);
    thread_shared_free(s);
    return error;
}

/* The first case that can happen happens; or EAGAIN. */
static int
try_cases(const struct channel_case *cases, size_t count, size_t *chosen)
{
    int error = EAGAIN;
    for (size_t i = 0; i < count && error == EAGAIN; i++) {
        *chosen = i;
        if (cases[i].channel)
            error = try_case(&cases[i]);
    }
    return error;
}

int
channel_select(struct channel_case *cases, size_t count, uint64_t deadline,
               size_t *chosen)
{
    size_t which = 0;
    process_self();
    thread_testcancel();
    lock();
    int error = try_cases(cases, count, &which);
    if (error == EAGAIN)
        error = wait_for_one(cases, count, deadline, &which);
    unlock();
    if (error == ECANCELED)
        thread_exit(THREAD_CANCELED);
    if (error != ETIMEDOUT)
        *chosen = which;
    return error;
}

/* A send or a receive is a select of one. */
static int
one_case(struct channel *c, enum channel_way way, void *item, uint64_t deadline)
{
    struct channel_case only = {.channel = c, .way = way, .item = item};
    size_t chosen;
    return channel_select(&only, 1, deadline, &chosen);
}

int
channel_send(struct channel *c, const void *item)
{
    return channel_send_until(c, item, THREAD_FOREVER);
}

int
channel_send_until(struct channel *c, const void *item, uint64_t deadline)
{
    return one_case(c, CHANNEL_SEND, (void *)(uintptr_t)item, deadline);
}

int
channel_receive(struct channel *c, void *item)
{
    return channel_receive_until(c, item, THREAD_FOREVER);
}

int
channel_receive_until(struct channel *c, void *item, uint64_t deadline)
{
    return one_case(c, CHANNEL_RECEIVE, item, deadline);
}

int
channel_close(struct channel *channel)
{
    struct channel_view *c = channel_view(channel);
    struct offer *o;
    lock();
    bool was_closed = c->closed;
    c->closed = true;
    while ((o = first_open(&c->senders)) != NULL)
        decide(o, EPIPE);
    while ((o = first_open(&c->receivers)) != NULL)
        decide(o, EPIPE);
    unlock();
    return was_closed ? EINVAL : 0;
}

size_t
channel_length(struct channel *channel)
{
    lock();
    size_t length = channel_view(channel)->length;
    unlock();
    return length;
}

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
 * Two threads may be at it at the same instant, and a select is at many
 * channels, so all of them share one lock. That is simple, and enough: what a
 * hand-over costs here is the kernel's wake-up, not the lock.
 */
#include "channel.h"

#include "cancel.h"
#include "kthread.h"
#include "sync_view.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* A thread that waits in one or more cases. */
struct selection {
    struct case_view *cases;
    size_t count;
    uint64_t deadline;
    struct case_view *decided; /* NULL: still open */
    int result;                /* of the decided case */
    pthread_cond_t decision;
};

static void
lock(void)
{
    kthread_lock(&the_threads.channels_lock);
}

static void
unlock(void)
{
    pthread_mutex_unlock(&the_threads.channels_lock);
}

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
    lock();
    bool busy = !list_empty(&c->senders) || !list_empty(&c->receivers);
    unlock();
    if (busy)
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

/* The longest-waiting case in a line whose selection is still open. The others
 * are taken out by their threads. */
static struct case_view *
first_open(const struct list *line)
{
    for (struct link *link = line->first; link; link = link->next) {
        struct case_view *k = container_of(link, struct case_view, link);
        if (!k->selection->decided)
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
    pthread_cond_signal(&k->selection->decision);
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
    struct case_view *receiver = first_open(&c->receivers);
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
    struct case_view *sender = first_open(&c->senders);
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

/* Unless the cancellation comes first. It does not interrupt the wait but has
 * it look again: what has been decided has happened, and the thread must know
 * of it, or an item would be lost. */
static int
wait_for_decision(struct selection *s)
{
    int error = 0;
    current->decision = &s->decision;
    while (!s->decided && !error)
        error = cancel_pending()
                    ? ECANCELED
                    : wait_inner(&s->decision, &the_threads.channels_lock,
                                 s->deadline);
    current->decision = NULL;
    return error;
}

void
channel_look_again(struct kthread *t)
{
    lock();
    if (t->decision)
        pthread_cond_signal(t->decision);
    unlock();
}

/* Wait in all lines until one case has happened. */
static int
wait_for_one(struct selection *s)
{
    for (size_t i = 0; i < s->count; i++) {
        s->cases[i].selection = s;
        if (s->cases[i].channel)
            list_append(line_of(&s->cases[i]), &s->cases[i].link);
    }
    wait_begin(
        (struct wait){.kind = THREAD_WAIT_CHANNEL,
                      .object = s->count == 1 ? s->cases[0].channel : NULL});
    int error = wait_for_decision(s);
    wait_end();
    for (size_t i = 0; i < s->count; i++)
        if (s->cases[i].channel)
            list_remove(line_of(&s->cases[i]), &s->cases[i].link);
    return error;
}

/* The first case that can happen happens; or EAGAIN. */
static int
try_cases(struct case_view *cases, size_t count, size_t *chosen)
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
channel_select(struct channel_case *public_cases, size_t count,
               uint64_t deadline, size_t *chosen)
{
    struct selection s = {.cases = case_view(public_cases),
                          .count = count,
                          .deadline = deadline,
                          .decision = PTHREAD_COND_INITIALIZER};
    size_t which = 0;
    kthread_self();
    thread_testcancel();
    lock();
    int error = try_cases(s.cases, count, &which);
    if (error == EAGAIN) {
        error = wait_for_one(&s);
        if (s.decided) {
            error = s.result;
            which = (size_t)(s.decided - s.cases);
        }
    }
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
    struct case_view *k;
    lock();
    bool was_closed = c->closed;
    c->closed = true;
    while ((k = first_open(&c->senders)) != NULL)
        decide(k, EPIPE);
    while ((k = first_open(&c->receivers)) != NULL)
        decide(k, EPIPE);
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

/* SPDX-License-Identifier: MIT */
/*
 * together.c - workers that share a thing, and see that it is kept in order:
 * a lock of each kind, a channel, a pipe. See hammer.h.
 */
#include "hammer.h"
#include "io.h"

#include <unistd.h>

void *
exclude(void *arg)
{
    struct worker *w = arg;
    bool right;
    do {
        mutex_lock(&shop->till);
        long left = shop->till_left;
        right = left == shop->till_right;
        shop->till_left = left + 1;
        for (volatile int i = 0; i < 20; i++)
            continue;
        shop->till_right = left + 1;
        mutex_unlock(&shop->till);
    } while (check(w, right));
    return NULL;
}

void *
read_or_write(void *arg)
{
    struct worker *w = arg;
    unsigned state = (unsigned)w->number;
    bool right;
    do {
        bool writes = dice(&state, 4) == 0;
        if (writes)
            rwlock_wrlock(&shop->library);
        else
            rwlock_rdlock(&shop->library);
        right = shop->editions[0] == shop->editions[1];
        if (writes) {
            shop->editions[0]++;
            shop->editions[1]++;
        }
        rwlock_unlock(&shop->library);
    } while (check(w, right));
    return NULL;
}

void *
fill_shelf(void *arg)
{
    struct worker *w = arg;
    do {
        mutex_lock(&shop->shelf_lock);
        while (shop->shelf_in - shop->shelf_out == SHELF)
            cond_wait(&shop->shelf_emptied, &shop->shelf_lock);
        shop->shelf[shop->shelf_in % SHELF] = shop->shelf_in;
        shop->shelf_in++;
        cond_signal(&shop->shelf_filled);
        mutex_unlock(&shop->shelf_lock);
    } while (check(w, true));
    return NULL;
}

void *
empty_shelf(void *arg)
{
    struct worker *w = arg;
    bool right;
    do {
        mutex_lock(&shop->shelf_lock);
        while (shop->shelf_in == shop->shelf_out)
            cond_wait(&shop->shelf_filled, &shop->shelf_lock);
        right = shop->shelf[shop->shelf_out % SHELF] == shop->shelf_out;
        shop->shelf_out++;
        cond_signal(&shop->shelf_emptied);
        mutex_unlock(&shop->shelf_lock);
    } while (check(w, right));
    return NULL;
}

void *
throw_ball(void *arg)
{
    struct worker *w = arg;
    bool right;
    do {
        semaphore_wait(&shop->ball[w->number]);
        right = shop->ball_held++ == 0;
        shop->ball_held--;
        semaphore_post(&shop->ball[!w->number]);
    } while (check(w, right));
    return NULL;
}

void *
send_numbers(void *arg)
{
    struct worker *w = arg;
    int64_t next = 0, end = -1;
    do {
        channel_send(&shop->stream, &next);
        next++;
    } while (check(w, true));
    channel_send(&shop->stream, &end);
    return NULL;
}

void *
receive_numbers(void *arg)
{
    struct worker *w = arg;
    int64_t got = 0;
    for (int64_t next = 0; got != -1; next++) {
        if (channel_receive(&shop->stream, &got) != 0)
            break;
        check(w, got == next || got == -1);
    }
    return NULL;
}

void *
write_bytes(void *arg)
{
    struct worker *w = arg;
    unsigned char byte = 0;
    bool right;
    do
        right = thread_write(shop->pipe_out, &byte, 1) == 1;
    while (byte++, check(w, right));
    close(shop->pipe_out); /* every thread that has one of its own will */
    return NULL;
}

void *
read_bytes(void *arg)
{
    struct worker *w = arg;
    unsigned char byte, next = 0;
    if (shop->apart)
        close(shop->pipe_out);
    while (thread_read(shop->pipe_in, &byte, 1) == 1)
        check(w, byte == next++);
    return NULL;
}

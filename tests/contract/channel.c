/* SPDX-License-Identifier: MIT */
/* channel.c - channels and select: channel.h. */
#include "channel.h"

#include "contract.h"

#include <stdlib.h>

SHARED struct channel numbers; /* of int */

static void
make(size_t capacity)
{
    cr_assert_eq(channel_init(&numbers, sizeof(int), capacity), 0);
}

static int
put(int n)
{
    return channel_send_until(&numbers, &n, 0);
}

/* What is received without waiting, or -error. */
static int
take(void)
{
    int n;
    int error = channel_receive_until(&numbers, &n, 0);
    return error ? -error : n;
}

static void *
send_later(void *n)
{
    int item = (int)VALUE(n);
    return NUMBER(channel_send(&numbers, &item));
}

static void *
receive_later(void *unused)
{
    int item = 0, error = channel_receive(&numbers, &item);
    (void)unused;
    return NUMBER(error ? -error : item);
}

static int
number(void *result)
{
    return (int)(intptr_t)result;
}

/* ---- Buffered ---- */

Test(channel, items_come_in_the_order_they_were_sent, .timeout = 10)
{
    make(4);
    for (int round = 0; round < 3; round++) {
        for (int i = 0; i < 4; i++)
            cr_assert_eq(put(10 * round + i), 0);
        cr_assert_eq(channel_length(&numbers), 4);
        for (int i = 0; i < 4; i++)
            cr_assert_eq(take(), 10 * round + i);
    }
    cr_assert_eq(channel_length(&numbers), 0);
    cr_assert_eq(channel_destroy(&numbers), 0);
}

Test(channel, an_item_in_the_buffer_is_there_for_all, .timeout = 10)
{
    make(2);
    cr_assert_eq(VALUE(join(spawn(send_later, NUMBER(3)))), 0);
    cr_assert_eq(put(4), 0);
    cr_assert_eq(take(), 3);
    cr_assert_eq(number(join(spawn(receive_later, NULL))), 4);
}

Test(channel, a_full_one_makes_the_sender_wait_for_room, .timeout = 10)
{
    make(1);
    cr_assert_eq(put(1), 0);
    cr_assert_eq(put(2), ETIMEDOUT);
    thread_t sender = spawn(send_later, NUMBER(3));
    await_blocked(sender, THREAD_WAIT_CHANNEL);
    cr_assert_eq(take(), 1);
    cr_assert_eq(VALUE(join(sender)), 0);
    cr_assert_eq(take(), 3, "and nothing of the one that gave up");
    cr_assert_eq(take(), -ETIMEDOUT);
}

Test(channel, an_empty_one_makes_the_receiver_wait, .timeout = 10)
{
    make(2);
    thread_t receiver = spawn(receive_later, NULL);
    await_blocked(receiver, THREAD_WAIT_CHANNEL);
    struct thread_info info;
    cr_assert_eq(thread_info(receiver, &info), 0);
    cr_assert_eq(info.wait_on, &numbers);
    cr_assert_eq(put(5), 0);
    cr_assert_eq(number(join(receiver)), 5);
}

Test(channel, senders_that_wait_are_served_in_their_order, .timeout = 10)
{
    thread_t senders[3];
    make(1);
    put(0);
    for (int i = 0; i < 3; i++) {
        senders[i] = spawn(send_later, NUMBER(i + 1));
        await_blocked(senders[i], THREAD_WAIT_CHANNEL);
    }
    for (int i = 0; i < 4; i++)
        cr_assert_eq(take(), i);
    for (int i = 0; i < 3; i++)
        join(senders[i]);
}

/* ---- Unbuffered ---- */

Test(channel, unbuffered_a_sender_waits_for_its_receiver, .timeout = 10)
{
    make(0);
    cr_assert_eq(put(1), ETIMEDOUT);
    cr_assert_eq(take(), -ETIMEDOUT);
    thread_t sender = spawn(send_later, NUMBER(2));
    await_blocked(sender, THREAD_WAIT_CHANNEL);
    cr_assert_eq(channel_length(&numbers), 0, "it holds nothing itself");
    cr_assert_eq(take(), 2);
    cr_assert_eq(VALUE(join(sender)), 0);
}

Test(channel, unbuffered_a_receiver_waits_for_its_sender, .timeout = 10)
{
    make(0);
    thread_t receiver = spawn(receive_later, NULL);
    await_blocked(receiver, THREAD_WAIT_CHANNEL);
    cr_assert_eq(put(7), 0);
    cr_assert_eq(number(join(receiver)), 7);
}

Test(channel, all_zero_bytes_is_one_for_signals, .timeout = 10)
{
    SHARED struct channel zero;
    cr_assert_eq(channel_receive_until(&zero, NULL, 0), ETIMEDOUT);
    cr_assert_eq(channel_send_until(&zero, NULL, in_ms(1)), ETIMEDOUT);
    cr_assert_eq(channel_destroy(&zero), 0);
}

Test(channel, signals_are_counted, .timeout = 10)
{
    SHARED struct channel c;
    cr_assert_eq(channel_init(&c, 0, 3), 0);
    for (int i = 0; i < 3; i++)
        cr_assert_eq(channel_send(&c, NULL), 0);
    cr_assert_eq(channel_send_until(&c, NULL, 0), ETIMEDOUT);
    for (int i = 0; i < 3; i++)
        cr_assert_eq(channel_receive(&c, NULL), 0);
    cr_assert_eq(channel_receive_until(&c, NULL, 0), ETIMEDOUT);
}

Test(channel, too_large_to_exist_gives_ENOMEM, .timeout = 10)
{
    SHARED struct channel c;
    cr_assert_eq(channel_init(&c, SIZE_MAX / 2, 3), ENOMEM);
    cr_assert_eq(channel_init(&c, 1, SIZE_MAX / 2), ENOMEM);
}

/* ---- Closing ---- */

Test(channel, closed_what_is_in_it_is_still_received, .timeout = 10)
{
    make(3);
    put(1);
    put(2);
    cr_assert_eq(channel_close(&numbers), 0);
    cr_assert_eq(put(3), EPIPE);
    cr_assert_eq(take(), 1);
    cr_assert_eq(take(), 2);
    cr_assert_eq(take(), -EPIPE);
    cr_assert_eq(take(), -EPIPE);
    cr_assert_eq(channel_close(&numbers), EINVAL);
}

Test(channel, closing_wakes_all_who_wait, .timeout = 10)
{
    thread_t receivers[3];
    make(0);
    for (int i = 0; i < 3; i++) {
        receivers[i] = spawn(receive_later, NULL);
        await_blocked(receivers[i], THREAD_WAIT_CHANNEL);
    }
    cr_assert_eq(channel_destroy(&numbers), EBUSY);
    channel_close(&numbers);
    for (int i = 0; i < 3; i++)
        cr_assert_eq(number(join(receivers[i])), -EPIPE);
    cr_assert_eq(channel_destroy(&numbers), 0);
}

Test(channel, closing_refuses_a_sender_that_waits, .timeout = 10)
{
    make(0);
    thread_t sender = spawn(send_later, NUMBER(1));
    await_blocked(sender, THREAD_WAIT_CHANNEL);
    channel_close(&numbers);
    cr_assert_eq(VALUE(join(sender)), EPIPE);
}

/* ---- Select ---- */

SHARED struct channel left, right;

static void
make_two(size_t capacity)
{
    cr_assert_eq(channel_init(&left, sizeof(int), capacity), 0);
    cr_assert_eq(channel_init(&right, sizeof(int), capacity), 0);
}

static int got_left, got_right;

/* Receive from either; which one, or -error. */
static int
select_two(uint64_t deadline)
{
    struct channel_case cases[] = {
        {.channel = &left, .way = CHANNEL_RECEIVE, .item = &got_left},
        {.channel = &right, .way = CHANNEL_RECEIVE, .item = &got_right}};
    size_t chosen = 99;
    int error = channel_select(cases, 2, deadline, &chosen);
    return error ? -error : (int)chosen;
}

Test(select, does_what_can_be_done, .timeout = 10)
{
    int n = 5;
    make_two(1);
    channel_send(&right, &n);
    cr_assert_eq(select_two(THREAD_FOREVER), 1);
    cr_assert_eq(got_right, 5);
    cr_assert_eq(got_left, 0);
}

Test(select, of_two_that_can_the_first_is_done_and_only_it, .timeout = 10)
{
    int n = 5;
    make_two(1);
    channel_send(&left, &n);
    channel_send(&right, &n);
    cr_assert_eq(select_two(THREAD_FOREVER), 0);
    cr_assert_eq(channel_length(&left), 0);
    cr_assert_eq(channel_length(&right), 1);
}

Test(select, with_a_deadline_of_0_just_looks, .timeout = 10)
{
    make_two(1);
    cr_assert_eq(select_two(0), -ETIMEDOUT);
    cr_assert_eq(select_two(in_ms(5)), -ETIMEDOUT);
    cr_assert_eq(channel_destroy(&left), 0, "it waits there no longer");
    cr_assert_eq(channel_destroy(&right), 0);
}

static void *
select_later(void *unused)
{
    (void)unused;
    return NUMBER((intptr_t)select_two(THREAD_FOREVER));
}

Test(select, that_waits_is_woken_by_any_and_leaves_the_others, .timeout = 10)
{
    int n = 8;
    make_two(0);
    for (int side = 0; side < 2; side++) {
        thread_t selector = spawn(select_later, NULL);
        await_blocked(selector, THREAD_WAIT_CHANNEL);
        cr_assert_eq(channel_send(side ? &right : &left, &n), 0);
        cr_assert_eq(number(join(selector)), side);
        cr_assert_eq(channel_send_until(side ? &left : &right, &n, 0),
                     ETIMEDOUT, "nobody waits there any more");
    }
}

Test(select, is_told_of_the_close, .timeout = 10)
{
    make_two(0);
    thread_t selector = spawn(select_later, NULL);
    await_blocked(selector, THREAD_WAIT_CHANNEL);
    channel_close(&right);
    cr_assert_eq(number(join(selector)), -EPIPE);
}

Test(select, can_send_and_receive, .timeout = 10)
{
    int out = 1, in = 0;
    size_t chosen;
    make_two(1);
    struct channel_case cases[] = {
        {.channel = NULL, .way = CHANNEL_RECEIVE, .item = &in},
        {.channel = &left, .way = CHANNEL_RECEIVE, .item = &in},
        {.channel = &left, .way = CHANNEL_SEND, .item = &out}};
    cr_assert_eq(channel_select(cases, 3, THREAD_FOREVER, &chosen), 0);
    cr_assert_eq(chosen, 2, "there was room");
    cr_assert_eq(channel_select(cases, 3, THREAD_FOREVER, &chosen), 0);
    cr_assert_eq(chosen, 1, "there was an item");
    cr_assert_eq(in, 1);
}

Test(select, of_nothing_waits_for_its_deadline, .timeout = 10)
{
    size_t chosen;
    cr_assert_eq(channel_select(NULL, 0, in_ms(5), &chosen), ETIMEDOUT);
    struct channel_case never = {.channel = NULL};
    cr_assert_eq(channel_select(&never, 1, in_ms(5), &chosen), ETIMEDOUT);
}

static void *
select_both_ways(void *n)
{
    int out = (int)VALUE(n), in = 0;
    size_t chosen;
    struct channel_case cases[] = {
        {.channel = &left, .way = CHANNEL_SEND, .item = &out},
        {.channel = &left, .way = CHANNEL_RECEIVE, .item = &in}};
    channel_select(cases, 2, THREAD_FOREVER, &chosen);
    return NUMBER(chosen == 0 ? 100 : in);
}

Test(select, does_not_meet_itself, .timeout = 10)
{
    make_two(0);
    thread_t one = spawn(select_both_ways, NUMBER(1));
    await_blocked(one, THREAD_WAIT_CHANNEL);
    thread_t other = spawn(select_both_ways, NUMBER(2));
    uintptr_t a = VALUE(join(one)), b = VALUE(join(other));
    cr_assert((a == 100 && b == 1) || (a == 2 && b == 100));
}

/* ---- Nothing is lost ---- */

enum { EACH = 500, ENDS = 4 };

SHARED unsigned char seen[ENDS * EACH];

static void *
send_many(void *which)
{
    int n = (int)VALUE(which) * EACH;
    for (int i = 0; i < EACH; i++, n++)
        while (i % 3 ? channel_send(&numbers, &n)
                     : channel_send_until(&numbers, &n, thread_now() + 1000))
            continue;
    return NULL;
}

static void *
receive_all(void *unused)
{
    int n;
    (void)unused;
    while (channel_receive(&numbers, &n) == 0)
        __atomic_add_fetch(&seen[n], 1, __ATOMIC_SEQ_CST);
    return NULL;
}

static void
carry_everything(size_t capacity)
{
    thread_t senders[ENDS], receivers[ENDS];
    make(capacity);
    memset(seen, 0, sizeof seen);
    for (unsigned i = 0; i < ENDS; i++) {
        senders[i] = spawn(send_many, NUMBER(i));
        receivers[i] = spawn(receive_all, NULL);
    }
    for (int i = 0; i < ENDS; i++)
        join(senders[i]);
    channel_close(&numbers);
    for (int i = 0; i < ENDS; i++)
        join(receivers[i]);
    for (int n = 0; n < ENDS * EACH; n++)
        cr_assert_eq(seen[n], 1, "item %d", n);
    cr_assert_eq(channel_destroy(&numbers), 0);
}

Test(channel, each_item_goes_to_one_receiver, .timeout = 30)
{
    carry_everything(0);
    carry_everything(1);
    carry_everything(7);
}

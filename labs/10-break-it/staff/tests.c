/* SPDX-License-Identifier: MIT */
/* tests.c - the staff's tests: what the contract says, broken twenty times. */
#include "sync.h"
#include "test.h"
#include "thread.h"

#include <errno.h>

enum { MANY = 6 };

static struct mutex mutex;
static struct cond changed;
static struct semaphore semaphore;
static struct barrier barrier = BARRIER_INITIALIZER(3);
static int order[16], count;
static bool begun, flag;
static thread_t first, second;

static void *
leave(void *value)
{
    thread_exit(value);
}

static void *
set_flag(void *value)
{
    begun = true;
    thread_yield();
    flag = true;
    return value;
}

TEST(a_joiner_waits_and_gets_all_64_bits)
{
    thread_t t;
    void *result;
    void *value = (void *)(uintptr_t)(lab_random_bits() | 1ul << 40);
    thread_create(&t, NULL, set_flag, value);
    CHECK(!begun); /* creating switches to nobody */
    CHECK(thread_join(t, &result) == 0 && flag && result == value);
    thread_create(&t, NULL, leave, value);
    CHECK(thread_join(t, &result) == 0 && result == value);
}

static void *
join_first(void *arg)
{
    *(int *)arg = thread_join(first, NULL);
    return arg;
}

static void *
join_second(void *arg)
{
    *(int *)arg = thread_join(second, NULL);
    return arg;
}

TEST(who_joins_whom_is_looked_at)
{
    int error[2] = {-1, -1};
    thread_create(&first, NULL, join_second, &error[0]);
    thread_create(&second, NULL, join_first, &error[1]);
    thread_yield();
    CHECK(thread_join(second, NULL) == EINVAL || error[1] == EDEADLK);
    CHECK(thread_join(first, NULL) == 0);
    CHECK(error[0] == 0 && error[1] == EDEADLK);
    CHECK(thread_join(first, NULL) == ESRCH);
}

static void *
yield_often(void *arg)
{
    for (int i = 0; i < 5; i++)
        thread_yield();
    return arg;
}

TEST(one_joiner_is_enough)
{
    int error = -1;
    thread_t joiner;
    thread_create(&first, NULL, yield_often, NULL);
    thread_create(&joiner, NULL, join_first, &error);
    thread_yield();
    CHECK(thread_join(first, NULL) == EINVAL);
    CHECK(thread_join(joiner, NULL) == 0 && error == 0);
}

static void *
outlive_main(void *arg)
{
    (void)arg;
    for (int i = 0; i < 3; i++)
        thread_yield();
    lab_pass();
}

TEST(main_may_leave_before_the_others)
{
    thread_create(NULL, NULL, outlive_main, NULL);
    thread_exit(NULL);
}

static void *
just_end(void *arg)
{
    return arg;
}

TEST(what_is_gone_is_gone)
{
    thread_t t, last = 0;
    for (int i = 0; i < MANY; i++) {
        CHECK(thread_create(&t, NULL, just_end, NULL) == 0 && t > last);
        last = t;
        thread_yield();
        if (i % 2)
            CHECK(thread_detach(t) == 0);
        else
            CHECK(thread_join(t, NULL) == 0);
    }
    CHECK(thread_list(NULL, 0) == 1);
}

static void *
spoil_errno(void *arg)
{
    errno = EBADF;
    thread_yield();
    CHECK(errno == EBADF);
    return arg;
}

TEST(errno_is_each_threads_own)
{
    thread_t t;
    thread_create(&t, NULL, spoil_errno, NULL);
    errno = ENOENT;
    thread_yield();
    CHECK(errno == ENOENT);
    thread_join(t, NULL);
}

static uint64_t start;

/* Wakes when its time has come, and a good while before the next one's. */
static void *
sleep_so_long(void *ms)
{
    uint64_t until = start + (uint64_t)(uintptr_t)ms * 1000000;
    thread_sleep_until(until);
    CHECK(thread_now() >= until);
    order[count++] = (int)(intptr_t)ms;
    return NULL;
}

/* In a heap of these the last leaf is earlier than the parent of the one that
 * is cancelled, whose place it takes. */
TEST(sleepers_go_on_in_the_order_of_their_deadlines)
{
    static const int ms[] = {110, 200, 120, 210, 220, 130,
                             140, 230, 240, 250, 260, 135};
    enum { SLEEPERS = sizeof ms / sizeof ms[0] };
    thread_t t[SLEEPERS];
    start = thread_now();
    for (int i = 0; i < SLEEPERS; i++)
        thread_create(&t[i], NULL, sleep_so_long, (void *)(intptr_t)ms[i]);
    thread_yield();
    thread_cancel(t[7]);
    for (int i = 0; i < SLEEPERS; i++)
        thread_join(t[i], NULL);
    CHECK(count == SLEEPERS - 1);
    for (int i = 1; i < count; i++)
        CHECK(order[i - 1] < order[i]);
}

static void *
stranger(void *arg)
{
    *(int *)arg = mutex_unlock(&mutex);
    CHECK(mutex_trylock(&mutex) == EBUSY);
    return NULL;
}

TEST(a_mutex_is_its_holders)
{
    int error;
    mutex_init(&mutex, MUTEX_RECURSIVE);
    mutex_lock(&mutex);
    mutex_lock(&mutex);
    for (int i = 0; i < 2; i++) {
        thread_create(&first, NULL, stranger, &error);
        thread_join(first, NULL);
        CHECK(error == EPERM);
        CHECK(mutex_unlock(&mutex) == 0);
    }
    CHECK(mutex_unlock(&mutex) == EPERM);
}

static void *
lock_in_turn(void *number)
{
    mutex_lock(&mutex);
    order[count++] = (int)(intptr_t)number;
    mutex_unlock(&mutex);
    return NULL;
}

TEST(a_mutex_goes_to_the_longest_waiter)
{
    thread_t t[MANY];
    mutex_lock(&mutex);
    for (int i = 0; i < MANY; i++)
        thread_create(&t[i], NULL, lock_in_turn, (void *)(intptr_t)i);
    thread_yield();
    mutex_unlock(&mutex);
    CHECK(mutex_trylock(&mutex) == EBUSY); /* it is the first one's already */
    for (int i = 0; i < MANY; i++)
        thread_join(t[i], NULL);
    for (int i = 0; i < MANY; i++)
        CHECK(order[i] == i);
}

static void *
wait_for_flag(void *arg)
{
    mutex_lock(&mutex);
    while (!flag)
        CHECK(cond_wait(&changed, &mutex) == 0);
    count++;
    CHECK(mutex_unlock(&mutex) == 0); /* it was mine again */
    return arg;
}

static void *
wait_once(void *number)
{
    mutex_lock(&mutex);
    cond_wait(&changed, &mutex);
    order[count++] = (int)(intptr_t)number;
    mutex_unlock(&mutex);
    return NULL;
}

TEST(a_signal_wakes_the_longest_waiter)
{
    for (int i = 0; i < MANY; i++)
        thread_create(NULL, NULL, wait_once, (void *)(intptr_t)i);
    thread_yield();
    for (int i = 0; i < MANY; i++) {
        cond_signal(&changed);
        thread_yield();
        thread_yield();
        CHECK(count == i + 1 && order[i] == i);
    }
}

static void *
tell_all(void *arg)
{
    mutex_lock(&mutex);
    flag = true;
    cond_broadcast(&changed);
    mutex_unlock(&mutex);
    return arg;
}

/* Those who tell come between any two steps of those who wait. */
TEST(nobody_who_waits_is_forgotten)
{
    thread_t t[MANY];
    for (int i = 0; i < MANY; i++)
        thread_create(&t[i], NULL, wait_for_flag, NULL);
    thread_create(&first, NULL, tell_all, NULL);
    for (int i = 0; i < MANY; i++)
        thread_join(t[i], NULL);
    thread_join(first, NULL);
    CHECK(count == MANY);
}

static void *
take_one(void *arg)
{
    semaphore_wait(&semaphore);
    return arg;
}

static void *
come_too_late(void *arg)
{
    CHECK(mutex_lock_until(&mutex, thread_now() + 1000000) == ETIMEDOUT);
    return arg;
}

static void *
three_rounds(void *arg)
{
    for (int round = 1; round <= 3; round++) {
        count++;
        barrier_wait(&barrier);
        CHECK(count >= 3 * round);
        barrier_wait(&barrier);
    }
    return arg;
}

TEST(semaphores_barriers_and_deadlines_count_right)
{
    thread_t t[3];
    thread_create(&t[0], NULL, take_one, NULL);
    thread_yield();
    semaphore_post(&semaphore);
    CHECK(semaphore_trywait(&semaphore) == EAGAIN);
    thread_join(t[0], NULL);
    CHECK(semaphore_value(&semaphore) == 0);
    CHECK(semaphore_wait_until(&semaphore, thread_now() + 1000000) ==
          ETIMEDOUT);
    mutex_lock(&mutex);
    CHECK(cond_wait_until(&changed, &mutex, thread_now() + 1000000) ==
          ETIMEDOUT);
    thread_create(&t[0], NULL, come_too_late, NULL);
    thread_join(t[0], NULL);
    for (int i = 0; i < 3; i++)
        thread_create(&t[i], NULL, three_rounds, NULL);
    for (int i = 0; i < 3; i++)
        thread_join(t[i], NULL);
    CHECK(count == 9);
}

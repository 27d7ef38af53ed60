/* SPDX-License-Identifier: MIT */
/* errors.c - what cannot be done is refused by its name, and changes nothing.
 */
#include "lab.h"
#include "thread.h"

#include <errno.h>
#include <string.h>

static thread_t first, second;

static void
say_error(const char *what, int error)
{
    lab_say(0, "%s: %s", what, error ? strerrorname_np(error) : "0");
}

static void *
yield_often(void *times)
{
    for (intptr_t i = 0; i < (intptr_t)times; i++)
        thread_yield();
    return NULL;
}

static void *
join_second(void *arg)
{
    thread_join(second, NULL);
    return arg;
}

static void *
join_first(void *arg)
{
    int error = thread_join(first, NULL);
    lab_say(2, "circle: %s", error ? strerrorname_np(error) : "0");
    return arg;
}

static void
errors_of_create(void)
{
    struct thread_attr tiny = {.stack_size = 1};
    struct thread_attr urgent = {.priority = THREAD_PRIORITY_MAX + 1};
    struct thread_attr huge = {.stack_size = (size_t)-1};
    thread_t t;
    say_error("no function", thread_create(&t, NULL, NULL, NULL));
    say_error("a tiny stack", thread_create(&t, &tiny, yield_often, NULL));
    say_error("no such priority",
              thread_create(&t, &urgent, yield_often, NULL));
    say_error("a stack too large", thread_create(&t, &huge, yield_often, NULL));
}

static void
errors_of_join(void)
{
    struct thread_attr detached = {.detached = true};
    thread_t t, d;
    say_error("nobody", thread_join(123456789, NULL));
    say_error("oneself", thread_join(thread_self(), NULL));
    thread_create(&t, NULL, yield_often, (void *)(intptr_t)lab_random(5));
    say_error("once", thread_join(t, NULL));
    say_error("twice", thread_join(t, NULL));
    thread_create(&d, &detached, yield_often, (void *)2);
    say_error("detached", thread_join(d, NULL));
    say_error("detached again", thread_detach(d));
    thread_yield();
    thread_yield();
    thread_yield();
    say_error("detached and gone", thread_join(d, NULL));
    say_error("nobody to detach", thread_detach(987654321));
}

/* 1 joins 2, 2 joins 1; meanwhile main tries to join 2 as well. */
static void
errors_of_both(void)
{
    thread_create(&first, NULL, join_second, NULL);
    thread_create(&second, NULL, join_first, NULL);
    thread_yield();
    say_error("joined by another", thread_join(second, NULL));
    say_error("to detach what is joined", thread_detach(second));
    say_error("the end", thread_join(first, NULL));
}

int
main(void)
{
    lab_begin();
    errors_of_create();
    errors_of_join();
    errors_of_both();
    lab_end();
}

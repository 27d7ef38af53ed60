/* SPDX-License-Identifier: MIT */
/*
 * turns.c - four threads that take turns, and the order in which they got them:
 * a letter a turn. They differ in priority (a has the lowest) and in due time
 * (the order is b, d, a, c). In the middle of its life, "a" creates a fifth.
 */
#include "thread.h"

#include <stdio.h>

#define TURNS 12

static char story[5 * TURNS + 1];
static int told;

static void
take_turns(char letter, int turns)
{
    while (turns-- > 0) {
        story[told++] = letter;
        thread_yield();
    }
}

static void *
latecomer(void *unused)
{
    take_turns('e', 2);
    return unused;
}

static void *
work(void *letter)
{
    thread_t late;
    take_turns(*(char *)letter, TURNS / 2);
    if (*(char *)letter == 'a')
        thread_create(&late, NULL, latecomer, NULL);
    take_turns(*(char *)letter, TURNS - TURNS / 2);
    if (*(char *)letter == 'a')
        thread_join(late, NULL);
    return NULL;
}

int
main(void)
{
    static const uint64_t due[] = {30, 10, 40, 20};
    static char letters[] = "abcd";
    thread_t threads[4];
    for (int i = 0; i < 4; i++) {
        struct thread_attr attr = {.priority = 3 * i, .due = due[i]};
        if (thread_create(&threads[i], &attr, work, &letters[i]) != 0)
            return 1;
    }
    for (int i = 0; i < 4; i++)
        thread_join(threads[i], NULL);
    puts(story);
    return 0;
}

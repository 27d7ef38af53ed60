/* SPDX-License-Identifier: MIT */
/* flood.c - one posts, another waits, as often; in some orders all posts come
 * before the first wait, and none of them may be lost. */
#include "schedules.h"
#include "sync.h"

enum { POSTS = 300 };

static struct semaphore semaphore;

static void *
poster(void *unused)
{
    (void)unused;
    for (int i = 0; i < POSTS; i++) {
        semaphore_post(&semaphore);
        thread_checkpoint();
    }
    lab_say(1, "posted %d", POSTS);
    return NULL;
}

static void *
taker(void *unused)
{
    (void)unused;
    for (int i = 0; i < POSTS; i++) {
        semaphore_wait(&semaphore);
        thread_checkpoint();
    }
    lab_say(2, "taken %d", POSTS);
    return NULL;
}

static void
scenario(void)
{
    thread_t thread[2];
    semaphore_init(&semaphore, 0);
    thread_create(&thread[0], NULL, poster, NULL);
    thread_create(&thread[1], NULL, taker, NULL);
    thread_join(thread[0], NULL);
    thread_join(thread[1], NULL);
    lab_say(0, "left %u", semaphore_value(&semaphore));
}

int
main(void)
{
    lab_begin();
    lab_schedules(scenario);
    lab_end();
}

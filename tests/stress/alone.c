/* SPDX-License-Identifier: MIT */
/*
 * alone.c - workers who share nothing, and find what is theirs as they left it:
 * memory, lines of output, errno, registers, threads. See hammer.h.
 */
#include "hammer.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* ---- The C library ---- */

/* Is every byte of it the owner's? */
static bool
is_filled(const unsigned char *block, size_t size, int byte)
{
    for (size_t i = 0; i < size; i++)
        if (block[i] != byte)
            return false;
    return true;
}

void *
allocate(void *arg)
{
    struct worker *w = arg;
    unsigned char *blocks[64] = {NULL};
    size_t sizes[64] = {0};
    unsigned state = (unsigned)w->number;
    bool right;
    do {
        unsigned i = dice(&state, 64);
        right = is_filled(blocks[i], sizes[i], w->number);
        free(blocks[i]);
        sizes[i] = 1 + dice(&state, dice(&state, 50) ? 500 : 50000);
        blocks[i] = malloc(sizes[i]);
        memset(blocks[i], w->number, sizes[i]);
    } while (check(w, right));
    for (int i = 0; i < 64; i++)
        free(blocks[i]);
    return NULL;
}

void *
print(void *arg)
{
    struct worker *w = arg;
    char line[64];
    bool right;
    do {
        int n = (int)w->rounds;
        if (w->rounds < LINES_MOST)
            fprintf(shop->paper, "%d %d %.3f %d\n", w->number, n, n / 8.0, n);
        int length = snprintf(line, sizeof line, "%s-%05d", w->name, n % 1000);
        right = length == (int)strlen(w->name) + 6;
    } while (check(w, right));
    return NULL;
}

/* ---- The processor ---- */

void *
keep_errno(void *arg)
{
    struct worker *w = arg;
    do {
        errno = 100 + w->number;
        for (volatile int i = 0; i < 1000; i++)
            continue;
    } while (check(w, errno == 100 + w->number));
    return NULL;
}

static double
chaos(double x)
{
    double y = x / 2, z = x / 3;
    for (int i = 0; i < 1000; i++) {
        x = 3.9 * x * (1 - x);
        y = 3.9 * y * (1 - y);
        z = 3.9 * z * (1 - z);
    }
    return x + y + z;
}

void *
calculate(void *arg)
{
    struct worker *w = arg;
    volatile double x = 0.1 * w->number; /* else it is worked out just once */
    double first = chaos(x);
    while (check(w, chaos(x) == first))
        continue;
    return NULL;
}

void *
sleep_a_little(void *arg)
{
    struct worker *w = arg;
    uint64_t deadline;
    do {
        deadline = thread_now() + 200000;
        thread_sleep_until(deadline);
    } while (check(w, thread_now() >= deadline));
    return NULL;
}

/* ---- Lives ---- */

static struct thread_once once;
static thread_key_t key;

static void
make_key(void)
{
    thread_key_create(&key, free);
}

static void *
live(void *arg)
{
    thread_once(&once, make_key);
    thread_key_set(key, malloc(16));
    return arg;
}

static void
count_end(void *arg)
{
    (void)arg;
    shop->unmade++;
}

static void *
wait_for_the_end(void *arg)
{
    struct thread_cleanup handler;
    shop->made++;
    thread_cleanup_push(&handler, count_end, NULL);
    thread_sleep_until(THREAD_FOREVER);
    thread_cleanup_pop(false);
    return arg;
}

/* One that ends by itself, one that is cancelled, one that nobody joins. */
void *
create(void *arg)
{
    struct worker *w = arg;
    struct thread_attr detached = {.detached = true};
    void *result, *end;
    bool right;
    do {
        thread_t plain, patient;
        right = thread_create(&plain, NULL, live, w) == 0 &&
                thread_create(&patient, NULL, wait_for_the_end, NULL) == 0 &&
                thread_create(NULL, &detached, live, NULL) == 0;
        if (!right)
            break;
        thread_cancel(patient);
        thread_join(plain, &result);
        thread_join(patient, &end);
        right =
            result == w && end == THREAD_CANCELED && shop->made == shop->unmade;
    } while (check(w, right));
    w->wrong += !right;
    return NULL;
}

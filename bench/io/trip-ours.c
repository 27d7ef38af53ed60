/* SPDX-License-Identifier: MIT */
/* trip-ours.c - the round trips of trip-uring.c, by threads of ours. */
#include "trip.h"

#include "io.h"
#include "thread.h"

static void
null_trips(int fd, long n)
{
    uint64_t value = 1;
    for (long i = 0; i < n; i++)
        trip_check(thread_write(fd, &value, sizeof value));
}

/* One of the two who wait for each other. */
struct side {
    int told, tell;
    long times;
};

static void *
pass_on(void *arg)
{
    const struct side *s = arg;
    uint64_t value;
    for (long i = 0; i < s->times; i++) {
        trip_check(thread_read(s->told, &value, sizeof value));
        trip_check(thread_write(s->tell, &value, sizeof value));
    }
    return NULL;
}

static void
take_turns(int pipes[2][2], long n)
{
    struct side one = {pipes[0][0], pipes[1][1], n / 2};
    struct side other = {pipes[1][0], pipes[0][1], n / 2};
    uint64_t value = 1;
    thread_t thread;
    if (thread_create(&thread, NULL, pass_on, &other) != 0)
        trip_check(-1);
    trip_check(thread_write(pipes[0][1], &value, sizeof value));
    pass_on(&one);
    thread_join(thread, NULL);
}

int
main(int argc, char **argv)
{
    thread_model();
    return trip_main(argc, argv, null_trips, take_turns);
}

/* SPDX-License-Identifier: MIT */
/*
 * load.c - the other side of an echo server: many clients in one loop.
 *
 *      load PORT CONNECTIONS      then, on standard input, a line a burst
 *
 * Each connection has one message under way (a closed loop): it is sent, its
 * echo is awaited and compared byte by byte, and the next one is sent. So a
 * faster server is asked more often, and nothing queues up without bound.
 *
 * A burst is a line "MS" on standard input: the load runs for a quarter of that
 * to warm up, or until each client has been answered once on average; then for
 * MS milliseconds that count; and then until every message is back. Its result
 * is a line on standard output: replies that count, replies in all, the
 * nanoseconds that count, and the median and the 99th percentile of the round
 * trips.
 * Between bursts nothing is under way, so many servers can be connected at the
 * same time and asked in turn.
 */
#include "echo.h"

#include "histogram.h"

#include <stdbool.h>
#include <stdint.h>
#include <sys/epoll.h>
#include <time.h>

#define MESSAGE 64  /* bytes */
#define EVENTS  256 /* asked of the kernel at once */
#define STEP    128 /* connections made before the server must have answered */

struct client {
    int fd;
    uint32_t sequence; /* of the message under way */
    uint64_t sent_at;
    size_t got; /* bytes of its echo that have come */
    char echo[MESSAGE];
};

static struct client *clients;
static size_t client_count;
static size_t under_way;
static uint64_t replies; /* in this burst, whether they count or not */
static int epoll;

static struct histogram trips;
static uint64_t warm, begin,
    end;              /* of this burst: what counts, and from when */
static uint64_t span; /* for so long, ns */

static uint64_t
now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

static void
fail(const char *what)
{
    fprintf(stderr, "load: %s\n", what);
    exit(EXIT_FAILURE);
}

/* What this client says this time: no two messages are alike, so neither a
 * stale echo nor another client's goes unnoticed. */
static void
compose(const struct client *c, uint64_t message[MESSAGE / 8])
{
    uint64_t word = (uint64_t)(c - clients) << 32 | c->sequence;
    for (size_t i = 0; i < MESSAGE / 8; i++)
        message[i] = word = word * 6364136223846793005u + 1442695040888963407u;
}

static void
say_next(struct client *c, uint64_t time)
{
    uint64_t message[MESSAGE / 8];
    c->sequence++;
    c->got = 0;
    c->sent_at = time;
    compose(c, message);
    if (send(c->fd, message, MESSAGE, 0) != MESSAGE)
        fail("the server has closed a connection");
    under_way++;
}

static void
heard(struct client *c, uint64_t time)
{
    uint64_t message[MESSAGE / 8];
    compose(c, message);
    if (memcmp(message, c->echo, MESSAGE) != 0)
        fail("an echo is not what was said");
    under_way--;
    replies++;
    if (begin && time < end)
        histogram_add(&trips, time - c->sent_at);
    if (!begin && time >= warm && replies >= client_count)
        end = (begin = time) + span;
    if (time < end)
        say_next(c, time);
}

static void
hear(struct client *c)
{
    ssize_t n = recv(c->fd, c->echo + c->got, MESSAGE - c->got, MSG_DONTWAIT);
    if (n == 0 || (n < 0 && errno != EAGAIN))
        fail("the server has closed a connection");
    if (n > 0)
        c->got += (size_t)n;
    if (c->got == MESSAGE)
        heard(c, now());
}

/* Edge-triggered: a whole echo is all there is, and less is followed by more,
 * which is a new edge. */
static void
hear_until_all_is_back(void)
{
    struct epoll_event events[EVENTS];
    while (under_way > 0) {
        int n = epoll_wait(epoll, events, EVENTS, 10000);
        if (n == 0)
            fail("no echo for ten seconds");
        for (int i = 0; i < n; i++)
            hear(&clients[events[i].data.u32]);
    }
}

static void
burst(uint64_t ms)
{
    histogram_clear(&trips);
    replies = 0;
    span = ms * 1000000;
    warm = now() + span / 4;
    begin = 0;
    end = UINT64_MAX;
    for (size_t i = 0; i < client_count; i++)
        say_next(&clients[i], now());
    hear_until_all_is_back();
}

/* ---- Connecting ---- */

static void
join(size_t i, int port)
{
    struct client *c = &clients[i];
    struct sockaddr_in to = {.sin_family = AF_INET,
                             .sin_port = htons((uint16_t)port),
                             .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    struct epoll_event event = {.events = EPOLLIN | EPOLLET,
                                .data.u32 = (uint32_t)i};
    c->fd = socket(AF_INET, SOCK_STREAM, 0);
    if (c->fd < 0 || connect(c->fd, (struct sockaddr *)&to, sizeof to) != 0)
        echo_give_up("connect", EXIT_FAILURE);
    echo_prepare(c->fd);
    if (epoll_ctl(epoll, EPOLL_CTL_ADD, c->fd, &event) != 0)
        echo_give_up("epoll_ctl", EXIT_FAILURE);
}

/* A few at a time: who has answered has been accepted, and the server's queue
 * never overflows. */
static void
join_all(int port)
{
    for (size_t i = 0; i < client_count; i++) {
        join(i, port);
        say_next(&clients[i], now());
        if (i % STEP == STEP - 1)
            hear_until_all_is_back();
    }
    hear_until_all_is_back();
}

int
main(int argc, char **argv)
{
    char line[32];
    if (argc != 3)
        fail("usage: load PORT CONNECTIONS");
    signal(SIGPIPE, SIG_IGN);
    echo_raise_limit();
    client_count = strtoul(argv[2], NULL, 10);
    clients = calloc(client_count, sizeof *clients);
    epoll = epoll_create1(0);
    if (!clients || epoll < 0)
        echo_give_up("load", EXIT_FAILURE);
    join_all(atoi(argv[1]));
    printf("ready\n");
    fflush(stdout);
    while (fgets(line, sizeof line, stdin)) {
        burst(strtoul(line, NULL, 10));
        printf("%lu %lu %lu %lu %lu\n", (unsigned long)trips.count,
               (unsigned long)replies, (unsigned long)(end - begin),
               (unsigned long)histogram_at(&trips, 0.50),
               (unsigned long)histogram_at(&trips, 0.99));
        fflush(stdout);
    }
    return 0;
}

/* SPDX-License-Identifier: MIT */
/* client.c - see client.h. */
#include "client.h"

#include "io.h"

#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* At most so much is said and not heard: less than what the sockets hold, or
 * two that only speak would wait for each other. */
enum { STREAM_MAX = 40000, PIECE_MAX = 2048, AHEAD_MAX = 16384 };

#define STACK (64u * 1024)

const char *const fault_names[FAULTS] = {"in order",  "dribbling", "dozing",
                                         "impatient", "reset",     "walked off",
                                         "cancelled"};

struct tally tally;

/* splitmix64 (Steele, Lea and Flood, 2014). */
uint64_t
dice(uint64_t *state)
{
    uint64_t z = (*state += 0x9e3779b97f4a7c15);
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
    z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
    return z ^ (z >> 31);
}

/* ---- What is said ---- */

struct talk {
    const struct client *client;
    uint64_t chance; /* the state of its dice */
    int fd;
    size_t total, said, heard;
};

static char
byte_at(const struct talk *t, size_t i)
{
    uint64_t state = t->client->seed ^ (i / 8) << 20;
    return (char)(dice(&state) >> i % 8 * 8);
}

static void
lose(const struct talk *t, size_t bytes, const char *what)
{
    tally.lost += bytes;
    fprintf(stderr, "soak: client %#jx, %s: %s; %zu said, %zu heard of %zu\n",
            (uintmax_t)t->client->seed, fault_names[t->client->fault], what,
            t->said, t->heard, t->total);
}

/* Say the next piece, or a part of it. False if the connection is broken,
 * which no server of ours has a reason to do. */
static bool
say(struct talk *t)
{
    char piece[PIECE_MAX];
    size_t most = t->client->fault == DRIBBLES ? 1 : PIECE_MAX;
    size_t count = 1 + dice(&t->chance) % most;
    if (count > t->total - t->said)
        count = t->total - t->said;
    for (size_t i = 0; i < count; i++)
        piece[i] = byte_at(t, t->said + i);
    ssize_t sent = thread_send(t->fd, piece, count, 0);
    if (sent < 0) {
        lose(t, count, strerror(errno));
        return false;
    }
    t->said += (size_t)sent;
    tally.said += (uint64_t)sent;
    return true;
}

static bool
is_right(struct talk *t, const char *bytes, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (t->heard + i >= t->said || bytes[i] != byte_at(t, t->heard + i)) {
            lose(t, count - i, "wrong bytes");
            return false;
        }
    return true;
}

/* Hear some of it. Who is impatient waits for microseconds, and asks again: a
 * wait that was given up must not have taken anything. False at the end. */
static bool
hear(struct talk *t)
{
    char piece[PIECE_MAX];
    ssize_t got;
    do {
        uint64_t deadline = THREAD_FOREVER;
        if (t->client->fault == IMPATIENT)
            deadline = thread_now() + dice(&t->chance) % 100000;
        got = thread_recv_until(t->fd, piece, sizeof piece, 0, deadline);
        tally.given_up += got < 0 && errno == ETIMEDOUT;
    } while (got < 0 && errno == ETIMEDOUT);
    if (got < 0)
        lose(t, t->said - t->heard, strerror(errno));
    if (got <= 0 || !is_right(t, piece, (size_t)got))
        return false;
    t->heard += (size_t)got;
    tally.heard += (uint64_t)got;
    return true;
}

/* ---- A conversation ---- */

/* Until so much is said. */
static bool
converse(struct talk *t, size_t until)
{
    while (t->said < until) {
        if (t->client->fault == DOZES)
            thread_sleep(dice(&t->chance) % 300000);
        if (!say(t))
            return false;
        while (t->said - t->heard > AHEAD_MAX ||
               (t->heard < t->said && dice(&t->chance) % 2))
            if (!hear(t))
                return false;
    }
    return true;
}

/* No more from us: the rest must come, and then the end. */
static void
finish(struct talk *t)
{
    shutdown(t->fd, SHUT_WR);
    while (hear(t))
        continue;
    if (t->heard != t->total && tally.lost == 0)
        lose(t, t->total - t->heard, "the end came too early");
}

static void
live(struct talk *t)
{
    static const struct linger at_once = {1, 0};
    size_t middle = dice(&t->chance) % t->total;
    switch (t->client->fault) {
    case RESETS:
        if (converse(t, middle))
            setsockopt(t->fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
        break;
    case WALKS_OFF: converse(t, middle); break;
    default:
        if (converse(t, t->total))
            finish(t);
    }
}

/* A socket that sends each piece at once; there may be none left just now. */
static int
new_socket(void)
{
    int fd;
    while ((fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) < 0 &&
           errno == EMFILE) {
        tally.refused++;
        thread_sleep(1000000);
    }
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &(int){1}, sizeof(int));
    return fd;
}

static void
hang_up(void *fd)
{
    close(*(int *)fd);
}

static void *
client_thread(void *arg)
{
    const struct client *c = arg;
    struct sockaddr_in to = {.sin_family = AF_INET,
                             .sin_port = htons((uint16_t)c->port),
                             .sin_addr = {htonl(INADDR_LOOPBACK)}};
    struct talk t = {.client = c, .chance = c->seed};
    struct thread_cleanup at_end;
    t.total = 1 + dice(&t.chance) % (c->fault == DRIBBLES ? 500 : STREAM_MAX);
    t.fd = new_socket();
    thread_cleanup_push(&at_end, hang_up, &t.fd);
    if (thread_connect(t.fd, (struct sockaddr *)&to, sizeof to) != 0)
        lose(&t, t.total, strerror(errno));
    else
        live(&t);
    thread_cleanup_pop(true);
    return NULL;
}

void
client_start(struct client *c, uint64_t seed, int port)
{
    const struct thread_attr attr = {.name = "client", .stack_size = STACK};
    *c = (struct client){.seed = seed, .port = port};
    uint64_t chance = ~seed;
    c->fault =
        dice(&chance) % 2 ? IN_ORDER : (enum fault)(dice(&chance) % FAULTS);
    int error = thread_create(&c->thread, &attr, client_thread, c);
    if (error) {
        fprintf(stderr, "soak: no thread: %s\n", strerror(error));
        exit(2);
    }
}

void
client_end(struct client *c)
{
    if (c->fault == CANCELED)
        thread_cancel(c->thread);
    thread_join(c->thread, NULL);
    tally.ended[c->fault]++;
}

/* SPDX-License-Identifier: MIT */
/*
 * server.c - see server.h.
 *
 * Invariant: a descriptor is marked as a connection's until it is closed, and
 * both happen under the lock. So whoever holds the lock may shut down what he
 * finds marked: none is another's that got the same number.
 *
 * Where threads share no descriptors, because each is a process, main keeps one
 * of its own for each connection, or it could not shut it down; and closes it
 * when the thread has ended.
 */
#include "server.h"

#include "io.h"
#include "listen.h"
#include "sync.h"

#include <errno.h>
#include <linux/sockios.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <sys/resource.h>
#include <unistd.h>

enum { BACKLOG = 4096, STACK = 64 * 1024, DESCRIPTORS = 65536 };

#define PAUSE_NS    100000000u    /* 100 ms: no room, and nobody went */
#define DRAIN_NS    5000000000ull /* 5 s for those who are busy at the end */
#define ARRIVAL_NS  1000000u      /* 1 ms between two looks */
#define GREETING_NS 20000000u     /* 20 ms for those who are about to connect */

enum use { UNUSED, CONNECTED, ENDED };

/* All threads share it. */
static struct server {
    int listener;
    int bell; /* readable from when the server is to stop */
    int door; /* readable while somebody waits at the one or has rung the other;
                 an epoll descriptor */
    server_fn *serve;
    volatile sig_atomic_t stopping; /* a signal handler sets it */
    struct semaphore begun;         /* a connection has: see begin */
    uint64_t drained_by;            /* once it stops */

    /* Under the lock. */
    struct mutex lock;
    struct cond gone; /* a connection is */
    unsigned alive;   /* threads of connections: accepted, and not gone */
    struct server_counts counts;
    unsigned char uses[DESCRIPTORS]; /* an enum use each */
} * server;

/* ---- A connection ---- */

ssize_t
connection_recv(struct connection *c, void *buf, size_t size, uint64_t deadline)
{
    ssize_t got = deadline == THREAD_FOREVER
                      ? thread_recv(c->fd, buf, size, 0)
                      : thread_recv_until(c->fd, buf, size, 0, deadline);
    if (got > 0)
        c->received += (uint64_t)got;
    else if (got < 0 && errno != ETIMEDOUT)
        c->broken = true;
    return got;
}

bool
connection_send(struct connection *c, const void *data, size_t size, int flags,
                uint64_t deadline)
{
    const char *rest = data;
    while (size > 0) {
        ssize_t sent =
            deadline == THREAD_FOREVER
                ? thread_send(c->fd, rest, size, flags)
                : thread_send_until(c->fd, rest, size, flags, deadline);
        if (sent < 0) {
            c->broken = true;
            return false;
        }
        c->sent += (uint64_t)sent;
        rest += sent;
        size -= (size_t)sent;
    }
    return true;
}

/*
 * At the end a client may still be speaking. To close on words that have not
 * been read is a reset, and it destroys what is under way to the client: so the
 * answers must have arrived before. What is said after the close is met by a
 * reset too, perhaps when this process is gone: of that nothing can be known.
 */
static void
take_leave(struct connection *c)
{
    int under_way = 0, unread;
    while (!c->broken && ioctl(c->fd, SIOCOUTQ, &under_way) == 0 &&
           under_way > 0 && thread_now() < server->drained_by)
        thread_sleep(ARRIVAL_NS);
    c->broken |= under_way > 0;
    c->unheard = ioctl(c->fd, SIOCINQ, &unread) == 0 && unread > 0;
}

/* Closed before it is counted as gone: who waits for room finds it. */
static void
leave(struct connection *c)
{
    struct server_counts *n = &server->counts;
    if (server->drained_by > 0)
        take_leave(c);
    mutex_lock(&server->lock);
    if (!thread_model()->shares_memory) {
        shutdown(c->fd, SHUT_RDWR); /* for main has it open as well */
        server->uses[c->fd] = ENDED;
    } else {
        server->uses[c->fd] = UNUSED;
    }
    close(c->fd);
    n->requests += c->requests;
    n->received += c->received;
    n->sent += c->sent;
    n->broken += c->broken;
    n->unheard += c->unheard;
    server->alive--;
    cond_signal(&server->gone);
    mutex_unlock(&server->lock);
}

static void *
connection_thread(void *fd)
{
    struct connection c = {.fd = (int)(intptr_t)fd};
    if (thread_model()->io_call_stalls)
        semaphore_post(&server->begun);
    server->serve(&c);
    leave(&c);
    return NULL;
}

/* ---- Accepting ---- */

/*
 * No descriptor, thread or memory for another connection: wait until one has
 * gone, and at most for a while. The classic bug is to try again at once: the
 * client is still in the line, accept fails at once, and the server spins just
 * when it is busiest.
 */
static void
wait_for_room(void)
{
    mutex_lock(&server->lock);
    server->counts.pauses++;
    if (!server->stopping)
        cond_wait_until(&server->gone, &server->lock, thread_now() + PAUSE_NS);
    mutex_unlock(&server->lock);
}

/* The next client in the line, or -1 if it is not to be had now. The listener
 * never waits: that is done at the door. */
static int
accept_client(void)
{
    int fd = accept4(server->listener, NULL, NULL, SOCK_CLOEXEC);
    if (fd >= DESCRIPTORS) {
        close(fd);
        fd = -1;
        errno = EMFILE;
    }
    if (fd < 0 && (errno == EMFILE || errno == ENFILE || errno == ENOBUFS ||
                   errno == ENOMEM))
        wait_for_room();
    return fd; /* any other error is this client's: it went away again */
}

/* Wait for the next client, or for the end: then -1. */
static int
next_client(void)
{
    struct pollfd door = {.fd = server->door, .events = POLLIN};
    if (thread_poll(&door, 1, THREAD_FOREVER) < 0)
        wait_for_room();
    return server->stopping ? -1 : accept_client();
}

/* Close what ended threads have left to main. */
static void
close_ended(void)
{
    unsigned char *ended, *uses = server->uses;
    mutex_lock(&server->lock);
    while ((ended = memchr(uses, ENDED, DESCRIPTORS))) {
        close((int)(ended - uses));
        *ended = UNUSED;
    }
    mutex_unlock(&server->lock);
}

/* A connection begins, before its thread does; or it does not after all. */
static void
count_in(int fd)
{
    mutex_lock(&server->lock);
    server->uses[fd] = CONNECTED;
    server->counts.connections++;
    if (++server->alive > server->counts.most)
        server->counts.most = server->alive;
    mutex_unlock(&server->lock);
}

static void
count_out(int fd)
{
    mutex_lock(&server->lock);
    server->uses[fd] = UNUSED;
    server->counts.connections--;
    server->alive--;
    close(fd);
    mutex_unlock(&server->lock);
}

/* Give a client its thread. Where the next accept stops everybody, let that
 * thread begin before: or it waits for a client whom nobody may send. */
static void
begin(int fd)
{
    const struct thread_attr attr = {
        .name = "connection", .stack_size = STACK, .detached = true};
    void *arg = (void *)(intptr_t)fd;
    count_in(fd);
    while (thread_create(NULL, &attr, connection_thread, arg) != 0) {
        wait_for_room();
        if (server->stopping) {
            count_out(fd);
            return;
        }
    }
    if (thread_model()->io_call_stalls)
        semaphore_wait(&server->begun);
}

/* ---- The end ---- */

bool
server_stopping(void)
{
    return server->stopping;
}

/* The classic bug is to shut down the listener, which also ends an accept that
 * waits: all who stand in the line are turned away by a reset, though to them
 * they were connected, and may have spoken. */
void
server_stop(void)
{
    int error = errno;
    server->stopping = 1;
    eventfd_write(server->bell, 1);
    errno = error;
}

/* Let in who stands in the line; and who was about to, for the greeting (SYN,
 * SYN-ACK, ACK) takes as long as the way there and back. */
static void
let_in_the_line(void)
{
    uint64_t deadline = thread_now() + GREETING_NS;
    struct pollfd line = {.fd = server->listener, .events = POLLIN};
    int fd;
    for (int i = 0; i <= BACKLOG && thread_poll(&line, 1, deadline) > 0 &&
                    (fd = accept_client()) >= 0;
         i++)
        begin(fd);
}

/* Under the lock. */
static void
shut_down_all(int how)
{
    for (int fd = 0; fd < DESCRIPTORS; fd++)
        if (server->uses[fd] == CONNECTED)
            shutdown(fd, how);
}

/*
 * To every thread it looks as if its client had said its last: it gets what
 * has arrived, then the end. Answers still go out. Who is not done by the
 * deadline, because its client does not read, is cut off.
 */
static void
drain(void)
{
    mutex_lock(&server->lock);
    shut_down_all(SHUT_RD);
    while (server->alive > 0 && cond_wait_until(&server->gone, &server->lock,
                                                server->drained_by) == 0)
        continue;
    server->counts.cut = server->alive;
    shut_down_all(SHUT_RDWR);
    while (server->alive > 0)
        cond_wait(&server->gone, &server->lock);
    mutex_unlock(&server->lock);
}

struct server_counts
server_run(server_fn *serve)
{
    bool keeps = !thread_model()->shares_memory;
    server->serve = serve;
    while (!server->stopping) {
        int fd = next_client();
        if (keeps)
            close_ended();
        if (fd >= 0)
            begin(fd);
    }
    server->drained_by = thread_now() + DRAIN_NS;
    listen_no_more(server->listener);
    let_in_the_line();
    close(server->listener);
    drain();
    close(server->door);
    close(server->bell);
    return server->counts;
}

/* ---- Listening ---- */

unsigned long
server_descriptors(void)
{
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) != 0)
        demo_fail("getrlimit: %s", strerror(errno));
    limit.rlim_cur =
        limit.rlim_max < DESCRIPTORS ? limit.rlim_max : DESCRIPTORS;
    if (setrlimit(RLIMIT_NOFILE, &limit) != 0)
        demo_fail("setrlimit: %s", strerror(errno));
    return limit.rlim_cur;
}

static void
hang_bell(void)
{
    struct epoll_event readable = {.events = EPOLLIN};
    server->bell = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    server->door = epoll_create1(EPOLL_CLOEXEC);
    if (server->bell < 0 || server->door < 0 ||
        epoll_ctl(server->door, EPOLL_CTL_ADD, server->listener, &readable) ||
        epoll_ctl(server->door, EPOLL_CTL_ADD, server->bell, &readable))
        demo_fail("cannot wait for clients: %s", strerror(errno));
}

int
server_open(const char *address)
{
    int port;
    server = thread_shared_alloc(sizeof *server);
    if (!server)
        demo_fail("out of memory");
    signal(SIGPIPE, SIG_IGN); /* sendfile(2) knows no MSG_NOSIGNAL */
    server->listener = listen_open(address, BACKLOG, &port);
    hang_bell();
    return port;
}

/* ---- Nothing but a server ---- */

static void
on_signal(int signal)
{
    (void)signal;
    server_stop();
}

static void
print_in_words(const struct demo_run *d, const struct server_counts *n)
{
    const struct thread_model *m = thread_model();
    printf("%s on the %s model, io %s\n", d->demo->name, m->name, m->io_engine);
    printf("%ju connections, at most %u at once; %ju requests; %ju bytes "
           "received, %ju sent\n",
           (uintmax_t)n->connections, n->most, (uintmax_t)n->requests,
           (uintmax_t)n->received, (uintmax_t)n->sent);
    printf("%ju connections broken; %ju cut off at the end, %ju unheard; %ju "
           "pauses for want of room\n",
           (uintmax_t)n->broken, (uintmax_t)n->cut, (uintmax_t)n->unheard,
           (uintmax_t)n->pauses);
}

/* No value needs escaping. */
static void
print_as_json(const struct demo_run *d, const struct server_counts *n)
{
    const struct thread_model *m = thread_model();
    printf("{\"demo\": \"%s\", \"model\": \"%s\", \"io_engine\": \"%s\", ",
           d->demo->name, m->name, m->io_engine);
    printf("\"connections\": %ju, \"most_at_once\": %u, \"requests\": %ju, "
           "\"received\": %ju, \"sent\": %ju, ",
           (uintmax_t)n->connections, n->most, (uintmax_t)n->requests,
           (uintmax_t)n->received, (uintmax_t)n->sent);
    printf("\"broken\": %ju, \"cut\": %ju, \"unheard\": %ju, "
           "\"pauses\": %ju}\n",
           (uintmax_t)n->broken, (uintmax_t)n->cut, (uintmax_t)n->unheard,
           (uintmax_t)n->pauses);
}

void
server_main(const struct demo_run *d, const char *address, server_fn *serve)
{
    struct sigaction action = {.sa_handler = on_signal,
                               .sa_flags = SA_RESTART | (int)SA_RESETHAND};
    int port = server_open(address);
    unsigned long limit = server_descriptors();
    sigaction(SIGINT, &action, NULL);
    sigaction(SIGTERM, &action, NULL);
    fprintf(stderr, "%s: port %d, io %s, at most %lu descriptors\n",
            d->demo->name, port, thread_model()->io_engine, limit);
    struct server_counts counts = server_run(serve);
    (d->json ? print_as_json : print_in_words)(d, &counts);
    exit(fflush(stdout) == 0 ? EXIT_SUCCESS : EXIT_FAILURE);
}

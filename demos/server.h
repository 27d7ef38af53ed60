/* SPDX-License-Identifier: MIT */
/*
 * server.h - a server with a thread per connection.
 *
 * The oldest way to write one, and the easiest to read: what is said to one
 * client stands in one function, from its first byte to its last. It has a bad
 * name because of what a thread used to cost. Here the model decides what a
 * thread is, and the server does not know:
 *
 *      main       accept --- accept --- accept ------------------ stop, drain
 *                      '-.        '-.
 *      connection         serve ===== | ===== serve ====.
 *      connection                     serve ============= serve === end
 *
 * What is the same in all such servers is here: the accept loop, what it does
 * when there are no descriptors or threads left, the census of connections,
 * the orderly end. A process has one server.
 */
#ifndef DEMO_SERVER_H
#define DEMO_SERVER_H

#include "demo.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/* One client. Lies on the stack of its thread, and is private to it. */
struct connection {
    int fd;
    uint64_t received, sent; /* bytes */
    uint64_t requests;       /* if the protocol has such */
    bool broken;             /* the client did not end it in order */
    bool unheard;            /* nor did we: it was still speaking at the end */
};

/* What happens to a connection, from its first byte to its last. Who returns
 * from it ends the connection. */
typedef void server_fn(struct connection *c);

/* Wait for bytes from the client, until the deadline: how many came; 0 at the
 * end; -1 if the deadline passed (ETIMEDOUT) or the connection broke. */
ssize_t connection_recv(struct connection *c, void *buf, size_t size,
                        uint64_t deadline);

/* Send all of it, however slowly the client reads, but not beyond the deadline;
 * false if that passed or the connection broke. Holds no more than it was
 * given: a client that does not read stops its own thread, and nothing else.
 * The flags are those of send(2). */
bool connection_send(struct connection *c, const void *data, size_t size,
                     int flags, uint64_t deadline);

/* Is the server about to end? Then this should be the last answer. */
bool server_stopping(void);

/* ---- The server ---- */

struct server_counts {
    uint64_t connections, requests;
    uint64_t received, sent; /* bytes */
    uint64_t broken;         /* connections that the client broke off */
    uint64_t cut;            /* that were still busy at the end */
    uint64_t unheard;        /* whose last words were not read any more */
    uint64_t pauses;         /* times there was no room for another */
    unsigned most;           /* connections at the same time */
};

/* Listen at ADDRESS:PORT; port 0 takes any that is free. Returns the port. */
int server_open(const char *address);

/* Serve until server_stop, let the connections come to an end, and say what
 * was counted. */
struct server_counts server_run(server_fn *serve);

/* Have server_run return. A signal handler may call it, after server_open. */
void server_stop(void);

/* The whole life of a program that is just a server: ends it, on SIGINT or
 * SIGTERM, with its counts on standard output. A second signal kills. */
void server_main(const struct demo_run *d, const char *address,
                 server_fn *serve) __attribute__((noreturn));

/* Ask for as many descriptors as this process may have; how many that is. */
unsigned long server_descriptors(void);

#endif

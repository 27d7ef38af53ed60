/* SPDX-License-Identifier: MIT */
/*
 * pieces.h - a server that sends a piece, and then nothing for a while.
 *
 * It is another process, on the loopback interface. It waits until all clients
 * have come; then it sends the same to each, one piece after another, with a
 * pause before each; and then it waits for the next clients. A client is a
 * thread that downloads.
 */
#ifndef DEMO_PIECES_H
#define DEMO_PIECES_H

#include "demo.h"

#include <netinet/in.h>
#include <sys/types.h>

enum {
    PIECES_CLIENTS_MAX = 8,
    PIECES = 3,
    PIECE = 20000, /* bytes */
};

struct pieces {
    uint64_t pause; /* in ns */
    int clients;
    int listener;
    struct sockaddr_in at;
};

/* Start the server for so many clients, before any thread is made; or skip if
 * there can be none. */
void pieces_open(struct pieces *s, struct demo_run *d, int clients);

/* A new connection to it. */
int pieces_connect(const struct pieces *s);

/* What a thread downloads, and by which call. */
typedef ssize_t receive_fn(int fd, void *buf, size_t count, int flags);

struct download {
    int fd;              /* of pieces_connect; to be closed when it is over */
    receive_fn *receive; /* recv, or thread_recv */
};

/* A thread's function: receive a struct download to its end. */
void *pieces_download(void *download);

#endif

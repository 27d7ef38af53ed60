/* SPDX-License-Identifier: MIT */
/*
 * pieces.h - a server that sends a piece, and then nothing for a while.
 *
 * It is another process, on the loopback interface. It waits until all clients
 * have come; then it sends the same to each, one piece after another, with a
 * pause before each; and then it waits for the next clients.
 */
#ifndef DEMO_PIECES_H
#define DEMO_PIECES_H

#include "demo.h"

#include <netinet/in.h>

enum {
    PIECES_CLIENTS = 3,
    PIECES = 3,
    PIECE = 20000, /* bytes */
    PIECES_ALL = PIECES * PIECE
};

struct pieces {
    uint64_t pause; /* in ns */
    int listener;
    struct sockaddr_in at;
};

/* Start the server, before every contract call; or skip if there can be none. */
void pieces_open(struct pieces *s, struct demo_run *d);

/* A new connection to it. */
int pieces_connect(const struct pieces *s);

#endif

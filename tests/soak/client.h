/* SPDX-License-Identifier: MIT */
/*
 * client.h - a client of an echo server, well-behaved or not.
 *
 * It says a stream of bytes that follows from its number, and knows what has
 * to come back. However it behaves, what it has heard so far must be the
 * beginning of what it said; and if it ended in order, all of it.
 */
#ifndef SOAK_CLIENT_H
#define SOAK_CLIENT_H

#include "thread.h"

#include <stdatomic.h>
#include <stdint.h>

/* What becomes of a client. */
enum fault {
    IN_ORDER,  /* it says all, hears all, and hangs up */
    DRIBBLES,  /* ... a byte at a time */
    DOZES,     /* ... with pauses */
    IMPATIENT, /* ... and gives up each wait soon, to wait again */
    RESETS,    /* it breaks off in the middle, with a reset */
    WALKS_OFF, /* it hangs up and leaves unread what comes */
    CANCELED,  /* its thread is cancelled, whatever it is at */
    FAULTS
};

extern const char *const fault_names[FAULTS];

/* Counted by all clients together. */
struct tally {
    _Atomic uint64_t ended[FAULTS]; /* clients, by what became of them */
    _Atomic uint64_t said, heard;   /* bytes */
    _Atomic uint64_t given_up;      /* waits that were ended by a deadline */
    _Atomic uint64_t lost;          /* bytes that did not come, or wrong */
    _Atomic uint64_t refused;       /* connections that could not be had */
};

extern struct tally tally;

struct client {
    uint64_t seed; /* everything that it does follows from it */
    int port;
    enum fault fault; /* chosen by client_start */
    thread_t thread;
};

/* Start one. Its fault, if any, is chosen by its seed. */
void client_start(struct client *c, uint64_t seed, int port);

/* Wait for its end; those that are to be cancelled are, first. */
void client_end(struct client *c);

/* The next number of a series, never the same twice in a row. */
uint64_t dice(uint64_t *state);

#endif

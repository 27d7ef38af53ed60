/* SPDX-License-Identifier: MIT */
/*
 * clients.h - clients for a server that is under test, in another process.
 *
 * They must not live in the server's process: if that stalls, somebody has to
 * be left to see it. So they are one process with one event loop, which uses
 * nothing of the contract, and report through memory that both share:
 *
 *      server's process    open --- start ------ serve ------ stop, end
 *                          fork      |orders                  | SIGCHLD
 *      clients                '------'-- silence -- load ----'
 *
 * First comes the silence: one client connects and says nothing for a while; a
 * second one connects and asks. How long does it wait? Then the load: each of
 * many clients asks, waits for the answer, checks it, and asks again.
 */
#ifndef DEMO_CLIENTS_H
#define DEMO_CLIENTS_H

#include "demo.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum clients_verdict { ANSWER_WRONG = -1, ANSWER_INCOMPLETE, ANSWER_RIGHT };

/* What clients say and want to hear; the same pair of numbers gives the same
 * question. */
struct clients_talk {
    size_t question_max, answer_max; /* bytes */
    size_t (*ask)(char *question, unsigned client, unsigned round);
    enum clients_verdict (*check)(const char *answer, size_t length,
                                  unsigned client, unsigned round);
};

struct clients_orders {
    int port;         /* of 127.0.0.1 */
    unsigned count;   /* clients of the load */
    unsigned rounds;  /* questions of each; 2 or more */
    bool together;    /* none asks its last until all were answered once */
    uint64_t silence; /* how long the first is silent, ns */
};

struct clients_report {
    uint64_t second_waited; /* while the first was silent, ns; at best */
    unsigned satisfied;     /* clients that got every answer, and right */
    uint64_t answers;       /* right ones */
    uint64_t took;          /* the load, ns */
    double median, p99;     /* of the time to an answer, us */
    bool complete;          /* all that was ordered was done */
    char trouble[96];       /* "", or the first thing that went wrong */
};

/* Start the other process, before any contract call, so that nothing of the
 * thread library is in it. It waits for its orders. */
void clients_open(const struct clients_talk *talk);

/* Give the orders. When the clients are done their process ends, and the
 * server is told to stop. */
void clients_start(const struct clients_orders *orders);

/* End their process, if it has not ended: what they say. */
const struct clients_report *clients_end(void);

#endif

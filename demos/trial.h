/* SPDX-License-Identifier: MIT */
/*
 * trial.h - does a silent client hold up the others of a server?
 *
 * A server (server.h) and clients for it (clients.h) are put to the test: one
 * client is silent, and a second one asks. Then many ask, all of them
 * connected at once, and check what they are answered. What is predicted
 * follows from whether a call of io.h stops all threads or one.
 */
#ifndef DEMO_TRIAL_H
#define DEMO_TRIAL_H

#include "clients.h"
#include "demo.h"
#include "server.h"

struct trial {
    server_fn *serve;
    const struct clients_talk *talk;
    unsigned clients, rounds; /* as usual; --scale makes them more */
    const char *satisfied;    /* what clients were: "got every byte back" */
};

/* Run it, before any contract call, and judge. */
void trial_run(struct demo_run *d, const struct trial *t)
    __attribute__((noreturn));

#endif

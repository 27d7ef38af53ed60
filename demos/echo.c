/* SPDX-License-Identifier: MIT */
/*
 * echo.c - a server that says back what it hears, with a thread per client.
 *
 *      $ build/demos/echo-user --listen 127.0.0.1:7000 &
 *      $ nc 127.0.0.1 7000
 *
 * The server is the function echo, which is written as if there were but one
 * client. How many there can be, and whether one that is silent holds up the
 * rest, is decided by what a thread is: this source does not know. Asked to
 * run as an experiment, it finds out.
 */
#include "trial.h"

#include <string.h>

/* ---- The server ---- */

/* Small, so that ten thousand idle connections stay cheap: what a thread has
 * on its stack while it waits is what a connection costs. */
enum { BUFFER = 512 };

static void
echo(struct connection *c)
{
    char buf[BUFFER];
    ssize_t got;
    while ((got = connection_recv(c, buf, sizeof buf, THREAD_FOREVER)) > 0) {
        c->requests++;
        if (!connection_send(c, buf, (size_t)got, 0, THREAD_FOREVER))
            break;
    }
}

/* ---- Its clients ---- */

enum { CLIENTS = 200, ROUNDS = 20, MESSAGE = 64 };

/* Sixty-four bytes that nobody else says. */
static size_t
ask(char *question, unsigned client, unsigned round)
{
    unsigned seed[2] = {client, round};
    for (size_t i = 0; i < MESSAGE; i++)
        question[i] = (char)(client * 31 + round * 7 + i);
    memcpy(question, seed, sizeof seed);
    return MESSAGE;
}

static enum clients_verdict
check(const char *answer, size_t length, unsigned client, unsigned round)
{
    char wanted[MESSAGE];
    if (length < MESSAGE)
        return ANSWER_INCOMPLETE;
    ask(wanted, client, round);
    return length == MESSAGE && memcmp(answer, wanted, MESSAGE) == 0
               ? ANSWER_RIGHT
               : ANSWER_WRONG;
}

static const struct clients_talk talk = {
    .question_max = MESSAGE,
    .answer_max = 2 * MESSAGE,
    .ask = ask,
    .check = check,
};

static const struct trial trial = {
    .serve = echo,
    .talk = &talk,
    .clients = CLIENTS,
    .rounds = ROUNDS,
    .satisfied = "got every byte back",
};

/* ---- The program ---- */

static const char *listen_at;

static void
run(struct demo_run *d)
{
    if (listen_at)
        server_main(d, listen_at, echo);
    trial_run(d, &trial);
}

static const struct demo demo = {
    .name = "echo",
    .claim = "A thread per client serves them all at once, where a thread that "
             "waits stops no other.",
    .run = run,
    .flags = {{"listen", "ADDR:PORT", "be nothing but a server", &listen_at}},
};

int
main(int argc, char **argv)
{
    return demo_main(argc, argv, &demo);
}

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
#include "clients.h"
#include "server.h"

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
        if (!connection_send(c, buf, (size_t)got, THREAD_FOREVER))
            break;
    }
}

/* ---- Its clients ---- */

enum { CLIENTS = 200, ROUNDS = 20, MESSAGE = 64, SILENCE_MS = 200 };

/* As stall.c has it. */
#define STALLED 0.80 /* the second waits at least so much of the silence */
#define FREE    0.25 /* or less than so much */

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

/* ---- The experiment ---- */

static void
predict(struct demo_run *d, unsigned count)
{
    if (thread_model()->io_call_stalls)
        demo_predict(d,
                     "while one client is silent a second one waits, at least "
                     "%.0f %% of that time; %u clients are served all the same",
                     100 * STALLED, count);
    else
        demo_predict(d,
                     "while one client is silent a second one is answered, "
                     "before %.0f %% of that time; %u clients are served at "
                     "once",
                     100 * FREE, count);
}

static void
judge(struct demo_run *d, const struct clients_report *r, unsigned most,
      unsigned count)
{
    const struct thread_model *m = thread_model();
    double waited = (double)r->second_waited / 1e6;
    bool all = r->satisfied == count && !r->trouble[0];
    demo_found(d,
               "beside a client that was silent for %d ms a second one waited "
               "%.1f ms, and of %u clients, up to %u at once, %u got every "
               "byte back (io %s)%s%s",
               SILENCE_MS, waited, count, most, r->satisfied, m->io_engine,
               r->trouble[0] ? "; " : "", r->trouble);
    if (m->io_call_stalls)
        demo_judge(d, all && waited >= STALLED * SILENCE_MS,
                   "the server's one kernel thread waited with the silent "
                   "client's thread, and served one client after another");
    demo_judge(d, all && most == count && waited < FREE * SILENCE_MS, "%s",
               m->parallel ? "each client has a kernel thread that waits for it"
                           : "only the silent client's thread waited, and the "
                             "scheduler ran the others");
}

static void
measure(struct demo_run *d, const struct clients_report *r,
        const struct server_counts *n)
{
    demo_measure(d, "second_waits", (double)r->second_waited / 1e6, "ms");
    demo_measure(d, "connections", (double)n->connections, "connections");
    demo_measure(d, "most_at_once", n->most, "connections");
    demo_measure(d, "echoed", (double)n->sent, "bytes");
    demo_measure(d, "throughput", (double)r->answers / (double)r->took * 1e9,
                 "messages/s");
    demo_measure(d, "latency_median", r->median, "us");
    demo_measure(d, "latency_p99", r->p99, "us");
}

static void
experiment(struct demo_run *d)
{
    unsigned count = (unsigned)(CLIENTS * d->scale);
    unsigned long limit = server_descriptors(), spare = 64;
    if (count + spare > limit)
        demo_skip(d, "%u clients need %lu descriptors; the limit here is %lu.",
                  count, count + spare, limit);
    clients_open(&talk);
    struct clients_orders orders = {
        .port = server_open("127.0.0.1:0"),
        .count = count,
        .rounds = ROUNDS,
        .together = !thread_model()->io_call_stalls,
        .silence = SILENCE_MS * 1000000ull,
    };
    predict(d, count);
    clients_start(&orders);
    struct server_counts counts = server_run(echo);
    const struct clients_report *report = clients_report();
    if (counts.pauses > 0)
        demo_skip(d, "the system has room for %u connections, not %u.",
                  counts.most, count);
    measure(d, report, &counts);
    judge(d, report, counts.most, count);
}

static const char *listen_at;

static void
run(struct demo_run *d)
{
    if (listen_at)
        server_main(d, listen_at, echo);
    experiment(d);
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

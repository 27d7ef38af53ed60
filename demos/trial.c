/* SPDX-License-Identifier: MIT */
/* trial.c - see trial.h. */
#include "trial.h"

#include "crowd.h"
#include "stall.h"

#include <signal.h>

enum { SILENCE_MS = 200, SPARE_DESCRIPTORS = 64 };

static void
predict(struct demo_run *d, unsigned count)
{
    if (thread_model()->io_call_stalls)
        demo_predict(d,
                     "while one client is silent a second one waits, at least "
                     "%.0f %% of that time; %u clients are served all the same",
                     100 * STALL_STALLED, count);
    else
        demo_predict(d,
                     "while one client is silent a second one is answered, "
                     "before %.0f %% of that time; %u clients are served at "
                     "once",
                     100 * STALL_FREE, count);
}

static void judge(struct demo_run *d, const struct trial *t,
                  const struct clients_report *r, unsigned most)
    __attribute__((noreturn));

static void
judge(struct demo_run *d, const struct trial *t, const struct clients_report *r,
      unsigned most)
{
    unsigned count = (unsigned)(t->clients * d->scale);
    const struct thread_model *m = thread_model();
    double waited = (double)r->second_waited / 1e6;
    bool all = r->satisfied == count && !r->trouble[0];
    demo_found(
        d,
        "beside a client that was silent for %d ms a second one waited "
        "%.1f ms, and of %u clients, up to %u at once, %u %s (io %s)%s%s",
        SILENCE_MS, waited, count, most, r->satisfied, t->satisfied,
        m->io_engine, r->trouble[0] ? "; " : "", r->trouble);
    if (waited >= STALL_FREE * SILENCE_MS &&
        waited < STALL_STALLED * SILENCE_MS)
        crowd_skip_now(d);
    if (m->io_call_stalls)
        demo_judge(d, all && waited >= STALL_STALLED * SILENCE_MS,
                   "the server's one kernel thread waited with the silent "
                   "client's thread, and served one client after another");
    demo_judge(d, all && most >= count && waited < STALL_FREE * SILENCE_MS,
               "%s",
               m->parallel ? "each client has a kernel thread that waits for it"
                           : "only the silent client's thread waited, and the "
                             "others ran");
}

static void
measure(struct demo_run *d, const struct clients_report *r,
        const struct server_counts *n)
{
    demo_measure(d, "second_waits", (double)r->second_waited / 1e6, "ms");
    demo_measure(d, "connections", (double)n->connections, "connections");
    demo_measure(d, "most_at_once", n->most, "connections");
    demo_measure(d, "sent", (double)n->sent, "bytes");
    demo_measure(d, "throughput", (double)r->answers / (double)r->took * 1e9,
                 "messages/s");
    demo_measure(d, "latency_median", r->median, "us");
    demo_measure(d, "latency_p99", r->p99, "us");
}

static void
interrupted(int signal)
{
    (void)signal;
    server_stop();
}

void
trial_run(struct demo_run *d, const struct trial *t)
{
    unsigned count = (unsigned)(t->clients * d->scale);
    unsigned long limit = server_descriptors();
    if (count + SPARE_DESCRIPTORS > limit)
        demo_skip(d, "%u clients need %u descriptors; the limit here is %lu.",
                  count, count + SPARE_DESCRIPTORS, limit);
    clients_open(t->talk);
    struct clients_orders orders = {
        .port = server_open("127.0.0.1:0"),
        .count = count,
        .rounds = t->rounds,
        .together = !thread_model()->io_call_stalls,
        .silence = SILENCE_MS * 1000000ull,
    };
    signal(SIGINT, interrupted);
    predict(d, count);
    clients_start(&orders);
    struct server_counts counts = server_run(t->serve);
    const struct clients_report *report = clients_end();
    if (counts.pauses > 0)
        demo_skip(d, "the system has room for %u connections, not %u.",
                  counts.most, count);
    if (!report->complete && !report->trouble[0])
        demo_fail("interrupted");
    measure(d, report, &counts);
    judge(d, t, report, counts.most);
}

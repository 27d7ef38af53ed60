/* SPDX-License-Identifier: MIT */
/*
 * download.c - the call that three downloads wait in, and who else waits.
 *
 * One thread is the interface: it wants the CPU every five milliseconds, for a
 * moment, as one does that draws a progress bar or follows the mouse. Three
 * others download from a server that sends a piece, and then nothing for a
 * while. How long is the interface frozen?
 *
 *      server       ....... piece ....... piece ....... piece
 *      download     = recv ==== | = recv ==== | = recv ==== |
 *      interface    | | | | | | | | | | | | | | | | | | | | |
 *      ... or       |                                       |
 *
 * It is tried twice, with thread_recv and with recv(2), and nothing else
 * differs. A freeze lasts longer than one recv: when it returns, the thread
 * that called it still has the CPU, and calls it again.
 */
#include "demo.h"
#include "io.h"
#include "pieces.h"

#include <stdatomic.h>
#include <unistd.h>

enum { DOWNLOADS = 3 };

#define TICK_NS 5000000u

/* A gap of half a pause or more is a freeze. A busy machine may cause one, but
 * not for half of the time. */
#define FREEZE 0.5
#define FROZEN 0.5

struct interface {
    _Atomic bool stop;
    uint64_t freeze; /* so long a gap between two ticks is one, ns */
    uint64_t last;   /* tick, or the start */
    uint64_t worst;  /* gap */
    uint64_t frozen; /* all freezes */
    uint64_t all;    /* all gaps */
    int ticks;
};

static void
tick(struct interface *i)
{
    uint64_t now = thread_now(), gap = now - i->last;
    i->worst = gap > i->worst ? gap : i->worst;
    i->frozen += gap >= i->freeze ? gap : 0;
    i->all += gap;
    i->last = now;
    i->ticks++;
}

static void *
interface(void *arg)
{
    struct interface *i = arg;
    do {
        thread_sleep_until(i->last + TICK_NS);
        tick(i);
    } while (!i->stop);
    return NULL;
}

static const struct interface *
download_by(receive_fn *receive, const struct pieces *s, struct demo_run *d)
{
    struct download downloads[DOWNLOADS];
    thread_t threads[DOWNLOADS];
    struct interface *i = demo_shared(d, sizeof *i);
    i->freeze = (uint64_t)(FREEZE * (double)s->pause);
    i->last = thread_now();
    thread_t ticker = demo_thread(d, "interface", interface, i);
    for (int k = 0; k < DOWNLOADS; k++)
        downloads[k] = (struct download){pieces_connect(s), receive};
    for (int k = 0; k < DOWNLOADS; k++)
        threads[k] = demo_thread(d, "download", pieces_download, &downloads[k]);
    for (int k = 0; k < DOWNLOADS; k++) {
        demo_join(threads[k]);
        close(downloads[k].fd);
    }
    i->stop = true;
    demo_join(ticker);
    return i;
}

static double
frozen(const struct interface *i)
{
    return (double)i->frozen / (double)i->all;
}

static const char *
fate(bool freezes)
{
    return freezes ? "frozen most of the time" : "fluid";
}

static const char *
reason(const struct thread_model *m)
{
    if (m->parallel)
        return "each thread waits on a kernel thread of its own";
    if (demo_kernel_switches())
        return "who waits in thread_recv has let go of the lock without which "
               "nobody may run, and who waits in recv(2) has not";
    return m->io_call_stalls
               ? "this engine waits for one download with all threads"
               : "the library sees only its own call, and runs the interface "
                 "while the engine waits";
}

static void
run(struct demo_run *d)
{
    struct pieces s;
    pieces_open(&s, d, DOWNLOADS);
    const struct thread_model *m = thread_model();
    demo_predict(d,
                 "with thread_recv the interface is %s; with recv(2) it is %s",
                 fate(m->io_call_stalls), fate(m->raw_call_stalls));
    const struct interface *ours = download_by(thread_recv, &s, d);
    const struct interface *raw = download_by(recv, &s, d);

    double pause = (double)s.pause / 1e6;
    double worst_ours = (double)ours->worst / 1e6;
    double worst_raw = (double)raw->worst / 1e6;
    demo_measure(d, "worst_gap_thread_recv", worst_ours, "ms");
    demo_measure(d, "worst_gap_recv", worst_raw, "ms");
    demo_measure(d, "frozen_thread_recv", 100 * frozen(ours), "%");
    demo_measure(d, "frozen_recv", 100 * frozen(raw), "%");
    demo_measure(d, "ticks_thread_recv", ours->ticks, "ticks");
    demo_measure(d, "ticks_recv", raw->ticks, "ticks");
    demo_measure(d, "pause", pause, "ms");
    demo_found(d,
               "while the server paused for %.0f ms, the interface, which "
               "wants to run every %.0f, had to wait %.0f ms with thread_recv, "
               "and %.0f ms with recv(2), at worst",
               pause, TICK_NS / 1e6, worst_ours, worst_raw);
    demo_judge(d,
               (frozen(ours) >= FROZEN) == m->io_call_stalls &&
                   (frozen(raw) >= FROZEN) == m->raw_call_stalls,
               "%s", reason(m));
}

static const struct demo demo = {
    .name = "download",
    .claim = "A thread that draws the interface stays fluid while others "
             "download, if they wait each for itself.",
    .run = run,
};

int
main(int argc, char **argv)
{
    return demo_main(argc, argv, &demo);
}

/* SPDX-License-Identifier: MIT */
/*
 * download.c - a program that must answer its user, and downloads meanwhile.
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

#include <errno.h>
#include <stdatomic.h>
#include <string.h>
#include <unistd.h>

#define TICK_NS 5000000u

/* Of a pause: a freeze lasts all of it or more. A busy machine keeps a thread
 * waiting as well, but not for so long. */
#define FROZEN 0.80

/* ---- Two kinds of threads ---- */

typedef ssize_t receive_fn(int fd, void *buf, size_t count, int flags);

struct download {
    int fd;
    receive_fn *receive; /* recv, or thread_recv */
};

static void *
download(void *arg)
{
    struct download *one = arg;
    char buf[4096];
    size_t all = 0;
    ssize_t got;
    while ((got = one->receive(one->fd, buf, sizeof buf, 0)) > 0)
        all += (size_t)got;
    if (got < 0 || all != PIECES_ALL)
        demo_fail("a download: %s", got ? strerror(errno) : "cut short");
    close(one->fd);
    return NULL;
}

struct interface {
    _Atomic bool stop;
    uint64_t last;  /* tick, or the start */
    uint64_t worst; /* gap between two ticks, ns */
    int ticks;
};

static void *
interface(void *arg)
{
    struct interface *i = arg;
    do {
        thread_sleep_until(i->last + TICK_NS);
        uint64_t now = thread_now();
        if (now - i->last > i->worst)
            i->worst = now - i->last;
        i->last = now;
        i->ticks++;
    } while (!i->stop);
    return NULL;
}

/* ---- The experiment ---- */

static struct interface
download_by(receive_fn *receive, struct pieces *s, struct demo_run *d)
{
    struct interface i = {.last = thread_now()};
    struct download downloads[PIECES_CLIENTS];
    thread_t ticker = demo_thread(d, "interface", interface, &i);
    thread_t threads[PIECES_CLIENTS];
    for (int k = 0; k < PIECES_CLIENTS; k++)
        downloads[k] = (struct download){pieces_connect(s), receive};
    for (int k = 0; k < PIECES_CLIENTS; k++)
        threads[k] = demo_thread(d, "download", download, &downloads[k]);
    for (int k = 0; k < PIECES_CLIENTS; k++)
        thread_join(threads[k], NULL);
    i.stop = true;
    thread_join(ticker, NULL);
    return i;
}

static bool
is_frozen(const struct interface *i, uint64_t pause)
{
    return (double)i->worst >= FROZEN * (double)pause;
}

static const char *
fate(bool freezes)
{
    return freezes ? "frozen for a pause of the server, or longer" : "fluid";
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
    pieces_open(&s, d);
    const struct thread_model *m = thread_model();
    demo_predict(d,
                 "with thread_recv the interface is %s; with recv(2) it is %s",
                 fate(m->io_call_stalls), fate(m->raw_call_stalls));
    struct interface ours = download_by(thread_recv, &s, d);
    struct interface raw = download_by(recv, &s, d);

    double pause = (double)s.pause / 1e6;
    double worst_ours = (double)ours.worst / 1e6;
    double worst_raw = (double)raw.worst / 1e6;
    demo_measure(d, "worst_gap_thread_recv", worst_ours, "ms");
    demo_measure(d, "worst_gap_recv", worst_raw, "ms");
    demo_measure(d, "ticks_thread_recv", ours.ticks, "ticks");
    demo_measure(d, "ticks_recv", raw.ticks, "ticks");
    demo_measure(d, "pause", pause, "ms");
    demo_found(d,
               "while the server paused for %.0f ms, the interface, which "
               "wants to run every %.0f, had to wait %.0f ms with thread_recv, "
               "and %.0f ms with recv(2), at worst",
               pause, TICK_NS / 1e6, worst_ours, worst_raw);
    demo_judge(d,
               is_frozen(&ours, s.pause) == m->io_call_stalls &&
                   is_frozen(&raw, s.pause) == m->raw_call_stalls,
               "%s", reason(m));
}

static const struct demo demo = {
    .name = "download",
    .claim = "A thread that talks to the user stays fluid while others "
             "download, if they wait each for itself.",
    .run = run,
};

int
main(int argc, char **argv)
{
    return demo_main(argc, argv, &demo);
}

/* SPDX-License-Identifier: MIT */
/*
 * responsive.c - one thread answers the user while another downloads.
 *
 * The first reason for threads that most courses give. The user is another
 * process, who types a key every few milliseconds; a key is the time at which
 * it was typed, so whoever reads it knows for how long it has lain there. The
 * download comes in pieces with pauses between (pieces.h).
 *
 *      user          key   key   key   key   key   key
 *      one thread    download ==================== answer answer answer ...
 *      two threads   download ====================
 *                    answer answer answer answer answer
 *
 * The same two functions do the work, first one after the other on one thread,
 * then each on its own. How late a key is answered is judged by the median:
 * now and then a busy machine keeps anybody waiting.
 */
#include "demo.h"
#include "io.h"
#include "other.h"
#include "pieces.h"

#include <errno.h>
#include <stdatomic.h>
#include <string.h>
#include <unistd.h>

enum { KEY_MS = 15, KEYS_MAX = 1000 };

/* Of a pause of the server. */
#define LATE   0.50 /* half of the keys wait for so long, or longer */
#define PROMPT 0.25 /* ... or for less than this */

/* ---- The user ---- */

static int keys[2];

static void
type(void *key_ns)
{
    close(keys[0]);
    for (;;) {
        other_sleep(*(const uint64_t *)key_ns);
        uint64_t now = thread_now();
        if (write(keys[1], &now, sizeof now) < 0)
            return;
    }
}

/* ---- The program ---- */

struct program {
    struct download download;
    uint64_t begun;
    _Atomic uint64_t over; /* the download is; until then never */
    int answers;
    double waited[KEYS_MAX]; /* each key for its answer, ms */
};

static void *
download(void *arg)
{
    struct program *p = arg;
    pieces_download(&p->download);
    p->over = thread_now();
    return NULL;
}

/* Answer what is typed from the beginning of the download to its end. */
static void *
answer(void *arg)
{
    struct program *p = arg;
    uint64_t typed = 0;
    while (typed < p->over && p->answers < KEYS_MAX) {
        if (typed > p->begun)
            p->waited[p->answers++] = demo_ms(typed, thread_now());
        if (thread_model()->io_call_stalls)
            thread_yield(); /* or this call would be all that happens */
        if (thread_read(keys[0], &typed, sizeof typed) != sizeof typed)
            demo_fail("the user: %s", strerror(errno));
    }
    return NULL;
}

static void *
one_after_the_other(void *arg)
{
    download(arg);
    return answer(arg);
}

static struct program *
begin(struct demo_run *d, const struct pieces *s)
{
    struct program *p = demo_shared(d, sizeof *p);
    p->download = (struct download){pieces_connect(s), thread_recv};
    p->over = THREAD_FOREVER;
    p->begun = thread_now();
    return p;
}

/* How long a key waited, in the median, in ms. */
static double
end(struct demo_run *d, struct program *p)
{
    close(p->download.fd);
    if (p->answers == 0)
        demo_skip(d, "the user typed nothing: the machine is too busy.");
    return demo_median(p->waited, p->answers);
}

static double
with_one_thread(struct demo_run *d, const struct pieces *s)
{
    struct program *p = begin(d, s);
    demo_join(demo_thread(d, "both", one_after_the_other, p));
    return end(d, p);
}

static double
with_two_threads(struct demo_run *d, const struct pieces *s)
{
    struct program *p = begin(d, s);
    thread_t answerer = demo_thread(d, "answer", answer, p);
    demo_join(demo_thread(d, "download", download, p));
    demo_join(answerer);
    return end(d, p);
}

/* ---- The experiment ---- */

static void
run(struct demo_run *d)
{
    struct pieces s;
    uint64_t key = (uint64_t)(KEY_MS * 1e6 * d->scale);
    if (pipe(keys) != 0)
        demo_fail("pipe: %s", strerror(errno));
    pieces_open(&s, d, 1);
    other_start(type, &key);
    bool stalls = thread_model()->io_call_stalls;
    double pause = (double)s.pause / 1e6;
    demo_predict(d,
                 "half of the keys wait for %.3g ms at least, if one thread "
                 "does both; if another one answers, %s",
                 LATE * pause,
                 stalls ? "they do as well" : "for half of that at most");
    double one = with_one_thread(d, &s);
    double two = with_two_threads(d, &s);
    demo_measure(d, "key_waits_with_two_threads", two, "ms");
    demo_measure(d, "key_waits_with_one_thread", one, "ms");
    demo_measure(d, "pause", pause, "ms");
    demo_found(d,
               "a key was answered after %.3g ms, in the median, by the thread "
               "that downloads, and after %.3g ms by one of its own",
               one, two);
    demo_judge(d,
               one >= LATE * pause &&
                   (stalls ? two >= LATE * pause : two < PROMPT * pause),
               "%s",
               stalls ? "the engine waits for the download with all threads"
                      : "while one thread waits for the download, the other is "
                        "free to answer");
}

static const struct demo demo = {
    .name = "responsive",
    .claim = "A program stays responsive while it downloads if one thread "
             "answers the user and another one waits for the download.",
    .run = run,
};

int
main(int argc, char **argv)
{
    return demo_main(argc, argv, &demo);
}

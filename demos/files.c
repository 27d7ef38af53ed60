/* SPDX-License-Identifier: MIT */
/*
 * files.c - "non-blocking" means nothing for a regular file.
 *
 * A pipe may stay empty for ever, so a read can be told to fail instead
 * (O_NONBLOCK), and poll(2) tells when it would not. A file, says POSIX, always
 * has its bytes: a read of it does not *block*, it only takes its time. So it
 * is always ready, O_NONBLOCK changes nothing, and epoll(7) will not have it.
 * But if the bytes are not in memory, the kernel puts the caller to sleep until
 * the disk has brought them, whatever that is called.
 *
 *      hot         the bytes are in the page cache: the read copies them
 *      cold        they are not; opened with O_NONBLOCK, for what it is worth
 *      direct      with O_DIRECT: past the page cache, so never hot
 *      thread_read cold again, but the read of the contract
 *
 * For each: how often the kernel put the caller to sleep (its voluntary context
 * switches), and how much the others got done meanwhile.
 */
#include "cold.h"
#include "stall.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

enum { SIZE = 32 << 20, TRIES = 5 };

typedef ssize_t read_fn(int fd, void *buf, size_t count, off_t offset);

/* One way to read the whole file, and what came of it. */
struct way {
    struct stall s; /* the first, so that a reader can be given it */
    read_fn *read;  /* pread, or thread_pread */
    int fd;
    const struct cold_file *file;
    long sleeps;
    double from_disk; /* MiB */
};

/* What the kernel has counted for the kernel thread that we are on, added to
 * the way, or taken from it. */
static void
count(struct way *w, int sign)
{
    struct rusage usage;
    getrusage(RUSAGE_THREAD, &usage);
    w->sleeps += sign * usage.ru_nvcsw;
    w->from_disk += sign * (double)usage.ru_inblock * 512 / (1 << 20);
}

static void *
reader(void *arg)
{
    struct way *w = arg;
    off_t at = 0, end = (off_t)w->file->size;
    stall_begin(&w->s);
    count(w, -1);
    while (at < end) {
        ssize_t got = w->read(w->fd, w->file->buf + at, (size_t)(end - at), at);
        if (got <= 0)
            demo_fail("a file that was not there at once: %s",
                      got ? strerror(errno) : "end of file");
        at += got;
    }
    count(w, +1);
    stall_end(&w->s);
    return NULL;
}

static struct way *
try(struct demo_run *d, const struct cold_file *file, int fd, read_fn *read)
{
    struct way *w = demo_shared(d, sizeof *w);
    *w = (struct way){.read = read, .fd = fd, .file = file};
    stall_open_alone(&w->s, d);
    stall_count_while(&w->s, reader);
    return w;
}

/* Where the others should go on, and had no CPU for all of a short read: once
 * more. Where it stops them, nobody ever gets on, however often it is tried. */
static struct way *
try_cold(struct demo_run *d, struct cold_file *file, read_fn *read, bool stops)
{
    for (int i = 0;; i++) {
        cold_chill(file);
        struct way *w = try(d, file, file->fd, read);
        if (stops || w->s.counted > 0 || i == TRIES)
            return w;
        thread_shared_free(w);
    }
}

/* A machine short of memory may throw away some of what has just been read. */
static struct way *
try_hot(struct demo_run *d, const struct cold_file *file)
{
    for (int i = 0; i < TRIES; i++) {
        struct way *w = try(d, file, file->fd, pread);
        if (w->from_disk == 0)
            return w;
        thread_shared_free(w);
    }
    demo_skip(d, "this machine does not keep %zu MiB in its page cache.",
              file->size >> 20);
}

/* ---- The experiment ---- */

static const char *directory; /* --dir */

static void
note(struct demo_run *d, const char *way, const struct way *w, bool slept)
{
    char name[40];
    snprintf(name, sizeof name, "%s_others", way);
    demo_measure(d, name, 100 * stall_work(&w->s), "% of a CPU");
    snprintf(name, sizeof name, "%s_took", way);
    demo_measure(d, name, demo_ms(w->s.asked, w->s.answered), "ms");
    if (!slept)
        return; /* somebody else did */
    snprintf(name, sizeof name, "%s_from_disk", way);
    demo_measure(d, name, w->from_disk, "MiB");
    snprintf(name, sizeof name, "%s_sleeps", way);
    demo_measure(d, name, (double)w->sleeps, "times");
}

static const char *
others(bool stop)
{
    return stop ? "stops the others" : "lets the others go on";
}

static void
run(struct demo_run *d)
{
    struct cold_file f;
    if (directory && access(directory, W_OK) != 0)
        demo_usage("--dir %s is not valid: %s", directory, strerror(errno));
    cold_open(&f, d, directory ? directory : "/var/tmp",
              (size_t)(SIZE * d->scale));
    bool always_ready = cold_is_always_ready(&f),
         refused = cold_is_refused_by_epoll(&f);
    const struct thread_model *m = thread_model();
    demo_predict(d,
                 "poll calls the cold file ready, epoll refuses it; a cold or "
                 "direct read sleeps in spite of O_NONBLOCK and %s, a hot one "
                 "never sleeps, and a cold thread_pread %s",
                 others(m->raw_call_stalls), others(m->io_call_stalls));
    struct way *cold = try_cold(d, &f, pread, m->raw_call_stalls);
    struct way *hot = try_hot(d, &f);
    struct way *direct = try(d, &f, f.direct, pread);
    struct way *ours = try_cold(d, &f, thread_pread, m->io_call_stalls);

    note(d, "cold", cold, true);
    note(d, "hot", hot, true);
    note(d, "direct", direct, true);
    note(d, "thread_pread", ours, false);
    bool cold_stops = cold->s.counted == 0, ours_stops = ours->s.counted == 0;
    demo_found(d,
               "poll called the cold file %s, and epoll %s it; the kernel put "
               "the reader to sleep %ld times in a cold read, %ld in a hot, "
               "%ld in a direct one; a cold read %s the others, and a cold "
               "thread_pread %s them",
               always_ready ? "ready" : "not ready",
               refused ? "refused" : "took", cold->sleeps, hot->sleeps,
               direct->sleeps, cold_stops ? "stopped" : "did not stop",
               ours_stops ? "stopped" : "did not stop");
    demo_judge(d,
               always_ready && refused && cold->sleeps > 0 &&
                   hot->sleeps == 0 && direct->sleeps > 0 &&
                   cold_stops == m->raw_call_stalls &&
                   ours_stops == m->io_call_stalls,
               "of a file nobody asks whether it would block, only how long it "
               "takes");
}

static const struct demo demo = {
    .name = "files",
    .claim = "A read of a file that is not in memory waits for the disk, "
             "O_NONBLOCK or not, and no poll tells beforehand.",
    .run = run,
    .flags = {{"dir", "DIR", "where to make a file (default: /var/tmp)",
               &directory}},
};

int
main(int argc, char **argv)
{
    return demo_main(argc, argv, &demo);
}

/* SPDX-License-Identifier: MIT */
/*
 * soak.c - a server and its clients, for as long as you like; and then, is
 * anything missing, is anything left?
 *
 *      soak SECONDS [SEED]
 *
 * One process: the server with a thread per connection that the demos have,
 * and clients, each a thread too (client.c). They come in waves. When the last
 * client of a wave has gone the process must be what it was before: the same
 * number of descriptors, of threads, of kernel threads. And of memory, once
 * the first waves have filled what is kept for use again.
 *
 *      wave     |#######.....|###########..|########.....|
 *      census   ^            ^             ^             ^   all the same
 *
 * Every fourth wave is small, but descriptors are short, and the server has to
 * wait for one. What is random follows from the seed; which thread runs when, in the
 * kernel's model, does not.
 */
#include "client.h"
#include "io.h"
#include "server.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

enum {
    WAVE = 100,        /* clients */
    SHORT_WAVE = 16,   /* of them, if descriptors are short */
    WARM = 8,          /* waves before memory is counted */
    GROWTH_KIB = 2048, /* that is still no leak: a leak grows with time */
    PATIENCE_S = 20    /* for the last of a wave to be gone */
};

/* ---- The server ---- */

static void
echo(struct connection *c)
{
    char buf[1024];
    ssize_t got;
    while ((got = connection_recv(c, buf, sizeof buf, THREAD_FOREVER)) > 0)
        if (!connection_send(c, buf, (size_t)got, 0, THREAD_FOREVER))
            break;
}

static struct server_counts served;

static void *
server_thread(void *unused)
{
    (void)unused;
    served = server_run(echo);
    return NULL;
}

/* ---- The census ---- */

struct census {
    int descriptors, threads, kernel_threads;
    long resident; /* KiB */
};

static int
entries(const char *directory)
{
    DIR *d = opendir(directory);
    int count = -2; /* "." and ".." */
    while (d && readdir(d))
        count++;
    if (d)
        closedir(d);
    return count;
}

/* Without those that the kernel keeps for its own work on our behalf. */
static int
kernel_threads(void)
{
    char name[64], word[16];
    struct dirent *e;
    DIR *d = opendir("/proc/self/task");
    int count = 0;
    while (d && (e = readdir(d)) != NULL) {
        snprintf(name, sizeof name, "/proc/self/task/%.20s/comm", e->d_name);
        FILE *f = fopen(name, "r");
        count +=
            f && fgets(word, sizeof word, f) && strncmp(word, "iou-", 4) != 0;
        if (f)
            fclose(f);
    }
    if (d)
        closedir(d);
    return count;
}

static long
resident(void)
{
    char line[128];
    long kib = -1;
    FILE *f = fopen("/proc/self/status", "r");
    while (f && fgets(line, sizeof line, f))
        if (sscanf(line, "RssAnon: %ld", &kib) == 1)
            break;
    if (f)
        fclose(f);
    return kib;
}

static struct census
take_census(void)
{
    return (struct census){
        .descriptors = entries("/proc/self/fd"),
        .threads = (int)thread_list(NULL, 0),
        .kernel_threads = kernel_threads(),
        .resident = resident(),
    };
}

/* The client has hung up; its connection's thread at the other end may need a
 * moment more. */
static struct census
census_when_quiet(const struct census *before)
{
    uint64_t deadline = thread_now() + PATIENCE_S * 1000000000ull;
    struct census now = take_census();
    while ((now.descriptors > before->descriptors ||
            now.threads > before->threads ||
            now.kernel_threads > before->kernel_threads) &&
           thread_now() < deadline) {
        thread_sleep(1000000);
        now = take_census();
    }
    return now;
}

/* ---- Waves ---- */

/* Room for every client, and for half of the connections to them; so some of
 * them are served, and the others when those have gone. */
static void
limit_descriptors(unsigned clients, const struct census *before)
{
    struct rlimit limit;
    getrlimit(RLIMIT_NOFILE, &limit);
    limit.rlim_cur = (rlim_t)before->descriptors + clients + clients / 2;
    setrlimit(RLIMIT_NOFILE, &limit);
}

static void
run_wave(uint64_t *chance, int port, unsigned count)
{
    struct client clients[WAVE];
    for (unsigned i = 0; i < count; i++) {
        client_start(&clients[i], dice(chance), port);
        if (dice(chance) % 8 == 0)
            thread_sleep(dice(chance) % 2000000);
    }
    for (unsigned i = 0; i < count; i++)
        client_end(&clients[i]);
}

static void
run_short_wave(uint64_t *chance, int port, const struct census *before)
{
    limit_descriptors(SHORT_WAVE, before);
    run_wave(chance, port, SHORT_WAVE);
    server_descriptors();
}

/* ---- The verdict ---- */

static int failures;

static void
must(bool holds, const char *what, long before, long after)
{
    if (!holds) {
        printf("LOST: %s: %ld before, %ld now\n", what, before, after);
        failures++;
    }
}

static void
compare(const struct census *a, const struct census *b)
{
    must(b->descriptors <= a->descriptors, "descriptors", a->descriptors,
         b->descriptors);
    must(b->threads <= a->threads, "threads", a->threads, b->threads);
    must(b->kernel_threads <= a->kernel_threads, "kernel threads",
         a->kernel_threads, b->kernel_threads);
}

static void
print_counts(unsigned waves)
{
    printf("%u waves of clients:", waves);
    for (int f = 0; f < FAULTS; f++)
        printf("%s %ju %s", f ? "," : "", (uintmax_t)tally.ended[f],
               fault_names[f]);
    printf("\n%ju bytes said, %ju heard, %ju waits given up, %ju sockets "
           "refused\n",
           (uintmax_t)tally.said, (uintmax_t)tally.heard,
           (uintmax_t)tally.given_up, (uintmax_t)tally.refused);
    printf("server: %ju connections, %ju broken, %ju pauses, %ju cut off\n",
           (uintmax_t)served.connections, (uintmax_t)served.broken,
           (uintmax_t)served.pauses, (uintmax_t)served.cut);
}

/* ---- The program ---- */

int
main(int argc, char **argv)
{
    unsigned long seconds = argc > 1 ? strtoul(argv[1], NULL, 10) : 10;
    uint64_t seed =
        argc > 2 ? strtoull(argv[2], NULL, 10) : (uint64_t)time(NULL) % 1000000;
    const struct thread_model *m = thread_model();
    printf("soak: %s model, %s, io %s, %lu s, seed %ju\n", m->name, m->context,
           m->io_engine, seconds, (uintmax_t)seed);
    fflush(stdout);

    thread_t server;
    uint64_t end = thread_now() + seconds * 1000000000, chance = seed;
    int port = server_open("127.0.0.1:0");
    server_descriptors();
    if (thread_create(&server, NULL, server_thread, NULL) != 0)
        return 2;
    struct census before = take_census(), warm = before, after;
    unsigned waves = 0;
    do {
        if (waves % 4 == 3)
            run_short_wave(&chance, port, &before);
        else
            run_wave(&chance, port, WAVE);
        after = census_when_quiet(&before);
        compare(&before, &after);
        if (++waves == WARM)
            warm = after;
    } while (failures == 0 && tally.lost == 0 &&
             (waves <= 2 * WARM || thread_now() < end));
    server_stop();
    thread_join(server, NULL);
    print_counts(waves);
    must(after.resident <= warm.resident + GROWTH_KIB, "memory (KiB)",
         warm.resident, after.resident);
    must(tally.lost == 0, "bytes", 0, (long)tally.lost);
    must(served.cut == 0, "connections", 0, (long)served.cut);
    puts(failures ? "FAILED" : "SUCCESS: nothing lost, nothing left");
    return failures > 0;
}

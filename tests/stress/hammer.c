/* SPDX-License-Identifier: MIT */
/*
 * hammer.c - everything at once, under preemption, for STRESS_SECONDS.
 *
 * Each worker does one thing over and over and checks what it sees: a block of
 * memory keeps its pattern, a line in a file is whole, what goes into a channel
 * comes out in order. The threads hand the CPU over nowhere on purpose; it is
 * taken from them, UTHREADS_QUANTUM_US apart (100 if that is not set). What
 * interrupts a thread in the middle of malloc, of printf or of the library is
 * found here soon.
 *
 * It prints what each worker has done, how preemption did, and exits 1 if
 * anything was wrong or anybody did not get on.
 */
#include "channel.h"
#include "io.h"
#include "sync.h"
#include "thread.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static volatile bool over;

struct worker {
    const char *name;
    void *(*fn)(void *);
    int number; /* among those with the same function */
    uint64_t rounds, wrong;
    thread_t thread;
};

/* Count a round, and whether what it saw was right. */
static bool
check(struct worker *w, bool right)
{
    w->rounds++;
    w->wrong += !right;
    return !over;
}

static unsigned
dice(unsigned *state, unsigned sides)
{
    *state = *state * 1103515245 + 12345;
    return (*state >> 16) % sides;
}

/* ---- The C library ---- */

/* Is every byte of it the owner's? */
static bool
is_filled(const unsigned char *block, size_t size, int byte)
{
    for (size_t i = 0; i < size; i++)
        if (block[i] != byte)
            return false;
    return true;
}

static void *
allocate(void *arg)
{
    struct worker *w = arg;
    unsigned char *blocks[64] = {NULL};
    size_t sizes[64] = {0};
    unsigned state = (unsigned)w->number;
    bool right;
    do {
        unsigned i = dice(&state, 64);
        right = is_filled(blocks[i], sizes[i], w->number);
        free(blocks[i]);
        sizes[i] = 1 + dice(&state, dice(&state, 50) ? 500 : 50000);
        blocks[i] = malloc(sizes[i]);
        memset(blocks[i], w->number, sizes[i]);
    } while (check(w, right));
    for (int i = 0; i < 64; i++)
        free(blocks[i]);
    return NULL;
}

/* One file for all who print, read again at the end. */
static FILE *paper;

#define LINES_MOST 200000u

static void *
print(void *arg)
{
    struct worker *w = arg;
    char line[64];
    bool right;
    do {
        int n = (int)w->rounds;
        if (w->rounds < LINES_MOST)
            fprintf(paper, "%d %d %.3f %d\n", w->number, n, n / 8.0, n);
        int length = snprintf(line, sizeof line, "%s-%05d", w->name, n % 1000);
        right = length == (int)strlen(w->name) + 6;
    } while (check(w, right));
    return NULL;
}

/* ---- The processor ---- */

static void *
keep_errno(void *arg)
{
    struct worker *w = arg;
    do {
        errno = 100 + w->number;
        for (volatile int i = 0; i < 1000; i++)
            continue;
    } while (check(w, errno == 100 + w->number));
    return NULL;
}

static double
chaos(double x)
{
    double y = x / 2, z = x / 3;
    for (int i = 0; i < 1000; i++) {
        x = 3.9 * x * (1 - x);
        y = 3.9 * y * (1 - y);
        z = 3.9 * z * (1 - z);
    }
    return x + y + z;
}

static void *
calculate(void *arg)
{
    struct worker *w = arg;
    volatile double x = 0.1 * w->number; /* else it is worked out just once */
    double first = chaos(x);
    while (check(w, chaos(x) == first))
        continue;
    return NULL;
}

/* ---- The contract ---- */

static struct mutex till = MUTEX_INITIALIZER;
static volatile long till_left, till_right;

/* The two sides of the till are equal whenever nobody holds the mutex. */
static void *
exclude(void *arg)
{
    struct worker *w = arg;
    bool right;
    do {
        mutex_lock(&till);
        long left = till_left;
        right = left == till_right;
        till_left = left + 1;
        for (volatile int i = 0; i < 20; i++)
            continue;
        till_right = left + 1;
        mutex_unlock(&till);
    } while (check(w, right));
    return NULL;
}

static struct rwlock library = RWLOCK_INITIALIZER;
static volatile long editions[2];

static void *
read_or_write(void *arg)
{
    struct worker *w = arg;
    unsigned state = (unsigned)w->number;
    bool right;
    do {
        bool writes = dice(&state, 4) == 0;
        if (writes)
            rwlock_wrlock(&library);
        else
            rwlock_rdlock(&library);
        right = editions[0] == editions[1];
        if (writes) {
            editions[0]++;
            editions[1]++;
        }
        rwlock_unlock(&library);
    } while (check(w, right));
    return NULL;
}

/* A bounded buffer of one's own make: a mutex and two condition variables. */
#define SHELF 4
static struct mutex shelf_lock = MUTEX_INITIALIZER;
static struct cond shelf_filled = COND_INITIALIZER;
static struct cond shelf_emptied = COND_INITIALIZER;
static uint64_t shelf_in, shelf_out, shelf[SHELF];

static void *
fill_shelf(void *arg)
{
    struct worker *w = arg;
    do {
        mutex_lock(&shelf_lock);
        while (shelf_in - shelf_out == SHELF)
            cond_wait(&shelf_emptied, &shelf_lock);
        shelf[shelf_in % SHELF] = shelf_in;
        shelf_in++;
        cond_signal(&shelf_filled);
        mutex_unlock(&shelf_lock);
    } while (check(w, true));
    return NULL;
}

static void *
empty_shelf(void *arg)
{
    struct worker *w = arg;
    bool right;
    do {
        mutex_lock(&shelf_lock);
        while (shelf_in == shelf_out)
            cond_wait(&shelf_filled, &shelf_lock);
        right = shelf[shelf_out % SHELF] == shelf_out;
        shelf_out++;
        cond_signal(&shelf_emptied);
        mutex_unlock(&shelf_lock);
    } while (check(w, right));
    return NULL;
}

/* Two throw one ball; nobody has it while the other does. */
static struct semaphore ball[2] = {SEMAPHORE_INITIALIZER(1),
                                   SEMAPHORE_INITIALIZER(0)};
static volatile int ball_held;

static void *
throw_ball(void *arg)
{
    struct worker *w = arg;
    bool right;
    do {
        semaphore_wait(&ball[w->number]);
        right = ball_held++ == 0;
        ball_held--;
        semaphore_post(&ball[!w->number]);
    } while (check(w, right));
    return NULL;
}

/* A stream of numbers through a channel; -1 is its end. */
static struct channel stream;

static void *
send_numbers(void *arg)
{
    struct worker *w = arg;
    int64_t next = 0, end = -1;
    do {
        channel_send(&stream, &next);
        next++;
    } while (check(w, true));
    channel_send(&stream, &end);
    return NULL;
}

static void *
receive_numbers(void *arg)
{
    struct worker *w = arg;
    int64_t got = 0;
    for (int64_t next = 0; got != -1; next++) {
        if (channel_receive(&stream, &got) != 0)
            break;
        check(w, got == next || got == -1);
    }
    return NULL;
}

/* The same through a pipe. */
static int pipe_ends[2];

static void *
write_bytes(void *arg)
{
    struct worker *w = arg;
    unsigned char byte = 0;
    bool right;
    do
        right = thread_write(pipe_ends[1], &byte, 1) == 1;
    while (byte++, check(w, right));
    close(pipe_ends[1]);
    return NULL;
}

static void *
read_bytes(void *arg)
{
    struct worker *w = arg;
    unsigned char byte, next = 0;
    while (thread_read(pipe_ends[0], &byte, 1) == 1)
        check(w, byte == next++);
    return NULL;
}

static void *
sleep_a_little(void *arg)
{
    struct worker *w = arg;
    uint64_t deadline;
    do {
        deadline = thread_now() + 200000;
        thread_sleep_until(deadline);
    } while (check(w, thread_now() >= deadline));
    return NULL;
}

/* ---- Lives ---- */

static struct thread_once once;
static thread_key_t key;
static volatile int made, unmade;

static void
make_key(void)
{
    thread_key_create(&key, free);
}

static void *
live(void *arg)
{
    thread_once(&once, make_key);
    thread_key_set(key, malloc(16));
    return arg;
}

static void
count_end(void *arg)
{
    (void)arg;
    unmade++;
}

static void *
wait_for_the_end(void *arg)
{
    struct thread_cleanup handler;
    made++;
    thread_cleanup_push(&handler, count_end, NULL);
    thread_sleep_until(THREAD_FOREVER);
    thread_cleanup_pop(false);
    return arg;
}

/* One that ends by itself, one that is cancelled, one that nobody joins. */
static void *
create(void *arg)
{
    struct worker *w = arg;
    struct thread_attr detached = {.detached = true};
    void *result, *end;
    bool right;
    do {
        thread_t plain, patient;
        right = thread_create(&plain, NULL, live, w) == 0 &&
                thread_create(&patient, NULL, wait_for_the_end, NULL) == 0 &&
                thread_create(NULL, &detached, live, NULL) == 0;
        if (!right)
            break;
        thread_cancel(patient);
        thread_join(plain, &result);
        thread_join(patient, &end);
        right = result == w && end == THREAD_CANCELED && made == unmade;
    } while (check(w, right));
    w->wrong += !right;
    return NULL;
}

/* ---- All of them ---- */

static struct worker workers[] = {
    {.name = "malloc", .fn = allocate, .number = 1},
    {.name = "malloc", .fn = allocate, .number = 2},
    {.name = "stdio", .fn = print, .number = 0},
    {.name = "stdio", .fn = print, .number = 1},
    {.name = "errno", .fn = keep_errno, .number = 1},
    {.name = "errno", .fn = keep_errno, .number = 2},
    {.name = "float", .fn = calculate, .number = 1},
    {.name = "float", .fn = calculate, .number = 2},
    {.name = "mutex", .fn = exclude},
    {.name = "mutex", .fn = exclude},
    {.name = "rwlock", .fn = read_or_write, .number = 1},
    {.name = "rwlock", .fn = read_or_write, .number = 2},
    {.name = "cond", .fn = fill_shelf},
    {.name = "cond", .fn = empty_shelf},
    {.name = "semaphore", .fn = throw_ball, .number = 0},
    {.name = "semaphore", .fn = throw_ball, .number = 1},
    {.name = "channel", .fn = send_numbers},
    {.name = "channel", .fn = receive_numbers},
    {.name = "pipe", .fn = write_bytes},
    {.name = "pipe", .fn = read_bytes},
    {.name = "sleep", .fn = sleep_a_little},
    {.name = "create", .fn = create},
};
#define WORKERS (int)(sizeof workers / sizeof *workers)

/* Is every line that was printed whole, and next of its printer's? */
static bool
paper_is_clean(void)
{
    int next[2] = {0}, who, n, again;
    double eighth;
    char line[100];
    rewind(paper);
    while (fgets(line, sizeof line, paper)) {
        if (sscanf(line, "%d %d %lf %d", &who, &n, &eighth, &again) != 4 ||
            who < 0 || who > 1 || n != next[who] || again != n) {
            printf("paper: %s", line);
            return false;
        }
        next[who]++;
    }
    return next[0] > 0 && next[1] > 0;
}

static uint64_t
cpu_time(void)
{
    struct timespec ts;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &ts);
    return (uint64_t)ts.tv_sec * 1000000000u + (uint64_t)ts.tv_nsec;
}

/* Who waits for a partner that has stopped goes on once more, and stops. */
static void
let_partners_go(void)
{
    mutex_lock(&shelf_lock);
    shelf_out = shelf_in - SHELF / 2; /* neither full nor empty */
    for (uint64_t i = shelf_out; i < shelf_in; i++)
        shelf[i % SHELF] = i;
    cond_broadcast(&shelf_filled);
    cond_broadcast(&shelf_emptied);
    mutex_unlock(&shelf_lock);
}

/* How often was a quantum that had passed honoured? One of two measures: the
 * share of ticks, and that of the CPU time. */
static void
report(uint64_t cpu)
{
    struct thread_preemption p;
    thread_preemption(&p);
    printf("source=%s quantum_us=%lu ticks=%lu served=%lu deferred=%lu\n"
           "achieved_us=%.1f cpu_s=%.2f cpu_us_between_served=%.1f\n",
           p.source ? p.source : "kernel", p.quantum / 1000, p.ticks, p.served,
           p.deferred, (double)p.achieved / 1000, (double)cpu / 1e9,
           p.served ? (double)cpu / 1000 / (double)p.served : 0);
}

/* Start them all, sleep, stop them. False if one cannot be had. */
static bool
hammer(uint64_t ns)
{
    for (int i = 0; i < WORKERS; i++) {
        struct thread_attr attr = {.name = workers[i].name};
        if (thread_create(&workers[i].thread, &attr, workers[i].fn,
                          &workers[i]) != 0)
            return false;
    }
    thread_sleep(ns);
    over = true;
    let_partners_go();
    for (int i = 0; i < WORKERS; i++)
        thread_join(workers[i].thread, NULL);
    return true;
}

/* What each has done. Was all of it right? */
static bool
judge(void)
{
    bool right = paper_is_clean();
    printf("paper=%s\n", right ? "clean" : "garbled");
    for (int i = 0; i < WORKERS; i++) {
        const struct worker *w = &workers[i];
        printf("%-10s rounds=%lu wrong=%lu\n", w->name, w->rounds, w->wrong);
        right = right && w->rounds > 0 && w->wrong == 0;
    }
    return right;
}

int
main(void)
{
    const char *seconds = getenv("STRESS_SECONDS");
    double s = seconds && atof(seconds) > 0 ? atof(seconds) : 3;
    int error = getenv("UTHREADS_QUANTUM_US") ? 0 : thread_preempt(100000);
    if (error && error != ENOTSUP)
        printf("no preemption: %s\n", strerror(error));
    paper = tmpfile();
    if (!paper || pipe(pipe_ends) != 0 ||
        channel_init(&stream, sizeof(int64_t), 8) != 0)
        return 1;
    uint64_t before = cpu_time();
    if (!hammer((uint64_t)(s * 1e9)))
        return 1;
    report(cpu_time() - before);
    return judge() ? 0 : 1;
}

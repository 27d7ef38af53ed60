/* SPDX-License-Identifier: MIT */
/* timeline.c - see timeline.h. */
#include "timeline.h"

#include "grow.h"
#include "thread.h"

#include <stdio.h>

/* ---- Lanes ---- */

static int
by_number(const void *a, const void *b)
{
    uint32_t m = *(const uint32_t *)a, n = *(const uint32_t *)b;
    return m < n ? -1 : m > n;
}

static bool
is_kernel(const struct record *record)
{
    return record->event >= TRACE_KERNEL_IN;
}

/* One lane for each number that the records of one witness name, in order of
 * the numbers, so that a lane is found by bisection. */
static struct lane *
make_lanes(const struct recording *r, bool kernel, size_t *count)
{
    uint32_t *numbers = must_alloc(r->count, sizeof *numbers);
    size_t n = 0;
    for (size_t i = 0; i < r->count; i++)
        if (is_kernel(&r->records[i]) == kernel && r->records[i].thread)
            numbers[n++] = r->records[i].thread;
    qsort(numbers, n, sizeof *numbers, by_number);
    *count = 0;
    for (size_t i = 0; i < n; i++)
        if (i == 0 || numbers[i] != numbers[i - 1])
            numbers[(*count)++] = numbers[i];
    struct lane *lanes = must_alloc(*count, sizeof *lanes);
    for (size_t i = 0; i < *count; i++) {
        lanes[i].thread = kernel ? 0 : numbers[i];
        lanes[i].tid = kernel ? numbers[i] : 0;
    }
    free(numbers);
    return lanes;
}

static struct lane *
find(struct lane *lanes, size_t count, bool kernel, uint32_t number)
{
    size_t low = 0, high = count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        uint32_t here = kernel ? lanes[middle].tid : lanes[middle].thread;
        if (here == number)
            return &lanes[middle];
        if (here < number)
            low = middle + 1;
        else
            high = middle;
    }
    return NULL;
}

static void
add_interval(struct lane *lane, struct interval interval)
{
    if (interval.from >= interval.to || interval.state == STATE_NONE)
        return;
    struct interval *last =
        lane->count ? &lane->intervals[lane->count - 1] : NULL;
    if (last && last->to == interval.from && last->state == interval.state &&
        last->why == interval.why) {
        last->to = interval.to;
        return;
    }
    lane->intervals = grow(lane->intervals, lane->count, &lane->room,
                           sizeof *lane->intervals);
    lane->intervals[lane->count++] = interval;
}

/* The lane's state ends now, and another begins. */
static void
enter(struct lane *lane, uint64_t now, enum state state)
{
    uint32_t why = lane->state == STATE_BLOCKED ? lane->why : WHY_KERNEL;
    add_interval(lane, (struct interval){lane->since, now, why, lane->state});
    lane->state = state;
    lane->since = now;
}

/* ---- The library's testimony ---- */

/* Give the CPU to a thread, or to nobody. Whoever had it changes state only
 * now: one that yields alone, or is woken before it has left, runs on. */
static void
give_cpu(struct lane **current, struct lane *to, uint64_t now)
{
    if (*current && *current != to)
        enter(*current, now, (*current)->next);
    *current = to;
    if (!to)
        return;
    if (to->state != STATE_RUNNING)
        enter(to, now, STATE_RUNNING);
    to->next = STATE_READY;
}

/* A change of state of a thread: put off while it has the CPU. */
static void
change(struct lane *lane, const struct lane *current, uint64_t now,
       enum state state)
{
    if (lane == current)
        lane->next = state;
    else
        enter(lane, now, state);
}

static void
take_name(struct lane *lane, int part, uint32_t bytes)
{
    for (int i = 0; i < 4; i++) {
        char c = (char)(bytes >> 8 * i & 0xff);
        lane->name[4 * part + i] = c && (c < ' ' || c > '~') ? '?' : c;
    }
}

static void
note_wake(struct lane *lane, uint64_t now, uint32_t by)
{
    if (!by)
        return;
    lane->wakes = grow(lane->wakes, lane->wake_count, &lane->wake_room,
                       sizeof *lane->wakes);
    lane->wakes[lane->wake_count++] = (struct wake){now, by};
}

static void
hear_library(struct timeline *t, const struct record *r, struct lane **current)
{
    struct lane *lane = find(t->threads, t->thread_count, false, r->thread);
    if (r->event == TRACE_IDLE)
        give_cpu(current, NULL, r->ns);
    if (!lane)
        return;
    switch (r->event) {
    case TRACE_CREATE: change(lane, *current, r->ns, STATE_READY); break;
    case TRACE_START:
        lane->tid = r->arg;
        if (!t->many_to_one)
            enter(lane, r->ns, STATE_RUNNING);
        break;
    case TRACE_NAME0:
    case TRACE_NAME1:
    case TRACE_NAME2:
    case TRACE_NAME3: take_name(lane, r->event - TRACE_NAME0, r->arg); break;
    case TRACE_RUN: give_cpu(current, lane, r->ns); break;
    case TRACE_PREEMPT:
    case TRACE_YIELD:
        if (t->many_to_one)
            change(lane, *current, r->ns, STATE_READY);
        break;
    case TRACE_BLOCK:
        change(lane, *current, r->ns, STATE_BLOCKED);
        lane->why = r->arg;
        break;
    case TRACE_READY:
        note_wake(lane, r->ns, r->arg);
        change(lane, *current, r->ns,
               t->many_to_one ? STATE_READY : STATE_RUNNING);
        break;
    case TRACE_EXIT: change(lane, *current, r->ns, STATE_NONE); break;
    }
}

/* ---- The kernel's testimony ---- */

/* A thread whose first record takes it off a CPU was on it before: since the
 * recording began, as far as we know. */
static void
hear_kernel(struct timeline *t, const struct record *r)
{
    struct lane *lane = find(t->kernel, t->kernel_count, true, r->thread);
    if (!lane)
        return;
    if (r->event == TRACE_KERNEL_IN)
        enter(lane, r->ns, STATE_RUNNING);
    else if (r->event == TRACE_KERNEL_EXIT)
        enter(lane, r->ns, STATE_NONE);
    else if (r->event == TRACE_KERNEL_OUT) {
        if (lane->state == STATE_NONE && !lane->count && !lane->since)
            lane->state = STATE_RUNNING;
        enter(lane, r->ns, r->arg ? STATE_READY : STATE_BLOCKED);
    }
}

/* ---- Both ---- */

/* What follows from both, while the kernel says what it says. */
static struct interval
both(const struct timeline *t, struct interval library, enum state kernel)
{
    struct interval lane = library;
    if (t->many_to_one && library.state != STATE_RUNNING)
        return lane;
    if (kernel == STATE_NONE || library.state == STATE_NONE)
        return lane;
    lane.state = kernel;
    if (kernel == STATE_BLOCKED && t->many_to_one)
        lane.state = STATE_STALLED;
    if (kernel != STATE_BLOCKED || library.state != STATE_BLOCKED)
        lane.why = WHY_KERNEL;
    return lane;
}

/* The lane's state at a time; *until is lowered to when that changes. i only
 * moves forward. */
static enum state
state_at(const struct lane *lane, size_t *i, uint64_t ns, uint64_t *until)
{
    while (*i < lane->count && lane->intervals[*i].to <= ns)
        ++*i;
    if (*i == lane->count)
        return STATE_NONE;
    const struct interval *here = &lane->intervals[*i];
    uint64_t change = here->from > ns ? here->from : here->to;
    if (change < *until)
        *until = change;
    return here->from > ns ? STATE_NONE : here->state;
}

/* Cut the library's intervals where the kernel's begin and end, and let each
 * piece be what follows from both. */
static void
merge(const struct timeline *t, struct lane *lane, const struct lane *kernel)
{
    struct lane merged = {.count = 0};
    size_t k = 0;
    for (size_t i = 0; i < lane->count; i++) {
        struct interval rest = lane->intervals[i];
        while (rest.from < rest.to) {
            struct interval piece = rest;
            enum state seen = state_at(kernel, &k, rest.from, &piece.to);
            rest.from = piece.to;
            add_interval(&merged, both(t, piece, seen));
        }
    }
    free(lane->intervals);
    lane->intervals = merged.intervals;
    lane->count = merged.count;
    lane->room = merged.room;
}

static void
hear_all(struct timeline *t)
{
    const struct recording *r = &t->recording;
    struct lane *current = NULL;
    for (size_t i = 0; r->lost_chunks && i < t->thread_count; i++)
        t->threads[i].state = STATE_UNKNOWN;
    for (size_t i = 0; i < r->count; i++)
        if (is_kernel(&r->records[i]))
            hear_kernel(t, &r->records[i]);
        else
            hear_library(t, &r->records[i], &current);
    for (size_t i = 0; i < t->thread_count; i++)
        enter(&t->threads[i], r->end, STATE_NONE);
    for (size_t i = 0; i < t->kernel_count; i++)
        enter(&t->kernel[i], r->end, STATE_NONE);
}

/* The lane of the kernel thread under a thread, or NULL. A START that was
 * written over leaves no doubt in a process with one kernel thread. */
static const struct lane *
kernel_lane_under(const struct timeline *t, const struct lane *lane)
{
    uint32_t tid = lane->tid;
    if (!tid && t->many_to_one)
        tid = t->recording.header.pid;
    return find(t->kernel, t->kernel_count, true, tid);
}

const char *
timeline_read(struct timeline *t, const char *path)
{
    *t = (struct timeline){.many_to_one = false};
    const char *wrong = recording_read(&t->recording, path);
    if (wrong)
        return wrong;
    for (size_t i = 0; i < t->recording.count; i++)
        t->many_to_one |= t->recording.records[i].event == TRACE_RUN;
    t->threads = make_lanes(&t->recording, false, &t->thread_count);
    t->kernel = make_lanes(&t->recording, true, &t->kernel_count);
    hear_all(t);
    for (size_t i = 0; i < t->thread_count; i++)
        if (kernel_lane_under(t, &t->threads[i]))
            merge(t, &t->threads[i], kernel_lane_under(t, &t->threads[i]));
    return NULL;
}

/* ---- Asking ---- */

const struct lane *
timeline_thread(const struct timeline *t, uint32_t thread)
{
    return find(t->threads, t->thread_count, false, thread);
}

const struct lane *
timeline_process(const struct timeline *t)
{
    return find(t->kernel, t->kernel_count, true, t->recording.header.pid);
}

/* O(n) scan for a namesake; asked for the few lanes that are drawn. */
static bool
name_is_shared(const struct timeline *t, const struct lane *lane)
{
    for (size_t i = 0; i < t->thread_count; i++)
        if (&t->threads[i] != lane &&
            strcmp(t->threads[i].name, lane->name) == 0)
            return true;
    return false;
}

void
timeline_label(const struct timeline *t, const struct lane *lane, char *label,
               size_t size)
{
    if (!lane->thread)
        snprintf(label, size, "tid %u", lane->tid);
    else if (!lane->name[0] && lane->thread == 1)
        snprintf(label, size, "main");
    else if (!lane->name[0])
        snprintf(label, size, "thread %u", lane->thread);
    else if (name_is_shared(t, lane))
        snprintf(label, size, "%s %u", lane->name, lane->thread);
    else
        snprintf(label, size, "%s", lane->name);
}

void
timeline_reason(const struct timeline *t, uint32_t why, char *reason,
                size_t size)
{
    uint32_t kind = TRACE_WAIT_KIND(why), detail = TRACE_WAIT_DETAIL(why);
    const struct lane *whom = timeline_thread(t, detail);
    char label[32];
    bool gil = kind == TRACE_WAIT_GIL;
    if (!gil && (kind == THREAD_WAIT_NONE || kind > THREAD_WAIT_CHANNEL))
        snprintf(reason, size, "in the kernel");
    else if (kind == THREAD_WAIT_IO && detail != 0xffffff)
        snprintf(reason, size, "io fd %u", detail);
    else if (whom && (gil || kind == THREAD_WAIT_JOIN)) {
        timeline_label(t, whom, label, sizeof label);
        snprintf(reason, size, "%s %s", gil ? "gil of" : "join", label);
    } else
        snprintf(reason, size, "%s", gil ? "gil" : thread_wait_name(kind));
}

static void
free_lanes(struct lane *lanes, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        free(lanes[i].intervals);
        free(lanes[i].wakes);
    }
    free(lanes);
}

void
timeline_free(struct timeline *t)
{
    free_lanes(t->threads, t->thread_count);
    free_lanes(t->kernel, t->kernel_count);
    recording_free(&t->recording);
}

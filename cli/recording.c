/* SPDX-License-Identifier: MIT */
/* recording.c - see recording.h. */
#include "recording.h"

#include "grow.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

/* ---- The bytes ---- */

/* The whole file, or NULL with *wrong set. */
static char *
read_file(int fd, size_t size, const char **wrong)
{
    char *bytes = malloc(size);
    size_t have = 0;
    if (!bytes) {
        *wrong = "too large for the memory there is";
        return NULL;
    }
    while (have < size) {
        ssize_t n = read(fd, bytes + have, size - have);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0) {
            *wrong = n < 0 ? strerror(errno) : "was cut short as it was read";
            free(bytes);
            return NULL;
        }
        have += (size_t)n;
    }
    return bytes;
}

/* Open a file that can be a recording by its size. */
static char *
load(const char *path, size_t *size, const char **wrong)
{
    struct stat st;
    char *bytes = NULL;
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    if (fd < 0 || fstat(fd, &st) != 0)
        *wrong = strerror(errno);
    else if (!S_ISREG(st.st_mode))
        *wrong = "is not a regular file";
    else if (st.st_size == 0)
        *wrong = "is empty";
    else
        bytes = read_file(fd, *size = (size_t)st.st_size, wrong);
    if (fd >= 0)
        close(fd);
    return bytes;
}

/* ---- The header ---- */

/* What is wrong with it; NULL: nothing. */
static const char *
check_header(const struct trace_header *h, size_t size)
{
    if (memcmp(h->magic, TRACE_MAGIC, sizeof h->magic) != 0)
        return "is not a recording (it does not begin with " TRACE_MAGIC ")";
    if (size < TRACE_HEADER_SIZE)
        return "is cut short: its header is not complete";
    if (h->chunk_size != TRACE_CHUNK_SIZE)
        return "is damaged, or comes from a machine of another byte order";
    if (h->chunk_count > (size - TRACE_HEADER_SIZE) / TRACE_CHUNK_SIZE)
        return "is cut short: it holds fewer chunks than its header says";
    if (h->end.ns < h->start.ns || h->end.ticks < h->start.ticks)
        return "is damaged: it ends before it begins";
    return NULL;
}

static void
end_strings(struct trace_header *h)
{
    h->model[sizeof h->model - 1] = '\0';
    h->context[sizeof h->context - 1] = '\0';
    h->policy[sizeof h->policy - 1] = '\0';
    h->io_engine[sizeof h->io_engine - 1] = '\0';
    h->program[sizeof h->program - 1] = '\0';
}

static double
ns_per_tick(const struct trace_header *h)
{
    uint64_t ticks = h->end.ticks - h->start.ticks;
    uint64_t ns = h->end.ns - h->start.ns;
    return ticks && ns ? (double)ns / (double)ticks : 1.0;
}

/* ---- The records ---- */

static int
by_sequence(const void *a, const void *b)
{
    const struct trace_chunk *c = *(const struct trace_chunk *const *)a;
    const struct trace_chunk *d = *(const struct trace_chunk *const *)b;
    return c->sequence < d->sequence ? -1 : c->sequence > d->sequence;
}

static int
by_time(const void *a, const void *b)
{
    const struct record *r = a, *s = b;
    if (r->ns != s->ns)
        return r->ns < s->ns ? -1 : 1;
    return r->order < s->order ? -1 : r->order > s->order;
}

static void
take_chunk(struct recording *r, const struct trace_chunk *chunk, size_t *room,
           double rate)
{
    if (chunk->source > TRACE_KERNEL)
        return;
    bool kernel = chunk->source == TRACE_KERNEL;
    for (int i = 0; i < TRACE_CHUNK_RECORDS; i++) {
        struct trace_record from = chunk->records[i];
        if (from.event == TRACE_END || r->count == UINT32_MAX)
            return;
        if (kernel != (from.event >= TRACE_KERNEL_IN))
            continue;
        r->records = grow(r->records, r->count, room, sizeof *r->records);
        r->records[r->count] = (struct record){
            .ns = kernel ? from.time : (uint64_t)((double)from.time * rate),
            .order = (uint32_t)r->count,
            .thread = from.thread,
            .arg = from.arg,
            .event = from.event,
        };
        r->count++;
    }
}

static bool
in_order(const struct recording *r)
{
    for (size_t i = 1; i < r->count; i++)
        if (r->records[i].ns < r->records[i - 1].ns)
            return false;
    return true;
}

static void
take_chunks(struct recording *r, const struct trace_chunk *chunks)
{
    size_t count = 0, room = 0;
    const struct trace_chunk **used =
        must_alloc(r->header.chunk_count, sizeof *used);
    for (uint32_t i = 0; i < r->header.chunk_count; i++)
        if (chunks[i].sequence)
            used[count++] = &chunks[i];
    qsort(used, count, sizeof(struct trace_chunk *), by_sequence);
    for (size_t i = 0; i < count; i++)
        take_chunk(r, used[i], &room, ns_per_tick(&r->header));
    free(used);
    if (!in_order(r))
        qsort(r->records, r->count, sizeof *r->records, by_time);
}

static void
take_losses(struct recording *r)
{
    const struct trace_header *h = &r->header;
    r->lost = h->lost;
    if (h->taken > h->chunk_count)
        r->lost_chunks = h->taken - h->chunk_count;
    for (size_t i = 0; i < r->count; i++) {
        const struct record *record = &r->records[i];
        r->kernel |= record->event >= TRACE_KERNEL_IN;
        if (record->event != TRACE_KERNEL_LOST)
            continue;
        r->kernel_lost = true;
        r->kernel_lost_count += record->arg;
    }
}

const char *
recording_read(struct recording *r, const char *path)
{
    const char *wrong = NULL;
    size_t size = 0;
    *r = (struct recording){.count = 0};
    char *bytes = load(path, &size, &wrong);
    if (!bytes)
        return wrong;
    memcpy(&r->header, bytes,
           size < sizeof r->header ? size : sizeof r->header);
    wrong = check_header(&r->header, size);
    if (!wrong) {
        end_strings(&r->header);
        take_chunks(r, (const void *)(bytes + TRACE_HEADER_SIZE));
        take_losses(r);
        /* Whoever died was at something: give it a moment. */
        r->end = r->count ? r->records[r->count - 1].ns : 0;
        r->end += !r->header.complete;
        if (!r->count)
            wrong = "holds no event: nothing was recorded";
    }
    free(bytes);
    return wrong;
}

void
recording_free(struct recording *r)
{
    free(r->records);
    r->records = NULL;
}

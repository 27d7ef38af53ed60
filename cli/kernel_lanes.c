/* SPDX-License-Identifier: MIT */
/*
 * kernel_lanes.c - see kernel_lanes.h.
 *
 * A ring is one page of bookkeeping and then the data, in which the kernel
 * moves data_head and we move data_tail; both only ever grow:
 *
 *      data:  [ free      ][ records, oldest first ][ free ]
 *                          ^ tail % size            ^ head % size
 *
 * Because the map is writable the kernel never overwrites what has not been
 * read: it drops instead. It promises a PERF_RECORD_LOST when there is room
 * again, so drops at the very end leave no trace but a ring found full; that
 * counts as a loss too.
 */
#include "kernel_lanes.h"

#include "grow.h"
#include "trace.h"

#include <errno.h>
#include <linux/perf_event.h>
#include <poll.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

enum {
    PAGES_MOST = 128, /* with its first page just what an unprivileged user
                         may lock for each CPU: perf_event_mlock_kb = 516 */
    PAGES_LEAST = 4,
    EVENTS_MOST = 1 << 22 /* 96 MiB: then we are the ones to drop */
};

struct kernel_ring {
    int fd;
    char *map; /* the bookkeeping page, then size bytes of data */
    size_t size;
    bool full; /* was found full: something was dropped */
};

/* What ends every record because of sample_id_all. */
struct sample_id {
    uint32_t pid, tid;
    uint64_t time;
    uint32_t cpu, reserved;
};

/* ---- Opening ---- */

static int
open_event(pid_t child, int cpu)
{
    struct perf_event_attr attr = {
        .type = PERF_TYPE_SOFTWARE,
        .size = sizeof attr,
        .config = PERF_COUNT_SW_DUMMY,
        .sample_type = PERF_SAMPLE_TID | PERF_SAMPLE_TIME | PERF_SAMPLE_CPU,
        .disabled = 1,
        .enable_on_exec = 1, /* nothing of our own half of the fork */
        .inherit = 1,
        .exclude_kernel = 1, /* or perf_event_paranoid = 2 forbids it */
        .exclude_hv = 1,
        .context_switch = 1,
        .task = 1,
        .comm = 1,
        .comm_exec = 1,
        .sample_id_all = 1,
        .use_clockid = 1,
        .clockid = CLOCK_MONOTONIC,
        .watermark = 1,
        .wakeup_watermark = PAGES_MOST * 4096 / 4,
    };
    return (int)syscall(SYS_perf_event_open, &attr, child, cpu, -1,
                        PERF_FLAG_FD_CLOEXEC);
}

/* As large a ring as we are given. */
static bool
map_ring(struct kernel_ring *ring)
{
    size_t page = (size_t)sysconf(_SC_PAGESIZE);
    for (size_t pages = PAGES_MOST; pages >= PAGES_LEAST; pages /= 2) {
        ring->size = pages * page;
        ring->map = mmap(NULL, page + ring->size, PROT_READ | PROT_WRITE,
                         MAP_SHARED, ring->fd, 0);
        if (ring->map != MAP_FAILED)
            return true;
        if (errno != EPERM && errno != ENOMEM)
            break;
    }
    ring->map = NULL;
    return false;
}

static void
note_denial(struct kernel_lanes *k, const char *call, int error)
{
    char paranoid[16] = "";
    FILE *f = fopen("/proc/sys/kernel/perf_event_paranoid", "r");
    if (f && fgets(paranoid, sizeof paranoid, f))
        paranoid[strcspn(paranoid, "\n")] = '\0';
    if (f)
        fclose(f);
    snprintf(k->denied, sizeof k->denied, "%s: %s (perf_event_paranoid is %s)",
             call, strerror(error), paranoid[0] ? paranoid : "not readable");
}

bool
kernel_lanes_open(struct kernel_lanes *k, pid_t child)
{
    long cpus = sysconf(_SC_NPROCESSORS_CONF);
    k->denied[0] = '\0';
    k->ring_count = 0;
    k->rings = must_alloc((size_t)cpus, sizeof *k->rings);
    for (int cpu = 0; cpu < cpus; cpu++) {
        struct kernel_ring ring = {.fd = open_event(child, cpu)};
        if (ring.fd < 0 && errno == ENODEV)
            continue; /* switched off */
        if (ring.fd < 0) {
            note_denial(k, "perf_event_open", errno);
            break;
        }
        if (!map_ring(&ring)) {
            note_denial(k, "mmap of a perf ring", errno);
            close(ring.fd);
            break;
        }
        k->rings[k->ring_count++] = ring;
    }
    if (k->denied[0])
        kernel_lanes_close(k); /* some CPUs only would be a lie */
    return !k->denied[0];
}

/* ---- Draining ---- */

static void
add(struct kernel_lanes *k, struct kernel_event event)
{
    if (k->count == EVENTS_MOST)
        k->events[k->count - 1] =
            (struct kernel_event){.ns = event.ns, .event = TRACE_KERNEL_LOST};
    if (k->count >= EVENTS_MOST)
        return;
    k->events = grow(k->events, k->count, &k->room, sizeof *k->events);
    k->events[k->count++] = event;
}

static void
take(struct kernel_lanes *k, const struct perf_event_header *record)
{
    const char *end = (const char *)record + record->size;
    struct sample_id id;
    memcpy(&id, end - sizeof id, sizeof id);
    struct kernel_event event = {id.time, id.pid, id.tid, 0, 0};
    uint64_t lost;
    switch (record->type) {
    case PERF_RECORD_SWITCH:
        event.event = record->misc & PERF_RECORD_MISC_SWITCH_OUT
                          ? TRACE_KERNEL_OUT
                          : TRACE_KERNEL_IN;
        event.arg =
            event.event == TRACE_KERNEL_IN
                ? id.cpu
                : !!(record->misc & PERF_RECORD_MISC_SWITCH_OUT_PREEMPT);
        break;
    case PERF_RECORD_COMM: /* at exec: it is running, or it could not exec */
        if (!(record->misc & PERF_RECORD_MISC_COMM_EXEC))
            return;
        event.event = TRACE_KERNEL_IN;
        event.arg = id.cpu;
        break;
    case PERF_RECORD_EXIT: event.event = TRACE_KERNEL_EXIT; break;
    case PERF_RECORD_LOST: /* {id, lost} */
        memcpy(&lost, (const char *)(record + 1) + sizeof lost, sizeof lost);
        event.event = TRACE_KERNEL_LOST;
        event.arg = lost > UINT32_MAX ? UINT32_MAX : (uint32_t)lost;
        break;
    default: return;
    }
    add(k, event);
}

static void
drain_ring(struct kernel_lanes *k, struct kernel_ring *ring)
{
    struct perf_event_mmap_page *page = (void *)ring->map;
    const char *data = ring->map + sysconf(_SC_PAGESIZE);
    uint64_t head = __atomic_load_n(&page->data_head, __ATOMIC_ACQUIRE);
    uint64_t tail = page->data_tail;
    if (head - tail > ring->size - 256)
        ring->full = true;
    while (tail < head) {
        uint64_t copy[64]; /* a record may wrap around the end of the ring */
        struct perf_event_header *record = (void *)copy;
        for (size_t i = 0; i < sizeof *record; i++)
            ((char *)copy)[i] = data[(tail + i) % ring->size];
        if (record->size < sizeof *record)
            break; /* not a record: never seen, and never to loop on */
        size_t size = record->size < sizeof copy ? record->size : sizeof copy;
        for (size_t i = sizeof *record; i < size; i++)
            ((char *)copy)[i] = data[(tail + i) % ring->size];
        if (record->size <= sizeof copy &&
            record->size >= sizeof *record + sizeof(struct sample_id))
            take(k, record);
        tail += record->size;
    }
    __atomic_store_n(&page->data_tail, head, __ATOMIC_RELEASE);
}

size_t
kernel_lanes_poll(const struct kernel_lanes *k, struct pollfd *fds, size_t max)
{
    size_t n = 0;
    for (size_t i = 0; i < k->ring_count && n < max; i++)
        fds[n++] = (struct pollfd){.fd = k->rings[i].fd, .events = POLLIN};
    return n;
}

void
kernel_lanes_drain(struct kernel_lanes *k)
{
    for (size_t i = 0; i < k->ring_count; i++)
        drain_ring(k, &k->rings[i]);
}

void
kernel_lanes_close(struct kernel_lanes *k)
{
    size_t page = (size_t)sysconf(_SC_PAGESIZE);
    for (size_t i = 0; i < k->ring_count; i++) {
        struct kernel_ring *ring = &k->rings[i];
        ioctl(ring->fd, PERF_EVENT_IOC_DISABLE, 0);
        drain_ring(k, ring);
        if (ring->full)
            add(k, (struct kernel_event){.ns = clock_now(),
                                         .event = TRACE_KERNEL_LOST});
        munmap(ring->map, page + ring->size);
        close(ring->fd);
    }
    free(k->rings);
    k->rings = NULL;
    k->ring_count = 0;
}

void
kernel_lanes_free(struct kernel_lanes *k)
{
    free(k->events);
    *k = (struct kernel_lanes){.events = NULL};
}

/* SPDX-License-Identifier: MIT */
/* figures.c - see common/figures.h. */
#include "figures.h"

#include "clock.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

uint64_t
figures_clock(clockid_t clock)
{
    struct timespec ts;
    if (clock_gettime(clock, &ts) != 0)
        return 0;
    return (uint64_t)ts.tv_sec * NS_PER_SEC + (uint64_t)ts.tv_nsec;
}

/* The two lines of the kernel's report, "voluntary_ctxt_switches: N" and
 * "nonvoluntary_...", added up. A thread that is not its process's first is
 * found there too, though it is not listed. */
uint64_t
figures_times_left(pid_t tid)
{
    char path[64], line[128];
    uint64_t sum = 0;
    snprintf(path, sizeof path, "/proc/%d/status", (int)tid);
    FILE *status = fopen(path, "re");
    if (!status)
        return 0;
    while (fgets(line, sizeof line, status)) {
        const char *count = strstr(line, "voluntary_ctxt_switches:");
        if (count)
            sum += strtoull(strchr(count, ':') + 1, NULL, 10);
    }
    fclose(status);
    return sum;
}

/*
 * From its top to the lowest page that is in memory. The search ends at 16
 * pages of which none was touched (a frame that large, left untouched, would
 * hide what is below it): to ask about the whole stack costs as much as half a
 * thread. glibc reuses stacks and leaves up to four pages of the last user's in
 * memory, so a small figure may be its.
 */
size_t
figures_stack_used(const char *top, size_t size)
{
    unsigned char resident[16];
    size_t page = (size_t)sysconf(_SC_PAGESIZE);
    size_t used = 0;
    for (size_t at = 0; top && at < size;) {
        size_t left = (size - at) / page;
        size_t pages = left < sizeof resident ? left : sizeof resident;
        at += pages * page;
        if (mincore((void *)(top - at), pages * page, resident) != 0)
            break;
        const unsigned char *lowest = memchr(resident, 1, pages);
        if (!lowest)
            break;
        used = at - (size_t)(lowest - resident) * page;
    }
    return used;
}

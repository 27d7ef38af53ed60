/* SPDX-License-Identifier: MIT */
/*
 * stack.c - stacks: carved from regions, guarded, pooled, coloured.
 *
 * A region is one mmap. Stacks are carved from it side by side, each with a
 * guard below it, and are never unmapped:
 *
 *      region                                      carved up to here
 *      |G| stack 0      |G| stack 1      |G| stack 2      | not yet ...  |
 *                                                   ^^^
 *                                       colour, control block, frames
 *
 * There is a pool for each size that was asked for. Its free stacks wait on a
 * stack of their own, so that the one freed last, still warm, is the next one
 * given out. When all are in use, some more are carved; when the region is
 * used up the next is as large as all before it, so that a million stacks come
 * from about twenty regions, which the kernel mostly merges. The largest
 * stacks, and any beyond POOLS sizes, are mappings of their own.
 *
 * Memory. A page takes memory once it was touched, and keeps it when its stack
 * is freed: the next thread finds it there. Only the WARM_MAX freed last keep
 * theirs; the others give it back, a batch in one call, and keep their address
 * and their guard.
 *
 * The guard. mprotect makes every guard and every stack a mapping of its own,
 * and the kernel allows 65,530 of those. Since 6.13 Linux can mark pages as
 * guards inside one mapping (MADV_GUARD_INSTALL): no limit, cheaper, and many
 * in one call (process_madvise). Some systems accept the call and do nothing
 * (emulators do), so the first guard is tried: write(2) from it must fail with
 * EFAULT, else it is mprotect for all.
 *
 * The colour. A processor finds a line of its first-level cache by the low
 * twelve bits of the address. If all threads had their control block at the
 * top of a page, those of a thousand threads would share the few lines that
 * such addresses can go to, and each yield would miss. So the top of each
 * stack is shifted by its colour, a number of cache lines, and shift, control
 * block and the frames of a parked thread still fit into one page: with ucontext
 * two contexts are among them, and more colours would cost a second page.
 */
#include "stack.h"

#include "panic.h"
#include "seldom.h"

#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/uio.h>
#include <unistd.h>

#ifndef MADV_GUARD_INSTALL
#define MADV_GUARD_INSTALL 102
#endif
#ifndef PIDFD_SELF
#define PIDFD_SELF (-10000) /* since Linux 6.14 */
#endif

#define PAGE ((size_t)4096)

/* Compilers for aarch64 expect 64 KiB: a frame up to that size is not probed
 * even with -fstack-clash-protection. */
#if defined(__aarch64__)
#define GUARD_SIZE (16 * PAGE)
#else
#define GUARD_SIZE PAGE
#endif

#define POOLS        16             /* sizes that are pooled */
#define POOLED_MAX   (1024u * 1024) /* bytes; larger ones are not */
#define REGIONS      256
#define REGION_LEAST 16 /* stacks in the smallest region */
#define BATCH        64 /* stacks guarded, or trimmed, in one call */
#define WARM_MAX     256

#define COLOURS      19 /* a prime: no row of stacks has few of them */
#define LINE_SIZE    64

/* The stacks of one size. */
struct pool {
    size_t size; /* 0: this pool is not in use yet */
    char **free; /* the last one freed on top; room for each one made */
    size_t count;
    size_t cold; /* so many at the bottom have given their memory back */
    size_t made;
    char *next;  /* the part of the newest region that is not carved yet: */
    size_t left; /* so many stacks */
};

static struct pool pools[POOLS];

/* Every region there is, so that an address can be told from any other. */
static struct {
    char *start, *end;
    size_t each; /* the size of a stack in it, guard included */
} regions[REGIONS];
static size_t region_count;

static enum { GUARD_UNTRIED, GUARD_ADVISE, GUARD_PROTECT } guard_method;

/* ---- Guards ---- */

/* Is this byte really out of reach? The kernel reads it for us, and reports
 * what would have been a SIGSEGV as an error. */
static bool
out_of_reach(const char *address)
{
    int ends[2];
    if (pipe(ends) != 0)
        return false;
    bool refused = write(ends[1], address, 1) < 0 && errno == EFAULT;
    close(ends[0]);
    close(ends[1]);
    return refused;
}

/* Guard the GUARD_SIZE bytes at this address. Returns 0 or an errno number. */
static int
guard(char *address)
{
    if (guard_method == GUARD_UNTRIED) {
        bool works = madvise(address, GUARD_SIZE, MADV_GUARD_INSTALL) == 0 &&
                     out_of_reach(address);
        guard_method = works ? GUARD_ADVISE : GUARD_PROTECT;
        if (works)
            return 0;
    }
    if (guard_method == GUARD_ADVISE &&
        madvise(address, GUARD_SIZE, MADV_GUARD_INSTALL) == 0)
        return 0; /* memory locked by mlockall refuses: protect that one */
    return mprotect(address, GUARD_SIZE, PROT_NONE) == 0 ? 0 : errno;
}

/* Give the same advice on count ranges of our own memory in one system call.
 * False if the kernel cannot, or has stopped half-way. */
static bool
advise_all(const struct iovec *ranges, size_t count, int advice)
{
    size_t bytes = count * ranges[0].iov_len;
    return process_madvise(PIDFD_SELF, ranges, count, advice, 0) ==
           (ssize_t)bytes;
}

/* Guard count stacks that lie side by side, at most BATCH. Returns how many
 * could be. */
static size_t
guard_side_by_side(char *first, size_t count, size_t each)
{
    struct iovec ranges[BATCH] = {{0}};
    for (size_t i = 0; i < count; i++)
        ranges[i] = (struct iovec){first + i * each, GUARD_SIZE};
    if (guard_method == GUARD_ADVISE &&
        advise_all(ranges, count, MADV_GUARD_INSTALL))
        return count;
    for (size_t i = 0; i < count; i++) /* what has a guard may get another */
        if (guard(ranges[i].iov_base) != 0)
            return i;
    return count;
}

/* ---- Regions ---- */

/* Map address space for one or more stacks. No memory is taken yet, and huge
 * pages are refused: they would give every stack 2 MiB. */
static char *
map(size_t size)
{
    char *memory = mmap(NULL, size, PROT_READ | PROT_WRITE,
                        MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (memory == MAP_FAILED)
        return NULL;
    madvise(memory, size, MADV_NOHUGEPAGE); /* EINVAL where there are none */
    return memory;
}

/* What the kernel means by its error, in the contract's words. */
static int
refusal(void)
{
    return errno == EAGAIN ? EAGAIN : ENOMEM;
}

/* Map another region, as large as all of this size before it together, or if
 * there is no such room a part of that. The list of free stacks gets room for
 * each stack in it, so that giving one back can never fail. */
static int
add_region(struct pool *p)
{
    const size_t each = GUARD_SIZE + p->size;
    size_t count = p->made > REGION_LEAST ? p->made : REGION_LEAST;
    char *memory = NULL;
    if (region_count == REGIONS)
        return ENOMEM;
    while (count >= REGION_LEAST && !(memory = map(count * each)))
        count /= 2;
    if (!memory)
        return refusal();
    char **room = realloc(p->free, (p->made + count) * sizeof *p->free);
    if (!room) {
        munmap(memory, count * each);
        return ENOMEM;
    }
    p->free = room;
    p->next = memory;
    p->left = count;
    regions[region_count].start = memory;
    regions[region_count].end = memory + count * each;
    regions[region_count++].each = each;
    return 0;
}

/* Carve some more stacks into the pool, which has none left. */
SELDOM static int
carve(struct pool *p)
{
    const size_t each = GUARD_SIZE + p->size;
    int error = p->left > 0 ? 0 : add_region(p);
    if (error)
        return error;
    size_t count = p->left < BATCH ? p->left : BATCH;
    count = guard_side_by_side(p->next, count, each);
    if (count == 0)
        return EAGAIN;
    for (size_t i = count; i-- > 0;) /* the lowest is given out first */
        p->free[p->count++] = p->next + i * each + GUARD_SIZE;
    p->next += count * each;
    p->left -= count;
    p->made += count;
    return 0;
}

/* ---- Stacks ---- */

/* The pool for this size; NULL if stacks of it are mappings of their own. The
 * same at every call: a size that was refused a pool never gets one. */
static struct pool *
pool_for(size_t size)
{
    for (struct pool *p = pools; p < pools + POOLS; p++) {
        if (p->size == size)
            return p;
        if (p->size == 0 && size <= POOLED_MAX) {
            p->size = size;
            return p;
        }
    }
    return NULL;
}

SELDOM static int
alloc_own(struct stack *stack, size_t size)
{
    char *memory = map(GUARD_SIZE + size);
    if (!memory)
        return refusal();
    if (guard(memory) != 0) {
        munmap(memory, GUARD_SIZE + size);
        return EAGAIN;
    }
    *stack = (struct stack){memory + GUARD_SIZE, size};
    return 0;
}

SELDOM static void
free_own(struct stack stack)
{
    munmap(stack.low - GUARD_SIZE, GUARD_SIZE + stack.size);
}

int
stack_alloc(struct stack *stack, size_t size)
{
    if (size > SIZE_MAX / 2)
        return ENOMEM;
    size = (size + PAGE - 1) / PAGE * PAGE;
    struct pool *p = pool_for(size);
    if (!p)
        return alloc_own(stack, size);
    int error = p->count > 0 ? 0 : carve(p);
    if (error)
        return error;
    *stack = (struct stack){p->free[--p->count], size};
    if (p->cold > p->count)
        p->cold = p->count;
    return 0;
}

/* Have the BATCH stacks that were freed the longest ago give their memory
 * back. Their guards stay. */
SELDOM static void
trim(struct pool *p)
{
    struct iovec ranges[BATCH] = {{0}};
    for (size_t i = 0; i < BATCH; i++)
        ranges[i] = (struct iovec){p->free[p->cold + i], p->size};
    if (!advise_all(ranges, BATCH, MADV_DONTNEED))
        for (size_t i = 0; i < BATCH; i++)
            madvise(ranges[i].iov_base, p->size, MADV_DONTNEED);
    p->cold += BATCH;
}

void
stack_free(struct stack stack)
{
    invariant((char *)&stack < stack.low ||
              (char *)&stack >= stack.low + stack.size);
    struct pool *p = pool_for(stack.size);
    if (!p) {
        free_own(stack);
        return;
    }
    invariant(p->count < p->made);
    p->free[p->count++] = stack.low;
    if (p->count - p->cold >= WARM_MAX + BATCH)
        trim(p);
}

/* Neighbours differ by the same step, so that a processor that prefetches can
 * follow a round of yields. Among 10,000 threads colours dealt out by a hash
 * took twice as long, and none at all 1.6 times. */
size_t
stack_colour(struct stack stack)
{
    return (uintptr_t)stack.low / PAGE % COLOURS * LINE_SIZE;
}

bool
stack_guards(struct stack stack, const void *address)
{
    const char *a = address;
    return stack.low && a < stack.low && a >= stack.low - GUARD_SIZE;
}

bool
stack_is_guard(const void *address)
{
    const char *a = address;
    for (size_t i = 0; i < region_count; i++)
        if (a >= regions[i].start && a < regions[i].end)
            return (size_t)(a - regions[i].start) % regions[i].each <
                   GUARD_SIZE;
    return false;
}

size_t
stack_used(struct stack stack)
{
    unsigned char resident[64];
    for (size_t at = 0; at < stack.size; at += sizeof resident * PAGE) {
        size_t length = stack.size - at;
        if (length > sizeof resident * PAGE)
            length = sizeof resident * PAGE;
        if (mincore(stack.low + at, length, resident) != 0)
            return 0;
        for (size_t i = 0; i < length / PAGE; i++)
            if (resident[i] & 1)
                return stack.size - at - i * PAGE;
    }
    return 0;
}

void
stack_force_mprotect(void)
{
    guard_method = GUARD_PROTECT;
}

/* SPDX-License-Identifier: MIT */
/*
 * shared.c - memory that all threads see, though they are processes.
 *
 * What a process maps after it was forked, no other process sees. So the
 * addresses are reserved once, before the first fork, as one large shared
 * mapping: it costs nothing until it is touched, and a page that one process
 * touches is there for all, those forked before and those forked later, at the
 * same address.
 *
 *      reserved:  [arena][header|block][header|block]....[untouched ...]
 *                                                        ^ used
 *
 * Blocks are powers of two. A free one waits in the list of its size; it is
 * never split nor joined, which wastes at most half, and is a page of code. A
 * free block is all zero bytes but for its header, so whoever gets it next has
 * zeroes; a large one also gives its pages back.
 */
#include "shared.h"

#include "futex.h"
#include "process.h"

#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define MOST    ((size_t)1 << 36)   /* bytes reserved, if they can be had */
#define LEAST   ((size_t)1 << 20)   /* below this there is no shared memory */
#define LARGE   ((size_t)256 << 10) /* a block that gives its pages back */
#define CLASSES 37                  /* block sizes: 2^0 ... 2^36 */

/* Before every block. As large as the strictest alignment of C. */
struct header {
    unsigned size_class; /* the block has 2^size_class bytes, this included */
    struct header *next; /* free: the next free one of this size */
};

/* At the beginning of the reserved memory, shared like all of it. */
struct arena {
    struct lock lock;
    size_t used; /* bytes from the beginning, this included */
    struct header *free[CLASSES];
};

/* Every process has these two from main, and never changes them. */
static struct arena *arena;
static size_t reserved;

static size_t
round_up(size_t n, size_t to)
{
    return (n + to - 1) / to * to;
}

void
shared_start(void)
{
    for (reserved = MOST; reserved >= LEAST; reserved /= 2) {
        void *map = mmap(NULL, reserved, PROT_READ | PROT_WRITE,
                         MAP_SHARED | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
        if (map != MAP_FAILED) {
            arena = map;
            arena->used = round_up(sizeof *arena, sizeof(struct header));
            return;
        }
    }
    reserved = 0; /* a limit on addresses: thread_shared_alloc says NULL */
}

bool
shared_is_ours(const void *address)
{
    return (uintptr_t)address - (uintptr_t)arena < reserved;
}

/* Only the kernel knows what the program has mapped by itself: its list has a
 * line "from-to rwxs ..." for each mapping, s for shared. */
bool
shared_is_shared(const void *address)
{
    uintptr_t from, to;
    char mode[8];
    bool shared = shared_is_ours(address);
    FILE *maps = shared ? NULL : fopen("/proc/self/maps", "re");
    if (!maps)
        return shared;
    while (fscanf(maps, "%lx-%lx %7s%*[^\n]", &from, &to, mode) == 3)
        if ((uintptr_t)address >= from && (uintptr_t)address < to)
            shared = mode[3] == 's';
    fclose(maps);
    return shared;
}

/* The smallest size of block that has room for so many bytes. */
static unsigned
class_for(size_t size)
{
    unsigned c = 5;
    while (((size_t)1 << c) < size + sizeof(struct header))
        c++;
    return c;
}

/* A block of this size that was never used; NULL if none is left. */
static struct header *
fresh(unsigned size_class)
{
    size_t bytes = (size_t)1 << size_class;
    if (bytes > reserved - arena->used)
        return NULL;
    struct header *h = (void *)((char *)arena + arena->used);
    arena->used += bytes;
    h->size_class = size_class;
    return h;
}

void *
thread_shared_alloc(size_t size)
{
    process_self();
    if (size >= reserved / 2)
        return NULL;
    unsigned c = class_for(size);
    lock_take(&arena->lock);
    struct header *h = arena->free[c];
    if (h)
        arena->free[c] = h->next;
    else
        h = fresh(c);
    lock_release(&arena->lock);
    return h ? h + 1 : NULL;
}

/* Make a block all zero bytes. The pages that lie wholly in it need not be
 * written: once they are gone from shared memory, they read as zeroes. */
static void
clear(char *from, size_t bytes)
{
    size_t page = (size_t)sysconf(_SC_PAGESIZE);
    char *first = from + (round_up((uintptr_t)from, page) - (uintptr_t)from);
    size_t whole = (size_t)(from + bytes - first) / page * page;
    if (bytes < LARGE || madvise(first, whole, MADV_REMOVE) != 0) {
        memset(from, 0, bytes);
        return;
    }
    memset(from, 0, (size_t)(first - from));
    memset(first + whole, 0, (size_t)(from + bytes - first) - whole);
}

void
thread_shared_free(void *memory)
{
    if (!memory)
        return;
    struct header *h = (struct header *)memory - 1;
    int error = errno;
    clear(memory, ((size_t)1 << h->size_class) - sizeof *h);
    errno = error;
    lock_take(&arena->lock);
    h->next = arena->free[h->size_class];
    arena->free[h->size_class] = h;
    lock_release(&arena->lock);
}

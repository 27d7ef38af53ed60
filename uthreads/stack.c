/* SPDX-License-Identifier: MIT */
/*
 * stack.c - stacks, carved in slabs, guarded, cached.
 *
 * Stacks of the default size are carved from slabs of SLAB_STACKS each, one
 * mmap a slab, and are never unmapped: a free one waits in the cache for the
 * next thread, still warm. Only the WARM_MAX freed last keep their memory; the
 * rest give it back to the kernel and keep their address and guard. A stack of
 * another size is a mapping of its own and goes back at once.
 *
 * The guard. mprotect makes every guard and every stack a mapping of its own,
 * and the kernel allows 65,530 of those. Since 6.13 Linux can mark pages as
 * guards inside one mapping (MADV_GUARD_INSTALL): no limit, and cheaper. Some
 * systems accept the call and do nothing (emulators do), so the first guard is
 * tried: write(2) from it must fail with EFAULT, else it is mprotect for all.
 */
#include "stack.h"

#include "panic.h"

#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#ifndef MADV_GUARD_INSTALL
#define MADV_GUARD_INSTALL 102
#endif

#define PAGE ((size_t)4096)
#ifdef __aarch64__ /* where a large frame is probed every 64 KiB */
#define GUARD_SIZE (16 * PAGE)
#else
#define GUARD_SIZE PAGE
#endif
#define SLAB_STACKS 64
#define WARM_MAX    256

/* The free stacks of default size, the last one freed on top. */
static struct {
    char **low;
    size_t count;
    size_t cold; /* so many at the bottom have given their memory back */
    size_t made; /* stacks of default size in existence: room for each */
} cache;

static enum { GUARD_UNTRIED, GUARD_ADVISE, GUARD_PROTECT } guard_method;

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

/* Map another slab and put its stacks into the cache. The cache gets room for
 * every stack there is, so that giving one back can never fail. */
static int
carve(void)
{
    const size_t each = GUARD_SIZE + STACK_DEFAULT;
    char **low =
        realloc(cache.low, (cache.made + SLAB_STACKS) * sizeof *cache.low);
    if (!low)
        return ENOMEM;
    cache.low = low;
    char *slab = map(SLAB_STACKS * each);
    if (!slab)
        return refusal();
    for (size_t i = 0; i < SLAB_STACKS; i++) {
        char *address = slab + i * each;
        if (guard(address) != 0) { /* keep what could be guarded */
            munmap(address, (SLAB_STACKS - i) * each);
            return i > 0 ? 0 : EAGAIN;
        }
        cache.low[cache.count++] = address + GUARD_SIZE;
        cache.made++;
    }
    return 0;
}

int
stack_alloc(struct stack *stack, size_t size)
{
    if (size > SIZE_MAX / 2)
        return ENOMEM;
    size = (size + PAGE - 1) / PAGE * PAGE;
    if (size == STACK_DEFAULT) {
        int error = cache.count > 0 ? 0 : carve();
        if (error)
            return error;
        *stack = (struct stack){cache.low[--cache.count], size};
        if (cache.cold > cache.count)
            cache.cold = cache.count;
        return 0;
    }
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

void
stack_free(struct stack stack)
{
    invariant((char *)&stack < stack.low ||
              (char *)&stack >= stack.low + stack.size);
    if (stack.size != STACK_DEFAULT) {
        munmap(stack.low - GUARD_SIZE, GUARD_SIZE + stack.size);
        return;
    }
    invariant(cache.count < cache.made);
    cache.low[cache.count++] = stack.low;
    if (cache.count - cache.cold > WARM_MAX) /* not this one */
        madvise(cache.low[cache.cold++], STACK_DEFAULT, MADV_DONTNEED);
}

bool
stack_guards(struct stack stack, const void *address)
{
    const char *a = address;
    return stack.low && a < stack.low && a >= stack.low - GUARD_SIZE;
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

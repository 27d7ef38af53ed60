/* SPDX-License-Identifier: MIT */
/*
 * stack.c - a stack for each thread, of the size that was asked for.
 *
 * A forked child could go on where its creator stood, in its copy of that
 * stack. But how much of it is left nobody has promised; and whoever overflows
 * it should meet a page that nobody may touch, and not a neighbour.
 *
 *      low [ guard | ..................... ] top
 *
 * It is mapped before the fork, so that the creator can be told if it cannot
 * be; the creator then unmaps it, and only the child keeps its copy.
 */
#include "stack.h"

#include "panic.h"

#include <errno.h>
#include <string.h>
#include <sys/mman.h>
#include <ucontext.h>
#include <unistd.h>

/* AddressSanitizer must be told on which stack we stand. */
#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#define STACK_ASAN 1
#endif
#endif
#if defined(__SANITIZE_ADDRESS__)
#define STACK_ASAN 1
#endif
#if defined(STACK_ASAN)
#include <sanitizer/common_interface_defs.h>
#else
#define __sanitizer_start_switch_fiber(save, low, size)  ((void)0)
#define __sanitizer_finish_switch_fiber(save, low, size) ((void)0)
#endif

size_t
stack_whole_pages(size_t bytes)
{
    size_t page = (size_t)sysconf(_SC_PAGESIZE);
    return (bytes + page - 1) / page * page;
}

char *
stack_map(size_t size)
{
    size_t guard = (size_t)sysconf(_SC_PAGESIZE);
    char *map = mmap(NULL, size + guard, PROT_READ | PROT_WRITE,
                     MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (map == MAP_FAILED)
        return NULL;
    mprotect(map, guard, PROT_NONE);
    return map + guard + size;
}

void
stack_unmap(char *top, size_t size)
{
    size_t guard = (size_t)sysconf(_SC_PAGESIZE);
    munmap(top - size - guard, size + guard);
}

static void (*first)(void);

static void
begin(void)
{
    __sanitizer_finish_switch_fiber(NULL, NULL, NULL);
    first();
}

void
stack_enter(char *top, size_t size, void (*fn)(void))
{
    ucontext_t context;
    first = fn;
    getcontext(&context);
    context.uc_stack.ss_sp = top - size;
    context.uc_stack.ss_size = size;
    context.uc_link = NULL;
    makecontext(&context, begin, 0);
    __sanitizer_start_switch_fiber(NULL, top - size, size);
    setcontext(&context);
    panic("setcontext: %s", strerror(errno));
}

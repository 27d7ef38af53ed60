/* SPDX-License-Identifier: MIT */
/* stack.c - guarded, reused, measured. */
#include "stack.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

static struct stack
get(size_t size)
{
    struct stack stack = {0};
    cr_assert_eq(stack_alloc(&stack, size), 0);
    return stack;
}

/* Can this byte be read? The kernel tries for us. */
static bool
within_reach(const char *address)
{
    int ends[2];
    cr_assert_eq(pipe(ends), 0);
    bool readable = write(ends[1], address, 1) == 1;
    close(ends[0]);
    close(ends[1]);
    return readable;
}

static const size_t sizes[] = {16 * 1024, STACK_DEFAULT, 4 * 1024 * 1024};

static size_t
mappings(void)
{
    size_t count = 0;
    int c;
    FILE *maps = fopen("/proc/self/maps", "r");
    cr_assert(maps);
    while ((c = getc(maps)) != EOF)
        count += c == '\n';
    fclose(maps);
    return count;
}

/* How many pages of these stacks have memory. */
static size_t
resident_pages(const struct stack *stacks, size_t count)
{
    size_t pages = 0;
    for (size_t i = 0; i < count; i++)
        pages += stack_used(stacks[i]) / 4096;
    return pages;
}

Test(stack, all_of_it_can_be_written_to, .timeout = 10)
{
    for (int i = 0; i < 3; i++) {
        struct stack stack = get(sizes[i]);
        memset(stack.low, 0x5a, stack.size);
        stack_free(stack);
    }
}

Test(stack, below_it_lies_a_guard, .timeout = 10)
{
    for (int i = 0; i < 3; i++) {
        struct stack stack = get(sizes[i]);
        cr_assert(within_reach(stack.low));
        cr_assert_not(within_reach(stack.low - 1));
        cr_assert_not(within_reach(stack.low - 4096));
        cr_assert(stack_guards(stack, stack.low - 1));
        cr_assert(stack_guards(stack, stack.low - 4096));
        cr_assert_not(stack_guards(stack, stack.low));
        cr_assert_not(stack_guards(stack, stack.low - 4097));
        cr_assert_not(stack_guards(stack, stack.low + stack.size));
    }
}

/* Each of many stacks, from several batches and regions, has a guard. */
static void
check_many_guards(void)
{
    enum { COUNT = 500 };
    static struct stack stacks[COUNT];
    for (int i = 0; i < COUNT; i++)
        stacks[i] = get(STACK_DEFAULT);
    for (int i = 0; i < COUNT; i++) {
        cr_assert(within_reach(stacks[i].low));
        cr_assert_not(within_reach(stacks[i].low - 1));
    }
}

Test(stack, each_of_many_has_a_guard_of_its_own, .timeout = 10)
{
    check_many_guards();
}

Test(stack, the_guard_of_older_kernels_holds_too, .timeout = 10)
{
    size_t before = mappings();
    stack_force_mprotect();
    check_many_guards();
    cr_assert_gt(mappings() - before, 500, "each is a mapping of its own");
}

Test(stack, locked_memory_is_guarded_too, .timeout = 10)
{
    if (mlockall(MCL_FUTURE | MCL_ONFAULT) != 0)
        cr_skip("the kernel locks no memory for us");
    check_many_guards();
}

Test(stack, many_share_a_few_mappings, .timeout = 10)
{
    enum { COUNT = 20000 };
    get(STACK_DEFAULT);
    size_t before = mappings();
    for (int i = 0; i < COUNT; i++)
        get(STACK_DEFAULT);
    size_t more = mappings() - before;
    if (more >= COUNT)
        cr_skip("this kernel has only mprotect for guards");
    cr_assert_lt(more, 20);
}

Test(stack, those_freed_long_ago_give_their_memory_back, .timeout = 10)
{
    enum { COUNT = 2000 };
    static struct stack stacks[COUNT];
    for (int i = 0; i < COUNT; i++) {
        stacks[i] = get(STACK_DEFAULT);
        memset(stacks[i].low + stacks[i].size - 8192, 1, 8192);
    }
    cr_assert_eq(resident_pages(stacks, COUNT), 2 * COUNT);
    for (int i = 0; i < COUNT; i++)
        stack_free(stacks[i]);
    size_t left = resident_pages(stacks, COUNT);
    cr_assert_geq(left, 2 * 64, "those freed last stay warm");
    cr_assert_leq(left, 2 * 512, "%zu pages of free stacks are left", left);
    cr_assert_eq(stack_used(stacks[COUNT - 1]), 8192);
    cr_assert_eq(stack_used(stacks[0]), 0);
}

Test(stack, no_colour_is_much_more_frequent_than_another, .timeout = 10)
{
    enum { COUNT = 19 * 30 };
    static int times[4096];
    for (int i = 0; i < COUNT; i++) {
        size_t colour = stack_colour(get(STACK_DEFAULT));
        cr_assert_eq(colour % 64, 0);
        cr_assert_leq(colour, STACK_HEAD / 2);
        times[colour]++;
    }
    for (int i = 0; i < 4096; i++)
        cr_assert_leq(times[i], COUNT / 19 * 3 / 2);
}

Test(stack, a_guard_is_told_from_all_else, .timeout = 10)
{
    struct stack used = get(STACK_DEFAULT), freed = get(64 * 1024);
    stack_free(freed);
    cr_assert(stack_is_guard(used.low - 1));
    cr_assert(stack_is_guard(freed.low - 1), "a free one still has its own");
    cr_assert_not(stack_is_guard(used.low));
    cr_assert_not(stack_is_guard(used.low + used.size - 1));
    cr_assert_not(stack_is_guard(&used));
    cr_assert_not(stack_is_guard(NULL));
}

Test(stack, more_sizes_than_pools_are_served, .timeout = 10)
{
    enum { COUNT = 40 };
    static struct stack stacks[COUNT];
    for (int i = 0; i < COUNT; i++) {
        stacks[i] = get((size_t)(i + 1) * 4096);
        memset(stacks[i].low, i, stacks[i].size);
        cr_assert_not(within_reach(stacks[i].low - 1));
    }
    for (int i = 0; i < COUNT; i++) {
        cr_assert_eq(stacks[i].low[0], (char)i);
        stack_free(stacks[i]);
    }
    for (int i = 0; i < COUNT; i++)
        memset(get((size_t)(i + 1) * 4096).low, i, 4096);
}

Test(stack, no_two_overlap, .timeout = 10)
{
    enum { COUNT = 150 };
    static struct stack stacks[COUNT];
    for (int i = 0; i < COUNT; i++) {
        stacks[i] = get(i % 3 ? STACK_DEFAULT : 20000);
        memset(stacks[i].low, i, stacks[i].size);
    }
    for (int i = 0; i < COUNT; i++) {
        cr_assert_eq(stacks[i].low[0], (char)i);
        cr_assert_eq(stacks[i].low[stacks[i].size - 1], (char)i);
    }
}

Test(stack, it_is_no_smaller_than_asked_and_whole_pages, .timeout = 10)
{
    const size_t asked[] = {1, 4096, 4097, 70000, STACK_DEFAULT - 1};
    for (int i = 0; i < 5; i++) {
        struct stack stack = get(asked[i]);
        cr_assert_geq(stack.size, asked[i]);
        cr_assert_eq(stack.size % 4096, 0);
        cr_assert_eq((uintptr_t)stack.low % 4096, 0);
        stack_free(stack);
    }
}

Test(stack, a_freed_one_is_the_next_one_given_out, .timeout = 10)
{
    struct stack first = get(STACK_DEFAULT);
    get(STACK_DEFAULT);
    stack_free(first);
    cr_assert_eq(get(STACK_DEFAULT).low, first.low);
}

Test(stack, a_freed_one_keeps_its_guard, .timeout = 10)
{
    static struct stack stacks[600]; /* more than stay warm */
    for (int i = 0; i < 600; i++)
        memset((stacks[i] = get(STACK_DEFAULT)).low, 1, 4096);
    for (int i = 0; i < 600; i++)
        stack_free(stacks[i]);
    for (int i = 0; i < 600; i++) {
        struct stack stack = get(STACK_DEFAULT);
        cr_assert_not(within_reach(stack.low - 1));
        cr_assert(within_reach(stack.low));
    }
}

Test(stack, a_very_large_one_goes_back_to_the_kernel, .timeout = 10)
{
    struct stack stack = get(4 * 1024 * 1024);
    stack_free(stack);
    cr_assert_not(within_reach(stack.low));
}

Test(stack, an_impossible_size_is_refused, .timeout = 10)
{
    struct stack stack;
    const size_t asked[] = {SIZE_MAX, SIZE_MAX / 2, SIZE_MAX / 4};
    for (int i = 0; i < 3; i++) {
        int error = stack_alloc(&stack, asked[i]);
        cr_assert(error == ENOMEM || error == EAGAIN);
    }
}

Test(stack, the_high_water_mark_is_the_lowest_page_touched, .timeout = 10)
{
    struct stack stack = get(512 * 1024);
    cr_assert_eq(stack_used(stack), 0);
    stack.low[stack.size - 1] = 1;
    cr_assert_eq(stack_used(stack), 4096);
    stack.low[stack.size - 100 * 1024] = 1;
    cr_assert_eq(stack_used(stack), 100 * 1024);
    stack.low[stack.size - 8192] = 1;
    cr_assert_eq(stack_used(stack), 100 * 1024);
    stack.low[0] = 1;
    cr_assert_eq(stack_used(stack), stack.size);
}

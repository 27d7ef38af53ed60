/* SPDX-License-Identifier: MIT */
/* way_out.c - the moment when a thread comes back from a library is seen. */
#include "way_out.h"

#include <criterion/criterion.h>
#include <signal.h>
#include <stdint.h>
#include <ucontext.h>

/* What the handlers saw. */
static volatile sig_atomic_t watched, reached;

/* "The program" is this function alone: the library is entered by raise, and
 * interrupted there. How many times had the way out been reached after it? */
static __attribute__((noinline)) int
call_library(int times)
{
    int soon = 0;
    while (times-- > 0) {
        raise(SIGUSR2);
        soon += reached;
    }
    return soon;
}

static bool
is_caller(const char *pc)
{
    const char *begin = (const char *)(uintptr_t)call_library;
    return pc >= begin && pc < begin + 256;
}

static void
in_library(int sig)
{
    (void)sig;
    reached = 0;
    watched += way_out_watch(NULL);
}

static void
on_way_out(int sig, siginfo_t *info, void *context)
{
    (void)sig, (void)context;
    reached += way_out_reached(info);
    way_out_forget();
}

static void
open_and_catch(void)
{
    struct sigaction enter = {.sa_handler = in_library};
    struct sigaction out = {.sa_sigaction = on_way_out, .sa_flags = SA_SIGINFO};
    sigaction(SIGUSR2, &enter, NULL);
    sigaction(SIGUSR1, &out, NULL);
    way_out_open(SIGUSR1, is_caller);
}

Test(way_out, is_reached_as_soon_as_the_library_returns, .timeout = 10)
{
    open_and_catch();
    int soon = call_library(100);
    if (watched == 0)
        cr_skip_test("the kernel lends no breakpoint here");
    cr_assert_eq(watched, 100);
    cr_assert_eq(soon, 100);
    way_out_close();
}

Test(way_out, is_not_reached_by_who_has_been_told_to_forget, .timeout = 10)
{
    open_and_catch();
    struct sigaction nothing = {.sa_handler = SIG_IGN};
    sigaction(SIGUSR2, &nothing, NULL);
    way_out_watch(NULL);
    way_out_forget();
    cr_assert_eq(call_library(10), 0);
    way_out_close();
    cr_assert(!way_out_watch(NULL), "it is closed");
}

/* SPDX-License-Identifier: MIT */
/*
 * dns.c - a thread looks up a name, and the name server takes its time.
 *
 * getaddrinfo(3) is one call to the program. Inside the C library it is files
 * that are read, a socket, a datagram, a poll for the answer: system calls that
 * no thread library sees, and that no engine can make in its place, for there
 * is no system call "look up a name". So in a library that shares out one
 * kernel thread everybody waits for the name server.
 *
 * What is left is to make such a call where it harms nobody: on a helper, a
 * kernel thread of its own that runs no user-level thread. That is what
 * thread_blocking does with any function; here it is getaddrinfo, asking a name
 * server that this program brings along (names.h). Who is content with those
 * that the machine asks writes thread_getaddrinfo, which is the same in a line.
 */
#include "names.h"
#include "stall.h"

#include <netdb.h>

#define NAME "slow.example."

static bool
give_address(int answer)
{
    (void)answer; /* who asked has a way of its own to be answered */
    return names_answer();
}

struct lookup {
    uint32_t address;
    int error;
};

static void *
look_up(void *arg)
{
    struct lookup *l = arg;
    l->address = names_look_up(NAME, &l->error);
    return NULL;
}

static void
check(const struct lookup *l)
{
    if (l->error)
        demo_fail("the lookup: %s", gai_strerror(l->error));
    if (l->address != NAMES_ADDRESS)
        demo_fail("the lookup: a stranger answered");
}

static void *
look_up_here(void *arg)
{
    struct stall *s = arg;
    struct lookup l;
    stall_ask(s);
    look_up(&l);
    stall_end(s);
    check(&l);
    return NULL;
}

static void *
look_up_on_helper(void *arg)
{
    struct stall *s = arg;
    struct lookup l;
    stall_ask(s);
    thread_blocking(look_up, &l);
    stall_end(s);
    check(&l);
    return NULL;
}

/* Let others count while it is looked up: were they stopped? */
static bool
stops_others(struct stall *s, void *(*reader)(void *), const char *measure)
{
    stall_count_while(s, reader);
    demo_measure(s->d, measure, (double)s->longest / 1e6, "ms");
    return stall_is_stalled(s);
}

static const char *
reason(const struct thread_model *m)
{
    if (m->parallel)
        return "each thread waits on a kernel thread of its own";
    if (demo_kernel_switches())
        return "thread_blocking lets go of the lock without which nobody may "
               "run, and getaddrinfo knows nothing of it";
    return "the helper sleeps in the call, and the kernel thread that all the "
           "threads share runs the others";
}

static void
run(struct demo_run *d)
{
    struct stall *s = demo_shared(d, sizeof *s);
    names_open(d);
    stall_open_giving(s, d, give_address);
    const struct thread_model *m = thread_model();
    demo_predict(d,
                 "while a thread waits in getaddrinfo the others %s; while it "
                 "waits in thread_blocking they go on",
                 m->raw_call_stalls ? "stand still" : "go on");
    bool here = stops_others(s, look_up_here, "silence_getaddrinfo");
    bool helped = stops_others(s, look_up_on_helper, "silence_thread_blocking");
    demo_measure(d, "lookup", demo_ms(s->asked, s->answered), "ms");
    demo_found(d,
               "a lookup took %.0f ms; when it was made by the thread itself "
               "the others %s, and by thread_blocking they %s",
               demo_ms(s->asked, s->answered), here ? "stood still" : "went on",
               helped ? "stood still" : "went on");
    demo_judge(d, here == m->raw_call_stalls && !helped, "%s", reason(m));
}

static const struct demo demo = {
    .name = "dns",
    .claim = "A name lookup stops whoever shares its kernel thread, or needs a "
             "lock that it holds; thread_blocking has it stop nobody.",
    .run = run,
};

int
main(int argc, char **argv)
{
    return demo_main(argc, argv, &demo);
}

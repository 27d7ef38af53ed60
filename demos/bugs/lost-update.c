/* SPDX-License-Identifier: MIT */
/*
 * lost-update.c - two threads add to one number, and an addition is lost.
 *
 * To add is to read, to compute and to write. Whoever reads before the other
 * has written writes back a number that knows nothing of the other's addition.
 */
#include "demo.h"
#include "sync.h"

static int balance;

static void *
deposit(void *arg)
{
    int seen = balance;
    thread_checkpoint();
    balance = seen + 1;
    return arg;
}

static void
run(struct demo_run *d)
{
    demo_predict(d, "in the order that comes up by itself nothing goes wrong");
    thread_t alice = demo_thread(d, "alice", deposit, NULL);
    thread_t bob = demo_thread(d, "bob", deposit, NULL);
    thread_join(alice, NULL);
    thread_join(bob, NULL);
    thread_invariant(balance == 2);
    demo_measure(d, "balance", balance, "units");
    demo_found(d, "the balance was %d after two deposits of one", balance);
    demo_judge(d, balance == 2,
               "nobody had the CPU between reading and writing");
}

static const struct demo demo = {
    .name = "lost-update",
    .claim = "Adding to a number is three steps, and what comes between them "
             "is lost.",
    .run = run,
};

int
main(int argc, char **argv)
{
    return demo_main(argc, argv, &demo);
}

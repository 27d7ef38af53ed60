/* SPDX-License-Identifier: MIT */
/*
 * lost-update-cured.c - reading and writing under one mutex are one step to
 * whoever wants the same mutex.
 */
#include "demo.h"
#include "sync.h"

static int balance;
static struct mutex account;

static void *
deposit(void *arg)
{
    mutex_lock(&account);
    int seen = balance;
    thread_checkpoint();
    balance = seen + 1;
    mutex_unlock(&account);
    return arg;
}

static void
run(struct demo_run *d)
{
    demo_predict(d, "in the order that comes up by itself nothing goes wrong");
    thread_name_object(&account, "account");
    thread_t alice = demo_thread(d, "alice", deposit, NULL);
    thread_t bob = demo_thread(d, "bob", deposit, NULL);
    thread_join(alice, NULL);
    thread_join(bob, NULL);
    thread_invariant(balance == 2);
    demo_measure(d, "balance", balance, "units");
    demo_found(d, "the balance was %d after two deposits of one", balance);
    demo_judge(d, balance == 2,
               "whoever adds has the mutex from reading to writing");
}

static const struct demo demo = {
    .name = "lost-update-cured",
    .claim = "Under one mutex three steps are one.",
    .run = run,
};

int
main(int argc, char **argv)
{
    return demo_main(argc, argv, &demo);
}

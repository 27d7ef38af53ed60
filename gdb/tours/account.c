/* SPDX-License-Identifier: MIT */
/*
 * account.c - two deposits, of which one is lost, for
 * gdb/tours/4-lost-update.gdb.
 */
#include "thread.h"

#include <stdio.h>

static int balance;

static void *
deposit(void *amount)
{
    int seen = balance;
    thread_yield(); /* anything that lets the other one run */
    balance = seen + *(const int *)amount;
    return NULL;
}

/* Break here: the balance should be 3. */
__attribute__((noinline)) static void
audit(void)
{
    __asm__ volatile("");
}

int
main(void)
{
    static const int one = 1, two = 2;
    thread_t alice, bob;
    thread_self(); /* the library starts: nothing that need be recorded */
    int error = thread_create(&alice, &(struct thread_attr){.name = "alice"},
                              deposit, (void *)&one);
    error += thread_create(&bob, &(struct thread_attr){.name = "bob"}, deposit,
                           (void *)&two);
    error += thread_join(alice, NULL);
    error += thread_join(bob, NULL);
    audit();
    printf("balance %d\n", balance);
    return error != 0;
}

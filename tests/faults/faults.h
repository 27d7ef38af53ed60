/* SPDX-License-Identifier: MIT */
/*
 * faults.h - make the Nth thing that the library asks of the world fail.
 *
 * Whoever calls malloc or a system call must be ready for a no, and the code
 * that is ready is the code that never runs. The linker puts a wrapper before
 * each such call of the library's (--wrap), which counts them, and says no to
 * one of them. What was asked for and is still held is counted too, so that
 * what an error path forgets to give back shows.
 */
#ifndef TESTS_FAULTS_H
#define TESTS_FAULTS_H

/* Count from here on; the nth call fails, or with 0 none. */
void faults_arm(long nth);

/* Calls counted since then. */
long faults_counted(void);

/* The name of the call that failed, or NULL. */
const char *faults_failed(void);

/* What the library holds at the moment. */
struct holding {
    long blocks;      /* of the heap */
    long mapped;      /* bytes of address space */
    long descriptors; /* open in this process */
};

struct holding faults_holding(void);

#endif

/* SPDX-License-Identifier: MIT */
/*
 * names.h - a name server of our own, and a resolver that asks it.
 *
 * getaddrinfo(3) asks whom /etc/resolv.conf names, and that file is root's. But
 * what the C library has read from it lies in a variable that a program may
 * change, _res, of which every kernel thread has its own. So any user can have
 * the C library's own resolver ask a server on the loopback interface, and
 * neither a network nor a privilege is needed.
 */
#ifndef DEMO_NAMES_H
#define DEMO_NAMES_H

#include "demo.h"

/* Where the server can be asked; or skip if there is no such place. */
void names_open(struct demo_run *d);

/* In the server's process: wait for a question, and answer that the name's
 * address is NAMES_ADDRESS. False: it cannot. */
#define NAMES_ADDRESS 0xc0000207u /* 192.0.2.7, which is nobody's */
bool names_answer(void);

/* Look a name up: the address, or 0 and why not in *error, which gai_strerror
 * can explain. Blocks in getaddrinfo; makes no call of the contract. */
uint32_t names_look_up(const char *name, int *error);

#endif

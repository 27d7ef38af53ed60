/* SPDX-License-Identifier: MIT */
/* listen.h - a socket that clients come to, until no more may. */
#ifndef DEMO_LISTEN_H
#define DEMO_LISTEN_H

/* A socket that listens at ADDRESS:PORT, and the port; 0 takes any that is
 * free. It does not wait (O_NONBLOCK). An address that is not valid, or not to
 * be had, ends the program. */
int listen_open(const char *address, int backlog, int *port);

/* Nobody joins the line any more. Who stands in it, or has begun to connect,
 * can be accepted as before. */
void listen_no_more(int fd);

#endif

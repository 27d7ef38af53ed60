/* SPDX-License-Identifier: MIT */
/*
 * descriptors.h - pipes, sockets and signals for the tests of io.h.
 */
#ifndef TESTS_DESCRIPTORS_H
#define TESTS_DESCRIPTORS_H

#include "contract.h"

#include <fcntl.h>
#include <netinet/in.h>
#include <signal.h>
#include <unistd.h>

struct pipe {
    int out; /* read from it */
    int in;  /* write to it */
};

struct pipe open_pipe(void);

/* Two sockets connected to each other. */
void open_pair(int type, int ends[2]);

/* An empty file without a name. */
int open_file(void);

void set_nonblocking(int fd);

/* Write until it takes no more; returns how much it took. */
size_t fill(int fd);

/* A socket that listens on a port of the kernel's choice; its address goes to
 * *addr. And one to connect with. */
int listen_on_loopback(struct sockaddr_in *addr);
int stream_socket(void);
int connect_to(int fd, const struct sockaddr_in *addr);

/* From here on SIGUSR1 comes every 2 ms, handled without SA_RESTART. */
void begin_signals(void);
extern volatile sig_atomic_t signals; /* how many have come */

/* As in a thread of a server that blocks all signals in all threads but one,
 * and means by that those which it handles. */
void block_realtime_signals(void);

/* Have they disturbed what was waited for? Where the machine is busy with other
 * things few come in a short wait, so a test waits longer each time, but for no
 * more than 2 s. */
bool disturbed(unsigned next_wait_ms);

/* A child process that writes a byte in 30 ms: so that even an engine that
 * stalls this whole process has somebody to wait for. */
void byte_from_outside_in_30_ms(int fd);

/* A read in another thread: spawn(read_there, &reader). */
struct reader {
    int fd;
    char buf[16];
    ssize_t result;
    int error;
};

void *read_there(void *reader);

/* A thread that writes a mebibyte to the descriptor and closes it; it returns
 * NULL, or errno as a number. */
void *write_a_mebibyte(void *fd);

/* The call failed, and with this errno. */
#define cr_assert_fails(call, error)                           \
    do {                                                       \
        errno = 0;                                             \
        long result_ = (long)(call);                           \
        int errno_ = errno;                                    \
        cr_assert_eq(result_, -1, #call " gave %ld", result_); \
        cr_assert_eq(errno_, error, #call " set errno to %s",  \
                     strerror(errno_));                        \
    } while (0)

#endif

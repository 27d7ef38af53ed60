/* SPDX-License-Identifier: MIT */
/*
 * io.h - the contract: input and output that suspend a thread.
 *
 * Each call has the shape of the system call it is named for: it returns what
 * that returns, or -1 with errno set, which is per thread. In a user-level
 * model with a working engine the calling *thread* waits and the others run;
 * in a kernel model it is the system call. A program that wants to show what
 * happens without such an engine calls read(2) itself: one line differs.
 *
 * Two differences from the system calls, the same in every model:
 *   - EINTR is never returned: a signal does not end the wait.
 *   - O_NONBLOCK on the descriptor is ignored: the thread waits. To look
 *     without waiting, give a deadline that has passed (such as 0).
 *
 * The _until form gives up when the deadline (CLOCK_MONOTONIC, ns) passes:
 * -1 and errno ETIMEDOUT; nothing was transferred then, and the kernel is done
 * with the buffer. All of them may switch. Do not close a descriptor while
 * another thread waits for it.
 */
#ifndef THREADBARE_IO_H
#define THREADBARE_IO_H

#include <poll.h>
#include <stdint.h>
#include <sys/socket.h>
#include <sys/types.h>

#ifdef __cplusplus
extern "C" {
#endif
#pragma GCC visibility push(default)

/* read(2), write(2): at the file's own offset, short transfers included. */
ssize_t thread_read(int fd, void *buf, size_t count);
ssize_t thread_read_until(int fd, void *buf, size_t count, uint64_t deadline);
ssize_t thread_write(int fd, const void *buf, size_t count);
ssize_t thread_write_until(int fd, const void *buf, size_t count,
                           uint64_t deadline);

/* pread(2), pwrite(2): at a given offset, which must not be negative. */
ssize_t thread_pread(int fd, void *buf, size_t count, off_t offset);
ssize_t thread_pread_until(int fd, void *buf, size_t count, off_t offset,
                           uint64_t deadline);
ssize_t thread_pwrite(int fd, const void *buf, size_t count, off_t offset);
ssize_t thread_pwrite_until(int fd, const void *buf, size_t count, off_t offset,
                            uint64_t deadline);

/* accept4(2) and connect(2). The new descriptor has just the flags given. */
int thread_accept(int fd, struct sockaddr *addr, socklen_t *len, int flags);
int thread_accept_until(int fd, struct sockaddr *addr, socklen_t *len,
                        int flags, uint64_t deadline);
int thread_connect(int fd, const struct sockaddr *addr, socklen_t len);
int thread_connect_until(int fd, const struct sockaddr *addr, socklen_t len,
                         uint64_t deadline);

/* recv(2), send(2). A send to a closed peer gives EPIPE and never SIGPIPE. */
ssize_t thread_recv(int fd, void *buf, size_t count, int flags);
ssize_t thread_recv_until(int fd, void *buf, size_t count, int flags,
                          uint64_t deadline);
ssize_t thread_send(int fd, const void *buf, size_t count, int flags);
ssize_t thread_send_until(int fd, const void *buf, size_t count, int flags,
                          uint64_t deadline);

/*
 * poll(2) with a deadline in place of a time-out: wait until one of the
 * descriptors is ready, and return how many are; 0 when the deadline passed.
 * THREAD_FOREVER waits without end. ENOMEM: no memory to wait for that many.
 */
int thread_poll(struct pollfd *fds, nfds_t count, uint64_t deadline);

/*
 * Call fn(arg), which may block in any way it likes (a name lookup, a lock on a
 * file, a library that knows nothing of us), and return its result; errno is
 * what fn has left. The calling thread waits, the others run: in a user-level
 * model fn runs on another kernel thread, of which there are only so many (see
 * uthreads(7)). So fn must not call any function of the contract, and its
 * thread-local variables are not the caller's. May switch; a cancellation
 * point. fn cannot be interrupted: from when it has begun, the thread waits
 * for its end, and a cancellation is answered at the next point after that.
 */
void *thread_blocking(void *(*fn)(void *), void *arg);

/*
 * The same; the result goes to *result. Returns 0, or ETIMEDOUT: the deadline
 * passed before fn began, and it will not be called. Once it has begun, the
 * deadline does not matter any more.
 */
int thread_blocking_until(void *(*fn)(void *), void *arg, uint64_t deadline,
                          void **result);

#pragma GCC visibility pop
#ifdef __cplusplus
}
#endif
#endif

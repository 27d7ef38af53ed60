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
 * with the buffer. What is always ready is done whatever the deadline: a
 * transfer of a file on a disk. All of them may switch, and are cancellation
 * points: an operation is taken back from the kernel before the thread ends.
 *
 * To close a descriptor that other threads wait for, call thread_close.
 */
#ifndef THREADBARE_IO_H
#define THREADBARE_IO_H

#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <sys/socket.h>
#include <sys/types.h>
#include <sys/uio.h>

struct statx; /* <sys/stat.h> */

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

/* readv(2), writev(2), preadv(2), pwritev(2): the same with many buffers.
 * EINVAL: more than IOV_MAX of them. */
ssize_t thread_readv(int fd, const struct iovec *pieces, int count);
ssize_t thread_readv_until(int fd, const struct iovec *pieces, int count,
                           uint64_t deadline);
ssize_t thread_writev(int fd, const struct iovec *pieces, int count);
ssize_t thread_writev_until(int fd, const struct iovec *pieces, int count,
                            uint64_t deadline);
ssize_t thread_preadv(int fd, const struct iovec *pieces, int count,
                      off_t offset);
ssize_t thread_preadv_until(int fd, const struct iovec *pieces, int count,
                            off_t offset, uint64_t deadline);
ssize_t thread_pwritev(int fd, const struct iovec *pieces, int count,
                       off_t offset);
ssize_t thread_pwritev_until(int fd, const struct iovec *pieces, int count,
                             off_t offset, uint64_t deadline);

/*
 * open(2) and openat(2). O_NONBLOCK among the flags is heeded: a FIFO is then
 * opened, or not, without waiting for its other end. A deadline that passes
 * leaves no descriptor behind; a file that was to be created may be there.
 */
int thread_open(const char *path, int flags, mode_t mode);
int thread_open_until(const char *path, int flags, mode_t mode,
                      uint64_t deadline);
int thread_openat(int directory, const char *path, int flags, mode_t mode);
int thread_openat_until(int directory, const char *path, int flags, mode_t mode,
                        uint64_t deadline);

/*
 * close(2), which ends the waits of other threads on this descriptor: they get
 * EBADF, thread_poll POLLNVAL, and nothing was transferred. (With an engine
 * that stalls there are no other threads; with a process for each thread they
 * have descriptors of their own.) The number is free when it returns, whatever
 * it returns. Only its start is a cancellation point, and there is no deadline:
 * a close is not taken back.
 */
int thread_close(int fd);

/* statx(2): asking a path, or with AT_EMPTY_PATH a descriptor. */
int thread_statx(int directory, const char *path, int flags, unsigned mask,
                 struct statx *about);
int thread_statx_until(int directory, const char *path, int flags,
                       unsigned mask, struct statx *about, uint64_t deadline);

/* fsync(2) and fdatasync(2). After a deadline has passed the disk may go on
 * writing: nobody knows how much is safe. */
int thread_fsync(int fd);
int thread_fsync_until(int fd, uint64_t deadline);
int thread_fdatasync(int fd);
int thread_fdatasync_until(int fd, uint64_t deadline);

/*
 * sendfile(2): from a file to any descriptor, until all is sent or the file
 * ends, in pieces between which other threads run. What was sent before an
 * error or the deadline counts: it is then returned in place of the error, and
 * *offset, or the file's position, stands behind it. To a peer that has closed
 * it gives EPIPE, and SIGPIPE as well, for the system call has no flag against
 * it; so do thread_write and thread_splice. A server ignores that signal.
 */
ssize_t thread_sendfile(int to, int from, off_t *offset, size_t count);
ssize_t thread_sendfile_until(int to, int from, off_t *offset, size_t count,
                              uint64_t deadline);

/* splice(2): between a pipe and any descriptor, one piece; the flags may say
 * SPLICE_F_MOVE and SPLICE_F_MORE. */
ssize_t thread_splice(int from, off_t *from_offset, int to, off_t *to_offset,
                      size_t count, unsigned flags);
ssize_t thread_splice_until(int from, off_t *from_offset, int to,
                            off_t *to_offset, size_t count, unsigned flags,
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

/* recvmsg(2), sendmsg(2). */
ssize_t thread_recvmsg(int fd, struct msghdr *message, int flags);
ssize_t thread_recvmsg_until(int fd, struct msghdr *message, int flags,
                             uint64_t deadline);
ssize_t thread_sendmsg(int fd, const struct msghdr *message, int flags);
ssize_t thread_sendmsg_until(int fd, const struct msghdr *message, int flags,
                             uint64_t deadline);

/*
 * poll(2) with a deadline in place of a time-out: wait until one of the
 * descriptors is ready, and return how many are; 0 when the deadline passed.
 * THREAD_FOREVER waits without end. ENOMEM: no memory to wait for that many.
 */
int thread_poll(struct pollfd *fds, nfds_t count, uint64_t deadline);

/* waitpid(2): news of a child, or of any. */
pid_t thread_waitpid(pid_t pid, int *status, int options);
pid_t thread_waitpid_until(pid_t pid, int *status, int options,
                           uint64_t deadline);

#ifdef _POSIX_C_SOURCE /* <signal.h> has their types only then */
/*
 * sigwaitinfo(2): take one of these signals when it is pending, and return its
 * number. The signals must be blocked, in every kernel thread of the process and
 * from before the first call of the contract: a context may keep its own mask;
 * *info is filled in unless info is NULL.
 */
int thread_sigwait(const sigset_t *set, siginfo_t *info);
int thread_sigwait_until(const sigset_t *set, siginfo_t *info,
                         uint64_t deadline);
#endif

/*
 * futex(2), FUTEX_WAIT: sleep on a word that another process shares, until it
 * is woken there (FUTEX_WAKE), or for no reason at all. EAGAIN: the word is
 * not what was expected. For threads of one process there is sync.h.
 */
int thread_futex_wait(const uint32_t *word, uint32_t expected);
int thread_futex_wait_until(const uint32_t *word, uint32_t expected,
                            uint64_t deadline);

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

/*
 * getaddrinfo(3), by thread_blocking: 0, or an EAI_ number; what is found is
 * freed by freeaddrinfo. EAI_SYSTEM with errno ETIMEDOUT: the deadline passed
 * before the lookup began; one that has begun has the C library's own time
 * limits.
 */
struct addrinfo;
int thread_getaddrinfo(const char *node, const char *service,
                       const struct addrinfo *hints, struct addrinfo **found);
int thread_getaddrinfo_until(const char *node, const char *service,
                             const struct addrinfo *hints,
                             struct addrinfo **found, uint64_t deadline);

#pragma GCC visibility pop
#ifdef __cplusplus
}
#endif
#endif

/* SPDX-License-Identifier: MIT */
/* wrap.c - see faults.h. */
#include "faults.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <liburing.h>
#include <netdb.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/sendfile.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static atomic_long counted, chosen, blocks, mapped;
static const char *_Atomic failed;

void
faults_arm(long nth)
{
    atomic_store(&counted, 0);
    atomic_store(&chosen, nth);
}

long
faults_counted(void)
{
    return atomic_load(&counted);
}

const char *
faults_failed(void)
{
    return atomic_load(&failed);
}

static long
open_descriptors(void)
{
    long count = 0;
    DIR *open = opendir("/proc/self/fd");
    while (open && readdir(open))
        count++;
    if (open)
        closedir(open);
    return count;
}

struct holding
faults_holding(void)
{
    return (struct holding){atomic_load(&blocks), atomic_load(&mapped),
                            open_descriptors()};
}

/* Is it this one's turn to fail? */
static bool
fails(const char *name)
{
    long n = atomic_fetch_add(&counted, 1) + 1;
    if (n != atomic_load(&chosen))
        return false;
    atomic_store(&failed, name);
    return true;
}

/*
 * A call that the library makes, under its own name; what it is called with;
 * and what it does and returns when it is its turn to fail.
 */
#define WRAP(type, name, parameters, arguments, failure) \
    type __real_##name parameters;                       \
    type __wrap_##name parameters;                       \
    type __wrap_##name parameters                        \
    {                                                    \
        if (fails(#name))                                \
            failure;                                     \
        return __real_##name arguments;                  \
    }

/* -1 and errno. */
#define REFUSE(error)    \
    do {                 \
        errno = (error); \
        return -1;       \
    } while (0)

/* ---- Memory ---- */

void *__real_malloc(size_t);
void *__real_calloc(size_t, size_t);
void *__real_realloc(void *, size_t);
void __real_free(void *);
void *__wrap_malloc(size_t);
void *__wrap_calloc(size_t, size_t);
void *__wrap_realloc(void *, size_t);
void __wrap_free(void *);

/* The library has asked for a block. */
static void *
note_block(void *block)
{
    if (block)
        atomic_fetch_add(&blocks, 1);
    return block;
}

static void *
no_memory(void)
{
    errno = ENOMEM;
    return NULL;
}

void *
__wrap_malloc(size_t size)
{
    return fails("malloc") ? no_memory() : note_block(__real_malloc(size));
}

void *
__wrap_calloc(size_t count, size_t size)
{
    return fails("calloc") ? no_memory()
                           : note_block(__real_calloc(count, size));
}

void *
__wrap_realloc(void *old, size_t size)
{
    if (fails("realloc"))
        return no_memory();
    void *block = __real_realloc(old, size);
    return old ? block : note_block(block);
}

void
__wrap_free(void *block)
{
    if (block)
        atomic_fetch_sub(&blocks, 1);
    __real_free(block);
}

void *__real_mmap(void *, size_t, int, int, int, off_t);
void *__wrap_mmap(void *, size_t, int, int, int, off_t);
int __real_munmap(void *, size_t);
int __wrap_munmap(void *, size_t);

void *
__wrap_mmap(void *address, size_t size, int protection, int flags, int fd,
            off_t offset)
{
    if (fails("mmap")) {
        errno = ENOMEM;
        return MAP_FAILED;
    }
    void *memory = __real_mmap(address, size, protection, flags, fd, offset);
    if (memory != MAP_FAILED)
        atomic_fetch_add(&mapped, (long)size);
    return memory;
}

/* To give back cannot fail but for our own error. */
int
__wrap_munmap(void *address, size_t size)
{
    atomic_fetch_sub(&mapped, (long)size);
    return __real_munmap(address, size);
}

WRAP(int, mprotect, (void *a, size_t n, int p), (a, n, p), REFUSE(ENOMEM))
WRAP(int, madvise, (void *a, size_t n, int advice), (a, n, advice),
     REFUSE(ENOMEM))
WRAP(ssize_t, process_madvise,
     (int p, const struct iovec *v, size_t n, int advice, unsigned f),
     (p, v, n, advice, f), REFUSE(EPERM))
WRAP(int, mincore, (void *a, size_t n, unsigned char *v), (a, n, v),
     REFUSE(EAGAIN))

/* ---- Files ---- */

int __real_open(const char *, int, ...);
int __wrap_open(const char *, int, ...);
int
__wrap_open(const char *path, int flags, ...)
{
    va_list rest;
    va_start(rest, flags);
    mode_t mode = va_arg(rest, mode_t);
    va_end(rest);
    if (fails("open"))
        REFUSE(EMFILE);
    return __real_open(path, flags, mode);
}

int __real_ioctl(int, unsigned long, ...);
int __wrap_ioctl(int, unsigned long, ...);
int
__wrap_ioctl(int fd, unsigned long request, ...)
{
    va_list rest;
    va_start(rest, request);
    void *argument = va_arg(rest, void *);
    va_end(rest);
    if (fails("ioctl"))
        REFUSE(EINVAL);
    return __real_ioctl(fd, request, argument);
}

int __real_fcntl(int, int, ...);
int __wrap_fcntl(int, int, ...);
int
__wrap_fcntl(int fd, int command, ...)
{
    va_list rest;
    va_start(rest, command);
    void *argument = va_arg(rest, void *);
    va_end(rest);
    if (fails("fcntl"))
        REFUSE(EINVAL);
    return __real_fcntl(fd, command, argument);
}

int __real_openat(int, const char *, int, ...);
int __wrap_openat(int, const char *, int, ...);
int
__wrap_openat(int directory, const char *path, int flags, ...)
{
    va_list rest;
    va_start(rest, flags);
    mode_t mode = va_arg(rest, mode_t);
    va_end(rest);
    if (fails("openat"))
        REFUSE(EMFILE);
    return __real_openat(directory, path, flags, mode);
}

/* Whatever it returns, the number is free. */
WRAP(int, close, (int fd), (fd), {
    __real_close(fd);
    REFUSE(EIO);
})
WRAP(int, dup2, (int fd, int number), (fd, number), REFUSE(EBUSY))
WRAP(int, pipe, (int ends[2]), (ends), REFUSE(EMFILE))
WRAP(int, ftruncate, (int fd, off_t length), (fd, length), REFUSE(EFBIG))
WRAP(int, posix_fallocate, (int fd, off_t at, off_t length), (fd, at, length),
     return ENOSPC)
WRAP(ssize_t, read, (int fd, void *b, size_t n), (fd, b, n), REFUSE(EIO))
WRAP(ssize_t, write, (int fd, const void *b, size_t n), (fd, b, n), REFUSE(EIO))
WRAP(ssize_t, pread, (int fd, void *b, size_t n, off_t at), (fd, b, n, at),
     REFUSE(EIO))
WRAP(ssize_t, pwrite, (int fd, const void *b, size_t n, off_t at),
     (fd, b, n, at), REFUSE(ENOSPC))
WRAP(off_t, lseek, (int fd, off_t at, int from), (fd, at, from), REFUSE(ESPIPE))
WRAP(int, fstat, (int fd, struct stat *about), (fd, about), REFUSE(ENOMEM))
WRAP(int, statx,
     (int d, const char *path, int flags, unsigned mask, struct statx *about),
     (d, path, flags, mask, about), REFUSE(ENOMEM))
WRAP(int, fsync, (int fd), (fd), REFUSE(EIO))
WRAP(int, fdatasync, (int fd), (fd), REFUSE(EIO))
WRAP(int, posix_fadvise, (int fd, off_t at, off_t n, int advice),
     (fd, at, n, advice), return ENOMEM)
WRAP(ssize_t, sendfile, (int to, int from, off_t *at, size_t n),
     (to, from, at, n), REFUSE(ENOMEM))
WRAP(ssize_t, splice,
     (int from, off_t *f, int to, off_t *t, size_t n, unsigned flags),
     (from, f, to, t, n, flags), REFUSE(ENOMEM))

/* ---- Sockets ---- */

WRAP(int, accept4, (int fd, struct sockaddr *a, socklen_t *n, int f),
     (fd, a, n, f), REFUSE(EMFILE))
WRAP(int, connect, (int fd, const struct sockaddr *a, socklen_t n), (fd, a, n),
     REFUSE(EADDRNOTAVAIL))
WRAP(ssize_t, recvmsg, (int fd, struct msghdr *m, int f), (fd, m, f),
     REFUSE(ENOMEM))
WRAP(ssize_t, sendmsg, (int fd, const struct msghdr *m, int f), (fd, m, f),
     REFUSE(ENOBUFS))
WRAP(ssize_t, recv, (int fd, void *b, size_t n, int f), (fd, b, n, f),
     REFUSE(ENOBUFS))
WRAP(ssize_t, send, (int fd, const void *b, size_t n, int f), (fd, b, n, f),
     REFUSE(ENOBUFS))
WRAP(int, setsockopt, (int fd, int l, int o, const void *v, socklen_t n),
     (fd, l, o, v, n), REFUSE(ENOBUFS))
WRAP(int, getsockopt, (int fd, int l, int o, void *v, socklen_t *n),
     (fd, l, o, v, n), REFUSE(ENOBUFS))
WRAP(int, poll, (struct pollfd * fds, nfds_t n, int t), (fds, n, t),
     REFUSE(ENOMEM))
WRAP(int, ppoll,
     (struct pollfd * fds, nfds_t n, const struct timespec *t,
      const sigset_t *s),
     (fds, n, t, s), REFUSE(ENOMEM))

/* ---- epoll, and helpers ---- */

WRAP(int, epoll_create1, (int flags), (flags), REFUSE(EMFILE))
WRAP(int, epoll_ctl, (int e, int o, int fd, struct epoll_event *v),
     (e, o, fd, v), REFUSE(ENOSPC))
WRAP(int, epoll_pwait2,
     (int e, struct epoll_event *v, int n, const struct timespec *t,
      const sigset_t *s),
     (e, v, n, t, s), REFUSE(EINTR))
WRAP(int, eventfd, (unsigned n, int flags), (n, flags), REFUSE(EMFILE))
WRAP(ssize_t, preadv2,
     (int fd, const struct iovec *v, int n, off_t at, int flags),
     (fd, v, n, at, flags), REFUSE(EIO))
WRAP(ssize_t, pwritev2,
     (int fd, const struct iovec *v, int n, off_t at, int flags),
     (fd, v, n, at, flags), REFUSE(EIO))

/* ---- Events, names ---- */

WRAP(int, signalfd, (int fd, const sigset_t *s, int flags), (fd, s, flags),
     REFUSE(ENFILE))
WRAP(int, sigtimedwait,
     (const sigset_t *s, siginfo_t *i, const struct timespec *t), (s, i, t),
     REFUSE(EINTR))
WRAP(int, waitid, (idtype_t type, id_t id, siginfo_t *i, int options),
     (type, id, i, options), REFUSE(EINTR))
WRAP(pid_t, waitpid, (pid_t pid, int *status, int options),
     (pid, status, options), REFUSE(EINTR))
WRAP(int, getaddrinfo,
     (const char *node, const char *service, const struct addrinfo *hints,
      struct addrinfo **found),
     (node, service, hints, found), return EAI_AGAIN)

/* ---- io_uring ---- */

WRAP(struct io_uring_probe *, io_uring_get_probe_ring, (struct io_uring * r),
     (r), return NULL)
WRAP(int, io_uring_register_ring_fd, (struct io_uring * r), (r), return -EINVAL)

WRAP(int, io_uring_queue_init_params,
     (unsigned n, struct io_uring *r, struct io_uring_params *p), (n, r, p),
     return -ENOMEM)
WRAP(int, io_uring_ring_dontfork, (struct io_uring * r), (r), return -ENOMEM)
WRAP(int, io_uring_submit_and_wait, (struct io_uring * r, unsigned n), (r, n),
     return -EAGAIN)
WRAP(int, io_uring_submit_and_get_events, (struct io_uring * r), (r),
     return -EAGAIN)
WRAP(int, io_uring_submit_and_wait_timeout,
     (struct io_uring * r, struct io_uring_cqe **c, unsigned n,
      struct __kernel_timespec *t, sigset_t *s),
     (r, c, n, t, s), return -EAGAIN)

/* ---- Signals, timers, threads ---- */

long __real_syscall(long, ...);
long __wrap_syscall(long, ...);
long
__wrap_syscall(long number, ...)
{
    long a[5];
    va_list rest;
    va_start(rest, number);
    for (int i = 0; i < 5; i++)
        a[i] = va_arg(rest, long);
    va_end(rest);
    bool can_fail = number != SYS_gettid;
    if (can_fail && fails("syscall"))
        REFUSE(EACCES);
    return __real_syscall(number, a[0], a[1], a[2], a[3], a[4]);
}

WRAP(int, sigaction, (int s, const struct sigaction *n, struct sigaction *o),
     (s, n, o), REFUSE(EINVAL))
WRAP(int, sigaltstack, (const stack_t *n, stack_t *o), (n, o), REFUSE(ENOMEM))
WRAP(int, timer_create, (clockid_t c, struct sigevent *e, timer_t *t),
     (c, e, t), REFUSE(EAGAIN))
WRAP(int, timer_settime,
     (timer_t t, int flags, const struct itimerspec *n, struct itimerspec *o),
     (t, flags, n, o), REFUSE(EINVAL))
WRAP(int, atexit, (void (*fn)(void)), (fn), return 1)
WRAP(int, pthread_atfork,
     (void (*before)(void), void (*after)(void), void (*child)(void)),
     (before, after, child), return ENOMEM)
WRAP(int, pthread_getattr_np, (pthread_t t, pthread_attr_t *a), (t, a),
     return ENOMEM)
WRAP(int, pthread_attr_init, (pthread_attr_t * a), (a), return ENOMEM)
WRAP(int, pthread_create,
     (pthread_t * t, const pthread_attr_t *a, void *(*fn)(void *), void *arg),
     (t, a, fn, arg), return EAGAIN)
WRAP(int, setpriority, (__priority_which_t w, id_t i, int n), (w, i, n),
     REFUSE(EACCES))

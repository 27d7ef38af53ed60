/* SPDX-License-Identifier: MIT */
/*
 * io_events.c - what else there is to wait for: the end of a child, a signal,
 * a word in memory that another process shares.
 *
 * The first two have descriptors, which are as good to wait for as any other:
 * a pidfd is readable when the process has ended, a signalfd when one of its
 * signals is pending. What has come is then taken by the call that never
 * waits; if somebody else was faster, the wait begins anew.
 */
#include "io.h"

#include "io_op.h"

#include <errno.h>
#include <sys/signalfd.h>
#include <sys/syscall.h>
#include <unistd.h>

static void
close_descriptor(void *fd)
{
    int error = errno;
    close(*(int *)fd);
    errno = error;
}

/* Wait until a descriptor of our own is readable, and close it. */
static int
wait_and_close(int fd, uint64_t deadline)
{
    struct thread_cleanup cleanup;
    if (fd < 0)
        return -1;
    thread_cleanup_push(&cleanup, close_descriptor, &fd);
    long ready = io_wait_ready(fd, POLLIN, deadline);
    thread_cleanup_pop(true);
    return ready < 0 ? -1 : 0;
}

/* ---- Children ---- */

bool (*io_reap_own)(pid_t child);

/* What waitpid's first argument means, in waitid's terms. */
static idtype_t
type_of(pid_t pid)
{
    return pid > 0 ? P_PID : pid == -1 ? P_ALL : P_PGID;
}

static pid_t
id_of(pid_t pid)
{
    return pid < -1 ? -pid : pid > 0 ? pid : 0;
}

/* Wait until there may be something to be told of some child: without taking
 * the news, for the one who asks is waitpid. */
static int
wait_for_news(pid_t pid, int options, uint64_t deadline)
{
    siginfo_t info;
    struct io_op op = {.call = IO_WAITID,
                       .fd = id_of(pid),
                       .info = &info,
                       .id_type = type_of(pid),
                       .flags = WEXITED | WNOWAIT | options};
    return (int)io_perform(&op, deadline);
}

/* waitpid(2) that does not wait. A child that is a thread of ours is no child
 * of the program's: its news are for whoever joins it. */
static pid_t
look_for_news(pid_t pid, int *status, int options)
{
    siginfo_t info = {.si_pid = 0};
    if (!io_reap_own || pid > 0)
        return waitpid(pid, status, options | WNOHANG);
    do
        if (waitid(type_of(pid), (id_t)id_of(pid), &info,
                   WEXITED | WNOWAIT | WNOHANG | options) != 0)
            return -1;
    while (info.si_pid && io_reap_own(info.si_pid));
    return info.si_pid ? waitpid(info.si_pid, status, options | WNOHANG) : 0;
}

pid_t
thread_waitpid(pid_t pid, int *status, int options)
{
    return thread_waitpid_until(pid, status, options, THREAD_FOREVER);
}

pid_t
thread_waitpid_until(pid_t pid, int *status, int options, uint64_t deadline)
{
    int error = 0;
    thread_testcancel();
    pid_t child = look_for_news(pid, status, options);
    while (child == 0 && !(options & WNOHANG) && error == 0) {
        bool end_of_one = pid > 0 && !(options & (WUNTRACED | WCONTINUED));
        error =
            end_of_one
                ? wait_and_close((int)syscall(SYS_pidfd_open, pid, 0), deadline)
                : wait_for_news(pid, options, deadline);
        if (error == 0)
            child = look_for_news(pid, status, options);
    }
    return error ? -1 : child;
}

/* ---- Signals ---- */

int
thread_sigwait(const sigset_t *set, siginfo_t *info)
{
    return thread_sigwait_until(set, info, THREAD_FOREVER);
}

int
thread_sigwait_until(const sigset_t *set, siginfo_t *info, uint64_t deadline)
{
    const struct timespec now = {0, 0};
    int number;
    thread_testcancel();
    while ((number = sigtimedwait(set, info, &now)) < 0) {
        if (errno != EAGAIN && errno != EINTR)
            break;
        if (wait_and_close(signalfd(-1, set, SFD_CLOEXEC), deadline) != 0)
            break;
    }
    return number;
}

/* ---- Words ---- */

int
thread_futex_wait(const uint32_t *word, uint32_t expected)
{
    return thread_futex_wait_until(word, expected, THREAD_FOREVER);
}

int
thread_futex_wait_until(const uint32_t *word, uint32_t expected,
                        uint64_t deadline)
{
    struct io_op op = {.call = IO_FUTEX_WAIT,
                       .fd = -1,
                       .word = (uint32_t *)(uintptr_t)word,
                       .expected = expected};
    return (int)io_perform(&op, deadline);
}

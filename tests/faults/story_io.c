/* SPDX-License-Identifier: MIT */
/*
 * story_io.c - every call of io.h, once.
 *
 * A call that is refused gives -1 and errno, and the story goes on; one that is
 * not refused must have done what it was asked for. Whatever waits for somebody
 * else has a deadline, for the other may have been refused.
 */
#include "io.h"
#include "telling.h"

#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

/* How long a wait may be in vain. */
static uint64_t
soon(void)
{
    return thread_now() + 50 * MS;
}

/* Complain of a result that is neither this one nor a refusal; was it given? */
static bool
gave(ssize_t result, ssize_t right, const char *call)
{
    errno = result < 0 ? errno : 0;
    bool refused = result == -1 && errno > 0;
    want(result == right || refused, call);
    return result == right;
}

static void
close_both(const int ends[2])
{
    for (int i = 0; i < 2; i++)
        if (ends[i] >= 0)
            close(ends[i]);
}

/* ---- Pipes ---- */

static void *
write_byte(void *fd)
{
    thread_sleep(MS);
    for (int tries = 0; tries < 3; tries++)
        if (thread_write_until(*(int *)fd, "x", 1, soon()) == 1)
            break;
    return NULL;
}

static void
input(void)
{
    int ends[2];
    char byte = 0;
    thread_t writer;
    if (pipe(ends) != 0)
        return;
    if (make(&writer, 0, false, write_byte, &ends[1]) == 0) {
        struct pollfd fd = {.fd = ends[0], .events = POLLIN};
        thread_poll(&fd, 1, soon());
        if (gave(thread_read_until(ends[0], &byte, 1, soon()), 1, "read"))
            want(byte == 'x', "read gives the byte");
        thread_join(writer, NULL);
    }
    close_both(ends);
}

static void *
read_in_vain(void *fd)
{
    char byte;
    gave(thread_read_until(*(int *)fd, &byte, 1, soon()), -1, "read in vain");
    return NULL;
}

/* Closed by thread_close, whatever that returns, under somebody who reads. */
static void
closing(void)
{
    int ends[2];
    thread_t reader;
    if (pipe(ends) != 0)
        return;
    bool made = make(&reader, 0, false, read_in_vain, &ends[0]) == 0;
    thread_yield();
    gave(thread_close(ends[0]), 0, "close");
    want(fcntl(ends[0], F_GETFD) < 0, "a number is free after thread_close");
    if (made)
        thread_join(reader, NULL);
    close(ends[1]);
}

/* ---- Files ---- */

/* Write eight bytes, in each of the ways there are. */
static bool
write_all(int fd)
{
    struct iovec two[2] = {{"ab", 2}, {"cd", 2}};
    bool right = gave(thread_write(fd, "....", 4), 4, "write");
    right &= gave(thread_writev(fd, two, 2), 4, "writev");
    right &= gave(thread_pwrite(fd, "12", 2, 0), 2, "pwrite");
    right &= gave(thread_pwritev(fd, (struct iovec[]){{"34", 2}}, 1, 2), 2,
                  "pwritev");
    return right;
}

static void
read_all(int fd)
{
    char bytes[8] = "", first[2] = "";
    struct iovec one = {bytes + 2, 2},
                 two[2] = {{bytes + 4, 3}, {bytes + 7, 1}};
    bool right = lseek(fd, 4, SEEK_SET) == 4;
    right &= gave(thread_pread(fd, bytes, 2, 0), 2, "pread");
    right &= gave(thread_preadv(fd, &one, 1, 2), 2, "preadv");
    right = right && gave(thread_readv(fd, two, 2), 4, "readv");
    right &= lseek(fd, 0, SEEK_SET) == 0;
    right = right && gave(thread_read(fd, first, 2), 2, "read of a file");
    if (right)
        want(memcmp(bytes, "1234abcd", 8) == 0 && memcmp(first, "12", 2) == 0,
             "a file holds what was written");
}

static void
files(void)
{
    struct statx about;
    int fd = memfd_create("story", MFD_CLOEXEC);
    if (fd < 0)
        return;
    bool written = write_all(fd);
    if (written)
        read_all(fd);
    gave(thread_fsync(fd), 0, "fsync");
    gave(thread_fdatasync(fd), 0, "fdatasync");
    if (gave(thread_statx(fd, "", AT_EMPTY_PATH, STATX_SIZE, &about), 0,
             "statx") &&
        written)
        want(about.stx_size == 8, "statx tells the size");
    close(fd);
    int null = thread_open("/dev/null", O_RDWR | O_CLOEXEC, 0);
    if (null >= 0)
        gave(thread_close(null), 0, "close of a file");
    null = thread_openat_until(AT_FDCWD, "/dev/null", O_RDONLY | O_CLOEXEC, 0,
                               soon());
    if (null >= 0)
        close(null);
}

/* ---- Sockets ---- */

struct call {
    struct sockaddr_in to;
    int fd;
};

static void *
call(void *arg)
{
    struct call *c = arg;
    gave(thread_connect_until(c->fd, (struct sockaddr *)&c->to, sizeof c->to,
                              soon()),
         0, "connect");
    return NULL;
}

/* Two ends of a connection; -1 where there is none. */
static void
connect_ends(int ends[2])
{
    struct call c = {{.sin_family = AF_INET}, -1};
    socklen_t size = sizeof c.to;
    thread_t caller;
    c.to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    int listener = socket(AF_INET, SOCK_STREAM, 0);
    ends[0] = -1;
    ends[1] = c.fd = socket(AF_INET, SOCK_STREAM, 0);
    if (bind(listener, (struct sockaddr *)&c.to, size) == 0 &&
        listen(listener, 1) == 0 &&
        getsockname(listener, (struct sockaddr *)&c.to, &size) == 0 &&
        make(&caller, 0, false, call, &c) == 0) {
        ends[0] =
            thread_accept_until(listener, NULL, NULL, SOCK_CLOEXEC, soon());
        thread_join(caller, NULL);
    }
    close(listener);
}

/* What was sent and not received would be taken for the next. */
static void
messages(const int ends[2])
{
    char byte = 0;
    struct iovec out = {"m", 1}, in = {&byte, 1};
    struct msghdr to = {.msg_iov = &out, .msg_iovlen = 1};
    struct msghdr from = {.msg_iov = &in, .msg_iovlen = 1};
    if (gave(thread_sendmsg_until(ends[0], &to, 0, soon()), 1, "sendmsg")) {
        if (!gave(thread_recvmsg_until(ends[1], &from, 0, soon()), 1,
                  "recvmsg"))
            return;
        want(byte == 'm', "recvmsg gives what was sent");
    }
    if (gave(thread_send_until(ends[0], "s", 1, 0, soon()), 1, "send") &&
        gave(thread_recv_until(ends[1], &byte, 1, 0, soon()), 1, "recv"))
        want(byte == 's', "recv gives what was sent");
}

/* From a file to a socket, and from there into a pipe. */
static void
moves(const int ends[2])
{
    int through[2], file = memfd_create("story", MFD_CLOEXEC);
    char bytes[4] = "";
    off_t offset = 0;
    if (file < 0 || pipe(through) != 0) {
        close(file);
        return;
    }
    if (gave(pwrite(file, "move", 4, 0), 4, "pwrite(2)") &&
        gave(thread_sendfile_until(ends[0], file, &offset, 4, soon()), 4,
             "sendfile") &&
        gave(thread_splice_until(ends[1], NULL, through[1], NULL, 4, 0, soon()),
             4, "splice") &&
        gave(thread_read_until(through[0], bytes, 4, soon()), 4, "read"))
        want(memcmp(bytes, "move", 4) == 0, "what is moved stays the same");
    close(file);
    close_both(through);
}

static void
sockets(void)
{
    int ends[2];
    connect_ends(ends);
    if (ends[0] >= 0 && ends[1] >= 0)
        messages(ends);
    close_both(ends);
    connect_ends(ends);
    if (ends[0] >= 0 && ends[1] >= 0)
        moves(ends);
    close_both(ends);
}

/* ---- Events ---- */

static void
children(void)
{
    int status = 0;
    pid_t child = fork();
    if (child == 0)
        _exit(7);
    if (child < 0)
        return;
    pid_t ended = thread_waitpid_until(child, &status, 0, soon());
    if (ended != child) /* in vain, or refused: but it must not stay */
        while (waitpid(child, &status, 0) != child)
            continue;
    want(WIFEXITED(status) && WEXITSTATUS(status) == 7, "its status is told");
    gave(thread_waitpid(-1, NULL, 0), -1, "waitpid without a child");
}

static void
signals(void)
{
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGUSR1);
    kill(getpid(), SIGUSR1);
    for (int tries = 0; tries < 3; tries++)
        if (gave(thread_sigwait_until(&set, NULL, soon()), SIGUSR1, "sigwait"))
            break;
    gave(thread_sigwait_until(&set, NULL, thread_now() + MS), -1,
         "sigwait in vain");
}

static void *
answer(void *arg)
{
    errno = ENOTTY;
    return arg;
}

static void
others(void)
{
    static uint32_t word;
    struct addrinfo hints = {.ai_flags = AI_NUMERICHOST,
                             .ai_socktype = SOCK_STREAM},
                    *found = NULL;
    gave(thread_futex_wait(&word, 1), -1, "futex with another value");
    gave(thread_futex_wait_until(&word, 0, thread_now() + MS), -1,
         "futex in vain");
    want(thread_blocking(answer, &word) == &word && errno == ENOTTY,
         "a function gives its result, and errno");
    int error = thread_getaddrinfo("127.0.0.1", "80", &hints, &found);
    want(error ? !found : found != NULL, "a name is looked up, or not");
    if (!error)
        freeaddrinfo(found);
}

void
story_io_begin(void)
{
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGUSR1);
    sigprocmask(SIG_BLOCK, &set, NULL);
}

void
story_io(void)
{
    input();
    closing();
    files();
    sockets();
    children();
    signals();
    others();
}

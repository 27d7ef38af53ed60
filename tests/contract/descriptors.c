/* SPDX-License-Identifier: MIT */
/* descriptors.c - see descriptors.h. */
#include "descriptors.h"

#include <arpa/inet.h>
#include <stdlib.h>
#include <time.h>

struct pipe
open_pipe(void)
{
    int ends[2];
    cr_assert_eq(pipe(ends), 0);
    return (struct pipe){ends[0], ends[1]};
}

void
open_pair(int type, int ends[2])
{
    cr_assert_eq(socketpair(AF_UNIX, type, 0, ends), 0);
}

int
open_file(void)
{
    char path[] = "/tmp/threadbare-test.XXXXXX";
    int fd = mkstemp(path);
    cr_assert_geq(fd, 0);
    unlink(path);
    return fd;
}

void
set_nonblocking(int fd)
{
    cr_assert_eq(fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | O_NONBLOCK), 0);
}

size_t
fill(int fd)
{
    char block[4096] = {0};
    size_t sum = 0;
    int flags = fcntl(fd, F_GETFL);
    ssize_t n;
    fcntl(fd, F_SETFL, flags | O_NONBLOCK);
    while ((n = write(fd, block, sizeof block)) > 0)
        sum += (size_t)n;
    fcntl(fd, F_SETFL, flags);
    return sum;
}

int
listen_on_loopback(struct sockaddr_in *addr)
{
    socklen_t len = sizeof *addr;
    *addr = (struct sockaddr_in){.sin_family = AF_INET,
                                 .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    cr_assert_geq(fd, 0);
    cr_assert_eq(bind(fd, (struct sockaddr *)addr, len), 0);
    cr_assert_eq(listen(fd, 16), 0);
    cr_assert_eq(getsockname(fd, (struct sockaddr *)addr, &len), 0);
    return fd;
}

int
stream_socket(void)
{
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    cr_assert_geq(fd, 0);
    return fd;
}

int
connect_to(int fd, const struct sockaddr_in *addr)
{
    return thread_connect(fd, (const struct sockaddr *)addr, sizeof *addr);
}

volatile sig_atomic_t signals;

static void
count_signal(int signal)
{
    (void)signal;
    signals++;
}

void
begin_signals(void)
{
    struct sigaction action = {.sa_handler = count_signal};
    struct sigevent event = {.sigev_notify = SIGEV_SIGNAL,
                             .sigev_signo = SIGUSR1};
    struct itimerspec every_2_ms = {{0, 2 * MS}, {0, 2 * MS}};
    timer_t timer;
    cr_assert_eq(sigaction(SIGUSR1, &action, NULL), 0);
    cr_assert_eq(timer_create(CLOCK_MONOTONIC, &event, &timer), 0);
    cr_assert_eq(timer_settime(timer, 0, &every_2_ms, NULL), 0);
}

void
block_realtime_signals(void)
{
    sigset_t set;
    sigemptyset(&set);
    for (int number = SIGRTMIN; number <= SIGRTMAX; number++)
        sigaddset(&set, number);
    pthread_sigmask(SIG_BLOCK, &set, NULL);
}

bool
disturbed(unsigned next_wait_ms)
{
    return signals > 1 || next_wait_ms > 2000;
}

void
byte_from_outside_in_30_ms(int fd)
{
    pid_t child = fork();
    cr_assert_geq(child, 0);
    if (child > 0)
        return;
    nanosleep(&(struct timespec){0, 30 * MS}, NULL);
    _exit(write(fd, "x", 1) == 1 ? 0 : 1);
}

void *
read_there(void *arg)
{
    struct reader *r = arg;
    r->result = thread_read(r->fd, r->buf, sizeof r->buf);
    r->error = errno;
    return NULL;
}

void *
write_a_mebibyte(void *fd)
{
    static unsigned char bulk[1 << 20];
    size_t done = 0;
    for (size_t i = 0; i < sizeof bulk; i++)
        bulk[i] = (unsigned char)(i * 7 >> 8);
    while (done < sizeof bulk) {
        ssize_t n =
            thread_write((int)VALUE(fd), bulk + done, sizeof bulk - done);
        if (n <= 0)
            return NUMBER(errno);
        done += (size_t)n;
    }
    close((int)VALUE(fd));
    return NULL;
}

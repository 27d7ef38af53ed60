/* SPDX-License-Identifier: MIT */
/*
 * waits.c - 200 ms in each call of io.h, as long as another process wants it.
 * (fsync lasts as long as the disk wants.)
 *
 * A wait is prepared before the ticker starts. The process that ends it begins
 * with the wait itself, and makes nothing but system calls.
 */
#include "ticker.h"

#include "io.h"
#include "thread.h"

#include <fcntl.h>
#include <linux/futex.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define DIRTY (16u << 20) /* bytes for fsync to write */

static int fds[2]; /* what is waited for, and its other end */
static char block[65536];

/* Something did not go as it must for the number to mean anything. */
static void
need(bool good, const char *what)
{
    if (good)
        return;
    perror(what);
    _exit(1);
}

/* Another process: does something when the wait has lasted long enough. */
static pid_t
later(void (*act)(void))
{
    static const struct timespec span = {.tv_nsec = TICKER_SPAN};
    pid_t pid = fork();
    need(pid >= 0, "fork");
    if (pid > 0)
        return pid;
    nanosleep(&span, NULL);
    act();
    _exit(0);
}

/* ---- What ends the waits ---- */

static void
write_one(void)
{
    need(write(fds[1], "x", 1) == 1, "write");
}

static void
read_all(void)
{
    fcntl(fds[1], F_SETFL, O_NONBLOCK);
    while (read(fds[1], block, sizeof block) > 0)
        continue;
}

static void
nothing(void)
{
}

static void
signal_parent(void)
{
    need(kill(getppid(), SIGUSR1) == 0, "kill");
}

static char fifo[] = "/tmp/ticker-XXXXXX/fifo";

static void
open_to_write(void)
{
    need(open(fifo, O_WRONLY) >= 0, "open");
}

static uint32_t *word; /* shared with the process that changes it */

static void
change_word(void)
{
    *word = 1;
    syscall(SYS_futex, word, FUTEX_WAKE, 1, NULL, NULL, 0);
}

/* ---- What they wait for ---- */

static void
make_pipe(void)
{
    need(pipe(fds) == 0, "pipe");
}

static void
make_sockets(void)
{
    need(socketpair(AF_UNIX, SOCK_STREAM, 0, fds) == 0, "socketpair");
}

/* Until it takes no more. fds[0] becomes the end to write to. */
static void
fill(void)
{
    fcntl(fds[0], F_SETFL, O_NONBLOCK);
    while (write(fds[0], block, sizeof block) > 0)
        continue;
    while (write(fds[0], block, 1) > 0)
        continue;
    fcntl(fds[0], F_SETFL, 0);
}

static void
make_full_pipe(void)
{
    make_pipe();
    int reads = fds[0];
    fds[0] = fds[1];
    fds[1] = reads;
    fill();
}

static void
make_full_sockets(void)
{
    make_sockets();
    fill();
}

static struct sockaddr_un address = {.sun_family = AF_UNIX};
static socklen_t address_len;

static void
make_listener(void)
{
    address_len =
        (socklen_t)sizeof address.sun_family; /* the kernel names it */
    fds[0] = socket(AF_UNIX, SOCK_STREAM, 0);
    need(bind(fds[0], (struct sockaddr *)&address, address_len) == 0, "bind");
    need(listen(fds[0], 0) == 0, "listen");
    address_len = sizeof address;
    getsockname(fds[0], (struct sockaddr *)&address, &address_len);
}

static void
connect_to_it(void)
{
    int fd = socket(AF_UNIX, SOCK_STREAM, 0);
    need(connect(fd, (struct sockaddr *)&address, address_len) == 0, "connect");
}

/* A listener that has as many connections waiting as it will take. */
static void
make_full_listener(void)
{
    make_listener();
    connect_to_it();
}

static void
accept_one(void)
{
    need(accept(fds[0], NULL, NULL) >= 0, "accept");
}

static void
make_fifo(void)
{
    char *name = strrchr(fifo, '/');
    *name = '\0';
    need(mkdtemp(fifo) != NULL, "mkdtemp");
    *name = '/';
    need(mkfifo(fifo, 0600) == 0, "mkfifo");
}

static void
make_word(void)
{
    word = mmap(NULL, sizeof *word, PROT_READ | PROT_WRITE,
                MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    need(word != MAP_FAILED, "mmap");
}

static sigset_t signals;

static void
make_signals(void)
{
    sigemptyset(&signals);
    sigaddset(&signals, SIGUSR1);
    sigprocmask(SIG_BLOCK, &signals, NULL);
}

/* A file with so much in it that the disk has something to do. */
static void
make_dirty_file(void)
{
    fds[0] = open(".", O_TMPFILE | O_RDWR, 0600);
    need(fds[0] >= 0, "open");
    for (size_t i = 0; i < DIRTY / sizeof block; i++)
        need(write(fds[0], block, sizeof block) == sizeof block, "write");
}

/* ---- The waits ---- */

static void
wait_sleep(void)
{
    thread_sleep(TICKER_SPAN);
}

static void
wait_read(void)
{
    later(write_one);
    need(thread_read(fds[0], block, 1) == 1, "read");
}

static void
wait_write(void)
{
    later(read_all);
    need(thread_write(fds[0], block, 1) == 1, "write");
}

static void
wait_recv(void)
{
    later(write_one);
    need(thread_recv(fds[0], block, 1, 0) == 1, "recv");
}

static void
wait_send(void)
{
    later(read_all);
    need(thread_send(fds[0], block, 1, 0) == 1, "send");
}

static void
wait_accept(void)
{
    later(connect_to_it);
    need(thread_accept(fds[0], NULL, NULL, 0) >= 0, "accept");
}

static void
wait_connect(void)
{
    int fd = socket(AF_UNIX, SOCK_STREAM, 0);
    later(accept_one);
    need(thread_connect(fd, (struct sockaddr *)&address, address_len) == 0,
         "connect");
}

static void
wait_poll(void)
{
    struct pollfd fd = {.fd = fds[0], .events = POLLIN};
    later(write_one);
    need(thread_poll(&fd, 1, THREAD_FOREVER) == 1, "poll");
}

static void *
sit_still(void *arg)
{
    static const struct timespec span = {.tv_nsec = TICKER_SPAN};
    nanosleep(&span, NULL);
    return arg;
}

static struct iovec piece = {.iov_base = block, .iov_len = 1};

static void
wait_readv(void)
{
    later(write_one);
    need(thread_readv(fds[0], &piece, 1) == 1, "readv");
}

static void
wait_writev(void)
{
    later(read_all);
    need(thread_writev(fds[0], &piece, 1) == 1, "writev");
}

static void
wait_recvmsg(void)
{
    struct msghdr message = {.msg_iov = &piece, .msg_iovlen = 1};
    later(write_one);
    need(thread_recvmsg(fds[0], &message, 0) == 1, "recvmsg");
}

static void
wait_sendmsg(void)
{
    struct msghdr message = {.msg_iov = &piece, .msg_iovlen = 1};
    later(read_all);
    need(thread_sendmsg(fds[0], &message, 0) == 1, "sendmsg");
}

static void
wait_splice(void)
{
    int other[2];
    need(pipe(other) == 0, "pipe");
    later(write_one);
    need(thread_splice(fds[0], NULL, other[1], NULL, 1, 0) == 1, "splice");
}

static void
wait_sendfile(void)
{
    off_t offset = 0;
    int file = open("/proc/self/exe", O_RDONLY);
    later(read_all);
    need(thread_sendfile(fds[0], file, &offset, 1) == 1, "sendfile");
}

static void
wait_open(void)
{
    later(open_to_write);
    int fd = thread_open(fifo, O_RDONLY, 0);
    unlink(fifo);
    *strrchr(fifo, '/') = '\0';
    rmdir(fifo);
    need(fd >= 0, "open");
}

static void
wait_fsync(void)
{
    need(thread_fsync(fds[0]) == 0, "fsync");
}

static void
wait_waitpid(void)
{
    pid_t pid = later(nothing);
    need(thread_waitpid(pid, NULL, 0) == pid, "waitpid");
}

static void
wait_sigwait(void)
{
    later(signal_parent);
    need(thread_sigwait(&signals, NULL) == SIGUSR1, "sigwait");
}

static void
wait_futex(void)
{
    later(change_word);
    while (*(volatile uint32_t *)word == 0)
        thread_futex_wait(word, 0);
}

static void
wait_blocking(void)
{
    thread_blocking(sit_still, NULL);
}

const struct ticker_wait ticker_waits[] = {
    {"nothing", NULL, wait_sleep},
    {"read", make_pipe, wait_read},
    {"write", make_full_pipe, wait_write},
    {"recv", make_sockets, wait_recv},
    {"send", make_full_sockets, wait_send},
    {"accept", make_listener, wait_accept},
    {"connect", make_full_listener, wait_connect},
    {"poll", make_pipe, wait_poll},
    {"readv", make_pipe, wait_readv},
    {"writev", make_full_pipe, wait_writev},
    {"recvmsg", make_sockets, wait_recvmsg},
    {"sendmsg", make_full_sockets, wait_sendmsg},
    {"splice", make_pipe, wait_splice},
    {"sendfile", make_full_sockets, wait_sendfile},
    {"open", make_fifo, wait_open},
    {"fsync", make_dirty_file, wait_fsync},
    {"waitpid", NULL, wait_waitpid},
    {"sigwait", make_signals, wait_sigwait},
    {"futex", make_word, wait_futex},
    {"blocking", NULL, wait_blocking},
    {NULL, NULL, NULL},
};

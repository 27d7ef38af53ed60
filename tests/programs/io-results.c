/* SPDX-License-Identifier: MIT */
/*
 * io-results.c - one of each kind of input and output, and what came of it.
 *
 *     io-results [full]
 *
 * What it prints must be the same with every model, every engine, and
 * whichever of them the kernel has refused. All that is waited for comes from
 * another process, so that an engine that stalls gets there too. With "full"
 * no descriptor is left when the first call of the contract is made. Which
 * engine it was is said on standard error.
 */
#include "io.h"
#include "thread.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { BLOCK = 1000, BLOCKS = 50, READERS = 20 };

static int asking[2], answer[2], listener, caller, refused, file, silent[2];
static struct sockaddr_in address = {.sin_family = AF_INET}, nowhere;
static char block[BLOCK];

static void
must(bool good, const char *what)
{
    if (good)
        return;
    perror(what);
    exit(99);
}

/* ---- The other process ---- */

static void
echo(void)
{
    char buf[BLOCK];
    ssize_t n;
    int fd = accept(listener, NULL, NULL);
    while ((n = read(fd, buf, sizeof buf)) > 0)
        must(write(fd, buf, (size_t)n) == n, "echo");
    close(fd);
}

/* Answer each byte after a while. An engine that is refused ends our parent,
 * perhaps before we have asked to be told. */
static void
peer(pid_t parent)
{
    struct timespec while_ = {0, 20000000};
    char byte;
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent)
        _exit(0);
    close(asking[1]);
    close(caller);
    close(silent[0]);
    close(silent[1]);
    echo();
    while (read(asking[0], &byte, 1) == 1) {
        nanosleep(&while_, NULL);
        must(write(answer[1], &byte, 1) == 1, "answer");
    }
    _exit(0);
}

/* ---- Us ---- */

static int
open_socket(struct sockaddr_in *at)
{
    socklen_t size = sizeof *at;
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    at->sin_family = AF_INET;
    at->sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    must(bind(fd, (struct sockaddr *)at, size) == 0, "bind");
    must(getsockname(fd, (struct sockaddr *)at, &size) == 0, "name");
    return fd;
}

static void
open_all(void)
{
    FILE *unnamed = tmpfile();
    must(unnamed && pipe(asking) == 0 && pipe(answer) == 0, "open");
    must(socketpair(AF_UNIX, SOCK_STREAM, 0, silent) == 0, "pair");
    file = fileno(unnamed);
    listener = open_socket(&address);
    must(listen(listener, 8) == 0, "listen");
    close(open_socket(&nowhere)); /* a port at which nobody listens */
    caller = socket(AF_INET, SOCK_STREAM, 0);
    refused = socket(AF_INET, SOCK_STREAM, 0);
}

static void
leave_no_descriptor(void)
{
    struct rlimit limit;
    int next = dup(file);
    getrlimit(RLIMIT_NOFILE, &limit);
    limit.rlim_cur = (rlim_t)next;
    close(next);
    must(setrlimit(RLIMIT_NOFILE, &limit) == 0, "setrlimit");
}

static void
told(const char *what, long result)
{
    if (result < 0)
        printf("%s: %s\n", what, strerror(errno));
    else
        printf("%s: %ld\n", what, result);
}

static void
sockets(void)
{
    char back[BLOCK];
    long echoed = 0;
    told("connect",
         thread_connect(caller, (struct sockaddr *)&address, sizeof address));
    told("nobody there",
         thread_connect(refused, (struct sockaddr *)&nowhere, sizeof nowhere));
    for (int i = 0; i < BLOCKS; i++) {
        memset(block, i, sizeof block);
        if (thread_send(caller, block, BLOCK, 0) != BLOCK)
            break;
        for (ssize_t got = 0, n = 1; got < BLOCK && n > 0; got += n)
            n = thread_recv(caller, back + got, (size_t)(BLOCK - got), 0);
        echoed += memcmp(block, back, BLOCK) == 0;
    }
    told("echoed", echoed);
    told("recv in vain",
         thread_recv_until(caller, back, 1, 0, thread_now() + 10000000));
    told("recv, not waiting", thread_recv(caller, back, 1, MSG_DONTWAIT));
    told("shutdown", shutdown(caller, SHUT_WR));
    told("end", thread_recv(caller, back, 1, 0));
    close(silent[1]);
    told("nobody left", thread_send(silent[0], "x", 1, 0));
}

static void
pipes(void)
{
    char byte = 0;
    struct pollfd fds[2] = {{.fd = listener, .events = POLLIN},
                            {.fd = answer[0], .events = POLLIN}};
    told("read in vain",
         thread_read_until(answer[0], &byte, 1, thread_now() + 10000000));
    told("ask", thread_write(asking[1], "a", 1));
    told("read", thread_read(answer[0], &byte, 1));
    told("it was", byte);
    told("poll in vain", thread_poll(fds, 2, thread_now() + 10000000));
    told("ask", thread_write(asking[1], "b", 1));
    told("poll", thread_poll(fds, 2, THREAD_FOREVER));
    told("first", fds[0].revents);
    told("second", fds[1].revents);
    fcntl(answer[0], F_SETFL, O_NONBLOCK);
    told("read", thread_read(answer[0], &byte, 1));
    told("ask", thread_write(asking[1], "c", 1));
    told("read, O_NONBLOCK", thread_read(answer[0], &byte, 1));
    told("no such descriptor", thread_read(-1, &byte, 1));
}

static void *
read_block(void *which)
{
    char buf[BLOCK] = "";
    off_t at = (off_t)(intptr_t)which * BLOCK;
    ssize_t n = thread_pread(file, buf, BLOCK, at);
    return (void *)(intptr_t)(n == BLOCK && buf[BLOCK - 1] == (char)at);
}

static void
files(void)
{
    thread_t readers[READERS];
    long right = 0;
    char byte;
    for (int i = 0; i < READERS; i++) {
        memset(block, i * BLOCK, sizeof block);
        right += thread_write(file, block, BLOCK) == BLOCK;
    }
    told("written", right);
    told("at the end", thread_read(file, &byte, 1));
    right = 0;
    for (intptr_t i = 0; i < READERS; i++)
        if (thread_create(&readers[i], NULL, read_block, (void *)i) != 0)
            return;
    for (int i = 0; i < READERS; i++) {
        void *result = NULL;
        thread_join(readers[i], &result);
        right += result != NULL;
    }
    told("read by threads", right);
    told("beyond the end", thread_pread(file, &byte, 1, BLOCK * READERS));
    told("a pipe has no offset", thread_pread(answer[0], &byte, 1, 0));
}

static void *
sleep_apart(void *arg)
{
    struct timespec span = {0, 10000000};
    nanosleep(&span, NULL);
    errno = ERANGE;
    return arg;
}

static void
functions(void)
{
    told("function", thread_blocking(sleep_apart, block) == block);
    told("its errno", errno == ERANGE);
}

int
main(int argc, char **argv)
{
    setvbuf(stdout, NULL, _IOLBF, 0);
    open_all();
    pid_t self = getpid(), child = fork();
    if (child == 0)
        peer(self);
    close(asking[0]);
    close(answer[1]);
    if (argc > 1 && strcmp(argv[1], "full") == 0)
        leave_no_descriptor();
    sockets();
    pipes();
    files();
    functions();
    close(asking[1]);
    waitpid(child, NULL, 0);
    fprintf(stderr, "engine: %s\n", thread_model()->io_engine);
    return 0;
}

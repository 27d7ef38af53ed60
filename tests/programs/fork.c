/* SPDX-License-Identifier: MIT */
/*
 * fork.c - what becomes of input and output in the child of a fork.
 *
 * Threads wait in a read, in a poll, until a deadline, and in a function of
 * their own, when main forks. In the child these waits end; new ones work. In
 * the parent all goes on, and nothing that the child does comes there.
 */
#include "io.h"
#include "thread.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum { READ, POLL, UNTIL, FUNCTION, WAITERS };

static int pipes[WAITERS][2];
static thread_t threads[WAITERS];

static const char *
outcome(long n, char byte)
{
    static char words[40];
    if (n < 0)
        return strerror(errno);
    snprintf(words, sizeof words, "%c", byte ? byte : '-');
    return words;
}

static void *
raw_read(void *byte)
{
    return (void *)(intptr_t)read(pipes[FUNCTION][0], byte, 1);
}

static void *
waits(void *arg)
{
    static const char *const names[] = {"read", "poll", "until", "function"};
    int which = (int)(intptr_t)arg, fd = pipes[which][0];
    struct pollfd poll_fd = {.fd = fd, .events = POLLIN};
    char byte = 0;
    long n = 0;
    if (which == READ)
        n = thread_read(fd, &byte, 1);
    else if (which == POLL)
        n = thread_poll(&poll_fd, 1, THREAD_FOREVER);
    else if (which == UNTIL)
        n = thread_read_until(fd, &byte, 1, thread_now() + 3600000000000);
    else
        n = (intptr_t)thread_blocking(raw_read, &byte);
    printf("%s: %s\n", names[which], outcome(n, byte));
    return NULL;
}

static void
until_it_waits(thread_t thread)
{
    struct thread_info info = {.state = THREAD_READY};
    while (info.state != THREAD_BLOCKED) {
        thread_yield();
        thread_info(thread, &info);
    }
}

static void *
write_late(void *fd)
{
    thread_sleep(10000000);
    thread_write((int)(intptr_t)fd, "n", 1);
    return NULL;
}

static void *
zero(void *unused)
{
    return unused;
}

/* A wait, a sleep, a file and a function of the child's own. */
static void
wait_anew(void)
{
    int ends[2];
    char byte = 0, name[8] = "";
    thread_t writer;
    if (pipe(ends) != 0)
        exit(1);
    thread_create(&writer, NULL, write_late, (void *)(intptr_t)ends[1]);
    long n = thread_read(ends[0], &byte, 1);
    printf("new read: %s\n", outcome(n, byte));
    thread_join(writer, NULL);
    int fd = open("/proc/self/comm", O_RDONLY | O_CLOEXEC);
    n = thread_read(fd, name, 4);
    printf("new file: %.4s\n", n == 4 ? name : strerror(errno));
    printf("new function: %s\n",
           thread_blocking(zero, &byte) == &byte ? "called" : "not called");
}

static void
in_child(void)
{
    puts("child");
    for (int i = READ; i < FUNCTION; i++)
        thread_join(threads[i], NULL);
    wait_anew();
    thread_cancel(threads[FUNCTION]);
    thread_join(threads[FUNCTION], NULL);
    puts("function: cancelled");
    exit(0);
}

int
main(void)
{
    int status;
    setvbuf(stdout, NULL, _IOLBF, 0);
    for (int i = 0; i < WAITERS; i++)
        if (pipe(pipes[i]) != 0)
            return 1;
    for (int i = 0; i < WAITERS; i++) {
        thread_create(&threads[i], NULL, waits, (void *)(intptr_t)i);
        until_it_waits(threads[i]);
    }
    pid_t child = fork();
    if (child == 0)
        in_child();
    waitpid(child, &status, 0);
    puts("parent");
    for (int i = 0; i < WAITERS; i++) {
        char byte = (char)('a' + i);
        if (write(pipes[i][1], &byte, 1) != 1)
            return 1;
        thread_join(threads[i], NULL);
    }
    return WIFEXITED(status) ? WEXITSTATUS(status) : 1;
}

/* SPDX-License-Identifier: MIT */
/*
 * quit.c - SIGQUIT at inconvenient moments.
 *
 *   quit busy N  threads come and go, lock, wait and yield, while another
 *                process sends the signal N times; prints "done"
 *   quit asks    a thread is in a blocking call that is about no descriptor
 *   quit own     the program has a handler of its own from the start
 *   quit plain   it has none: whatever the signal does, it does
 */
#include "io.h"
#include "sync.h"
#include "thread.h"

#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static atomic_bool stop;
static struct mutex lock;
static struct semaphore items;

static void *
come_and_go(void *unused)
{
    return unused;
}

static void *
work(void *unused)
{
    while (!stop) {
        thread_t child;
        mutex_lock(&lock);
        thread_yield();
        mutex_unlock(&lock);
        semaphore_post(&items);
        semaphore_wait(&items);
        if (thread_create(&child, NULL, come_and_go, NULL) == 0)
            thread_join(child, NULL);
    }
    return unused;
}

/* Has the last signal still to be delivered? Another would be one with it. */
static bool
is_pending(pid_t process)
{
    char path[64], line[128];
    unsigned long long pending = 0;
    snprintf(path, sizeof path, "/proc/%d/status", (int)process);
    FILE *status = fopen(path, "re");
    while (status && fgets(line, sizeof line, status))
        sscanf(line, "ShdPnd: %llx", &pending);
    if (status)
        fclose(status);
    return pending >> (SIGQUIT - 1) & 1;
}

/* Another process, so that the signals come whatever ours is doing; a quarter
 * of a millisecond apart at least. */
static pid_t
send_signals(int count)
{
    pid_t parent = getpid(), child = fork();
    if (child != 0)
        return child;
    for (int i = 0; i < count; i++) {
        kill(parent, SIGQUIT);
        do
            usleep(250);
        while (is_pending(parent));
    }
    _exit(0);
}

static int
busy(int count)
{
    thread_t threads[4];
    thread_set_name(0, "busy");
    pid_t sender = send_signals(count);
    for (int i = 0; i < 4; i++)
        if (thread_create(&threads[i], NULL, work, NULL) != 0)
            return 1;
    while (waitpid(sender, NULL, WNOHANG) != sender)
        thread_yield();
    stop = true;
    for (int i = 0; i < 4; i++)
        thread_join(threads[i], NULL);
    puts("done");
    return 0;
}

static void *
raw_read(void *fd)
{
    char byte;
    return read(*(int *)fd, &byte, 1) < 0 ? fd : NULL;
}

static void *
ask(void *fd)
{
    return thread_blocking(raw_read, fd);
}

static int
asks(void)
{
    int nothing[2];
    thread_t asker;
    struct thread_attr attr = {.name = "asker"};
    struct thread_info info = {.wait = THREAD_WAIT_NONE};
    if (pipe(nothing) != 0 || thread_create(&asker, &attr, ask, nothing) != 0)
        return 1;
    while (info.wait != THREAD_WAIT_IO && thread_info(asker, &info) == 0)
        thread_yield();
    raise(SIGQUIT);
    return 0;
}

static void
say_mine(int sig)
{
    static const char words[] = "mine\n";
    (void)sig;
    if (write(STDOUT_FILENO, words, sizeof words - 1) < 0)
        _exit(1);
}

int
main(int argc, char **argv)
{
    if (argc > 2 && strcmp(argv[1], "busy") == 0)
        return busy(atoi(argv[2]));
    if (argc > 1 && strcmp(argv[1], "asks") == 0)
        return asks();
    if (argc > 1 && strcmp(argv[1], "own") == 0)
        signal(SIGQUIT, say_mine);
    thread_self();
    raise(SIGQUIT);
    return 0;
}

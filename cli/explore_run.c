/* SPDX-License-Identifier: MIT */
/* explore_run.c - see explore_run.h. */
#include "explore_run.h"

#include "usage.h"
#include "leave.h"
#include "page.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

enum { PROGRESS_MS = 200 };

struct exploration *
explore_begin(int *fd)
{
    struct exploration *e;
    *fd = memfd_create("exploration", 0);
    if (*fd < 0 || ftruncate(*fd, sizeof *e) != 0)
        fail("explore: no memory to share: %s", strerror(errno));
    e = mmap(NULL, sizeof *e, PROT_READ | PROT_WRITE, MAP_SHARED, *fd, 0);
    if (e == MAP_FAILED)
        fail("explore: no memory to share: %s", strerror(errno));
    return e;
}

/* What the program says on standard error goes to a file, or nowhere. */
static void
become_program(char **argv, int fd, const char *trace, int words)
{
    char number[16];
    snprintf(number, sizeof number, "%d", fd);
    setenv("UTHREADS_EXPLORE", number, 1);
    unsetenv("UTHREADS_QUANTUM_US");
    if (trace)
        setenv("THREADS_TRACE", trace, 1);
    int null = open("/dev/null", O_RDWR);
    dup2(null, STDIN_FILENO);
    dup2(null, STDOUT_FILENO);
    if (words >= 0)
        dup2(words, STDERR_FILENO);
    execvp(argv[0], argv);
    fprintf(stderr, "threadbare: %s: %s\n", argv[0], strerror(errno));
    _exit(127);
}

static void
show_progress(const struct exploration *e)
{
    if (page.terminal && isatty(STDERR_FILENO))
        fprintf(stderr, "\r%" PRIu64 " schedules ...\033[K",
                __atomic_load_n(&e->done, __ATOMIC_RELAXED));
}

static void
end_progress(void)
{
    if (page.terminal && isatty(STDERR_FILENO))
        fprintf(stderr, "\r\033[K");
}

/* Wait for the program's end, and say now and then how far it is. */
static int
await_end(pid_t pid, const struct exploration *e)
{
    int status;
    int alive = (int)syscall(SYS_pidfd_open, pid, 0);
    struct pollfd end = {.fd = alive, .events = POLLIN};
    while (alive >= 0 && poll(&end, 1, PROGRESS_MS) == 0)
        show_progress(e);
    if (alive >= 0)
        close(alive);
    while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
        continue;
    leave_child_gone(pid);
    end_progress();
    return status;
}

void
explore_run(struct exploration *e, int fd, char **argv, const char *trace,
            int words)
{
    e->done = 0;
    e->served = e->failed = e->exhausted = false;
    fflush(NULL);
    pid_t pid = leave_fork();
    if (pid < 0)
        fail("fork: %s", strerror(errno));
    if (pid == 0)
        become_program(argv, fd, trace, words);
    int status = await_end(pid, e);
    if (WIFEXITED(status) && WEXITSTATUS(status) == 127)
        exit(EXIT_FAILURE); /* it has said why */
    if (!e->served)
        usage_error("explore: %s never asked for a schedule: is it a program "
                    "of user-level threads?",
                    argv[0]);
    if (status != 0)
        fail("explore: %s ended in the middle of the exploration", argv[0]);
}

void
explore_end(struct exploration *e, int fd)
{
    munmap(e, sizeof *e);
    close(fd);
}

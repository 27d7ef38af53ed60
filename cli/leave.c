/* SPDX-License-Identifier: MIT */
/*
 * leave.c - see leave.h.
 *
 * All there is to undo lies in plain static variables, and undoing it takes
 * only calls that POSIX allows in a signal handler, so one function serves
 * the handler and the normal end alike.
 */
#include "leave.h"

#include "usage.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

static const int signals[] = {SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGPIPE};
enum { SIGNALS = sizeof signals / sizeof signals[0] };
static struct sigaction found[SIGNALS]; /* as they were when we started */

/* What to undo. Written with the signals blocked, or in one store. */
static char directory[PATH_MAX - 16];
static char trace[PATH_MAX];
static char half_written[PATH_MAX];
static volatile pid_t children[LEAVE_CHILDREN_MOST]; /* 0: none; each leads a
                                                        process group */
static volatile sig_atomic_t coloured;
static pid_t owner;

static void
block_signals(sigset_t *before)
{
    sigset_t set;
    sigemptyset(&set);
    for (int i = 0; i < SIGNALS; i++)
        sigaddset(&set, signals[i]);
    sigprocmask(SIG_BLOCK, &set, before);
}

static void
kill_children(void)
{
    for (int i = 0; i < LEAVE_CHILDREN_MOST; i++) {
        if (!children[i])
            continue;
        kill(-children[i], SIGKILL);
        kill(children[i], SIGKILL); /* it may not lead its group yet */
        waitpid(children[i], NULL, 0);
        children[i] = 0;
    }
}

/* Only async-signal-safe calls. */
static void
undo(void)
{
    kill_children();
    if (getpid() != owner)
        return; /* a child: all else is its parent's to undo */
    if (half_written[0])
        unlink(half_written);
    if (trace[0])
        unlink(trace);
    if (directory[0])
        rmdir(directory);
    if (coloured && write(STDOUT_FILENO, "\033[0m", 4) < 0)
        coloured = 0; /* the terminal is gone: nothing to put back */
}

/* The signal is blocked while its handler runs: raised again here, it is
 * delivered on return, with its default action. */
static void
on_signal(int sig)
{
    undo();
    signal(sig, SIG_DFL);
    raise(sig);
}

void
leave_prepare(void)
{
    owner = getpid();
    struct sigaction action = {.sa_handler = on_signal};
    for (int i = 0; i < SIGNALS; i++)
        sigaddset(&action.sa_mask, signals[i]);
    for (int i = 0; i < SIGNALS; i++) {
        sigaction(signals[i], NULL, &found[i]);
        /* nohup ignores SIGHUP, a shell's "&" SIGINT: let them. A SIGPIPE
         * ignored by whoever started us would turn `| head` into errors. */
        if (found[i].sa_handler != SIG_IGN || signals[i] == SIGPIPE)
            sigaction(signals[i], &action, NULL);
    }
    atexit(undo);
}

const char *
leave_trace_path(void)
{
    if (trace[0])
        return trace;
    const char *base = getenv("TMPDIR");
    char template[sizeof directory];
    int n = snprintf(template, sizeof template, "%s/threadbare-XXXXXX",
                     base && base[0] ? base : "/tmp");
    if (n < 0 || (size_t)n >= sizeof template)
        fail("the path in TMPDIR is too long");
    sigset_t before;
    block_signals(&before);
    bool made = mkdtemp(template) != NULL;
    int error = errno;
    if (made) {
        strcpy(directory, template);
        snprintf(trace, sizeof trace, "%s/trace", directory);
    }
    sigprocmask(SIG_SETMASK, &before, NULL);
    if (!made)
        fail("no temporary directory: %s: %s", template, strerror(error));
    return trace;
}

void
leave_remove(const char *path)
{
    sigset_t before;
    block_signals(&before);
    snprintf(half_written, sizeof half_written, "%s", path);
    sigprocmask(SIG_SETMASK, &before, NULL);
}

void
leave_keep(void)
{
    half_written[0] = '\0';
}

void
leave_coloured(void)
{
    coloured = 1;
}

static void
remember(pid_t pid)
{
    for (int i = 0; i < LEAVE_CHILDREN_MOST; i++)
        if (!children[i]) {
            children[i] = pid;
            return;
        }
    fail("more than %d children at a time", LEAVE_CHILDREN_MOST);
}

/* In a child: its brothers are its parent's to kill. */
static void
forget_children(void)
{
    for (int i = 0; i < LEAVE_CHILDREN_MOST; i++)
        children[i] = 0;
}

pid_t
leave_fork(void)
{
    sigset_t before;
    pid_t parent = getpid();
    fflush(NULL); /* or the child's copy of a buffer is written twice */
    block_signals(&before);
    pid_t pid = fork();
    if (pid > 0) {
        setpgid(pid, pid); /* in both: whoever is first, it is done */
        remember(pid);
    } else if (pid == 0) {
        setpgid(0, 0);
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        if (getppid() != parent)
            _exit(127); /* it died before the line above */
        forget_children();
        for (int i = 0; i < SIGNALS; i++)
            sigaction(signals[i], &found[i], NULL);
        signal(SIGPIPE, SIG_DFL);
    }
    sigprocmask(SIG_SETMASK, &before, NULL);
    return pid;
}

void
leave_child_gone(pid_t pid)
{
    kill(-pid, SIGKILL); /* a process it started may outlive it */
    for (int i = 0; i < LEAVE_CHILDREN_MOST; i++)
        if (children[i] == pid)
            children[i] = 0;
}

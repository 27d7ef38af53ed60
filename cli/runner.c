/* SPDX-License-Identifier: MIT */
/*
 * runner.c - see runner.h.
 *
 * The child waits on a pipe until the kernel's recorder is attached, then
 * execs. A second pipe, closed by a successful exec, carries the errno number
 * of one that failed.
 */
#include "runner.h"

#include "clock.h"
#include "grow.h"
#include "leave.h"
#include "settings.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

enum {
    OUTPUT_MOST = 1 << 20, /* bytes kept of what a demo prints */
    RINGS_MOST = 1024,
    POLL_MS = 20 /* the longest between two looks at the rings */
};

/* A stream of the child's that we read. */
struct stream {
    int fd;
    char *text;
    size_t length, room;
};

static void
make_pipe(int ends[2])
{
    if (pipe2(ends, O_CLOEXEC) != 0)
        fail("pipe: %s", strerror(errno));
}

/* ---- The child's half ---- */

struct start {
    int go[2];     /* closed by us: you may exec */
    int failed[2]; /* errno of an exec that failed */
    int out[2];
    int err[2];
};

static void
start_demo(const struct run_request *request, const struct start *start)
{
    char byte;
    close(start->go[1]);
    while (read(start->go[0], &byte, 1) < 0 && errno == EINTR)
        continue;
    int null = open("/dev/null", O_RDONLY);
    if (null >= 0)
        dup2(null, STDIN_FILENO); /* a background group may not read */
    if (null > STDERR_FILENO)
        close(null);
    if (request->collect) {
        dup2(start->out[1], STDOUT_FILENO);
        dup2(start->err[1], STDERR_FILENO);
    }
    if (request->settings)
        settings_apply(request->settings);
    execv(request->argv[0], request->argv);
    int error = errno;
    ssize_t n = write(start->failed[1], &error, sizeof error);
    _exit(n == sizeof error ? 127 : 126);
}

/* ---- Our half ---- */

/* Take what is there, without waiting. False at the stream's end. */
static bool
read_some(struct stream *s)
{
    char buffer[4096];
    ssize_t n;
    while ((n = read(s->fd, buffer, sizeof buffer)) > 0)
        for (ssize_t i = 0; i < n && s->length < OUTPUT_MOST; i++) {
            s->text = grow(s->text, s->length, &s->room, 1);
            s->text[s->length++] = buffer[i];
        }
    return n < 0 && (errno == EAGAIN || errno == EINTR);
}

static void
read_stream(struct stream *s)
{
    if (s->fd >= 0 && !read_some(s)) {
        close(s->fd);
        s->fd = -1;
    }
}

static char *
finish_stream(struct stream *s)
{
    read_stream(s);
    if (s->fd >= 0)
        close(s->fd);
    s->text = grow(s->text, s->length, &s->room, 1);
    s->text[s->length] = '\0';
    return s->text;
}

/* Sleep until something is to be read, the child has ended (where the kernel
 * can say so through a descriptor), or a look at the rings is due. */
static void
wait_a_little(int child_fd, const struct kernel_lanes *kernel,
              const struct stream streams[2])
{
    static struct pollfd fds[3 + RINGS_MOST];
    nfds_t n = 0;
    fds[n++] = (struct pollfd){.fd = child_fd, .events = POLLIN};
    fds[n++] = (struct pollfd){.fd = streams[0].fd, .events = POLLIN};
    fds[n++] = (struct pollfd){.fd = streams[1].fd, .events = POLLIN};
    if (kernel)
        n += kernel_lanes_poll(kernel, fds + n, RINGS_MOST);
    poll(fds, n, POLL_MS);
}

static void
supervise(pid_t pid, const struct run_request *request,
          struct stream streams[2], struct run_outcome *outcome)
{
    uint64_t limit = (uint64_t)(request->limit * 1e9);
    uint64_t began = clock_now();
    int child_fd = (int)syscall(SYS_pidfd_open, pid, 0); /* -1: poll skips it */
    while (waitpid(pid, &outcome->status, WNOHANG) == 0) {
        wait_a_little(child_fd, request->kernel, streams);
        read_stream(&streams[0]);
        read_stream(&streams[1]);
        if (request->kernel)
            kernel_lanes_drain(request->kernel);
        if (limit && !outcome->timed_out && clock_now() - began >= limit) {
            outcome->timed_out = true;
            kill(-pid, SIGKILL);
        }
    }
    if (child_fd >= 0)
        close(child_fd);
}

struct run_outcome
runner_run(const struct run_request *request)
{
    struct run_outcome outcome = {.status = 0};
    struct stream streams[2] = {{.fd = -1}, {.fd = -1}};
    struct start start;
    make_pipe(start.go);
    make_pipe(start.failed);
    make_pipe(start.out);
    make_pipe(start.err);
    pid_t pid = leave_fork();
    if (pid < 0)
        fail("fork: %s", strerror(errno));
    if (pid == 0)
        start_demo(request, &start);
    close(start.go[0]);
    close(start.failed[1]);
    close(start.out[1]);
    close(start.err[1]);

    if (request->kernel)
        kernel_lanes_open(request->kernel, pid);
    close(start.go[1]);
    if (read(start.failed[0], &outcome.error, sizeof(int)) != sizeof(int))
        outcome.error = 0;
    close(start.failed[0]);

    streams[0].fd = start.out[0];
    streams[1].fd = start.err[0];
    fcntl(start.out[0], F_SETFL, O_NONBLOCK);
    fcntl(start.err[0], F_SETFL, O_NONBLOCK);
    supervise(pid, request, streams, &outcome);
    leave_child_gone(pid);
    if (request->kernel)
        kernel_lanes_close(request->kernel);
    outcome.out = finish_stream(&streams[0]);
    outcome.err = finish_stream(&streams[1]);
    return outcome;
}

void
run_outcome_free(struct run_outcome *outcome)
{
    free(outcome->out);
    free(outcome->err);
}

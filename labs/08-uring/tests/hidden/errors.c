/* SPDX-License-Identifier: MIT */
/* errors.c - a negative result is an error number, a 0 the end of the file, and
 * nothing of it looks like bytes. */
#include "enters.h"
#include "io.h"
#include "later.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/socket.h>

static char buf[70000];

static void
say(const char *what, ssize_t n)
{
    if (n < 0)
        lab_say(0, "%s: %zd %s", what, n,
                n == -1 ? strerrorname_np(errno) : "?");
    else
        lab_say(0, "%s: %zd", what, n);
}

static void
wrong_descriptors(void)
{
    int ends[2];
    if (pipe(ends) != 0)
        return;
    say("no descriptor", thread_read(-1, buf, 1));
    say("the wrong end", thread_read(ends[1], buf, 1));
    say("no place to seek", thread_pread(ends[0], buf, 1, 0));
    say("nor to write at", thread_pwrite(ends[1], buf, 1, 0));
    close(ends[0]);
    say("closed", thread_read(ends[0], buf, 1));
    say("nobody reads", thread_write(ends[1], buf, 1));
    close(ends[1]);
}

static void
wrong_memory(void)
{
    int ends[2];
    if (pipe(ends) != 0 || write(ends[1], "abc", 3) != 3)
        return;
    say("no memory", thread_read(ends[0], (void *)8, 3));
    say("memory", thread_read(ends[0], buf, 3));
    close(ends[0]);
    close(ends[1]);
}

/* The other end goes while we wait. */
static void
ends_of_files(void)
{
    int ends[2], socks[2];
    if (pipe(ends) != 0 || socketpair(AF_UNIX, SOCK_STREAM, 0, socks) != 0)
        return;
    later(1, leave, ends[1]);
    say("the writer goes", thread_read(ends[0], buf, 9));
    say("and is gone", thread_read(ends[0], buf, 9));
    later(1, leave, socks[1]);
    say("the peer goes", thread_recv(socks[0], buf, 9, 0));
    say("and is gone", thread_recv(socks[0], buf, 9, 0));
    say("send to nobody", thread_send(socks[0], buf, 9, 0));
    close(ends[0]);
    close(socks[0]);
    if (pipe(ends) != 0)
        return;
    fcntl(ends[1], F_SETFL, O_NONBLOCK);
    while (write(ends[1], buf, sizeof buf) > 0)
        continue;
    later(1, leave, ends[0]);
    say("the reader goes", thread_write(ends[1], buf, 9));
    close(ends[1]);
}

static void
not_now(void)
{
    int ends[2], socks[2];
    if (pipe2(ends, O_NONBLOCK) != 0 ||
        socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, socks) != 0)
        return;
    later(1, give, ends[1]);
    say("a flag is no reason", thread_read(ends[0], buf, 9));
    later(1, give, socks[1]);
    say("nor of a socket", thread_recv(socks[0], buf, 9, 0));
    say("unless one asks", thread_recv(socks[0], buf, 9, MSG_DONTWAIT));
    say("too late", thread_read_until(ends[0], buf, 9, 1));
    close(ends[0]);
    close(ends[1]);
    close(socks[0]);
    close(socks[1]);
}

int
main(void)
{
    lab_begin();
    enters_begin();
    signal(SIGPIPE, SIG_IGN);
    int rounds = 1 + (int)lab_random(4);
    for (int i = 0; i < rounds; i++) {
        wrong_descriptors();
        wrong_memory();
        ends_of_files();
        not_now();
    }
    lab_end();
}

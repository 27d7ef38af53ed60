/* SPDX-License-Identifier: MIT */
/* pieces.c - see pieces.h. */
#include "pieces.h"

#include "io.h"
#include "machine.h"
#include "other.h"

#include <arpa/inet.h>
#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { PAUSE_MS = 200 };

static void
send_piece(int fd)
{
    static const char piece[PIECE];
    size_t sent = 0;
    while (sent < sizeof piece) {
        ssize_t n = send(fd, piece + sent, sizeof piece - sent, MSG_NOSIGNAL);
        if (n < 0)
            return; /* the client will notice */
        sent += (size_t)n;
    }
}

static void
serve(void *arg)
{
    struct pieces *s = arg;
    int clients[PIECES_CLIENTS_MAX];
    for (;;) {
        for (int i = 0; i < s->clients; i++)
            if ((clients[i] = accept(s->listener, NULL, NULL)) < 0)
                return;
        for (int piece = 0; piece < PIECES; piece++) {
            other_sleep(s->pause);
            for (int i = 0; i < s->clients; i++)
                send_piece(clients[i]);
        }
        for (int i = 0; i < s->clients; i++)
            close(clients[i]);
    }
}

void
pieces_open(struct pieces *s, struct demo_run *d, int clients)
{
    *s = (struct pieces){
        .pause = (uint64_t)(PAUSE_MS * 1e6 * d->scale),
        .clients = clients,
        .listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0),
        .at = {.sin_family = AF_INET,
               .sin_addr.s_addr = htonl(INADDR_LOOPBACK)},
    };
    int error = machine_loopback();
    if (error)
        demo_skip(d, "there is no loopback network: %s.", strerror(error));
    struct sockaddr *at = (struct sockaddr *)&s->at;
    socklen_t size = sizeof s->at;
    if (s->listener < 0 || bind(s->listener, at, size) != 0 ||
        listen(s->listener, clients) != 0 ||
        getsockname(s->listener, at, &size) != 0)
        demo_fail("the server: %s", strerror(errno));
    other_start(serve, s);
    close(s->listener);
}

int
pieces_connect(const struct pieces *s)
{
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    const struct sockaddr *at = (const struct sockaddr *)&s->at;
    if (fd < 0 || thread_connect(fd, at, sizeof s->at) != 0)
        demo_fail("the server: %s", strerror(errno));
    return fd;
}

void *
pieces_download(void *download)
{
    const struct download *one = download;
    char buf[4096];
    size_t all = 0;
    ssize_t got;
    while ((got = one->receive(one->fd, buf, sizeof buf, 0)) > 0)
        all += (size_t)got;
    if (got < 0 || all != PIECES * PIECE)
        demo_fail("a download: %s", got ? strerror(errno) : "cut short");
    return NULL;
}

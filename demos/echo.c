/* SPDX-License-Identifier: MIT */
/*
 * echo.c - a server that says back what it hears, with a thread per client.
 *
 *      $ build/demos/echo-user --listen 127.0.0.1:7000 &
 *      $ nc 127.0.0.1 7000
 */
#include "server.h"

/* Small, so that ten thousand idle connections stay cheap: what a thread has
 * on its stack while it waits is what a connection costs. */
enum { BUFFER = 512 };

static void
echo(struct connection *c)
{
    char buf[BUFFER];
    ssize_t got;
    while ((got = connection_recv(c, buf, sizeof buf, THREAD_FOREVER)) > 0) {
        c->requests++;
        if (!connection_send(c, buf, (size_t)got, THREAD_FOREVER))
            break;
    }
}

static const char *listen_at;

static void
run(struct demo_run *d)
{
    if (listen_at)
        server_main(d, listen_at, echo);
    demo_skip(d, "it is a server: say where, with --listen ADDR:PORT.");
}

static const struct demo demo = {
    .name = "echo",
    .claim = "A client that is silent holds up no other.",
    .run = run,
    .flags = {{"listen", "ADDR:PORT", "be nothing but a server", &listen_at}},
};

int
main(int argc, char **argv)
{
    return demo_main(argc, argv, &demo);
}

/* SPDX-License-Identifier: MIT */
/* echo-uv.c - libuv, the loop under Node.js: callbacks, one kernel thread. */
#include "echo.h"

#include <uv.h>

struct connection {
    uv_tcp_t tcp;
    char buf[ECHO_BUFFER];
};

static void
on_close(uv_handle_t *handle)
{
    free(handle->data);
}

static void
lend_buffer(uv_handle_t *handle, size_t wanted, uv_buf_t *buf)
{
    struct connection *c = handle->data;
    (void)wanted;
    *buf = uv_buf_init(c->buf, sizeof c->buf);
}

/* Written at once if the socket has room, which it has: see echo-epoll.c. */
static void
on_read(uv_stream_t *stream, ssize_t n, const uv_buf_t *buf)
{
    uv_buf_t reply = uv_buf_init(buf->base, (unsigned)(n > 0 ? n : 0));
    if (n == 0)
        return;
    if (n < 0 || uv_try_write(stream, &reply, 1) != n)
        uv_close((uv_handle_t *)stream, on_close);
}

static void
on_connection(uv_stream_t *listener, int status)
{
    struct connection *c = calloc(1, sizeof *c);
    if (status != 0 || !c)
        abort();
    c->tcp.data = c;
    uv_tcp_init(listener->loop, &c->tcp);
    if (uv_accept(listener, (uv_stream_t *)&c->tcp) != 0)
        abort();
    uv_tcp_nodelay(&c->tcp, 1);
    uv_read_start((uv_stream_t *)&c->tcp, lend_buffer, on_read);
}

int
main(void)
{
    uv_loop_t *loop = uv_default_loop();
    uv_tcp_t listener;
    uv_tcp_init(loop, &listener);
    uv_tcp_open(&listener, echo_listen());
    if (uv_listen((uv_stream_t *)&listener, ECHO_BACKLOG, on_connection) != 0)
        abort();
    return uv_run(loop, UV_RUN_DEFAULT);
}

/* SPDX-License-Identifier: MIT */
/*
 * listen.c - see listen.h.
 *
 * A client is connected before anybody has accepted it: the kernel answers, and
 * keeps the connection in line. To close a listening socket resets all who
 * stand there, though to them they were connected and may have spoken. So the
 * end has two steps: first nobody joins the line any more, and then, when it is
 * empty, the socket is closed.
 */
#include "listen.h"

#include "demo.h"

#include <errno.h>
#include <linux/filter.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string.h>
#include <sys/socket.h>

/* "127.0.0.1:80", "[::1]:80", ":80" for every address of this machine. */
static struct addrinfo *
resolve(const char *address)
{
    struct addrinfo *found,
        hints = {.ai_socktype = SOCK_STREAM,
                 .ai_flags = AI_NUMERICHOST | AI_PASSIVE | AI_NUMERICSERV};
    char host[64] = "";
    const char *colon = strrchr(address, ':');
    size_t length = colon ? (size_t)(colon - address) : sizeof host;
    if (length >= 2 && address[0] == '[' && address[length - 1] == ']') {
        address++;
        length -= 2;
    }
    if (length < sizeof host)
        memcpy(host, address, length);
    if (length >= sizeof host || colon[1] == '\0' ||
        getaddrinfo(host[0] ? host : NULL, colon + 1, &hints, &found) != 0)
        demo_usage("--listen %s is not valid; ADDR:PORT, as in 127.0.0.1:8080",
                   address);
    return found;
}

/* What a socket has that listens, those have that it accepts. NODELAY: answers
 * are whole, and none should wait for the next. KEEPALIVE: a client that
 * vanishes without a word is noticed at last. */
static void
set_options(int fd)
{
    static const struct {
        int level, name, value;
    } options[] = {
        {SOL_SOCKET, SO_REUSEADDR, 1},    {IPPROTO_TCP, TCP_NODELAY, 1},
        {SOL_SOCKET, SO_KEEPALIVE, 1},    {IPPROTO_TCP, TCP_KEEPIDLE, 60},
        {IPPROTO_TCP, TCP_KEEPINTVL, 10}, {IPPROTO_TCP, TCP_KEEPCNT, 3},
    };
    for (size_t i = 0; i < sizeof options / sizeof *options; i++)
        if (setsockopt(fd, options[i].level, options[i].name, &options[i].value,
                       sizeof options[i].value) != 0)
            demo_fail("setsockopt: %s", strerror(errno));
}

int
listen_open(const char *address, int backlog, int *port)
{
    struct addrinfo *a = resolve(address);
    struct sockaddr_storage bound;
    socklen_t length = sizeof bound;
    int fd =
        socket(a->ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0)
        demo_fail("socket: %s", strerror(errno));
    set_options(fd);
    if (bind(fd, a->ai_addr, a->ai_addrlen) != 0 || listen(fd, backlog) != 0 ||
        getsockname(fd, (struct sockaddr *)&bound, &length) != 0)
        demo_fail("cannot listen at %s: %s", address, strerror(errno));
    freeaddrinfo(a);
    /* Both families have their port at the same place. */
    *port = ntohs(((struct sockaddr_in *)&bound)->sin_port);
    return fd;
}

/*
 * Whoever asks for a connection (SYN, a flag in the fourteenth byte of a TCP
 * header) gets no answer, asks again after a second, and is told then that
 * nobody listens. Where the filter cannot be had, who comes between the last
 * accept and the close is connected, and then reset.
 */
void
listen_no_more(int fd)
{
    struct sock_filter drop_syn[] = {
        BPF_STMT(BPF_LD | BPF_B | BPF_ABS, 13),
        BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, TH_SYN, 0, 1),
        BPF_STMT(BPF_RET | BPF_K, 0), /* so many bytes of it pass */
        BPF_STMT(BPF_RET | BPF_K, UINT32_MAX),
    };
    struct sock_fprog filter = {sizeof drop_syn / sizeof *drop_syn, drop_syn};
    setsockopt(fd, SOL_SOCKET, SO_ATTACH_FILTER, &filter, sizeof filter);
}

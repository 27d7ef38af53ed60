/* SPDX-License-Identifier: MIT */
/* sockets.c - connect and accept, send and recv, with their flags, and messages
 * in pieces. */
#include "enters.h"
#include "io.h"
#include "lab.h"
#include "thread.h"

#include <stddef.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <unistd.h>

static struct sockaddr_un address = {.sun_family = AF_UNIX};
static socklen_t length = sizeof address;
static int rounds;

/* A name of the kernel's choice, which is no file's. */
static int
make_listener(void)
{
    int fd = socket(AF_UNIX, SOCK_STREAM, 0);
    socklen_t family = offsetof(struct sockaddr_un, sun_path);
    if (fd < 0 || bind(fd, (struct sockaddr *)&address, family) != 0 ||
        listen(fd, 4) != 0 ||
        getsockname(fd, (struct sockaddr *)&address, &length) != 0)
        return -1;
    return fd;
}

static ssize_t
send_in_pieces(int fd, char *one, char *two)
{
    struct iovec pieces[2] = {{one, strlen(one)}, {two, strlen(two)}};
    struct msghdr message = {.msg_iov = pieces, .msg_iovlen = 2};
    return thread_sendmsg(fd, &message, 0);
}

static void *
client(void *arg)
{
    for (int i = 0; i < rounds; i++) {
        char buf[40] = "";
        int fd = socket(AF_UNIX, SOCK_STREAM, 0);
        lab_say(1, "connect %d",
                thread_connect(fd, (struct sockaddr *)&address, length));
        char one[] = "hel", two[] = "lo";
        ssize_t n = send_in_pieces(fd, one, two);
        lab_say(1, "sent %zd", n);
        n = thread_recv(fd, buf, 4, MSG_WAITALL);
        lab_say(1, "received %zd: %s", n, buf);
        close(fd);
    }
    return arg;
}

static ssize_t
receive_in_pieces(int fd, char *buf)
{
    struct iovec pieces[2] = {{buf, 2}, {buf + 2, 20}};
    struct msghdr message = {.msg_iov = pieces, .msg_iovlen = 2};
    return thread_recvmsg(fd, &message, 0);
}

static void
serve(int listener)
{
    char buf[40] = "";
    int fd = thread_accept(listener, NULL, NULL, SOCK_CLOEXEC);
    lab_say(0, "accept %s", fd >= 0 ? "a descriptor" : "none");
    ssize_t n = thread_recv(fd, buf, 3, MSG_PEEK);
    lab_say(0, "peek %zd: %s", n, buf);
    n = receive_in_pieces(fd, buf);
    lab_say(0, "received %zd: %s", n, buf);
    n = thread_send(fd, "an", 2, 0);
    lab_say(0, "sent %zd", n);
    thread_yield();
    n = thread_send(fd, "d!", 2, 0);
    lab_say(0, "sent %zd", n);
    lab_say(0, "the end %zd", thread_recv(fd, buf, 1, 0));
    close(fd);
}

int
main(void)
{
    thread_t thread;
    lab_begin();
    enters_begin();
    int listener = make_listener();
    rounds = 1 + (int)lab_random(6);
    thread_create(&thread, NULL, client, NULL);
    for (int i = 0; i < rounds; i++)
        serve(listener);
    thread_join(thread, NULL);
    lab_end();
}

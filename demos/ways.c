/* SPDX-License-Identifier: MIT */
/* ways.c - see ways.h. */
#include "ways.h"

#include "demo.h"

#include <errno.h>
#include <fcntl.h>
#include <mqueue.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

enum { PIECE = 8192 }; /* of a large message, for a queue */

/* What this process has of it. Of each thing there are two, one for each
 * direction, but a socket has both. */
static struct ends {
    int pipe_in, pipe_out;
    int socket;
    mqd_t queue_in, queue_out; /* -1: there is none */
    int file;
    char *memory;
    off_t mine, other; /* half of the file, and of the memory */
    char *buffer;
} first_ends, second_ends, ends;

/* ---- To send and to receive ---- */

static void
write_all(int fd, const char *data, size_t size)
{
    for (ssize_t n; size > 0; data += n, size -= (size_t)n)
        if ((n = write(fd, data, size)) < 0)
            demo_fail("write: %s", strerror(errno));
}

static void
read_all(int fd, char *data, size_t size)
{
    for (ssize_t n; size > 0; data += n, size -= (size_t)n)
        if ((n = read(fd, data, size)) <= 0)
            demo_fail("read: %s", n ? strerror(errno) : "nobody is there");
}

static void
pipe_send(size_t size)
{
    write_all(ends.pipe_out, ends.buffer, size);
}

static void
pipe_receive(size_t size)
{
    read_all(ends.pipe_in, ends.buffer, size);
}

static void
socket_send(size_t size)
{
    write_all(ends.socket, ends.buffer, size);
}

static void
socket_receive(size_t size)
{
    read_all(ends.socket, ends.buffer, size);
}

static void
queue_send(size_t size)
{
    for (size_t at = 0; at < size; at += PIECE)
        if (mq_send(ends.queue_out, ends.buffer + at,
                    size - at < PIECE ? size - at : PIECE, 0) != 0)
            demo_fail("mq_send: %s", strerror(errno));
}

static void
queue_receive(size_t size)
{
    for (size_t at = 0; at < size; at += PIECE)
        if (mq_receive(ends.queue_in, ends.buffer + at, PIECE, NULL) < 0)
            demo_fail("mq_receive: %s", strerror(errno));
}

/* A byte in the pipe says that it is there. */
static void
file_send(size_t size)
{
    if (pwrite(ends.file, ends.buffer, size, ends.mine) != (ssize_t)size)
        demo_fail("the file: %s", strerror(errno));
    pipe_send(1);
}

static void
file_receive(size_t size)
{
    pipe_receive(1);
    if (pread(ends.file, ends.buffer, size, ends.other) != (ssize_t)size)
        demo_fail("the file: %s", strerror(errno));
}

/* The receiver finds it in place. */
static void
memory_send(size_t size)
{
    memcpy(ends.memory + ends.mine, ends.buffer, size);
    pipe_send(1);
}

static void
memory_receive(size_t size)
{
    (void)size;
    pipe_receive(1);
}

const struct way ways[WAYS] = {
    {"pipe", pipe_send, pipe_receive},
    {"socket", socket_send, socket_receive},
    {"file", file_send, file_receive},
    {"shared_memory", memory_send, memory_receive},
    {"queue", queue_send, queue_receive},
};

/* ---- To make them ---- */

static mqd_t
open_queue(int number)
{
    char name[48];
    struct mq_attr attr = {.mq_maxmsg = 8, .mq_msgsize = PIECE};
    snprintf(name, sizeof name, "/threadbare-%d-%d", (int)getpid(), number);
    mqd_t queue = mq_open(name, O_RDWR | O_CREAT | O_EXCL, 0600, &attr);
    if (queue >= 0)
        mq_unlink(name); /* it goes away with the last who has it open */
    return queue;
}

static void
make_pipe(int *in, int *out)
{
    int both[2];
    if (pipe(both) != 0)
        demo_fail("pipe: %s", strerror(errno));
    *in = both[0];
    *out = both[1];
}

bool
ways_open(size_t largest)
{
    int sockets[2];
    FILE *file = tmpfile();
    char *memory = mmap(NULL, 2 * largest, PROT_READ | PROT_WRITE,
                        MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (!file || memory == MAP_FAILED ||
        socketpair(AF_UNIX, SOCK_STREAM, 0, sockets) != 0)
        demo_fail("a file, memory or a socket: %s", strerror(errno));
    first_ends.buffer = calloc(1, largest);
    if (!first_ends.buffer)
        demo_fail("out of memory");
    first_ends.memory = memory;
    first_ends.file = fileno(file);
    first_ends.queue_in = open_queue(1);
    first_ends.queue_out = open_queue(2);
    second_ends = first_ends;
    second_ends.queue_in = first_ends.queue_out;
    second_ends.queue_out = first_ends.queue_in;
    first_ends.other = second_ends.mine = (off_t)largest;
    first_ends.socket = sockets[0];
    second_ends.socket = sockets[1];
    make_pipe(&first_ends.pipe_in, &second_ends.pipe_out);
    make_pipe(&second_ends.pipe_in, &first_ends.pipe_out);
    return first_ends.queue_in >= 0 && first_ends.queue_out >= 0;
}

/* What is the other's is closed here, so that a read ends when he does. */
void
ways_take(bool first)
{
    const struct ends *other = first ? &second_ends : &first_ends;
    ends = first ? first_ends : second_ends;
    close(other->pipe_in);
    close(other->pipe_out);
    close(other->socket);
}

/* SPDX-License-Identifier: MIT */
/* names.c - see names.h. */
#include "names.h"

#include "machine.h"

#include <arpa/inet.h>
#include <arpa/nameser.h>
#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <nss.h>
#include <resolv.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static int server = -1;
static struct sockaddr_in place;

void
names_open(struct demo_run *d)
{
    socklen_t size = sizeof place;
    int error = machine_loopback();
    if (error)
        demo_skip(d, "there is no loopback network: %s.", strerror(error));
    place = (struct sockaddr_in){.sin_family = AF_INET,
                                 .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    server = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (server < 0 || bind(server, (struct sockaddr *)&place, size) != 0 ||
        getsockname(server, (struct sockaddr *)&place, &size) != 0)
        demo_fail("the server: %s", strerror(errno));
    if (__nss_configure_lookup("hosts", "dns") != 0) /* and nobody else */
        demo_skip(d, "the C library cannot ask name servers: %s.",
                  strerror(errno));
}

/* ---- The server (RFC 1035) ---- */

/* What follows the question in our answer. */
/* clang-format off */
static const unsigned char record[] = {
    0xc0, NS_HFIXEDSZ,     /* the name that stands in the question */
    0, ns_t_a, 0, ns_c_in, /* has an Internet address, */
    0, 0, 0, 0,            /* not to be remembered: */
    0, 4, 192, 0, 2, 7     /* NAMES_ADDRESS */
};
/* clang-format on */

/* Make a question its own answer. Returns the answer's size, 0 if it was no
 * question. */
static size_t
make_answer(unsigned char *message, size_t size)
{
    HEADER *header = (HEADER *)(void *)message;
    int name = dn_skipname(message + NS_HFIXEDSZ, message + size);
    size_t end = NS_HFIXEDSZ + (size_t)name + NS_QFIXEDSZ;
    if (name < 0 || end > size)
        return 0;
    header->qr = 1; /* a response */
    header->ra = 1; /* from one who would ask others */
    header->ancount = htons(1);
    header->arcount = 0; /* no extensions */
    memcpy(message + end, record, sizeof record);
    return end + sizeof record;
}

bool
names_answer(void)
{
    _Alignas(HEADER) unsigned char message[NS_PACKETSZ + sizeof record];
    struct sockaddr_in from;
    socklen_t length = sizeof from;
    ssize_t got = recvfrom(server, message, NS_PACKETSZ, 0,
                           (struct sockaddr *)&from, &length);
    if (got < NS_HFIXEDSZ)
        return false;
    size_t size = make_answer(message, (size_t)got);
    return size && sendto(server, message, size, 0, (struct sockaddr *)&from,
                          length) == (ssize_t)size;
}

/* ---- The resolver ---- */

/* Have this kernel thread ask our server, and be patient. */
static int
ask_ours(void)
{
    if (res_init() != 0)
        return EAI_SYSTEM;
    _res.nscount = 1;
    _res.nsaddr_list[0] = place;
    _res.retrans = 60; /* seconds */
    return 0;
}

uint32_t
names_look_up(const char *name, int *error)
{
    struct addrinfo *found,
        hints = {.ai_family = AF_INET, .ai_socktype = SOCK_STREAM};
    *error = ask_ours();
    if (*error == 0)
        *error = getaddrinfo(name, NULL, &hints, &found);
    if (*error)
        return 0;
    struct sockaddr_in address;
    memcpy(&address, found->ai_addr, sizeof address);
    freeaddrinfo(found);
    return ntohl(address.sin_addr.s_addr);
}

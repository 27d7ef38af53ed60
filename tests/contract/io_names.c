/* SPDX-License-Identifier: MIT */
/* io_names.c - name lookups: thread_getaddrinfo of io.h. Only names that are
 * addresses, for which no machine needs a network. */
#include "descriptors.h"

#include <arpa/inet.h>
#include <netdb.h>
#include <netinet/in.h>

static const struct addrinfo numeric = {.ai_family = AF_INET,
                                        .ai_socktype = SOCK_STREAM,
                                        .ai_flags = AI_NUMERICHOST};

Test(names, finds_an_address, .timeout = 10)
{
    struct addrinfo *found = NULL;
    cr_assert_eq(thread_getaddrinfo("192.0.2.7", "80", &numeric, &found), 0);
    const struct sockaddr_in *in = (const void *)found->ai_addr;
    cr_assert_eq(ntohl(in->sin_addr.s_addr), 0xc0000207);
    cr_assert_eq(ntohs(in->sin_port), 80);
    freeaddrinfo(found);
}

Test(names, says_what_getaddrinfo_says, .timeout = 10)
{
    struct addrinfo *found = NULL;
    cr_assert_eq(thread_getaddrinfo("no address", NULL, &numeric, &found),
                 EAI_NONAME);
    cr_assert_eq(thread_getaddrinfo(NULL, NULL, &numeric, &found), EAI_NONAME);
}

Test(names, until_a_deadline_that_has_passed_looks_up_nothing, .timeout = 10)
{
    struct addrinfo *found = NULL;
    cr_assert_eq(
        thread_getaddrinfo_until("192.0.2.7", NULL, &numeric, &found, 1),
        EAI_SYSTEM);
    cr_assert_eq(errno, ETIMEDOUT);
    cr_assert_null(found);
}

static void *
look_up_many(void *wrong)
{
    for (int i = 0; i < 50; i++) {
        struct addrinfo *found;
        if (thread_getaddrinfo("192.0.2.7", NULL, &numeric, &found) == 0)
            freeaddrinfo(found);
        else
            ++*(int *)wrong;
    }
    return wrong;
}

Test(names, several_threads_look_up_at_once, .timeout = 20)
{
    enum { COUNT = 8 };
    int wrong[COUNT] = {0};
    thread_t thread[COUNT];
    for (int i = 0; i < COUNT; i++)
        thread[i] = spawn(look_up_many, &wrong[i]);
    for (int i = 0; i < COUNT; i++) {
        join(thread[i]);
        cr_assert_eq(wrong[i], 0);
    }
}

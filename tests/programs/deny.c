/* SPDX-License-Identifier: MIT */
/*
 * deny.c - run a program to which the kernel denies a system call, as
 * containers do:
 *     deny EPERM|ENOSYS|ENOMEM|EMFILE CALL[:N] PROGRAM [ARGUMENT...]
 *
 * A seccomp filter of our own making, so that no library is needed. It looks
 * at the number of each system call; the one that was named fails with the
 * error given, or with :N only if its first argument is greater than N. Any user may install it once he has given up gaining
 * privileges. Exit status 77: this kernel takes no filter from us.
 */
#include <errno.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

/* Where a filter finds the lower half of a call's first argument. */
#define FIRST (offsetof(struct seccomp_data, args) + LOW_HALF)
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
#define LOW_HALF 0
#else
#define LOW_HALF 4
#endif

/* Deny one system call with this error, if its first argument is at least so
 * much; all others pass. */
static int
deny(unsigned call, unsigned least, unsigned error)
{
    struct sock_filter code[] = {
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, call, 0, 3),
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, FIRST),
        BPF_JUMP(BPF_JMP | BPF_JGE | BPF_K, least, 0, 1),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | error),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
    };
    struct sock_fprog program = {sizeof code / sizeof *code, code};
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
        return -1;
    return prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program);
}

static const struct {
    const char *name;
    unsigned number;
} calls[] = {
    {"io_uring_setup", SYS_io_uring_setup},
    {"io_uring_enter", SYS_io_uring_enter},
    {"epoll_create1", SYS_epoll_create1},
    {"epoll_pwait2", SYS_epoll_pwait2},
    {"preadv2", SYS_preadv2},
    {"pwritev2", SYS_pwritev2},
    {"eventfd2", SYS_eventfd2},
    {"clone3", SYS_clone3},
    {"userfaultfd", SYS_userfaultfd},
};
enum { CALLS = sizeof calls / sizeof *calls };

static void usage(void) __attribute__((noreturn));

static void
usage(void)
{
    fputs("usage: deny EPERM|ENOSYS|ENOMEM|EMFILE CALL[:N] PROGRAM...\n"
          "CALL is one of:",
          stderr);
    for (int i = 0; i < CALLS; i++)
        fprintf(stderr, " %s", calls[i].name);
    fputs("\n", stderr);
    exit(2);
}

/* The number of CALL[:N], and N + 1, or 0. */
static unsigned
number_of(const char *name, unsigned *least)
{
    size_t length = strcspn(name, ":");
    *least = name[length] ? (unsigned)atoi(name + length + 1) + 1 : 0;
    for (int i = 0; i < CALLS; i++)
        if (strlen(calls[i].name) == length &&
            strncmp(calls[i].name, name, length) == 0)
            return calls[i].number;
    usage();
}

static unsigned
error_of(const char *name)
{
    static const struct {
        const char *name;
        unsigned error;
    } errors[] = {{"EPERM", EPERM},
                  {"ENOSYS", ENOSYS},
                  {"ENOMEM", ENOMEM},
                  {"EMFILE", EMFILE}};
    for (int i = 0; i < 4; i++)
        if (strcmp(errors[i].name, name) == 0)
            return errors[i].error;
    usage();
}

int
main(int argc, char **argv)
{
    unsigned least;
    if (argc < 4)
        usage();
    unsigned call = number_of(argv[2], &least);
    if (deny(call, least, error_of(argv[1])) != 0) {
        perror("deny: no filter");
        return 77;
    }
    execvp(argv[3], argv + 3);
    perror(argv[3]);
    return 127;
}

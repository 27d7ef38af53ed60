/* SPDX-License-Identifier: MIT */
/*
 * deny-uring.c - run a program to which the kernel denies io_uring, as
 * containers do:
 *     deny-uring EPERM|ENOSYS setup|enter PROGRAM [ARGUMENT...]
 *
 * A seccomp filter of our own making, so that no library is needed. It looks
 * at the number of each system call; io_uring_setup, or only io_uring_enter,
 * fails with the error given. Any user may install it once he has given up
 * gaining privileges.
 */
#include <errno.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

/* Deny one system call with this error; all others pass. */
static int
deny(unsigned call, unsigned error)
{
    struct sock_filter code[] = {
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, call, 0, 1),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | error),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
    };
    struct sock_fprog program = {sizeof code / sizeof *code, code};
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
        return -1;
    return prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program);
}

int
main(int argc, char **argv)
{
    if (argc < 4) {
        fputs("usage: deny-uring EPERM|ENOSYS setup|enter PROGRAM...\n",
              stderr);
        return 2;
    }
    unsigned error = strcmp(argv[1], "ENOSYS") == 0 ? ENOSYS : EPERM;
    unsigned call =
        strcmp(argv[2], "enter") == 0 ? SYS_io_uring_enter : SYS_io_uring_setup;
    if (deny(call, error) != 0) {
        perror("deny-uring: no filter");
        return 77;
    }
    execvp(argv[3], argv + 3);
    perror(argv[3]);
    return 127;
}

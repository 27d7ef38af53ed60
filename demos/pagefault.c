/* SPDX-License-Identifier: MIT */
/*
 * pagefault.c - a thread touches a page of memory that is not there.
 *
 * It makes no call that a library could see, wrap, or hand to an engine: the
 * processor stops at a load, and the kernel puts to sleep whoever ran. To the
 * kernel that is a kernel thread, and with it go all the user-level threads on
 * it. Against this no user-level library can do anything, as long as the kernel
 * does not tell it (Scheduler Activations would have).
 *
 * Usually the page comes from a disk. Here it comes from another process: with
 * userfaultfd(2) the kernel reports the fault to that process, which takes its
 * time, as in the other experiments on stall.h, and then fills the page.
 */
#include "stall_verdict.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/userfaultfd.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/syscall.h>

#define ANSWER 42 /* what the page is filled with */

static int faults; /* where the kernel reports them */
static volatile char *page;
static size_t page_size;

/* Faults of the program itself need no privilege since Linux 5.11; older
 * kernels do not know the flag. */
static int
open_userfaultfd(void)
{
    int fd = -1;
#ifdef UFFD_USER_MODE_ONLY
    fd = (int)syscall(SYS_userfaultfd, O_CLOEXEC | UFFD_USER_MODE_ONLY);
    if (fd >= 0 || errno != EINVAL)
        return fd;
#endif
    return (int)syscall(SYS_userfaultfd, O_CLOEXEC);
}

/* A page that is mapped, but empty, and whose faults are reported. */
static void
map_page(struct demo_run *d)
{
    page_size = (size_t)sysconf(_SC_PAGESIZE);
    void *p = mmap(NULL, page_size, PROT_READ | PROT_WRITE,
                   MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (p == MAP_FAILED)
        demo_fail("mmap: %s", strerror(errno));
    page = p;
    faults = open_userfaultfd();
    if (faults < 0)
        demo_skip(d,
                  "the kernel does not let us be told of page faults "
                  "(userfaultfd): %s.",
                  strerror(errno));
    struct uffdio_api api = {.api = UFFD_API};
    struct uffdio_register watched = {
        .range = {(uintptr_t)p, page_size},
        .mode = UFFDIO_REGISTER_MODE_MISSING,
    };
    if (ioctl(faults, UFFDIO_API, &api) != 0 ||
        ioctl(faults, UFFDIO_REGISTER, &watched) != 0)
        demo_skip(d, "the kernel does not report page faults: %s.",
                  strerror(errno));
}

/* In the other process: has somebody touched the page? Fill it. The memory is
 * still that of the process which opened the descriptor. */
static bool
give_page(int answer)
{
    (void)answer;
    struct uffd_msg fault;
    char *copy = mmap(NULL, page_size, PROT_READ | PROT_WRITE,
                      MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (copy == MAP_FAILED)
        return false;
    memset(copy, ANSWER, page_size);
    struct uffdio_copy fill = {
        .dst = (uintptr_t)page, .src = (uintptr_t)copy, .len = page_size};
    return read(faults, &fault, sizeof fault) == sizeof fault &&
           fault.event == UFFD_EVENT_PAGEFAULT &&
           ioctl(faults, UFFDIO_COPY, &fill) == 0;
}

static void *
toucher(void *arg)
{
    struct stall *s = arg;
    stall_ask(s);
    char byte = *page;
    stall_answered(s, byte == ANSWER);
    return NULL;
}

static void
run(struct demo_run *d)
{
    struct stall s;
    if (!thread_model()->shares_memory)
        demo_skip(d,
                  "the kernel reports the faults of the process that asked for "
                  "it, and here each thread is another.");
    map_page(d);
    stall_open_giving(&s, d, give_page);
    close(faults); /* it has its own; if it dies, the page is an empty one */
    s.wait = "fault";
    stall_predict(&s, "a page fault", thread_model()->raw_call_stalls);
    stall_count_while(&s, toucher);
    stall_judge(&s);
}

static const struct demo demo = {
    .name = "pagefault",
    .claim = "A page fault stops every thread that shares the kernel thread it "
             "happens on, or needs a lock that it holds, whatever engine does "
             "their input and output.",
    .run = run,
};

int
main(int argc, char **argv)
{
    return demo_main(argc, argv, &demo);
}

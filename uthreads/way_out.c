/* SPDX-License-Identifier: MIT */
/*
 * way_out.c - the moment when a thread comes back from a library.
 *
 * A tick that finds a thread in malloc must be put off until malloc returns.
 * When is that? To try again soon hits the right moment by luck only, and a
 * thread that prints in a loop has little of it. But the moment is written
 * down: it is when the first return address on the thread's stack that lies in
 * the program is reached. So a breakpoint is set there, in a debug register of
 * the processor, which the kernel lends to anybody as a kind of counter:
 *
 *      program:   ... call printf -> [ here ] ...
 *                       |              ^
 *      library:         +--> * ---> ret
 *                            tick
 *
 * No code and no stack is changed, so an address that turns out to be wrong
 * does no harm; the next tick asks again.
 *
 * The stack is read by the unwinder that C++ exceptions use. Since glibc 2.35
 * it takes no lock (_dl_find_object), and so may be used by a signal handler.
 * There is one place where it would be misled: in swapcontext, between two
 * stacks.
 */
#include "way_out.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/hw_breakpoint.h>
#include <stdint.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <ucontext.h>
#include <unistd.h>
#include <unwind.h>

#define SWAPCONTEXT_SIZE 512 /* bytes, at most */

static struct {
    int fd; /* of the breakpoint; 0: there is none */
    bool set;
    bool (*is_out)(const char *pc);
    struct perf_event_attr attr;
} way_out;

int
counter_open(struct perf_event_attr *attr, int sig)
{
    attr->size = sizeof *attr;
    attr->disabled = 1;
    attr->exclude_kernel = 1;
    attr->exclude_hv = 1;
    attr->wakeup_events = 1;
    int fd = (int)syscall(SYS_perf_event_open, attr, 0, -1, -1,
                          PERF_FLAG_FD_CLOEXEC);
    if (fd < 0)
        return -errno;
    struct f_owner_ex owner = {F_OWNER_TID, (pid_t)syscall(SYS_gettid)};
    if (fcntl(fd, F_SETFL, O_ASYNC) < 0 || fcntl(fd, F_SETSIG, sig) < 0 ||
        fcntl(fd, F_SETOWN_EX, &owner) < 0) {
        int error = errno;
        close(fd);
        return -error;
    }
    return fd;
}

/* The first frame that is out, and no further.
 * LAB(preemption): _Unwind_GetIP says where; return what says "one more". */
static _Unwind_Reason_Code
look_at_frame(struct _Unwind_Context *frame, void *address)
{
    const char *pc = (const char *)_Unwind_GetIP(frame);
    if (!way_out.is_out(pc))
        return _URC_NO_REASON; /* one more */
    *(const char **)address = pc;
    return _URC_NORMAL_STOP;
}

static const char *
find_way_out(void)
{
    const char *address = NULL;
    _Unwind_Backtrace(look_at_frame, &address);
    return address;
}

void
way_out_open(int sig, bool (*is_out)(const char *pc))
{
    way_out.is_out = is_out;
#if __GLIBC_PREREQ(2, 35)
    const char *here = find_way_out(); /* the first time it may take memory */
    way_out.attr =
        (struct perf_event_attr){.type = PERF_TYPE_BREAKPOINT,
                                 .bp_type = HW_BREAKPOINT_X,
                                 .bp_addr = (uintptr_t)here, /* for now */
                                 .bp_len = sizeof(long),
                                 .sample_period = 1};
    int fd = counter_open(&way_out.attr, sig);
    way_out.fd = fd > 0 ? fd : 0;
#else
    (void)sig;
#endif
}

void
way_out_close(void)
{
    if (way_out.fd)
        close(way_out.fd);
    way_out.fd = 0;
    way_out.set = false;
}

static bool
is_between_stacks(const char *pc)
{
    const char *swap = (const char *)(uintptr_t)swapcontext;
    return pc >= swap && pc < swap + SWAPCONTEXT_SIZE;
}

/* LAB(preemption): where is that? Then move the breakpoint and enable it. */
bool
way_out_watch(const char *pc)
{
    if (!way_out.fd || is_between_stacks(pc))
        return false;
    const char *address = find_way_out();
    if (!address)
        return false;
    way_out.attr.bp_addr = (uintptr_t)address;
    way_out.attr.disabled = 0;
    way_out.set = ioctl(way_out.fd, PERF_EVENT_IOC_MODIFY_ATTRIBUTES,
                        &way_out.attr) == 0 &&
                  ioctl(way_out.fd, PERF_EVENT_IOC_ENABLE, 0) == 0;
    return way_out.set;
}

/* LAB(preemption): whose signal is it? */
bool
way_out_reached(const siginfo_t *info)
{
    return way_out.fd && info->si_code > 0 && info->si_fd == way_out.fd;
}

/* LAB(preemption): it is not to come again. */
void
way_out_forget(void)
{
    if (way_out.set)
        ioctl(way_out.fd, PERF_EVENT_IOC_DISABLE, 0);
    way_out.set = false;
}

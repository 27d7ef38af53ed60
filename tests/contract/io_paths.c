/* SPDX-License-Identifier: MIT */
/* io_paths.c - opening, asking, syncing, closing: io.h. */
#include "descriptors.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

/* A directory of this test's own; it goes with what is in it. */
static char where[] = "/tmp/threadbare-test.XXXXXX";
static char fifo[64], fresh[64];

static void
remove_it(void)
{
    unlink(fifo);
    unlink(fresh);
    rmdir(where);
}

static void
make_directory(void)
{
    cr_assert_not_null(mkdtemp(where));
    snprintf(fifo, sizeof fifo, "%s/fifo", where);
    snprintf(fresh, sizeof fresh, "%s/fresh", where);
    cr_assert_eq(mkfifo(fifo, 0600), 0);
}

TestSuite(paths, .init = make_directory, .fini = remove_it, .timeout = 10);

/* ---- Open ---- */

Test(paths, open_makes_and_opens_a_file)
{
    char text[4] = "";
    int fd = thread_open(fresh, O_CREAT | O_EXCL | O_RDWR | O_CLOEXEC, 0640);
    cr_assert_geq(fd, 0);
    cr_assert_eq(write(fd, "abc", 3), 3);
    cr_assert_eq(fcntl(fd, F_GETFD), FD_CLOEXEC);
    int again = thread_open_until(fresh, O_RDONLY, 0, in_ms(5000));
    cr_assert_geq(again, 0);
    cr_assert_eq(fcntl(again, F_GETFD), 0);
    cr_assert_eq(read(again, text, 4), 3);
    cr_assert_str_eq(text, "abc");
}

Test(paths, openat_begins_at_a_directory)
{
    int directory = thread_open(where, O_RDONLY | O_DIRECTORY, 0);
    cr_assert_geq(directory, 0);
    cr_assert_geq(thread_openat(directory, "fresh", O_CREAT | O_RDWR, 0600), 0);
    cr_assert_geq(
        thread_openat_until(directory, "fresh", O_RDWR, 0, in_ms(5000)), 0);
    cr_assert_eq(access(fresh, F_OK), 0);
}

Test(paths, open_tells_what_is_wrong)
{
    cr_assert_fails(thread_open(fresh, O_RDONLY, 0), ENOENT);
    cr_assert_fails(thread_open(where, O_WRONLY, 0), EISDIR);
    cr_assert_fails(thread_open(fifo, O_CREAT | O_EXCL | O_RDWR, 0), EEXIST);
    cr_assert_fails(thread_open((char *)16, O_RDONLY, 0), EFAULT);
    cr_assert_fails(thread_openat(9999, "fresh", O_RDONLY, 0), EBADF);
    cr_assert_fails(thread_open(fifo, O_WRONLY | O_NONBLOCK, 0), ENXIO);
}

static void *
open_fifo(void *flags)
{
    int fd = thread_open(fifo, (int)VALUE(flags), 0);
    return NUMBER(fd < 0 ? 0 : fd);
}

Test(paths, open_of_a_fifo_waits_for_the_other_end)
{
    needs_suspending_io();
    needs_one_process();
    for (int i = 0; i < 2; i++) {
        int mine = i ? O_RDONLY : O_WRONLY, its = i ? O_WRONLY : O_RDONLY;
        thread_t other = spawn(open_fifo, NUMBER(its));
        await_blocked(other, THREAD_WAIT_IO);
        for (int turn = 0; turn < 100; turn++)
            thread_yield();
        struct thread_info info;
        cr_assert_eq(thread_info(other, &info), 0);
        cr_assert_eq(info.state, THREAD_BLOCKED, "it did not wait");
        cr_assert_str_eq(info.wait_call, "open");
        int fd = thread_open(fifo, mine, 0);
        int end = (int)VALUE(join(other));
        cr_assert(fd > 0 && end > 0);
        cr_assert_eq(write(i ? end : fd, "x", 1), 1);
        cr_assert_eq(read(i ? fd : end, (char[1]){0}, 1), 1);
        close(fd);
        close(end);
    }
}

static int
lowest_free(void)
{
    int fd = dup(0);
    close(fd);
    return fd;
}

Test(paths, open_of_a_fifo_gives_up_at_its_deadline)
{
    needs_suspending_io();
    int before = -1; /* a model may open what it needs the first time */
    for (int i = 0; i < 5; i++) {
        uint64_t deadline = in_ms(10);
        cr_assert_fails(thread_open_until(fifo, O_RDONLY, 0, deadline),
                        ETIMEDOUT);
        cr_assert_geq(thread_now(), deadline);
        cr_assert_fails(thread_open_until(fifo, O_WRONLY, 0, 0), ETIMEDOUT);
        if (i == 0)
            before = lowest_free();
        block_realtime_signals();
    }
    cr_assert_eq(lowest_free(), before, "no descriptor is left behind");
    cr_assert_fails(thread_open(fifo, O_WRONLY | O_NONBLOCK, 0), ENXIO);
}

Test(paths, a_cancelled_open_of_a_fifo_ends)
{
    needs_suspending_io();
    thread_t other = spawn(open_fifo, NUMBER(O_RDONLY));
    await_blocked(other, THREAD_WAIT_IO);
    cr_assert_eq(thread_cancel(other), 0);
    cr_assert_eq(join(other), THREAD_CANCELED);
    cr_assert_fails(thread_open(fifo, O_WRONLY | O_NONBLOCK, 0), ENXIO);
}

/* ---- What is there, and is it safe? ---- */

Test(paths, statx_tells_of_a_path_and_of_a_descriptor)
{
    struct statx about;
    int fd = open(fresh, O_CREAT | O_RDWR, 0600);
    cr_assert_eq(write(fd, "12345", 5), 5);
    cr_assert_eq(thread_statx(AT_FDCWD, fresh, 0, STATX_SIZE, &about), 0);
    cr_assert_eq(about.stx_size, 5);
    cr_assert_eq(
        thread_statx_until(AT_FDCWD, fifo, 0, STATX_TYPE, &about, in_ms(5000)),
        0);
    cr_assert(S_ISFIFO(about.stx_mode));
    cr_assert_eq(thread_statx(fd, "", AT_EMPTY_PATH, STATX_SIZE, &about), 0);
    cr_assert_eq(about.stx_size, 5);
    cr_assert_fails(thread_statx(AT_FDCWD, "", 0, STATX_SIZE, &about), ENOENT);
    cr_assert_fails(thread_statx(9999, "", AT_EMPTY_PATH, STATX_SIZE, &about),
                    EBADF);
}

Test(paths, a_file_can_be_synced_and_a_pipe_cannot)
{
    struct pipe p = open_pipe();
    int fd = open(fresh, O_CREAT | O_RDWR, 0600);
    cr_assert_eq(write(fd, "12345", 5), 5);
    cr_assert_eq(thread_fsync(fd), 0);
    cr_assert_eq(thread_fdatasync(fd), 0);
    cr_assert_eq(thread_fsync_until(fd, in_ms(8000)), 0);
    cr_assert_eq(thread_fdatasync_until(fd, in_ms(8000)), 0);
    cr_assert_fails(thread_fsync(p.out), EINVAL);
    cr_assert_fails(thread_fdatasync(p.out), EINVAL);
    cr_assert_fails(thread_fsync(9999), EBADF);
}

/* ---- Close ---- */

Test(paths, close_frees_the_number)
{
    int ends[2], fd = open(fresh, O_CREAT | O_RDWR, 0600);
    struct pipe p = open_pipe();
    open_pair(SOCK_STREAM, ends);
    const int all[] = {fd, p.out, p.in, ends[0], ends[1]};
    for (int i = 0; i < 5; i++) {
        cr_assert_eq(thread_close(all[i]), 0);
        cr_assert_fails(fcntl(all[i], F_GETFD), EBADF);
        cr_assert_fails(thread_close(all[i]), EBADF);
    }
    cr_assert_fails(thread_close(-1), EBADF);
}

static void *
wait_for_readers(void *fd)
{
    struct pollfd end = {.fd = (int)VALUE(fd), .events = 0};
    return NUMBER(thread_poll(&end, 1, in_ms(5000)) == 1 &&
                  end.revents & (POLLERR | POLLHUP));
}

Test(paths, close_ends_what_the_other_end_waits_for)
{
    needs_suspending_io();
    needs_one_process();
    struct pipe p = open_pipe();
    thread_t other = spawn(wait_for_readers, NUMBER(p.in));
    await_blocked(other, THREAD_WAIT_IO);
    cr_assert_eq(thread_close(p.out), 0);
    cr_assert_eq(VALUE(join(other)), 1);
}

static void *
close_cancelled(void *fd)
{
    thread_cancel(thread_self());
    thread_close((int)VALUE(fd));
    return NULL;
}

Test(paths, a_close_cancelled_before_it_began_closes_nothing)
{
    struct pipe p = open_pipe();
    cr_assert_eq(join(spawn(close_cancelled, NUMBER(p.out))), THREAD_CANCELED);
    cr_assert_neq(fcntl(p.out, F_GETFD), -1);
}

/* SPDX-License-Identifier: MIT */
/* io_file.c - files, and what cannot be read or written: io.h. */
#include "descriptors.h"

/* ---- Files ---- */

Test(io, a_file_is_read_and_written_at_its_own_position, .timeout = 10)
{
    char buf[8] = "";
    int fd = open_file();
    cr_assert_eq(thread_write(fd, "abc", 3), 3);
    cr_assert_eq(thread_write(fd, "defg", 4), 4);
    cr_assert_eq(lseek(fd, 0, SEEK_CUR), 7);
    cr_assert_eq(lseek(fd, 2, SEEK_SET), 2);
    cr_assert_eq(thread_read(fd, buf, 3), 3);
    cr_assert_str_eq(buf, "cde");
    cr_assert_eq(thread_read(fd, buf, 8), 2);
    cr_assert_eq(thread_read(fd, buf, 8), 0);
}

Test(io, pread_and_pwrite_leave_the_position_alone, .timeout = 10)
{
    char buf[8] = "";
    int fd = open_file();
    cr_assert_eq(thread_write(fd, "abcdefg", 7), 7);
    cr_assert_eq(lseek(fd, 1, SEEK_SET), 1);
    cr_assert_eq(thread_pwrite(fd, "XY", 2, 3), 2);
    cr_assert_eq(thread_pread(fd, buf, 4, 2), 4);
    cr_assert_str_eq(buf, "cXYf");
    cr_assert_eq(thread_pread(fd, buf, 4, 100), 0);
    cr_assert_eq(thread_pread_until(fd, buf, 1, 0, in_ms(5000)), 1);
    cr_assert_eq(thread_pwrite_until(fd, buf, 1, 0, in_ms(5000)), 1);
    cr_assert_eq(lseek(fd, 0, SEEK_CUR), 1);
}

Test(io, an_offset_beyond_4_GiB_is_kept_whole, .timeout = 10)
{
    char byte = 0;
    int fd = open_file();
    off_t far = ((off_t)5 << 30) + 17;
    cr_assert_eq(thread_pwrite(fd, "z", 1, far), 1);
    cr_assert_eq(lseek(fd, 0, SEEK_END), far + 1);
    cr_assert_eq(thread_pread(fd, &byte, 1, far), 1);
    cr_assert_eq(byte, 'z');
}

Test(io, a_negative_offset_gives_EINVAL, .timeout = 10)
{
    char byte = 'x';
    int fd = open_file();
    cr_assert_fails(thread_pread(fd, &byte, 1, -1), EINVAL);
    cr_assert_fails(thread_pwrite(fd, &byte, 1, -1), EINVAL);
    cr_assert_fails(thread_pread_until(fd, &byte, 1, -7, in_ms(5)), EINVAL);
    cr_assert_fails(thread_pwrite_until(fd, &byte, 1, -7, in_ms(5)), EINVAL);
    cr_assert_eq(lseek(fd, 0, SEEK_END), 0);
}

Test(io, a_pipe_has_no_offsets_and_gives_ESPIPE, .timeout = 10)
{
    char byte = 'x';
    struct pipe p = open_pipe();
    cr_assert_eq(write(p.in, "x", 1), 1);
    cr_assert_fails(thread_pread(p.out, &byte, 1, 0), ESPIPE);
    cr_assert_fails(thread_pwrite(p.in, &byte, 1, 0), ESPIPE);
}

/* close(2) and dup2(2) are the program's own: no model sees them. */
Test(io, a_number_that_stands_for_a_pipe_now_has_no_offsets, .timeout = 10)
{
    struct pipe p = open_pipe();
    char byte;
    int fd = open_file();
    cr_assert_eq(write(p.in, "x", 1), 1);
    for (int i = 0; i < 10; i++)
        cr_assert_eq(thread_pwrite(fd, "y", 1, 0), 1);
    cr_assert_eq(dup2(p.out, fd), fd);
    cr_assert_fails(thread_pread(fd, &byte, 1, 0), ESPIPE);
    cr_assert_eq(thread_read(fd, &byte, 1), 1, "the byte is still there");
    cr_assert_eq(byte, 'x');
}

Test(io, a_directory_cannot_be_read_and_gives_EISDIR, .timeout = 10)
{
    char byte;
    int fd = open("/", O_RDONLY | O_DIRECTORY);
    cr_assert_fails(thread_read(fd, &byte, 1), EISDIR);
}

/* ---- Bad descriptors and addresses ---- */

Test(io, a_closed_descriptor_gives_EBADF, .timeout = 10)
{
    char b = 'x';
    struct sockaddr_in to = {.sin_family = AF_INET};
    struct sockaddr *addr = (struct sockaddr *)&to;
    struct pipe p = open_pipe();
    const int bad[] = {-1, p.out, 9999};
    thread_self(); /* a model may open descriptors of its own at the start */
    close(p.out);
    for (int i = 0; i < 3; i++) {
        int fd = bad[i];
        cr_assert_fails(thread_read(fd, &b, 1), EBADF);
        cr_assert_fails(thread_write(fd, &b, 1), EBADF);
        cr_assert_fails(thread_pread(fd, &b, 1, 0), EBADF);
        cr_assert_fails(thread_pwrite(fd, &b, 1, 0), EBADF);
        cr_assert_fails(thread_accept(fd, NULL, NULL, 0), EBADF);
        cr_assert_fails(thread_connect(fd, addr, sizeof to), EBADF);
        cr_assert_fails(thread_recv(fd, &b, 1, 0), EBADF);
        cr_assert_fails(thread_send(fd, &b, 1, 0), EBADF);
    }
}

Test(io, a_closed_descriptor_gives_EBADF_with_a_deadline_too, .timeout = 10)
{
    char b = 'x';
    struct sockaddr_in to = {.sin_family = AF_INET};
    struct sockaddr *addr = (struct sockaddr *)&to;
    const uint64_t deadlines[] = {0, in_ms(5000)};
    for (int i = 0; i < 2; i++) {
        uint64_t d = deadlines[i];
        cr_assert_fails(thread_read_until(9999, &b, 1, d), EBADF);
        cr_assert_fails(thread_write_until(9999, &b, 1, d), EBADF);
        cr_assert_fails(thread_pread_until(9999, &b, 1, 0, d), EBADF);
        cr_assert_fails(thread_pwrite_until(9999, &b, 1, 0, d), EBADF);
        cr_assert_fails(thread_accept_until(9999, NULL, NULL, 0, d), EBADF);
        cr_assert_fails(thread_connect_until(9999, addr, sizeof to, d), EBADF);
        cr_assert_fails(thread_recv_until(9999, &b, 1, 0, d), EBADF);
        cr_assert_fails(thread_send_until(9999, &b, 1, 0, d), EBADF);
    }
}

Test(io, the_wrong_end_of_a_pipe_gives_EBADF, .timeout = 10)
{
    char b = 'x';
    struct pipe p = open_pipe();
    cr_assert_fails(thread_read(p.in, &b, 1), EBADF);
    cr_assert_fails(thread_write(p.out, &b, 1), EBADF);
}

Test(io, an_address_that_is_not_ours_gives_EFAULT, .timeout = 10)
{
    struct pipe p = open_pipe();
    cr_assert_eq(write(p.in, "x", 1), 1);
    cr_assert_fails(thread_read(p.out, (void *)16, 1), EFAULT);
    cr_assert_fails(thread_write(p.in, (void *)16, 1), EFAULT);
}

Test(io, a_socket_call_on_a_pipe_gives_ENOTSOCK, .timeout = 10)
{
    char b = 'x';
    struct pipe p = open_pipe();
    cr_assert_fails(thread_recv(p.out, &b, 1, 0), ENOTSOCK);
    cr_assert_eq(write(p.in, "x", 1), 1);
    cr_assert_fails(thread_recv(p.out, &b, 1, 0), ENOTSOCK);
    cr_assert_fails(thread_send(p.in, &b, 1, 0), ENOTSOCK);
    cr_assert_fails(thread_accept(p.out, NULL, NULL, 0), ENOTSOCK);
}

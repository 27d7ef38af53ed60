/* SPDX-License-Identifier: MIT */
/* answer.c - see answer.h. */
#include "httpd/answer.h"

#include "io.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

static const char *
words_of(int status)
{
    switch (status) {
    case 200: return "OK";
    case 206: return "Partial Content";
    case 301: return "Moved Permanently";
    case 304: return "Not Modified";
    case 400: return "Bad Request";
    case 403: return "Forbidden";
    case 404: return "Not Found";
    case 405: return "Method Not Allowed";
    case 408: return "Request Timeout";
    case 411: return "Length Required";
    case 413: return "Content Too Large";
    case 414: return "URI Too Long";
    case 416: return "Range Not Satisfiable";
    case 431: return "Request Header Fields Too Large";
    case 501: return "Not Implemented";
    case 503: return "Service Unavailable";
    case 505: return "HTTP Version Not Supported";
    default: return "Internal Server Error";
    }
}

/* ---- A head ---- */

/* Filled from the front, and sent together with a small body. */
struct head {
    size_t length;
    char text[4096];
};

/* What does not fit is a mistake of ours: no field is as long as the room
 * that there is. */
static void add(struct head *h, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

static void
add(struct head *h, const char *format, ...)
{
    va_list args;
    size_t room = sizeof h->text - h->length;
    va_start(args, format);
    int length = vsnprintf(h->text + h->length, room, format, args);
    va_end(args);
    if (length < 0 || (size_t)length >= room)
        demo_fail("a head is too long");
    h->length += (size_t)length;
}

/* As in "Sun, 06 Nov 1994 08:49:37 GMT". */
static void
add_date(struct head *h, const char *name, time_t when)
{
    char text[32];
    struct tm t;
    gmtime_r(&when, &t);
    strftime(text, sizeof text, "%a, %d %b %Y %H:%M:%S GMT", &t);
    add(h, "%s: %s\r\n", name, text);
}

static void
begin(struct head *h, const struct answer *a, int status)
{
    h->length = 0;
    add(h, "HTTP/1.1 %d %s\r\n", status, words_of(status));
    add_date(h, "Date", time(NULL));
    add(h, "Connection: %s\r\n", a->keep ? "keep-alive" : "close");
}

static bool
send_all(const struct answer *a, const void *data, size_t size, int flags)
{
    return connection_send(a->c, data, size, flags, thread_now() + a->patience);
}

/* ---- An answer that is no file ---- */

static bool
finish(const struct answer *a, struct head *h, int status)
{
    const char *words = words_of(status);
    add(h, "Content-Type: text/plain; charset=utf-8\r\n");
    add(h, "Content-Length: %zu\r\n\r\n", strlen(words) + 1);
    if (!a->head_only)
        add(h, "%s\n", words);
    return send_all(a, h->text, h->length, 0) && a->keep;
}

bool
answer_status(const struct answer *a, int status)
{
    struct head h;
    begin(&h, a, status);
    if (status == 405)
        add(&h, "Allow: GET, HEAD\r\n");
    return finish(a, &h, status);
}

/*
 * The path was decoded, so it may hold anything, a line break with a field of
 * the asker's behind it included: whatever is not plain is encoded again. And
 * "//host/" would not be a path but another server.
 */
bool
answer_moved(const struct answer *a, const char *path)
{
    struct head h;
    path += strspn(path, "/");
    if (3 * strlen(path) > sizeof h.text / 2)
        return answer_status(a, 414);
    begin(&h, a, 301);
    add(&h, "Location: /");
    for (; *path; path++) {
        bool plain = strchr("/-._~", *path) || (*path >= '0' && *path <= '9') ||
                     (*path >= 'a' && *path <= 'z') ||
                     (*path >= 'A' && *path <= 'Z');
        add(&h, plain ? "%c" : "%%%02X", (unsigned char)*path);
    }
    add(&h, "/\r\n");
    return finish(a, &h, 301);
}

/* ---- A file ---- */

static bool
is_unchanged(const struct request *r, const struct file *file)
{
    struct tm t = {.tm_isdst = 0};
    const char *end =
        r->modified_since
            ? strptime(r->modified_since, "%a, %d %b %Y %H:%M:%S GMT", &t)
            : NULL;
    return end && *end == '\0' && file->modified <= timegm(&t);
}

enum { PIECE_MAX = 256 * 1024 };

struct range {
    off_t from, count;
};

/* A number without a sign, or -1. */
static off_t
offset(const char *s, const char **end)
{
    char *rest = (char *)s;
    errno = 0;
    long long value = *s >= '0' && *s <= '9' ? strtoll(s, &rest, 10) : -1;
    *end = rest;
    return errno ? -1 : value;
}

/*
 * "bytes=0-99", "bytes=100-", or "bytes=-100" for the last hundred. 206 if it
 * is one of these, 416 if there is nothing there, and 200, for the whole, if
 * it is anything else: several ranges, a mistake.
 */
static int
choose_range(const char *text, off_t size, struct range *range)
{
    if (!text || strncmp(text, "bytes=", 6) != 0)
        return 200;
    off_t first = offset(text + 6, &text);
    if (*text++ != '-')
        return 200;
    off_t last = offset(text, &text);
    if (*text || (first < 0 && last < 0) || (last >= 0 && last < first))
        return 200;
    if (first < 0) {
        first = last < size ? size - last : 0;
        last = size - 1;
    } else if (last < 0 || last >= size) {
        last = size - 1;
    }
    if (first > last)
        return 416;
    *range = (struct range){first, last - first + 1};
    return 206;
}

/* Straight from the file's pages to the socket, piece by piece: the client has
 * its patience for each. If the file has shrunk, the promise of its length
 * cannot be kept. */
static bool
send_pieces(const struct answer *a, int fd, struct range rest)
{
    while (rest.count > 0) {
        size_t want =
            rest.count < PIECE_MAX ? (size_t)rest.count : (size_t)PIECE_MAX;
        ssize_t sent = thread_sendfile_until(a->c->fd, fd, &rest.from, want,
                                             thread_now() + a->patience);
        if (sent <= 0) {
            a->c->broken |= sent < 0;
            return false;
        }
        a->c->sent += (uint64_t)sent;
        rest.count -= sent;
    }
    return true;
}

/* Head and body in one piece if they are small. */
static bool
send_file(const struct answer *a, struct head *h, int fd, struct range range)
{
    size_t room = sizeof h->text - h->length;
    if (a->head_only)
        return send_all(a, h->text, h->length, 0);
    if (range.count > (off_t)room)
        return send_all(a, h->text, h->length, MSG_MORE) &&
               send_pieces(a, fd, range);
    ssize_t got = range.count > 0
                      ? thread_pread(fd, h->text + h->length,
                                     (size_t)range.count, range.from)
                      : 0;
    return got == range.count &&
           send_all(a, h->text, h->length + (size_t)got, 0);
}

bool
answer_file(const struct answer *a, const struct request *r,
            const struct file *file)
{
    struct head h;
    struct range range = {0, file->size};
    int status = 200;
    if (is_unchanged(r, file))
        status = 304;
    else if (!r->if_range)
        status = choose_range(r->range, file->size, &range);
    begin(&h, a, status);
    if (status == 206)
        add(&h, "Content-Range: bytes %jd-%jd/%jd\r\n", (intmax_t)range.from,
            (intmax_t)(range.from + range.count - 1), (intmax_t)file->size);
    if (status == 416) {
        add(&h, "Content-Range: bytes */%jd\r\n", (intmax_t)file->size);
        return finish(a, &h, status);
    }
    add_date(&h, "Last-Modified", file->modified);
    if (status == 304) {
        add(&h, "\r\n");
        return send_all(a, h.text, h.length, 0) && a->keep;
    }
    add(&h, "Accept-Ranges: bytes\r\nContent-Type: %s\r\n", file->type);
    add(&h, "Content-Length: %jd\r\n\r\n", (intmax_t)range.count);
    return send_file(a, &h, file->fd, range) && a->keep;
}

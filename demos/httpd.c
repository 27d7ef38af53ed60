/* SPDX-License-Identifier: MIT */
/*
 * httpd.c - a small web server: files over HTTP/1.1, with a thread per client.
 *
 *      $ build/demos/httpd-user --listen 127.0.0.1:8080 --root docs &
 *      $ curl http://127.0.0.1:8080/tour.md
 *
 * A conversation is a loop: read a request, take it apart (httpd/request.c),
 * open the file (httpd/files.c), answer (httpd/answer.c), and again, on the
 * same connection. Requests may come in a bunch, before the first is answered;
 * what is left over of one read is the beginning of the next request.
 *
 * A client that stalls costs a thread, so it may not for ever: each step has a
 * deadline. It is a point in time, so that a byte now and then does not put it
 * off.
 */
#include "httpd/answer.h"
#include "httpd/files.h"
#include "httpd/request.h"
#include "trial.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { HEAD_MAX = 8192, BODY_MAX = 65536, PATIENCE_MS = 10000 };

static uint64_t patience = PATIENCE_MS * 1000000ull;

/* ---- What the client says ---- */

/* Bytes that have come and are not used up. */
struct input {
    size_t count;
    char bytes[HEAD_MAX];
};

static void
use_up(struct input *in, size_t count)
{
    in->count -= count;
    memmove(in->bytes, in->bytes + count, in->count);
}

/* An empty line before a request is forgiven. */
static void
skip_empty_lines(struct input *in)
{
    while (in->count >= 2 && memcmp(in->bytes, "\r\n", 2) == 0)
        use_up(in, 2);
}

enum { SILENT = -1 }; /* there is no request, and nothing to answer */

/* A request's whole head, and perhaps more. 0 and its length, or SILENT, or
 * the status of the refusal: 408, 414, 431. */
static int
read_head(struct connection *c, struct input *in, size_t *length)
{
    uint64_t deadline = thread_now() + patience;
    for (;;) {
        skip_empty_lines(in);
        *length = request_length(in->bytes, in->count);
        if (*length > 0)
            return 0;
        if (in->count == sizeof in->bytes)
            return memchr(in->bytes, '\n', in->count) ? 431 : 414;
        bool first = in->count == 0;
        ssize_t got = connection_recv(c, in->bytes + in->count,
                                      sizeof in->bytes - in->count, deadline);
        if (got <= 0)
            return got < 0 && errno == ETIMEDOUT && !first ? 408 : SILENT;
        in->count += (size_t)got;
        if (first)
            deadline = thread_now() + patience;
    }
}

/* A body that nobody wanted stands before the next request. */
static bool
skip_body(struct connection *c, struct input *in, uint64_t length)
{
    uint64_t deadline = thread_now() + patience;
    while (length > in->count) {
        length -= in->count;
        ssize_t got = connection_recv(c, in->bytes, sizeof in->bytes, deadline);
        if (got <= 0)
            return false;
        in->count = (size_t)got;
    }
    use_up(in, (size_t)length);
    return true;
}

/* ---- The conversation ---- */

/*
 * The client is still talking and will not be listened to. To close now would
 * reset the connection, and the reset would overtake our last words: say that
 * there is no more to come, and let the client end it.
 */
static void
part(struct connection *c)
{
    char unread[1024];
    uint64_t deadline = thread_now() + patience;
    shutdown(c->fd, SHUT_WR);
    for (int i = 0; i < 256; i++)
        if (connection_recv(c, unread, sizeof unread, deadline) <= 0)
            break;
}

static bool
answer_request(const struct answer *a, const struct request *r)
{
    struct file file;
    int status = files_open(r->path, &file);
    if (status == 301)
        return answer_moved(a, r->path);
    if (status)
        return answer_status(a, status);
    bool again = answer_file(a, r, &file);
    close(file.fd);
    return again;
}

/* One request and its answer: may another follow? */
static bool
exchange(struct connection *c, struct input *in)
{
    struct request r = {.keep = false};
    struct answer a = {.c = c, .patience = patience};
    size_t length;
    int status = read_head(c, in, &length);
    if (status == SILENT)
        return false;
    c->requests++;
    if (status == 0)
        status = request_parse(in->bytes, length, &r);
    if (status == 0 && r.body > BODY_MAX)
        status = 413;
    if (status) {
        answer_status(&a, status);
        part(c);
        return false;
    }
    a.head_only = r.head_only;
    a.keep = r.keep && !server_stopping() && !(r.expects && r.body > 0);
    if (!answer_request(&a, &r))
        return false;
    use_up(in, length);
    return skip_body(c, in, r.body);
}

static void
converse(struct connection *c)
{
    struct input in;
    in.count = 0; /* and no byte of the rest is touched before it is needed */
    while (exchange(c, &in))
        continue;
}

/* ---- The experiment: its files ---- */

enum { CLIENTS = 100, ROUNDS = 20, PAGE = 2000 };

static char *directory, *page_name;
static char page[PAGE];

static void
remove_files(void)
{
    unlink(page_name);
    rmdir(directory);
}

static void
make_files(void)
{
    for (int i = 0; i < PAGE; i++)
        page[i] = (char)(i % 64 == 63 ? '\n' : 'a' + i % 25);
    const char *tmp = getenv("TMPDIR");
    if (asprintf(&directory, "%s/httpd-XXXXXX", tmp ? tmp : "/tmp") < 0 ||
        !mkdtemp(directory) ||
        asprintf(&page_name, "%s/index.html", directory) < 0)
        demo_fail("%s: %s", directory, strerror(errno));
    atexit(remove_files);
    FILE *f = fopen(page_name, "w");
    if (!f || fwrite(page, PAGE, 1, f) != 1 || fclose(f) != 0)
        demo_fail("%s: %s", page_name, strerror(errno));
}

/* ---- The experiment: its clients ---- */

/* What a client asks in turn, and should be told. */
static const struct {
    const char *line, *field;
    int status;
    size_t from, count; /* of the page */
} asked[] = {
    {"GET /", "Accept: */*", 200, 0, PAGE},
    {"GET /index.html", "Range: bytes=100-199", 206, 100, 100},
    {"HEAD /", "Accept: */*", 200, 0, 0},
    {"GET /nothing", "Accept: */*", 404, 0, 0},
    {"GET /../../etc/passwd", "Accept: */*", 403, 0, 0},
};

enum { QUESTIONS = sizeof asked / sizeof *asked };

static size_t
ask(char *question, unsigned client, unsigned round)
{
    (void)client;
    return (size_t)sprintf(
        question, "%s HTTP/1.1\r\nHost: localhost\r\n%s\r\n\r\n",
        asked[round % QUESTIONS].line, asked[round % QUESTIONS].field);
}

/* Is it all there, is it as long as it says, and is it what was asked for? */
static enum clients_verdict
check(const char *answer, size_t length, unsigned client, unsigned round)
{
    (void)client;
    unsigned q = round % QUESTIONS, status;
    const char *body = memmem(answer, length, "\r\n\r\n", 4);
    const char *size = memmem(answer, length, "Content-Length: ", 16);
    if (!body)
        return ANSWER_INCOMPLETE;
    body += 4;
    if (sscanf(answer, "HTTP/1.1 %u ", &status) != 1 || !size || size > body ||
        (int)status != asked[q].status)
        return ANSWER_WRONG;
    size_t count = asked[q].line[0] == 'H' ? 0 : (size_t)atoi(size + 16);
    size_t there = (size_t)(answer + length - body);
    if (there < count)
        return ANSWER_INCOMPLETE;
    if (there > count || (asked[q].count > 0 && count != asked[q].count))
        return ANSWER_WRONG;
    return memcmp(body, page + asked[q].from, asked[q].count) == 0
               ? ANSWER_RIGHT
               : ANSWER_WRONG;
}

static const struct clients_talk talk = {
    .question_max = 256,
    .answer_max = PAGE + 1024,
    .ask = ask,
    .check = check,
};

static const struct trial trial = {
    .serve = converse,
    .talk = &talk,
    .clients = CLIENTS,
    .rounds = ROUNDS,
    .satisfied = "were told what they asked for",
};

/* ---- The program ---- */

static const char *listen_at, *directory_served, *patience_ms;

static void
set_patience(void)
{
    char *rest;
    unsigned long ms = strtoul(patience_ms, &rest, 10);
    if (*rest || ms < 1 || ms > 3600000)
        demo_usage("--patience %s is not valid; from 1 to 3600000 ms",
                   patience_ms);
    patience = ms * 1000000ull;
}

static void
run(struct demo_run *d)
{
    if (patience_ms)
        set_patience();
    if (!listen_at && directory_served)
        demo_usage("--root needs --listen ADDR:PORT");
    if (!listen_at)
        make_files();
    const char *root = listen_at ? directory_served : directory;
    int error = files_root(root ? root : ".");
    if (error)
        demo_usage("--root %s: %s", root ? root : ".", strerror(error));
    if (listen_at)
        server_main(d, listen_at, converse);
    trial_run(d, &trial);
}

static const struct demo demo = {
    .name = "httpd",
    .claim = "A web server can give each client a thread and wait in it, where "
             "a thread that waits stops no other.",
    .run = run,
    .flags = {{"listen", "ADDR:PORT", "be nothing but a server", &listen_at},
              {"root", "DIR", "of these files (default: .)", &directory_served},
              {"patience", "MS", "wait so long for a slow client (10000)",
               &patience_ms}},
};

int
main(int argc, char **argv)
{
    return demo_main(argc, argv, &demo);
}

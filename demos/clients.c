/* SPDX-License-Identifier: MIT */
/* clients.c - see clients.h. */
#include "clients.h"
#include "server.h"

#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

/* Connections that are being made at a time: fewer than a listener's backlog
 * holds, or the rest would be dropped and tried again a second later. */
enum { CONNECTING_MAX = 256 };

/* Nothing at all has happened for so long: nothing will. */
enum { PATIENCE_MS = 20000, TOGETHER_MS = 1000 };

enum { SILENCES = 3 };

enum state { CONNECTING, ASKING, HELD, OVER };

struct client {
    int fd;
    enum state state;
    unsigned round;
    size_t got;
    uint64_t asked; /* when */
    char *answer;   /* so far */
};

/* The other process's; its copy of what it was forked with. */
static const struct clients_talk *talk;
static struct clients_orders orders;
static struct client *clients;
static char *question;
static int events;          /* the epoll descriptor */
static double *times;       /* to each answer, us */
static unsigned connecting; /* clients that are not yet connected, */
static unsigned greeted;    /* that have had an answer, */
static unsigned held;       /* that wait until all have, */
static unsigned over;       /* that have come to their end */

static struct clients_report *report; /* both processes share its memory */

static uint64_t
now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec * 1000000000 + (uint64_t)t.tv_nsec;
}

/* Note what went wrong, unless something did before. */
static void trouble(const char *format, ...)
    __attribute__((format(printf, 1, 2)));

static void
trouble(const char *format, ...)
{
    va_list args;
    va_start(args, format);
    if (!report->trouble[0])
        vsnprintf(report->trouble, sizeof report->trouble, format, args);
    va_end(args);
}

static void give_up(const char *what) __attribute__((noreturn));

static void
give_up(const char *what)
{
    trouble("%s: %s", what, strerror(errno));
    _exit(1);
}

/* ---- One client ---- */

/* A socket, and its connection made or begun. */
static int
dial(int flags)
{
    struct sockaddr_in to = {.sin_family = AF_INET,
                             .sin_port = htons((uint16_t)orders.port),
                             .sin_addr = {htonl(INADDR_LOOPBACK)}};
    int fd = socket(AF_INET, SOCK_STREAM | flags, 0);
    if (fd < 0)
        give_up("socket");
    if (connect(fd, (struct sockaddr *)&to, sizeof to) != 0 &&
        errno != EINPROGRESS)
        give_up("connect");
    return fd;
}

static void
ask(struct client *c, unsigned id)
{
    size_t length = talk->ask(question, id, c->round);
    c->got = 0;
    c->state = ASKING;
    c->asked = now();
    if (send(c->fd, question, length, MSG_NOSIGNAL) != (ssize_t)length)
        trouble("client %u could not ask: %s", id, strerror(errno));
}

/* Take what has come of an answer. */
static enum clients_verdict
hear(struct client *c, unsigned id)
{
    ssize_t got = recv(c->fd, c->answer + c->got, talk->answer_max - c->got, 0);
    if (got <= 0) {
        trouble("client %u, question %u: %s", id, c->round,
                got ? strerror(errno) : "the server hung up");
        return ANSWER_WRONG;
    }
    c->got += (size_t)got;
    enum clients_verdict v = talk->check(c->answer, c->got, id, c->round);
    if (v == ANSWER_WRONG)
        trouble("client %u, question %u: a wrong answer", id, c->round);
    return v;
}

/* ---- The silence ---- */

/* Is there something to hear, within so many ms? */
static bool
something(struct client *c, int ms)
{
    struct pollfd p = {.fd = c->fd, .events = POLLIN};
    return poll(&p, 1, ms) == 1;
}

/* The first is silent, the second asks; then the first speaks up after all.
 * Returns how long the second has waited. */
static uint64_t
one_silence(void)
{
    static char heard[2][65536];
    struct client first = {.fd = dial(0), .answer = heard[0]};
    struct client second = {.fd = dial(0), .answer = heard[1]};
    ask(&second, 1);
    if (!something(&second, (int)(orders.silence / 1000000))) {
        ask(&first, 0);
        while (something(&first, PATIENCE_MS) &&
               hear(&first, 0) == ANSWER_INCOMPLETE)
            continue;
    }
    close(first.fd);
    while (something(&second, PATIENCE_MS) &&
           hear(&second, 1) == ANSWER_INCOMPLETE)
        continue;
    close(second.fd);
    return now() - second.asked;
}

/* Who waits for the first to speak waits for all of the silence, every time;
 * who was late for another reason has another try. */
static void
measure_silence(void)
{
    uint64_t waited;
    int tries = 0;
    report->second_waited = UINT64_MAX;
    do {
        waited = one_silence();
        if (waited < report->second_waited)
            report->second_waited = waited;
    } while (waited < orders.silence && waited > orders.silence / 4 &&
             ++tries < SILENCES);
}

/* ---- The load ---- */

static void
end_client(struct client *c, bool satisfied)
{
    close(c->fd);
    c->state = OVER;
    report->satisfied += satisfied;
    over++;
}

/* The next question; but the last of all only when everybody is here. */
static void
go_on(struct client *c)
{
    if (c->round == orders.rounds) {
        end_client(c, true);
    } else if (c->round == orders.rounds - 1 && orders.together) {
        c->state = HELD;
        held++;
    } else {
        ask(c, (unsigned)(c - clients));
    }
}

static void
release(void)
{
    orders.together = false;
    for (unsigned i = 0; i < orders.count && held > 0; i++)
        if (clients[i].state == HELD) {
            held--;
            go_on(&clients[i]);
        }
}

static void
answered(struct client *c)
{
    times[report->answers++] = (double)(now() - c->asked) / 1e3;
    greeted += c->round++ == 0;
    go_on(c);
    if (orders.together && greeted == orders.count)
        release();
}

static void
is_connected(struct client *c)
{
    int error = 0;
    socklen_t size = sizeof error;
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = c};
    connecting--;
    getsockopt(c->fd, SOL_SOCKET, SO_ERROR, &error, &size);
    if (error) {
        trouble("connect: %s", strerror(error));
        end_client(c, false);
        return;
    }
    if (epoll_ctl(events, EPOLL_CTL_MOD, c->fd, &event) != 0)
        give_up("epoll_ctl");
    go_on(c);
}

static void
happened(struct client *c)
{
    enum clients_verdict v = ANSWER_INCOMPLETE;
    if (c->state == CONNECTING)
        is_connected(c);
    else if (c->state == ASKING)
        v = hear(c, (unsigned)(c - clients));
    else
        v = ANSWER_WRONG; /* nothing was asked: the server hung up */
    if (v == ANSWER_RIGHT)
        answered(c);
    else if (v == ANSWER_WRONG)
        end_client(c, false);
}

static void
begin(struct client *c)
{
    struct epoll_event event = {.events = EPOLLOUT, .data.ptr = c};
    c->fd = dial(SOCK_NONBLOCK);
    connecting++;
    if (epoll_ctl(events, EPOLL_CTL_ADD, c->fd, &event) != 0)
        give_up("epoll_ctl");
}

static void
run_load(void)
{
    struct epoll_event ready[64];
    unsigned begun = 0;
    while (over < orders.count) {
        while (begun < orders.count && connecting < CONNECTING_MAX)
            begin(&clients[begun++]);
        int n = epoll_wait(events, ready, 64, held ? TOGETHER_MS : PATIENCE_MS);
        if (n == 0 && held) {
            release(); /* the rest will not come: there is no room for them */
        } else if (n <= 0) {
            trouble("%u clients still wait", orders.count - over);
            return;
        }
        for (int i = 0; i < n; i++)
            happened(ready[i].data.ptr);
    }
}

static void
prepare(void)
{
    clients = calloc(orders.count, sizeof *clients);
    times = calloc((size_t)orders.count * orders.rounds, sizeof *times);
    question = malloc(talk->question_max);
    char *answers = calloc(orders.count, talk->answer_max);
    events = epoll_create1(0);
    if (!clients || !times || !question || !answers || events < 0)
        give_up("the clients");
    for (unsigned i = 0; i < orders.count; i++)
        clients[i].answer = answers + i * talk->answer_max;
}

/* The whole life of the other process. */
static void live(int gate) __attribute__((noreturn));

static void
live(int gate)
{
    prctl(PR_SET_PDEATHSIG, SIGKILL); /* never outlive the experiment */
    if (read(gate, &orders, sizeof orders) != sizeof orders)
        _exit(1);
    prepare();
    measure_silence();
    uint64_t start = now();
    run_load();
    report->took = now() - start;
    if (report->answers > 0) {
        int count = (int)report->answers;
        report->median = demo_median(times, count); /* sorts them */
        report->p99 = times[(int)(0.99 * (count - 1))];
    }
    report->complete = true;
    _exit(0);
}

/* ---- The server's side ---- */

static pid_t process;
static int gate_in; /* where the orders go in */

/* Threads may be children too. */
static void
on_child(int signal)
{
    (void)signal;
    siginfo_t info = {.si_pid = 0};
    int error = errno;
    waitid(P_PID, (id_t)process, &info, WEXITED | WNOHANG | WNOWAIT);
    if (info.si_pid == process)
        server_stop();
    errno = error;
}

void
clients_open(const struct clients_talk *what)
{
    int gate[2];
    talk = what;
    report = mmap(NULL, sizeof *report, PROT_READ | PROT_WRITE,
                  MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (report == MAP_FAILED || pipe(gate) != 0 || (process = fork()) < 0)
        demo_fail("the clients' process: %s", strerror(errno));
    if (process == 0) {
        close(gate[1]);
        live(gate[0]);
    }
    close(gate[0]);
    gate_in = gate[1];
}

void
clients_start(const struct clients_orders *o)
{
    struct sigaction action = {.sa_handler = on_child,
                               .sa_flags = SA_RESTART | SA_NOCLDSTOP};
    sigaction(SIGCHLD, &action, NULL);
    if (write(gate_in, o, sizeof *o) != sizeof *o)
        demo_fail("the clients' orders: %s", strerror(errno));
    close(gate_in);
}

const struct clients_report *
clients_end(void)
{
    kill(process, SIGKILL);
    waitpid(process, NULL, 0);
    return report;
}

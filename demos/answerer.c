/* SPDX-License-Identifier: MIT */
/* answerer.c - see answerer.h. */
#include "answerer.h"

#include "demo.h"
#include "other.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

/* What the other process has: pipes have two ends, and each closes one. */
struct desk {
    int question[2], answer[2];
    answerer_give *give;
};

bool
answerer_give_byte(int answer)
{
    return write(answer, "!", 1) == 1;
}

/* Until there are no more questions. */
static void
answer_late(void *arg)
{
    struct desk *desk = arg;
    uint64_t time;
    close(desk->question[1]);
    close(desk->answer[0]);
    while (read(desk->question[0], &time, sizeof time) == sizeof time) {
        other_sleep(time);
        if (!desk->give(desk->answer[1]))
            break;
    }
}

void
answerer_start(struct answerer *a, answerer_give *give)
{
    struct desk desk = {.give = give};
    if (pipe(desk.question) != 0 || pipe(desk.answer) != 0)
        demo_fail("pipe: %s", strerror(errno));
    other_start(answer_late, &desk);
    close(desk.question[0]);
    close(desk.answer[1]);
    a->question = desk.question[1];
    a->answer = desk.answer[0];
}

void
answerer_ask(const struct answerer *a, uint64_t time)
{
    if (write(a->question, &time, sizeof time) != sizeof time)
        demo_fail("the question: %s", strerror(errno));
}

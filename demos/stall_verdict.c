/* SPDX-License-Identifier: MIT */
/* stall_verdict.c - see stall_verdict.h. */
#include "stall_verdict.h"

#include "crowd.h"

/*
 * The property says it: is the caller's kernel thread, which waits in the
 * call, the one that everybody runs on? Or does it hold a lock that everybody
 * needs?
 */
void
stall_predict(struct stall *s, const char *call, bool stalls)
{
    s->call = call;
    s->stalls = stalls;
    if (stalls)
        demo_predict(s->d,
                     "nobody gets on while the reader waits: a silence of at "
                     "least %.0f %% of the delay",
                     100 * STALL_STALLED);
    else
        demo_predict(s->d,
                     "the others go on while the reader waits: no silence as "
                     "long as %.0f %% of the delay",
                     100 * STALL_FREE);
}

void
stall_predict_raw(struct stall *s)
{
    stall_predict(s, "read(2)", thread_model()->raw_call_stalls);
}

void
stall_predict_io(struct stall *s)
{
    const struct thread_model *m = thread_model();
    if (m->io_fallback)
        demo_skip(s->d, "this is about io_uring, and there is none here: %s.",
                  m->io_fallback);
    stall_predict(s, "thread_read", m->io_call_stalls);
}

/* Judge: the silence was as long as the delay. */
static void __attribute__((noreturn)) judge_stalled(struct stall *s)
{
    bool held = stall_is_stalled(s);
    if (demo_kernel_switches())
        demo_judge(s->d, held,
                   "during the %s the reader held the lock without which "
                   "nobody may run",
                   s->wait);
    demo_judge(s->d, held,
               "the %s put to sleep the one kernel thread that all the "
               "threads share",
               s->wait);
}

/* ... or there was none to speak of. */
static void __attribute__((noreturn)) judge_free(struct stall *s)
{
    bool held = stall_is_free(s);
    if (!demo_kernel_switches())
        demo_judge(s->d, held,
                   "the kernel waited in the background, and the scheduler ran "
                   "the others");
    demo_judge(s->d, held, "only the kernel thread under the reader slept%s",
               thread_model()->parallel
                   ? ""
                   : ", and it had let go of the lock without which nobody "
                     "may run");
}

void
stall_judge(struct stall *s)
{
    double delay = demo_ms(s->asked, s->answered);
    double silence = (double)s->longest / 1e6;
    demo_measure(s->d, "longest_silence", silence, "ms");
    demo_measure(s->d, "delay", delay, "ms");
    demo_measure(s->d, "counted", (double)s->counted, "turns");
    demo_found(s->d,
               "the reader waited in %s for %.1f ms, and the longest time in "
               "which no other thread got on was %.1f ms",
               s->call, delay, silence);
    if (!stall_is_clear(s))
        crowd_skip_now(s->d);
    if (s->stalls)
        judge_stalled(s);
    judge_free(s);
}

/* SPDX-License-Identifier: MIT */
/*
 * thread.h - the contract: threads.
 *
 * One page that every thread model implements: user-level threads (uthreads/),
 * kernel threads (kthreads/), free or under one global lock, and processes
 * (processes/) export exactly these names, so the same object file can be
 * linked with any of them and nothing but the model differs (docs/models.md:
 * how).
 *
 * Conventions, here and in sync.h and io.h:
 *   - A call that pthreads has too returns 0 or an errno number.
 *   - Times are nanoseconds of CLOCK_MONOTONIC; a deadline is a point in time,
 *     not a span, so a restarted wait never waits longer than was asked.
 *   - "May switch" means another thread may run before the call returns. In a
 *     kernel model any instruction may be followed by a switch.
 *   - There is no init call: the first call of the contract makes the caller,
 *     which must be main's kernel thread, thread 1.
 */
#ifndef THREADBARE_THREAD_H
#define THREADBARE_THREAD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif
#pragma GCC visibility push(default)

/* ---- Time ---- */

#define THREAD_FOREVER UINT64_MAX /* a deadline that never comes */

/* The current CLOCK_MONOTONIC time in nanoseconds. Never switches. */
uint64_t thread_now(void);

/* ---- Life ---- */

/*
 * A thread's identifier: 1 for main, then 2, 3, ... in order of creation. It
 * is never 0 and is not used again in the life of a process, so a call that
 * names a thread which has been joined gives ESRCH instead of harm.
 */
typedef unsigned long thread_t;

#define THREAD_NAME_MAX 16 /* bytes, the final NUL included: as in Linux */

/* How a thread is to be made. All zero bytes (or a NULL pointer) is the
 * default: no name, the model's usual stack, joinable. */
struct thread_attr {
    const char *name;  /* copied; cut to THREAD_NAME_MAX - 1 bytes */
    size_t stack_size; /* usable bytes; 0 is the model's default */
    bool detached;     /* no one will join it: its end frees it */
    int priority;      /* 0, the default and the lowest, to the maximum below */
    uint64_t due;      /* when its work should be done, in ns; 0: no matter */
};

#define THREAD_PRIORITY_MAX 63

/*
 * Create a thread that runs fn(arg); its identifier goes to *thread unless
 * that is NULL. Never switches: the new thread is ready, not running.
 *   EAGAIN  the kernel refuses another thread or stack mapping
 *   ENOMEM  no memory for its stack or its control block
 *   EINVAL  fn is NULL, stack_size is below the least a thread can run on,
 *           or the priority is out of range
 */
int thread_create(thread_t *thread, const struct thread_attr *attr,
                  void *(*fn)(void *), void *arg);

/*
 * Wait until a thread has ended, put what it returned (or gave thread_exit)
 * into *result unless that is NULL, and free it. May switch.
 *   ESRCH    no such thread: never made, or already joined, or detached and gone
 *   EINVAL   the thread is detached, or somebody else is already joining it
 *   EDEADLK  a thread joins itself, or two threads join each other
 *   EOWNERDEAD  its process crashed, was killed, or called exit (where a thread
 *               is a process): it left no result, and is freed all the same
 */
int thread_join(thread_t thread, void **result);

/*
 * Say that nobody will join: the thread is freed when it ends, or now if it
 * has ended. Never switches.
 *   ESRCH   no such thread
 *   EINVAL  the thread is already detached, or somebody is joining it
 */
int thread_detach(thread_t thread);

/*
 * End the calling thread. Returning from its function does the same. In main,
 * the process lives on until its last thread has ended and then exits with
 * status 0; *returning* from main ends the process and all threads at once.
 */
void thread_exit(void *result) __attribute__((noreturn));

/* The calling thread. Never switches. */
thread_t thread_self(void);

/* Go to the back of the ready queue: let the other ready threads run first. */
void thread_yield(void);

/*
 * A safe point that a long loop offers: where a preemption that was put off,
 * or a request to drop a global lock, is answered. Costs next to nothing and
 * does nothing where the model has no use for it. May switch.
 */
void thread_checkpoint(void);

/* Sleep for a span, or until a deadline; the other threads run meanwhile. A
 * signal does not cut the sleep short. May switch. */
void thread_sleep(uint64_t ns);
void thread_sleep_until(uint64_t deadline);

/* Name a thread (0: the caller), cut to THREAD_NAME_MAX - 1 bytes. Never
 * switches. ESRCH: no such thread. */
int thread_set_name(thread_t thread, const char *name);

/* ---- Memory that all threads see ---- */

/*
 * Memory of all zero bytes that is one memory for all threads, those that are
 * there already and those to come, at one address. Where threads share memory
 * anyhow this is calloc; where a thread is a process nothing else is shared, so
 * here must lie what they are to do together, locks included. Aligned for any
 * type. NULL: there is none. Whoever has it may free it. Neither switches.
 */
void *thread_shared_alloc(size_t size);
void thread_shared_free(void *memory);

/* ---- Once, and values of one's own ---- */

/* All zero bytes: not done yet. */
struct thread_once {
    void *model[12];
};

/*
 * Call fn if nobody has called it through this object before. Whoever comes
 * while it runs waits; when thread_once returns, fn has returned. If fn is
 * cancelled or calls thread_exit, it is as if thread_once had not been called.
 * fn must not call thread_once on the same object. May switch.
 */
int thread_once(struct thread_once *once, void (*fn)(void));

/* A key names a variable of which every thread has its own value, NULL at
 * first. */
typedef unsigned thread_key_t;

#define THREAD_KEYS_MAX          128 /* keys that can exist at once */
#define THREAD_DESTRUCTOR_ROUNDS 4

/*
 * Make a key. When a thread ends with a value that is not NULL, the value is
 * set to NULL and destructor(value) called, unless destructor is NULL. That is
 * repeated while destructors set values, THREAD_DESTRUCTOR_ROUNDS times at
 * most. EAGAIN: THREAD_KEYS_MAX keys exist. Never switches.
 */
int thread_key_create(thread_key_t *key, void (*destructor)(void *));

/* End a key; its destructor is no longer called. EINVAL: no such key. */
int thread_key_delete(thread_key_t key);

/* The caller's value. EINVAL: no such key. ENOMEM: no room for the caller's
 * values. thread_key_get gives NULL for a key that is not. Neither switches. */
int thread_key_set(thread_key_t key, const void *value);
void *thread_key_get(thread_key_t key);

/* ---- Cancellation, deferred ---- */

/* What a cancelled thread has as its result. */
#define THREAD_CANCELED ((void *)-1)

/*
 * Ask a thread to end. It does so at its next cancellation point, or now if it
 * is blocked in one: it runs its clean-up handlers, then its destructors, and
 * ends with THREAD_CANCELED. The points: thread_testcancel, thread_join,
 * thread_sleep, cond_wait (which locks its mutex first), semaphore_wait,
 * event_wait, the channel calls that send, receive or select, every call of
 * io.h (which first takes its operation back from the kernel), and the
 * deadline forms of these, whether they have to wait or not. Waiting
 * for a mutex, a reader-writer lock or a barrier is none. Never switches.
 * ESRCH: no such thread. A thread that is DONE is not changed.
 */
int thread_cancel(thread_t thread);

/* A point and nothing else: ends the caller if that was asked for. */
void thread_testcancel(void);

/* Whether requests are answered (at first: yes); one that comes while they are
 * not stays until they are again. Returns what it was. */
bool thread_set_cancelable(bool on);

/* A handler lies in the caller's frame between its push and its pop. */
struct thread_cleanup {
    void (*fn)(void *);
    void *arg;
    struct thread_cleanup *next;
};

/* Have fn(arg) called if the thread is cancelled or calls thread_exit before
 * the pop that belongs to this push; the last one pushed is called first. */
void thread_cleanup_push(struct thread_cleanup *handler, void (*fn)(void *),
                         void *arg);

/* Take back the last push, and call its handler if asked to. */
void thread_cleanup_pop(bool call_it);

/* ---- Who should run ---- */

/*
 * Change what the policy goes by. What it means is the policy's: the higher
 * priority first; or shares in proportion to priority + 1 (the tickets of a
 * lottery); or the earliest due time first; or nothing. In a kernel model the
 * priority is a lower nice value and needs privilege. Never switches.
 *   ESRCH    no such thread
 *   EINVAL   the priority is out of range
 *   EPERM    the kernel does not allow it
 *   ENOTSUP  this model cannot go by due times
 */
int thread_set_priority(thread_t thread, int priority);
int thread_set_due(thread_t thread, uint64_t due);

/* ---- Preemption ---- */

/*
 * Take the CPU from a thread that has had it for a quantum, in ns, while
 * others are ready; 0: never, which is how it starts unless UTHREADS_QUANTUM_US
 * says otherwise. Time is the process's CPU time, so a thread that is blocked
 * in a system call is not disturbed by it. Only the program's own code is
 * interrupted, never a library's: see preempt.c. Under a global lock the
 * quantum is how long a waiter waits before it asks the holder to make way,
 * which that does at its next thread_checkpoint. Never switches.
 *   EINVAL   less than 10 us, or more than 10 s
 *   ENOTSUP  the kernel preempts, and is not asked; or the program is linked
 *            statically with its C library
 *   another  why no timer could be had
 */
int thread_preempt(uint64_t quantum);

struct thread_preemption {
    const char *source; /* of the ticks: "perf", "cpu", "real"; of requests:
                           "gil"; or NULL: off */
    uint64_t quantum;   /* what was asked for, ns */
    uint64_t ticks;     /* times a running thread was interrupted */
    uint64_t served;    /* ... and the CPU went to another thread */
    uint64_t deferred;  /* ... and it was not the moment: asked again shortly */
    uint64_t achieved;  /* CPU time a tick, ns: how fine the timer really is */
};

/* How preemption is doing. Never switches. */
void thread_preemption(struct thread_preemption *p);

/* ---- Looking at threads ---- */

enum thread_state {
    THREAD_READY,   /* could run, and waits for a CPU */
    THREAD_RUNNING, /* is on a CPU; kernel models: or ready, the kernel knows */
    THREAD_BLOCKED, /* waits for something other than a CPU */
    THREAD_DONE     /* has ended and waits to be joined */
};

/* What a blocked thread waits for. */
enum thread_wait {
    THREAD_WAIT_NONE,
    THREAD_WAIT_JOIN,      /* the end of another thread */
    THREAD_WAIT_SLEEP,     /* a deadline, and nothing else */
    THREAD_WAIT_MUTEX,     /* a mutex somebody holds */
    THREAD_WAIT_COND,      /* a signal on a condition variable */
    THREAD_WAIT_SEMAPHORE, /* a semaphore above 0 */
    THREAD_WAIT_IO,        /* an input or output operation of io.h */
    THREAD_WAIT_RWLOCK,    /* a reader-writer lock */
    THREAD_WAIT_BARRIER,   /* the others at a barrier */
    THREAD_WAIT_EVENT,     /* an event to be set */
    THREAD_WAIT_ONCE,      /* another thread's run of a thread_once */
    THREAD_WAIT_CHANNEL    /* somebody at the other end of a channel */
};

struct thread_info {
    thread_t id;
    char name[THREAD_NAME_MAX]; /* "" if it has none */
    enum thread_state state;
    enum thread_wait wait; /* THREAD_WAIT_NONE unless blocked */
    uint64_t wait_since;   /* about when: 0 to 10 ms early; 0 unless blocked */
    const void *wait_on;   /* mutex, condition variable or semaphore; or NULL */
    thread_t wait_thread;  /* joined thread, or the mutex's holder; or 0 */
    int wait_fd;           /* descriptor of the operation; -1 if none */
    const char *wait_call; /* "read", "accept", ... of the operation; or NULL */
    uint64_t switches;     /* times it was given the CPU */
    uint64_t run_ns;       /* CPU time used; 0: not counted, uthreads(7) */
    int priority;          /* its own, or a higher one that it inherits */
    size_t stack_size;     /* usable bytes; 0 if not known (main) */
    size_t stack_used;     /* most it ever used, in whole pages; 0: not known */
    thread_t creator;      /* who created it, even if gone since; 0: main */
};

/* Fill *info for one thread. Never switches. ESRCH: no such thread. */
int thread_info(thread_t thread, struct thread_info *info);

/* Fill up to max entries, sorted by identifier, and return how many threads
 * there are (which may be more than max). Never switches. */
size_t thread_list(struct thread_info *list, size_t max);

/*
 * Name a mutex, channel or other object, so that reports of deadlocks can: at
 * most THREAD_NAME_MAX - 1 bytes, copied. NULL takes the name away, as must be
 * done before the memory is used for something else. Never switches. ENOMEM.
 */
int thread_name_object(const void *object, const char *name);

/*
 * Besides, SIGQUIT (Ctrl-\) makes a program print its threads on standard
 * error and go on, unless the program handles that signal itself.
 */

/* Words for humans: "ready", "mutex". Never NULL. */
const char *thread_state_name(enum thread_state state);
const char *thread_wait_name(enum thread_wait wait);

/* ---- What must hold ---- */

/*
 * Say what must be true whenever this line is reached, whoever has run when.
 * If it is not, the process prints its threads and aborts; under `threadbare
 * explore` that is the failure that is looked for. Always compiled in.
 */
#define thread_invariant(condition) \
    ((condition) ? (void)0          \
                 : thread_invariant_failed(#condition, __FILE__, __LINE__))
void thread_invariant_failed(const char *condition, const char *file, int line)
    __attribute__((noreturn));

/* ---- The model this program is linked with ---- */

/*
 * What an experiment may predict from. A program that wants to know what will
 * happen asks for a property, never for the name.
 */
struct thread_model {
    const char *name;        /* "user", "kernel", "gil", "process" */
    const char *textbook;    /* "many-to-one", "one-to-one", ... */
    const char *context;     /* who switches: "ucontext", ... or "kernel" */
    const char *policy;      /* who runs next: "rr", ..., "gil" or "kernel" */
    const char *io_engine;   /* who waits: "uring", "epoll", ... or "kernel" */
    const char *io_fallback; /* why not the better engine; NULL if it is used */
    bool parallel;           /* two threads can run at the same instant */
    bool shares_memory;      /* a global variable is one variable for all */
    bool raw_call_stalls;    /* read(2) in one thread stops every thread */
    bool io_call_stalls;     /* thread_read in one thread stops every thread */
    bool preemptive; /* a thread that never yields still loses the CPU */
    bool checkpoint_switches; /* ... or does if it calls thread_checkpoint */
};

/* The properties of this model, as they are in this run. Never NULL. */
const struct thread_model *thread_model(void);

#pragma GCC visibility pop
#ifdef __cplusplus
}
#endif
#endif

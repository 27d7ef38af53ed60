/* SPDX-License-Identifier: MIT */
/*
 * block_wake.pml - block, wake and deadlines, as sched.c, time.c and sync.c do
 * them, small enough to try every order of events.
 *
 *   spin -a block_wake.pml && cc -o pan pan.c && ./pan -m100000
 *
 * Three threads share one kernel thread: `cpu` says who runs, and only that
 * one takes steps. Two of them wait at a semaphore, twice each and with a
 * deadline that may pass at any poll; the third posts to it. What is checked:
 *
 *   - a thread is on one queue at most, and on the one that its state says;
 *   - nobody is woken who is not blocked (sched_wake's invariant);
 *   - no post is lost and none is taken twice: what was posted was taken, or
 *     is still in the count;
 *   - nobody sleeps for ever: spin reports a state from which a thread that
 *     has not ended can take no step.
 *
 * To see it fail, break it as the comments marked BUG say.
 */
#define THREADS 3
#define WAITERS 2
#define ROUNDS  2 /* waits of each waiter */
#define POSTS   3
#define IDLE    255

mtype = { RUNNING, READY, BLOCKED, DONE };

mtype state[THREADS];
byte cpu = IDLE;

chan ready = [THREADS] of { byte }; /* the ready queue */
chan line = [THREADS] of { byte };  /* who waits at the semaphore */
bool timer[THREADS];                /* is in the heap of deadlines */
bool timed_out[THREADS];

byte count;         /* the semaphore's value */
byte posted, taken; /* what has happened to it */

inline wake(t) {
    assert(state[t] == BLOCKED);
    state[t] = READY;
    assert(!(ready ?? [eval(t)]));
    ready ! t
}

/* time_expire: any deadline may have passed, or not. */
inline expire(i) {
    i = 0;
    do
    :: i < WAITERS ->
        if
        :: timer[i] ->
            timer[i] = false;
            if
            :: state[i] == BLOCKED -> /* BUG: leave this test out */
                timed_out[i] = true;
                line ?? eval(i);      /* BUG: leave this line out */
                wake(i)
            :: else
            fi
        :: true
        fi;
        i++
    :: else -> break
    od
}

/* leave: poll, pick, switch. With nobody ready the idle thread waits for a
 * deadline; without one either, cpu stays IDLE and spin finds the deadlock. */
inline leave(i) {
    expire(i);
    if
    :: ready ? cpu; state[cpu] = RUNNING
    :: empty(ready) -> cpu = IDLE
    fi;
    i = 0
}

/* semaphore_wait_until, and semaphore_post. */
proctype waiter(byte me) {
    byte i, n;
    do
    :: n < ROUNDS -> atomic {
        (cpu == me);
        n++;
        if
        :: count > 0 -> count--; taken++
        :: else ->
            timed_out[me] = false;
            timer[me] = true;
            state[me] = BLOCKED;
            line ! me;
            leave(i);
            (cpu == me); /* here it is parked */
            timer[me] = false;
            assert(!(line ?? [eval(me)]));
            if
            :: !timed_out[me] -> taken++ /* handed over by the poster */
            :: else
            fi
        fi
    }
    :: else -> break
    od;
    atomic {
        (cpu == me);
        state[me] = DONE;
        leave(i)
    }
}

proctype poster(byte me) {
    byte i, n, first;
    do
    :: n < POSTS ->
        atomic {
            (cpu == me);
            posted++;
            n++;
            if
            :: line ? first -> wake(first) /* BUG: count++ here as well */
            :: empty(line) -> count++
            fi
        }
        atomic { /* thread_yield */
            state[me] = READY;
            ready ! me;
            leave(i)
        }
    :: else -> break
    od;
    atomic {
        (cpu == me);
        state[me] = DONE;
        leave(i)
    }
}

/* The idle thread: some deadline passes, sooner or later. */
active proctype idle() {
    byte i;
end:
    do
    :: atomic {
        cpu == IDLE && (timer[0] || timer[1]) -> leave(i)
    }
    od
}

init {
    byte i;
    atomic {
        i = 0;
        do
        :: i < WAITERS -> state[i] = READY; run waiter(i); i++
        :: else -> break
        od;
        state[WAITERS] = READY;
        run poster(WAITERS);
        if /* in any order */
        :: ready ! 0; ready ! 1; ready ! 2
        :: ready ! 0; ready ! 2; ready ! 1
        :: ready ! 2; ready ! 0; ready ! 1
        fi;
        ready ? cpu;
        state[cpu] = RUNNING
    }
    (state[0] == DONE && state[1] == DONE && state[2] == DONE);
    assert(posted == POSTS && posted == taken + count)
}

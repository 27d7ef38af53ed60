# SPDX-License-Identifier: MIT
"""The questions of this lab. What is true is not written here."""
import collections

Question = collections.namedtuple(
    "Question", "name kind draw commands ask reasons")

LETTERS = "Which letters does it print, in which order?"


def between(random, least, most):
    """A number in this range, both ends included."""
    return least + random.below(most - least + 1)


def shuffled(random, things):
    """The same things in another order."""
    things = list(things)
    return [things.pop(random.below(len(things)))
            for _ in range(len(things))]


# ---- Whose turn ----

def draw_yield(random):
    return [between(random, 2, 4)] + [between(random, 1, 5) for _ in range(3)]


def draw_hog(random):
    return {"steps": [between(random, 2, 4) for _ in range(4)],
            "hog": random.below(4)}


def hog_words(p):
    return " ".join(f"{steps}{'!' * (i == p['hog'])}"
                    for i, steps in enumerate(p["steps"]))


def draw_seed(random):
    return {"seed": between(random, 10, 9999),
            "steps": [between(random, 3, 5) for _ in range(4)]}


def seed_command(p):
    steps = " ".join(map(str, p["steps"]))
    return (f"UTHREADS_POLICY=random UTHREADS_SEED={p['seed']} "
            f"build/turns-user {steps}")


def draw_priority(random):
    priorities = shuffled(random, range(1, 10))
    return [(between(random, 2, 4), priorities[i]) for i in range(4)]


# ---- Sharing ----

def draw_lost(random):
    return shuffled(random, [between(random, 3, 9), between(random, 10, 19),
                             between(random, 20, 99)])


def draw_buffer(random):
    return {"items": between(random, 40, 120), "places": between(random, 2, 9)}


def draw_line(random):
    return [between(random, 2, 4)] + [between(random, 1, 5) for _ in range(3)]


def draw_circle(random):
    """A circle of three or four, and two or three who wait for one of those
    before them: [(first mutex, second)] for each thread."""
    who = shuffled(random, range(6))
    size = between(random, 3, 4)
    waits_for = {who[i]: who[(i + 1) % size] for i in range(size)}
    for i in range(size, 6):
        waits_for[who[i]] = who[random.below(i)]
    mutex = shuffled(random, range(1, 7))
    return [(mutex[i], mutex[waits_for[i]]) for i in range(6)]


# ---- Waiting ----

def draw_stall(random):
    return {"threads": between(random, 6, 14), "ms": between(random, 41, 97)}


QUESTIONS = [
    Question(
        "yield", "letters", draw_yield,
        lambda p: ["UTHREADS_POLICY=rr build/turns-user "
                   + " ".join(map(str, p))],
        lambda p: ["Four threads take as many steps as the numbers say, and "
                   "yield after each. " + LETTERS],
        ["A thread that yields is blocked until all others have ended.",
         "The kernel switches between them every few milliseconds.",
         "A thread that yields goes to the end of the ready queue.",
         "A new thread takes the CPU from its creator at once."]),
    Question(
        "hog", "letters", draw_hog,
        lambda p: [f"UTHREADS_POLICY=rr build/turns-user {hog_words(p)}"],
        lambda p: ["The thread whose number has a '!' never yields. "
                   + LETTERS],
        ["Nobody takes the CPU from a thread of this library that neither "
         "yields nor blocks.",
         "A thread that computes much is given a longer time slice.",
         "A time slice ends after one step, whatever a thread does.",
         "A thread's priority rises with each step that it takes."]),
    Question(
        "seed", "letters", draw_seed,
        lambda p: [seed_command(p)],
        lambda p: ["The policy picks any of the ready threads. Run it twice. "
                   + LETTERS],
        ["Each run has an order of its own, so that any answer is right.",
         "The seed is the number of the thread that begins; from there on it "
         "is round robin.",
         "Threads with fewer steps left are the more likely ones.",
         "The order is drawn by a generator that begins with the seed, so the "
         "same seed gives the same order."]),
    Question(
        "priority", "letters", draw_priority,
        lambda p: ["UTHREADS_POLICY=priority build/turns-user "
                   + " ".join(f"{steps}:{priority}" for steps, priority in p)],
        lambda p: ["Behind the colons stand priorities. Each thread yields "
                   "after each step. " + LETTERS],
        ["A low number is a high priority, as with nice.",
         "Who yields lets others of the same priority go first, none of a "
         "lower one.",
         "Each thread has steps in proportion to its priority.",
         "A thread's priority falls with each step that it takes."]),
    Question(
        "lost-update", "numbers 1", draw_lost,
        lambda p: ["UTHREADS_POLICY=rr build/lost-user "
                   + " ".join(map(str, p))],
        lambda p: [f"Three threads add 1 to a number that was 0: {p[0]}, "
                   f"{p[1]} and {p[2]} times. Each loads it, yields, and "
                   "stores what it loaded, plus 1. What is the number in the "
                   "end?"],
        ["One kernel thread cannot lose an update: only threads that run in "
         "parallel race.",
         "What others stored between a thread's load and its store is "
         "overwritten.",
         "The thread that loads first is the only one whose updates count.",
         "thread_yield takes back what was stored since the one before."]),
    Question(
        "buffer", "numbers 1", draw_buffer,
        lambda p: ["UTHREADS_POLICY=rr build/buffer-user "
                   f"{p['items']} {p['places']}"],
        lambda p: [f"A producer puts {p['items']} items into a buffer of "
                   f"{p['places']} places, a consumer takes them out. How "
                   "often is the producer given the CPU?"],
        ["semaphore_post switches to the thread that it wakes.",
         "A thread that waits for a semaphore is given the CPU now and then, "
         "to look again.",
         "It has two turns: one at the beginning, one when the consumer is "
         "done.",
         "It goes on until the buffer is full, and is not given the CPU again "
         "before the consumer has emptied it."]),
    Question(
        "hand-over", "letters", draw_line,
        lambda p: ["UTHREADS_POLICY=rr build/line-user "
                   + " ".join(map(str, p))],
        lambda p: ["Four threads want a mutex as often as the numbers say, "
                   "and lock it again right after they have unlocked it. Who "
                   "has it, in which order?"],
        ["A mutex that is unlocked while others wait is the longest waiter's "
         "from that moment.",
         "A mutex that is unlocked is free, and whoever asks first has it.",
         "Who came last is served first, as with a stack.",
         "To unlock is to yield: the thread goes to the end of the ready "
         "queue."]),
    Question(
        "deadlock", "circle", draw_circle,
        lambda p: ["UTHREADS_POLICY=rr build/circle-user "
                   + " ".join(f"{first},{second}" for first, second in p)],
        lambda p: ["Six threads lock the first of their mutexes, yield, and "
                   "lock the second. Which of them form the circle? Begin "
                   "with any of them; behind each, the one that it waits "
                   "for."],
        ["All who cannot get on, for that is what a deadlock is.",
         "Those who have locked their first mutex last.",
         "Each of them waits for a mutex that the next one holds, and the "
         "last for one of the first's.",
         "Those whose second mutex has the lower number of their two."]),
    Question(
        "stall", "numbers 3", draw_stall,
        lambda p: [f"build/waits-{model} {p['threads']} {p['ms']} {how}"
                   for model, how in (("user", "raw"), ("user", "thread"),
                                      ("kernel", "raw"))],
        lambda p: [f"{p['threads']} threads wait {p['ms']} ms each. How many "
                   "milliseconds does each of the three take? (raw: each "
                   "calls nanosleep(2). thread: each calls thread_sleep.)"],
        ["User-level threads are slower than the kernel's by some factor.",
         "The C library lets one thread at a time call nanosleep.",
         "The kernel puts to sleep what it knows of, and of user-level "
         "threads it knows one for all of them.",
         "Timers of one process expire one after the other."]),
    Question(
        "census", "numbers 2", lambda random: between(random, 4, 24),
        lambda p: [f"build/census-user {p}", f"build/census-kernel {p}"],
        lambda p: [f"A program has main and {p} more threads. How many "
                   "threads does the kernel count, with user-level threads "
                   "and with kernel threads?"],
        ["The kernel counts a thread when it blocks for the first time.",
         "A user-level thread is memory of its process: the library knows of "
         "it, the kernel does not.",
         "User-level threads are processes, which are counted elsewhere.",
         "The kernel counts those that are running, not those that wait."]),
]

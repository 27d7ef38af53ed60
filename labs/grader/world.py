# SPDX-License-Identifier: MIT
"""A right thread library, in Python: what the trace of a scenario must be.

A lab's model.py plays each scenario a second time, on generators instead of
threads: `yield` is thread_yield, `yield thread` joins it. The world keeps a
ready queue, draws the same random numbers as the C program did (lab.c), and
writes down what it says. If the two differ, the student's library is wrong.
"""
import collections

MASK = (1 << 64) - 1


class Random:
    """splitmix64, as in lab.c."""

    def __init__(self, seed):
        self.state = seed & MASK

    def bits(self):
        """Any 64 bits."""
        self.state = (self.state + 0x9e3779b97f4a7c15) & MASK
        z = self.state
        z = ((z ^ z >> 30) * 0xbf58476d1ce4e5b9) & MASK
        z = ((z ^ z >> 27) * 0x94d049bb133111eb) & MASK
        return z ^ z >> 31

    def below(self, bound):
        """A number below this bound."""
        return self.bits() % bound


class Thread:
    """One thread of the model: a generator, and who waits for its end."""

    def __init__(self, body):
        self.body = body
        self.done = False
        self.result = None
        self.joiner = None


class World:
    """The model's threads, and the trace that they leave."""

    def __init__(self, seed):
        self.random = Random(seed)
        self.ready = collections.deque()
        self.said = []  # (lane, words)
        self.current = None

    def say(self, lane, words):
        """An event, as the C program's lab_say."""
        self.said.append((lane, words))

    def create(self, function, *args):
        """A new thread, at the end of the ready queue."""
        thread = Thread(function(self, *args))
        self.ready.append((thread, None))
        return thread

    def step(self, thread, value):
        """Let a thread run until it yields, blocks or ends."""
        self.current = thread
        try:
            while isinstance(other := thread.body.send(value), Thread):
                if not other.done:
                    other.joiner = thread
                    return
                value = other.result
            self.ready.append((thread, None))
        except StopIteration as end:
            thread.done, thread.result = True, end.value
            if thread.joiner:
                self.ready.append((thread.joiner, thread.result))

    def run(self, main):
        """Play a scenario to its end; what it said."""
        first = Thread(main(self))
        self.ready.append((first, None))
        while self.ready and not first.done:
            self.step(*self.ready.popleft())
        while self.ready and first.result == "exit":
            self.step(*self.ready.popleft())
        return self.said

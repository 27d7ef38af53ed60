# SPDX-License-Identifier: MIT
"""The scenarios here, played on a simulation of threads and of both policies.

It is written for clarity, not for speed, and shares no idea with the library:
a priority is looked for anew whenever it is asked for, by asking who waits for
what the thread holds; and the feedback queue has one list and moves everybody
at once when a boost comes.
"""


class Mutex:
    def __init__(self):
        self.owner = None
        self.waiters = []


class Semaphore:
    def __init__(self):
        self.count = 0
        self.waiters = []


class Thread:
    """Its body is a generator that yields what may switch."""

    def __init__(self, priority, body):
        self.own, self.body = priority, body
        self.holds = []
        self.shown = priority  # what was true of it a moment ago
        self.done, self.joiner, self.answer = False, None, None
        self.level = self.used = 0

    def priority(self):
        """The highest of its own, and of those who wait for what it holds."""
        return max([self.own] + [waiter.priority() for mutex in self.holds
                                 for waiter in mutex.waiters])


class ByPriority:
    """The highest first, round robin among equals."""

    def __init__(self):
        self.ready = []

    def add(self, thread, _is_new):
        self.ready.append(thread)

    def pick(self):
        first = max(self.ready, key=Thread.priority)
        self.ready.remove(first)
        return first

    def to_wake(self, waiters):
        return max(waiters, key=Thread.priority)


class Feedback:
    """The five rules of the multi-level feedback queue."""
    LOWEST, EVERY = 7, 512

    def __init__(self):
        self.ready, self.everybody, self.turns = [], [], 0

    def add(self, thread, is_new):
        if is_new:
            self.everybody.append(thread)
        elif thread.used >= 2 << thread.level and thread.level < self.LOWEST:
            thread.level, thread.used = thread.level + 1, 0
        self.ready.append(thread)

    def pick(self):
        self.turns += 1
        if self.turns % self.EVERY == 0:
            self.ready.sort(key=lambda thread: thread.level)  # and stable
            for thread in self.everybody:
                thread.level = thread.used = 0
        first = min(self.ready, key=lambda thread: thread.level)
        self.ready.remove(first)
        first.used += 1
        return first

    def to_wake(self, waiters):
        return waiters[0]


class Machine:
    """Threads under a policy. Methods never switch; what a body yields may:
    None (it gives the CPU up), (lock, mutex), (wait, semaphore), (join,
    thread), or (lock-or-give-up, mutex)."""

    def __init__(self, world, policy):
        self.world, self.policy = world, policy
        self.threads, self.impatient = [], []
        self.current = None

    def create(self, priority, body):
        thread = Thread(priority, body)
        self.threads.append(thread)
        self.policy.add(thread, True)
        return thread

    def look(self):
        """Who is ready, and has another priority by now, goes to the end."""
        for thread in self.threads:
            now = thread.priority()
            if now != thread.shown and thread in self.policy.ready:
                self.policy.ready.remove(thread)
                self.policy.ready.append(thread)
            thread.shown = now

    def set_priority(self, thread, priority):
        thread.own = priority
        self.look()

    def take(self, thread, mutex):
        mutex.owner = thread
        thread.holds.append(mutex)

    def unlock(self, mutex):
        mutex.owner.holds.remove(mutex)
        mutex.owner = None
        if mutex.waiters:
            thread = self.policy.to_wake(mutex.waiters)
            mutex.waiters.remove(thread)
            self.take(thread, mutex)
            self.policy.add(thread, False)
        self.look()

    def post(self, semaphore):
        if semaphore.waiters:
            thread = self.policy.to_wake(semaphore.waiters)
            semaphore.waiters.remove(thread)
            self.policy.add(thread, False)
        else:
            semaphore.count += 1

    def leaves(self, thread, wish):
        """Does this thread lose the CPU for what it wishes?"""
        if wish is None:
            self.policy.add(thread, False)
            return True
        verb, what = wish
        if verb == "join":
            if what.done:
                return False
            what.joiner = thread
        elif verb == "wait":
            if what.count:
                what.count -= 1
                return False
            what.waiters.append(thread)
        else:
            if not what.owner:
                self.take(thread, what)
                return False
            what.waiters.append(thread)
            if verb == "lock-or-give-up":
                self.impatient.append((thread, what))
            self.look()
        return True

    def turn(self, thread):
        """Until it loses the CPU."""
        self.current = thread
        try:
            while True:
                wish = thread.body.send(thread.answer)
                thread.answer = None
                if self.leaves(thread, wish):
                    return
        except StopIteration:
            thread.done = True
            if thread.joiner:
                self.policy.add(thread.joiner, False)

    def give_up(self):
        """Nobody is ready, so time passes until somebody's patience ends."""
        thread, mutex = self.impatient.pop(0)
        mutex.waiters.remove(thread)
        thread.answer = "given up"
        self.policy.add(thread, False)
        self.look()

    def run(self, main):
        """Until main has ended. Main runs already: nobody has picked it."""
        first = self.create(0, main)
        self.policy.ready.remove(first)
        self.turn(first)
        while not first.done:
            if not self.policy.ready:
                self.give_up()
            self.turn(self.policy.pick())


def played(policy):
    """A scenario on the machine, as the judge wants it: a twin."""
    def decorate(scenario):
        def twin(world):
            machine = Machine(world, policy())
            machine.run(scenario(machine, world.random.below, world.say))
            return
            yield
        return twin
    return decorate


@played(ByPriority)
def chain(machine, below, say):
    length = 2 + below(5)
    mutex = [Mutex() for _ in range(length + 1)]
    gate, root_gate, thread, waits_for = Semaphore(), Semaphore(), {}, {}

    def mine(lane):
        return thread[lane].priority()

    def root():
        yield "lock", mutex[0]
        yield "wait", root_gate
        machine.unlock(mutex[0])
        say(0, f"leaves, priority {mine(0)}")

    def member(lane):
        yield "lock", mutex[lane]
        if lane == 1:
            yield "wait", gate
        yield "lock", mutex[lane - 1]
        say(lane, f"goes on, priority {mine(lane)}")
        machine.unlock(mutex[lane - 1])
        machine.unlock(mutex[lane])
        say(lane, f"leaves, priority {mine(lane)}")

    def lender(lane):
        yield "lock", mutex[waits_for[lane]]
        say(lane, f"goes on, priority {mine(lane)}")
        machine.unlock(mutex[waits_for[lane]])

    def look():
        yield
        for lane in range(length + 1):
            say(lane, f"priority {mine(lane)}")

    thread[0] = machine.create(1, root())
    for lane in range(1, length + 1):
        thread[lane] = machine.create(1 + below(20), member(lane))
        yield
    yield from look()
    for lane in range(length + 1, length + 5):
        last = lane == length + 4
        waits_for[lane] = length if last else 1 + below(length)
        thread[lane] = machine.create((41 if last else 1) + below(20),
                                      lender(lane))
        yield from look()
        changed = 1 + below(lane - 1)
        priority = 1 + below(40)
        say(changed, f"its own is {priority} now")
        machine.set_priority(thread[changed], priority)
        yield from look()
    machine.post(gate)
    yield from look()
    machine.post(root_gate)
    for lane in range(length + 5):
        yield "join", thread[lane]


@played(ByPriority)
def withdrawn(machine, below, say):
    held, mutex, gate = 4, [Mutex() for _ in range(4)], Semaphore()

    def holder(order):
        for i in range(held):
            yield "lock", mutex[i]
        yield "wait", gate
        say(1, f"priority {machine.current.priority()}")
        for i in order:
            machine.unlock(mutex[i])
            say(1, f"gives mutex {i} back, priority "
                f"{machine.current.priority()}")
            yield

    def waiter(lane, number):
        yield "lock", mutex[number]
        say(lane, f"has mutex {number}")
        yield
        machine.unlock(mutex[number])
        say(lane, f"priority {machine.current.priority()}")

    for _ in range(12):
        order = list(range(held))
        for i in range(held - 1, 0, -1):
            j = below(i + 1)
            order[i], order[j] = order[j], order[i]
        threads = [machine.create(1 + below(20), holder(order))]
        yield
        for i in range(7):
            number = below(held)
            threads.append(machine.create(1 + below(60),
                                          waiter(2 + i, number)))
            yield
        machine.post(gate)
        for thread in threads[1:] + threads[:1]:
            yield "join", thread


@played(ByPriority)
def patience(machine, below, say):
    mutex, gate, thread = [Mutex() for _ in range(4)], Semaphore(), {}

    def member(lane):
        yield "lock", mutex[lane]
        if lane == 1:
            yield "wait", gate
        else:
            yield "lock", mutex[lane - 1]
            machine.unlock(mutex[lane - 1])
        machine.unlock(mutex[lane])

    def hasty():
        given_up = yield "lock-or-give-up", mutex[3]
        say(4, "gives up" if given_up else "has it")

    def look():
        for lane in range(1, 4):
            say(lane, f"priority {thread[lane].priority()}")

    for lane in range(1, 4):
        thread[lane] = machine.create(1 + below(20), member(lane))
        yield
    look()
    for _ in range(2):
        waiter = machine.create(21 + below(40), hasty())
        yield
        look()
        yield "join", waiter
        look()
    machine.post(gate)
    for lane in range(1, 4):
        yield "join", thread[lane]


@played(ByPriority)
def donation(machine, below, say):
    mutex = [Mutex() for _ in range(4)]

    def worker(lane):
        def tell(words, number):
            say(lane, f"{words} {number}, priority "
                f"{machine.current.priority()}")

        for _ in range(3):
            wanted = below(16)
            mine = [i for i in range(4) if wanted >> i & 1]
            for i in mine:
                yield "lock", mutex[i]
                tell("has", i)
                if below(2):
                    yield
            for i in mine:
                machine.unlock(mutex[i])
                tell("leaves", i)
                if below(2):
                    yield
            yield

    for _ in range(10):
        threads = [machine.create(1 + below(10), worker(lane))
                   for lane in range(1, 7)]
        for thread in threads:
            yield
            machine.set_priority(thread, 1 + below(10))
        for thread in threads:
            yield "join", thread


@played(ByPriority)
def moved(machine, below, say):
    thread = {}

    def worker(lane):
        for _ in range(30):
            other = 1 + below(6)
            priority = 1 + below(4)
            machine.set_priority(thread[other], priority)
            say(lane, f"thread {other} has priority {priority}")
            yield

    for lane in range(1, 7):
        thread[lane] = machine.create(2, worker(lane))
    for lane in range(1, 7):
        yield "join", thread[lane]


@played(Feedback)
def mlfq(machine, below, say):
    alarm = {lane: Semaphore() for lane in range(1, 7)}
    awake = 3

    def computer(lane):
        nonlocal awake
        for _ in range(1000):
            say(lane, "turn")
            if below(8) == 0:
                machine.post(alarm[1 + below(6)])
            if below(16) == 0 and awake > 1:
                awake -= 1
                yield "wait", alarm[lane]
                awake += 1
            yield
        awake -= 1
        for other in range(1, 4):
            machine.post(alarm[other])

    def sleeper(lane):
        while True:
            yield "wait", alarm[lane]
            say(lane, "woken")
            for _ in range(below(4)):
                yield
                say(lane, "turn")

    threads = [machine.create(0, computer(lane) if lane < 4 else
                              sleeper(lane)) for lane in range(1, 7)]
    for thread in threads[:3]:
        yield "join", thread


@played(Feedback)
def boost(machine, below, say):
    alarm, start, newcomers = Semaphore(), Semaphore(), 0

    def newcomer():
        nonlocal newcomers
        newcomers += 1
        yield
        machine.create(0, newcomer())

    def sleeper(sinks):
        for _ in range(sinks):
            yield
        while True:
            yield "wait", alarm
            say(2, f"turn after {newcomers} newcomers")

    def neighbour():
        for _ in range(7):
            yield
        yield "wait", start
        while True:
            say(3, f"turn after {newcomers} newcomers")
            yield

    def computer(sinks):
        for _ in range(sinks):
            yield
        machine.post(start)
        machine.create(0, newcomer())
        for i in range(8):
            say(1, f"turn after {newcomers} newcomers")
            if i > 0:
                machine.post(alarm)
            yield

    sinks = 20 + below(60)
    machine.create(0, sleeper(sinks))
    machine.create(0, neighbour())
    yield "join", machine.create(0, computer(sinks))


@played(Feedback)
def allotment(machine, below, say):
    ball = [Semaphore(), Semaphore()]

    def player(me, turns):
        for _ in range(turns):
            machine.post(ball[1 - me])
            yield "wait", ball[me]
            say(me + 1, "turn")
        machine.post(ball[1 - me])

    def computer(me, turns):
        for _ in range(turns):
            say(me + 1, "turn")
            yield

    same = 20 + below(40)
    turns = [same, same, 20 + below(40), 20 + below(40)]
    threads = [machine.create(0, player(i, turns[i]) if i < 2 else
                              computer(i, turns[i])) for i in range(4)]
    for thread in threads:
        yield "join", thread

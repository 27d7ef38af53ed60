# SPDX-License-Identifier: MIT
# 2-stall.gdb - one thread reads, and nobody gets on: what that looks like.
# program: demos/blocking-user

tell A thread calls read(2), and there is nothing to read. The library can do \
nothing about it, for it does not run. We stop the program where it enters \
the system call: there it would stay for 300 ms.

type break stall_ask
type run
python expect(r"stall_ask", "the reader is about to ask")
type catch syscall read
type continue
python expect(r"call to syscall.*read", "the process enters read(2)")

tell The kernel knows one thread, and it is the one in read:

type info threads
python check(answer().count("Thread 0x") == 1, "one kernel thread")
python expect(r"\bread\b", "it is in read")

tell The library knows five. The reader runs, as far as it knows: nobody told \
it of a system call. The three counters are ready. They could go on at once, \
if anybody gave them the CPU; but whoever would do that stands in line behind \
the reader's read.

type info uthreads
python expect(r"^\*.* reader +running", "the reader counts as running")
python check(answer().count(" ready ") == 3, "three counters are ready")

tell Who would be next, if anybody came to choose:

type uthread queue
python expect(r"counter", "the counters are in the ready queue")

tell And each has a stack of its own, with all that it was doing. (Between \
counter and context_switch there were thread_yield and two more; each ended \
by jumping into the next, so that they need not be returned through.)

type uthread apply 3 bt
python expect(r"counter \(", "a counter is in its function")
python expect(r"context_switch \(", "and was set aside in it")

tell This is the stall. Now try build/demos/uring-user in the same way: its \
reader calls thread_read, blocks in the library, and the counters go on.
over

# SPDX-License-Identifier: MIT
# 1-yield.gdb - one thread_yield, instruction by instruction.
# program: tours/two-user-asm

tell Two threads, tick and tock, take turns. Each has run once and is parked \
in thread_yield, when tick calls it for the second time. We stop where tick \
goes over to tock.

type tbreak thread_yield if ticks == 2
type run
type tbreak context_switch
type continue
python expect(r"context_switch", "the switch begins")
type info uthreads
python expect(r"^\*.* tick ", "tick is on the CPU")
python expect(r"^ .* tock ", "tock is not")
type bt
python expect(r"tick \(", "the stack is tick's")

tell The library already calls tock the running one (print \
the_sched.current->name). The processor knows nothing of that: it is on whose \
stack it is on. These registers belong to a thread, whoever calls whom:

source gdb/tours/walk.py
python before = owned(gdb.newest_frame().older())
python beside("tick's own registers\n\n" + before, "")

tell Now each instruction. What matters happens twice: the stack pointer is \
put away, and another one is taken. With it goes everything.

python steps = walk()
python expect_switch(steps, "tick", "tock")

tell The next instruction is tock's, behind the call of thread_yield that it \
made long ago. Beside each other, tick's registers when it left, and tock's \
now:

python after = owned(gdb.newest_frame())
python beside("tick, leaving\n\n" + before, "tock, going on\n\n" + after)
python check(before != after, "they are not the same")
type info uthreads
python expect(r"^\*.* tock ", "tock is on the CPU")
python expect(r"tick +ready", "and tick is ready")

tell And where are tick's? On its own stack, where it put them; its context \
is the address. From there gdb reads them, and so shows a thread that is not \
there:

type uthread tick
python check(owned(gdb.selected_frame().older()) == before, \
    "tick's registers are all there")
type bt
python expect(r"tick \(", "tick is where it was")
over

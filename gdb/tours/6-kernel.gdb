# SPDX-License-Identifier: MIT
# 6-kernel.gdb - the same two moments with kernel threads: what the kernel knows
# and what the library knows, beside each other.
# program: demos/blocking-user
# beside: demos/blocking-kernel tours/forks-user tours/forks-kernel

tell The stall of the second tour again: first with user-level threads.

type break stall_ask
type run
type catch syscall read
type continue
python expect(r"call to syscall.*read", "the reader enters read(2)")
type info threads
python user_knows = brief_threads()
type info uthreads
python user_library = brief_uthreads()
type kill
type delete 2

tell Now the same object file, linked with kernel threads.

type file $build/demos/blocking-kernel
type run
type catch syscall read
type continue
python expect(r"call to syscall.*read", "the reader enters read(2)")
type info threads
python kernel_knows = brief_threads()
type info uthreads
python kernel_library = brief_uthreads()

tell What the kernel knows (info threads), with user-level threads on the \
left, with kernel threads on the right:

python beside(user_knows, kernel_knows)
python check(len(user_knows.splitlines()) == 1, "one thread, it stands for all")
python check(len(kernel_knows.splitlines()) == 5, "a thread each")

tell And what the library knows (info uthreads):

python beside(user_library, kernel_library)
python check(len(user_library.splitlines()) == 5, "five threads")
python check(len(kernel_library.splitlines()) == 5, "the same five")
python check("ready" in user_library, "some wait for the CPU")
python check("ready" not in kernel_library, "which the kernel does not tell us")

tell On the left the counters are ready, and nobody takes them up: the only \
thread that the kernel could run waits for a byte. On the right it runs them.

type kill
type delete

tell And the deadlock of the third tour. First the kernel's threads:

type file $build/tours/forks-kernel
type break nobody_eats
type run
python kernel_knows = brief_threads()
type uthread why plato
python expect(r"again: a circle", "a circle here as well")
python kernel_library = brief_uthreads()
type kill
type file $build/tours/forks-user
type run
type uthread why plato
python expect(r"again: a circle", "and here")

tell The library's lists are the same, user-level threads left, kernel \
threads right: who waits for whom is no matter of who switches.

python user_library = brief_uthreads()
python beside(user_library, kernel_library)
python check(user_library == kernel_library, "the same, word for word")

tell The kernel's are not. For one model it knows of one thread, which is at \
work; for the other that three wait for a futex, but not whose:

python beside(brief_threads(), kernel_knows)
python check(len(kernel_knows.splitlines()) == 4, "the kernel has four")
type kill
over

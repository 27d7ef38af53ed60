# SPDX-License-Identifier: MIT
# 5-core.gdb - ten thousand threads in a core file, and what to do with them.
# program: tours/crowd-user
# arguments: 10000

tell Ten thousand threads wait at a door that nobody opens. We have a core \
file made, and let the program go.

type break all_are_here
type run
type uthread core $tmp/crowd.core
python expect(r"10000 parked threads", "every thread is written")
type kill
type core-file $tmp/crowd.core

tell The kernel knew of one thread. In this core each of the library's is one \
as well, for any debugger, with none of our scripts:

python plain("info threads")
python check(answer().count("LWP") == 10001, "all of them are threads to gdb")

tell A list that nobody reads. Those that are in the same place, together:

type info uthreads --group stack
python expect(r"9999 blocked .*guest", "9,999 guests are in one place")
python expect(r"1 blocked .*dreamer", "and one is not")

tell One is elsewhere. Who, and what does it wait for?

type uthread dreamer
type bt
python expect(r"event_wait", "it waits for an event")
type frame function dreamer
type print ticket
python expect(r"= 3333$", "its local variable, in a dead process")
type uthread why dreamer
python expect(r"event", "its reason")

tell That was found with our scripts; but any gdb can show the dreamer now:

python plain("thread apply 3334 bt")
python expect(r"dreamer \(number=0xd05\)", "the same thread, without scripts")
over

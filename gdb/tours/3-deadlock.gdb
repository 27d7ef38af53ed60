# SPDX-License-Identifier: MIT
# 3-deadlock.gdb - nobody gets on, and why: who waits for whom.
# program: tours/forks-user

tell Two philosophers, two forks, and each has taken one. A third thread, \
hume, waits for plato to have eaten.

type break nobody_eats
type run
type info uthreads
python expect(r"plato +mutex right fork of 3", "plato wants kant's fork")
python expect(r"kant +mutex left fork of 2", "kant wants plato's fork")
python expect(r"hume +end of 2", "hume waits for plato")

tell Each line names one step of who waits for whom. To follow them:

type uthread why hume
python expect(r"plato.*again: a circle", "the chain comes back to plato")
python expect(r"Deadlock: none of 2, 3 can ever go on, and 4 after them", \
    "the circle is called a deadlock, and hume is not in it")

tell Where did it go wrong? Look at the code in which each of them waits.

type uthread 2
type bt
python expect(r"eat_with \(.*first=0x\w+ <left>", \
    "plato took left first")
type uthread 3
type bt
python expect(r"eat_with \(.*first=0x\w+ <right>", \
    "kant took right first")

tell One takes the left one first, the other the right one. And the locks \
themselves know who holds them:

type print left
python expect(r"plato", "the left fork is plato's")
type print right
python expect(r"kant", "the right fork is kant's")
over

# SPDX-License-Identifier: MIT
"""What a plain gdb sees through the proxy, of tests/programs/laps.c: no script
of ours is loaded. Run with gdb connected; stopped before main. Prints

    stepi: instructions=N strayed=N through=N out=FUNCTION
    next: steps=N strayed=N
"""
import gdb

# The kernel's part of it reads the clock again if that has moved meanwhile.
UNSTEPPABLE = ("clock_gettime", "__vdso_clock_gettime")
SWITCH = ("context_switch", "swapcontext")
OWN = ("runner", "rest")
AT_MOST = 1000


def selected():
    return gdb.selected_thread().num


def through_a_yield():
    """Instruction by instruction, until the thread is back from it."""
    gdb.execute("tbreak thread_yield", to_string=True)
    gdb.execute("continue", to_string=True)
    me, strayed, through, count = selected(), 0, 0, 0
    while count < AT_MOST:
        name = gdb.newest_frame().name()
        gdb.execute("finish" if name in UNSTEPPABLE else "stepi",
                    to_string=True)
        count += 1
        strayed += selected() != me
        through += gdb.newest_frame().name() in SWITCH
        if gdb.newest_frame().name() in OWN:
            break
    print(f"stepi: instructions={count} strayed={strayed} through={through} "
          f"out={gdb.newest_frame().name()}")


def lines(steps):
    """So many lines."""
    me, strayed = selected(), 0
    for _ in range(steps):
        gdb.execute("next", to_string=True)
        strayed += selected() != me
    print(f"next: steps={steps} strayed={strayed}")


def registers_of_a_parked_thread():
    """Those that its context keeps can be changed, as gdb sees it afterwards;
    it has gone on unharmed if they are put back."""
    before = int(gdb.parse_and_eval("$rbx"))
    gdb.execute("set var $rbx = 77", to_string=True)
    gdb.execute("maintenance flush register-cache", to_string=True)
    print(f"rbx={int(gdb.parse_and_eval('$rbx'))}")
    gdb.execute(f"set var $rbx = {before}", to_string=True)

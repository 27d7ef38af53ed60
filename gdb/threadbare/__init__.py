# SPDX-License-Identifier: MIT
"""Threadbare's user-level threads, seen from a debugger.

    memory.py     reading a process, a core file: bytes at an address
    elf.py        from the programs in memory to the library's descriptor
    table.py      the descriptor and the threads: what is where

    elf_core.py   what is in a core file
    core_copy.py  a copy of one, in which parked threads are threads
    core_live.py  a process, as if it were a core file

    packets.py    the framing of the Remote Serial Protocol
    server.py     gdbserver: questions, memory, registers
    view.py       which threads gdb/uthread-proxy shows to gdb
    resume.py     who goes on, and who is waited for
    proxy.py      an answer to each of gdb's packets

These import no debugger. The rest is gdb's, from the ground up:

    program.py    the program that gdb debugs, until it runs on
    graft.py      a parked thread's stack in place of the running one's
    selecting.py  which thread is meant, and having it shown
    where.py      where a parked thread is, found fast
    words.py      threads in words

    commands.py   uthread, uthread apply; and the others' list:
    listing.py    info uthreads          why.py        uthread why
    queue.py      uthread queue          stackview.py  uthread stack
    search.py     uthread find           stepping.py   uthread next, ...
    core_command.py  uthread core
    functions.py  $uthread()             printers.py   how values are printed
"""

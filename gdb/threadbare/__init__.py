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

These import no debugger. The rest is gdb's: see gdb/uthreads.py.
"""

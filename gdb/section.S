/* SPDX-License-Identifier: MIT */
/*
 * section.S - a program that brings gdb its scripts, for whoever allows that.
 *
 * gdb runs what it finds in the section .debug_gdb_scripts, if the program lies
 * where its user trusts programs (add-auto-load-safe-path in his .gdbinit). Of
 * all others it says in nine lines that it does not, each time. So this is
 * linked only into what was built with GDB_SECTION=1.
 *
 * 4: a script in Python, the text itself; then a name for it, and the text.
 */
        .section .debug_gdb_scripts, "MS", %progbits, 1
        .byte   4
        .ascii  "threadbare\n"
        .incbin "gdb/section.py"
        .byte   0

        .section .note.GNU-stack, "", %progbits

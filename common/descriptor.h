/* SPDX-License-Identifier: MIT */
/*
 * descriptor.h - where a library keeps its threads, for whoever reads them
 * from outside: another process, a debugger, a core file.
 *
 * The reader knows neither the layout of our structs nor, in a stripped
 * program, any symbol. So each library carries one constant struct of
 * addresses and offsets, and a note that leads to it. A note is a part of an
 * ELF file that is loaded with the program, survives `strip`, and is found
 * through the program headers, which are in memory too:
 *
 *      program header PT_NOTE -> note "Threadbare" -> descriptor -> the table
 *
 * The note holds the distance from itself to the descriptor, so the loader has
 * nothing to relocate in it, and no name needs to be exported.
 *
 * Both ends are of the same word size and byte order. A change of meaning
 * changes DESCRIPTOR_VERSION; new fields go to the end.
 */
#ifndef COMMON_DESCRIPTOR_H
#define COMMON_DESCRIPTOR_H

#include <stddef.h>
#include <stdint.h>

#define DESCRIPTOR_VERSION   3
#define DESCRIPTOR_NOTE      "Threadbare"
#define DESCRIPTOR_NOTE_TYPE 1

/* The offset of a field that this model does not have. */
#define NOWHERE UINT32_MAX

struct descriptor {
    uint32_t version;
    uint32_t one_to_one; /* 1: each thread has a kernel thread of its own;
                            2: and that is a process of its own */

    const void *table;        /* struct table: see table.h */
    const void *object_names; /* struct named *: see object_name.h */
    const void *current;      /* pointer to the running thread; or NULL */
    const void *accounting;   /* bool: is run time counted; or NULL */
    const void *switched_at;  /* ticks, when the running thread began */

    struct {
        uint32_t id, name, state, wait_since, switches, run_ticks;
        uint32_t stack_low, stack_top, stack_size;
        uint32_t tid, done, run_ns, stack_used; /* of kernel threads */
    } thread;

    /* What a thread waits for: behind a pointer in its control block, which is
     * NULL if it does not wait, or in the block itself. */
    struct {
        uint32_t at, behind_pointer;
        uint32_t kind, object, fd, call;
        uint32_t thread; /* a control block, or the identifier itself */
    } wait;

    /* Who holds it: an identifier. */
    uint32_t mutex_owner, rwlock_writer;

    uint32_t stack_head; /* bytes of each stack that are the library's own */
    uint32_t wait_since_is_stamp; /* 1: see clock_stamp; 0: in ns */

    const void *debug; /* struct debug, of user-level threads: see
                          uthreads/debug.h; or NULL */
    uint32_t creator;  /* of a thread: an identifier */
};

/* Lay the note that leads to this descriptor. */
#define DESCRIPTOR_FOUND_BY_NOTE(descriptor)                \
    __asm__(".pushsection .note.threadbare, \"a\", %note\n" \
            "    .balign 4\n"                               \
            "    .long 2f - 1f, 4f - 3f, 1\n"               \
            "1:  .asciz \"Threadbare\"\n"                   \
            "2:  .balign 4\n"                               \
            "3:  .quad " #descriptor " - .\n"               \
            "4:  .popsection\n")

#endif

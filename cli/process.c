/* SPDX-License-Identifier: MIT */
/*
 * process.c - see process.h.
 *
 * The way to the threads goes through memory alone: the file may have been
 * stripped, replaced or deleted since, or lie where we cannot see it. Each
 * mapping that begins with an ELF header has its program headers there too;
 * one of them leads to the notes, and one of those to the descriptor.
 */
#include "process.h"

#include "usage.h"

#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/uio.h>
#include <unistd.h>

/* No program has more; a larger number is not what we took it for. */
#define MOST_HEADERS 64
#define MOST_NOTES   4096 /* bytes */

bool
process_read(const struct process *p, const void *address, void *to,
             size_t size)
{
    struct iovec here = {to, size};
    struct iovec there = {(void *)(uintptr_t)address, size};
    return process_vm_readv(p->pid, &here, 1, &there, 1, 0) == (ssize_t)size;
}

void
process_string(const struct process *p, const void *address, char *to,
               size_t size)
{
    size_t length = 0;
    while (length + 1 < size &&
           process_read(p, (const char *)address + length, to + length, 1) &&
           to[length])
        length++;
    to[length] = '\0';
}

/* ---- The note ---- */

static uint64_t
padded(uint64_t size)
{
    return (size + 3) & ~(uint64_t)3;
}

/* Does one of these notes lead to a descriptor? Then read it. */
static bool
read_notes(struct process *p, uint64_t address, uint64_t size)
{
    char notes[MOST_NOTES];
    if (size > sizeof notes ||
        !process_read(p, (const void *)address, notes, size))
        return false;
    for (uint64_t at = 0; at + sizeof(Elf64_Nhdr) <= size;) {
        Elf64_Nhdr note;
        memcpy(&note, notes + at, sizeof note);
        uint64_t name = at + sizeof note;
        uint64_t payload = name + padded(note.n_namesz);
        int64_t distance;
        at = payload + padded(note.n_descsz);
        if (at > size)
            return false;
        if (note.n_type != DESCRIPTOR_NOTE_TYPE ||
            note.n_namesz != sizeof DESCRIPTOR_NOTE ||
            memcmp(notes + name, DESCRIPTOR_NOTE, note.n_namesz) != 0 ||
            note.n_descsz != sizeof distance)
            continue;
        memcpy(&distance, notes + payload, sizeof distance);
        uint64_t found = address + payload + (uint64_t)distance;
        return process_read(p, (const void *)found, &p->descriptor,
                            sizeof p->descriptor);
    }
    return false;
}

/* Look at what is mapped at this address: is it an ELF file with our note? */
static bool
read_mapping(struct process *p, uint64_t address)
{
    Elf64_Ehdr file;
    Elf64_Phdr headers[MOST_HEADERS];
    if (!process_read(p, (const void *)address, &file, sizeof file) ||
        memcmp(file.e_ident, ELFMAG, SELFMAG) != 0 ||
        file.e_ident[EI_CLASS] != ELFCLASS64 || file.e_phnum > MOST_HEADERS ||
        !process_read(p, (const void *)(address + file.e_phoff), headers,
                      file.e_phnum * sizeof headers[0]))
        return false;
    uint64_t moved = address; /* by how much it lies above where it says */
    for (int i = 0; i < file.e_phnum; i++)
        if (headers[i].p_type == PT_LOAD && headers[i].p_offset == 0 &&
            headers[i].p_filesz > 0) /* zeroed memory has no place in a file */
            moved = address - headers[i].p_vaddr;
    for (int i = 0; i < file.e_phnum; i++)
        if (headers[i].p_type == PT_NOTE &&
            read_notes(p, moved + headers[i].p_vaddr, headers[i].p_memsz))
            return true;
    return false;
}

/* ---- Opening ---- */

/* Whoever may not read can still ask the process itself. */
static void denied(pid_t pid) __attribute__((noreturn));

static void
denied(pid_t pid)
{
    fail("ps: process %d does not let us look: %s (its owner or root may; "
         "'kill -QUIT %d' makes it print its threads itself)",
         (int)pid, strerror(EPERM), (int)pid);
}

static FILE *
open_maps(pid_t pid)
{
    char path[64];
    snprintf(path, sizeof path, "/proc/%d/maps", (int)pid);
    FILE *maps = fopen(path, "re");
    if (!maps && errno == EACCES)
        denied(pid);
    if (!maps && (errno == ENOENT || errno == ESRCH))
        fail("ps: there is no process %d", (int)pid);
    if (!maps)
        fail("ps: process %d: %s", (int)pid, strerror(errno));
    return maps;
}

static void
read_name(struct process *p)
{
    char path[64];
    snprintf(path, sizeof path, "/proc/%d/comm", (int)p->pid);
    FILE *comm = fopen(path, "re");
    if (!comm)
        return;
    if (fgets(p->name, sizeof p->name, comm))
        p->name[strcspn(p->name, "\n")] = '\0';
    fclose(comm);
}

/* The address and offset of each line of maps: a file that is mapped from its
 * beginning may be a program or a library. */
static bool
find_descriptor(struct process *p, FILE *maps)
{
    char line[4352]; /* a path, and what stands before it */
    bool found = false, any = false;
    while (!found && fgets(line, sizeof line, maps)) {
        uint64_t low, offset;
        char readable;
        if (sscanf(line, "%" SCNx64 "-%*x %c%*3s %" SCNx64, &low, &readable,
                   &offset) != 3)
            continue;
        char byte;
        if (readable != 'r' || offset != 0)
            continue;
        if (!any && !process_read(p, (const void *)low, &byte, 1) &&
            errno == EPERM)
            denied(p->pid);
        any = true;
        found = read_mapping(p, low);
    }
    return found;
}

void
process_open(struct process *p, pid_t pid)
{
    *p = (struct process){.pid = pid};
    FILE *maps = open_maps(pid);
    bool found = find_descriptor(p, maps);
    bool failed = ferror(maps);
    fclose(maps);
    if (!found && failed)
        denied(pid);
    if (!found && kill(pid, 0) != 0 && errno == ESRCH)
        fail("ps: there is no process %d any more", (int)pid);
    if (!found)
        fail("ps: process %d is not a Threadbare program", (int)pid);
    if (p->descriptor.version != DESCRIPTOR_VERSION)
        fail("ps: the library of process %d describes itself in version "
             "%" PRIu32 "; this threadbare reads version %d",
             (int)pid, p->descriptor.version, DESCRIPTOR_VERSION);
    if (!p->descriptor.table)
        fail("ps: process %d is just being loaded; look again", (int)pid);
    read_name(p);
}

/* ---- What the kernel knows ---- */

struct kernel_task
process_task(pid_t tid)
{
    struct kernel_task task = {0, 0, 0};
    char path[64], line[512];
    snprintf(path, sizeof path, "/proc/%d/task/%d/stat", (int)tid, (int)tid);
    FILE *stat = fopen(path, "re");
    if (!stat)
        return task;
    /* The name, in brackets, may itself hold brackets. */
    char *name_end = fgets(line, sizeof line, stat) ? strrchr(line, ')') : NULL;
    if (name_end && name_end[1] == ' ')
        task.state = name_end[2];
    fclose(stat);
    snprintf(path, sizeof path, "/proc/%d/task/%d/schedstat", (int)tid,
             (int)tid);
    FILE *schedstat = fopen(path, "re");
    if (!schedstat)
        return task;
    if (fscanf(schedstat, "%" SCNu64 " %*u %" SCNu64, &task.run_ns,
               &task.switches) != 2)
        task.run_ns = task.switches = 0;
    fclose(schedstat);
    return task;
}

/* One word of pagemap a page; its two highest bits say that the page is in
 * memory or swapped out. */
uint64_t
process_lowest_page(const struct process *p, uint64_t low, uint64_t high)
{
    uint64_t page = (uint64_t)sysconf(_SC_PAGESIZE), words[512];
    char path[64];
    snprintf(path, sizeof path, "/proc/%d/pagemap", (int)p->pid);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    uint64_t at = fd < 0 ? high : low;
    while (at < high) {
        uint64_t count = (high - at) / page;
        if (count > sizeof words / sizeof words[0])
            count = sizeof words / sizeof words[0];
        if (count == 0 || pread(fd, words, count * sizeof words[0],
                                (off_t)(at / page * sizeof words[0])) !=
                              (ssize_t)(count * sizeof words[0])) {
            at = high;
            break;
        }
        uint64_t i = 0;
        while (i < count && !(words[i] >> 62))
            i++;
        at += i * page;
        if (i < count)
            break;
    }
    if (fd >= 0)
        close(fd);
    return at;
}

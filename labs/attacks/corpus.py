# SPDX-License-Identifier: MIT
"""Submissions that want points they have not earned, or to do harm.

Each is the starter of a lab, mostly of lab 3, which earns nothing, with
something added; or no decent submission at all. `says` is what its report must
match: everybody gets an answer that he can understand. None of them reaches
beyond this machine; those that try the network try its loopback.
"""
import io
import os
import pathlib
import shutil
import tarfile
import zipfile

LAB, TEST = "03-lifecycle", "order"
OTHER_TESTS = {"trace-of-nonsense": "joined-memory"}

# ---- C that is appended to the starter, and what is said of it ----

HEAD = """
#include <dirent.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>
#define FIRST __attribute__((constructor)) static void
#define CALL(n, a, b, c) ({ long r; __asm__ volatile("syscall" : "=a"(r) \\
    : "a"((long)(n)), "D"((long)(a)), "S"((long)(b)), "d"((long)(c)) \\
    : "rcx", "r11", "memory"); r; })
"""

INTERRUPT_80 = """
#define CALL_32(n) ({ int r; __asm__ volatile("int $0x80" : "=a"(r) \\
    : "a"(n) : "memory"); r; })
"""

WITHOUT_TRACE = "there is no trace"
FORGED = "forged"

IN_C = {
    # To end well without having done anything.
    "exit-0": ("FIRST first(void) { exit(0); }", WITHOUT_TRACE),
    "underscore-exit-0": ("FIRST first(void) { _exit(0); }", WITHOUT_TRACE),
    "exit-group": ("FIRST first(void) { CALL(SYS_exit_group, 0, 0, 0); }",
                   WITHOUT_TRACE),
    "abort-handled": (
        "static void bye(int s) { _exit(0); }\n"
        "FIRST first(void) { signal(SIGABRT, bye); }",
        r"called exit\(0\)"),
    # To say that all is well.
    "prints-pass": (
        'FIRST first(void) { puts("PASS\\nok 1\\n100%\\nScore: 100 of 100");'
        " fflush(stdout); _exit(0); }", WITHOUT_TRACE),
    "prints-what-a-sandbox-would": (
        'FIRST first(void) { dprintf(2, "bwrap: Can\'t fork for pid 1\\n");'
        " _exit(1); }", WITHOUT_TRACE),
    "prints-tap": (
        'FIRST first(void) { dprintf(3, "TAP version 13\\n1..1\\nok 1\\n");'
        " _exit(0); }", FORGED),
    "trace-of-another-run": (
        'FIRST first(void) { dprintf(3, "threadbare-trace 5\\n'
        '1 0 create 1\\nend 1 0\\n"); _exit(0); }', FORGED),
    "trace-without-checksum": (
        """FIRST first(void) { char c[99]; unsigned long long n = 0;
        if (read(0, c, 98) > 0) sscanf(c, "threadbare-lab %llx", &n);
        dprintf(3, "threadbare-trace %llx\\n1 0 create 1\\nend 1 0\\n", n);
        _exit(0); }""", FORGED),
    "trace-with-checksum": (
        """FIRST first(void) { char c[99], t[99]; unsigned long long n = 0;
        if (read(0, c, 98) > 0) sscanf(c, "threadbare-lab %llx", &n);
        int l = sprintf(t, "threadbare-trace %llx\\n1 0 PASS\\n", n);
        unsigned long long h = 0xcbf29ce484222325u ^ n;
        for (int i = 0; i < l; i++)
            h = (h ^ (unsigned char)t[i]) * 0x100000001b3u;
        dprintf(3, "%send 1 %llx\\n", t, h); _exit(0); }""",
        "a right library has|one too many"),
    "trace-cut": (
        """FIRST first(void) { char c[99]; unsigned long long n = 0;
        if (read(0, c, 98) > 0) sscanf(c, "threadbare-lab %llx", &n);
        dprintf(3, "threadbare-trace %llx\\n", n); _exit(0); }""",
        "the trace stops"),
    "trace-without-end": (
        'FIRST first(void) { for (;;) dprintf(3, "1 0 create 1\\n"); }',
        "the trace is too long"),
    "trace-of-nothing": (
        '#include "lab.h"\n'
        "FIRST first(void) { lab_begin(); lab_end(); }",
        "uses lab_(begin|end)"),
    "trace-of-the-judge-s-own": (
        """void lab_begin(void) __asm__("lab_begi" "n");
        void lab_end(void) __asm__("lab_en" "d");
        FIRST first(void) { lab_begin(); lab_end(); }""",
        "uses lab_(begin|end)"),
    "trace-of-digits": (
        """FIRST first(void) { char c[99]; unsigned long long n = 0;
        if (read(0, c, 98) > 0) sscanf(c, "threadbare-lab %llx", &n);
        dprintf(3, "threadbare-trace %llx\\n", n);
        for (int i = 0; i < 9000; i++) dprintf(3, "9");
        dprintf(3, " 0 x\\n"); _exit(0); }""", "is none"),
    "trace-of-nonsense": (
        """FIRST first(void) { char c[99], t[999]; unsigned long long n = 0;
        if (read(0, c, 98) > 0) sscanf(c, "threadbare-lab %llx", &n);
        int l = sprintf(t, "threadbare-trace %llx\\n", n);
        for (int i = 1; i < 20; i++) l += sprintf(t + l, "%d -1 %s\\n", i,
            i % 2 ? "stacks x y" : "live 1e999 %s ' \\"");
        unsigned long long h = 0xcbf29ce484222325u ^ n;
        for (int i = 0; i < l; i++)
            h = (h ^ (unsigned char)t[i]) * 0x100000001b3u;
        dprintf(3, "%send 19 %llx\\n", t, h); _exit(0); }""",
        "a right library has|no scenario|event 1"),
    "trace-closed": ("FIRST first(void) { close(3); }", WITHOUT_TRACE),
    "trace-of-escapes": (
        'FIRST first(void) { dprintf(3, "\\033]0;pass\\007\\n"); _exit(0); }',
        FORGED),
    # To replace the judge's parts.
    "own-main": (
        'int main(void) { dprintf(3, "PASS\\n"); return 0; }',
        "not written yet"),
    "own-lab-say": (
        "void lab_say(int l, const char *f, ...) {}\n"
        "void lab_end(void) { _exit(0); }", "not written yet"),
    "if-on-the-grader": (
        "#if defined(GRADER) || defined(AUTOGRADER) || 1\n"
        "FIRST first(void) { _exit(0); }\n#endif", WITHOUT_TRACE),
    "ifunc": (
        "static void run(void) {}\n"
        "static void (*pick(void))(void) { CALL(SYS_exit_group, 0, 0, 0);"
        " return run; }\n"
        'void picked(void) __attribute__((ifunc("pick")));\n'
        "FIRST first(void) { picked(); }", WITHOUT_TRACE),
    "first-of-all": (
        "static void first(void) { _exit(0); }\n"
        '__attribute__((section(".preinit_array"), used))'
        " static void (*const before)(void) = first;", WITHOUT_TRACE),
    "last-of-all": (
        "__attribute__((destructor)) static void last(void) { _exit(0); }\n"
        "static void bye(void) { _exit(0); }\n"
        "FIRST first(void) { atexit(bye); }", "not written yet"),
    "common-variables": (
        "uint64_t state __attribute__((common));"
        " uint64_t checksum __attribute__((common));"
        " unsigned events __attribute__((common));", "not written yet"),
    "real-functions": (
        "int __real_stack_alloc(struct stack *, size_t);\n"
        "FIRST first(void) { struct stack s;"
        " __real_stack_alloc(&s, 65536); }", "uses __real_stack_alloc"),
    # To have somebody else's threads.
    "pthreads": (
        "#include <pthread.h>\n"
        "static void *go(void *a) { return a; }\n"
        "FIRST first(void) { pthread_t t;"
        " pthread_create(&t, 0, go, 0); }", "uses pthread_create"),
    "clone-by-hand": (
        'FIRST first(void) { long r = CALL(SYS_clone, 0x11, 0, 0);'
        ' dprintf(2, "clone gives %ld\\n", r); }', "clone gives -1$"),
    "clone3-by-hand": (
        "FIRST first(void) { long a[11] = {0};"
        ' dprintf(2, "clone3 gives %ld\\n", CALL(435, a, sizeof a, 0)); }',
        "clone3 gives -(1|38)$"),
    "fork-in-32-bit": (
        INTERRUPT_80 + 'FIRST first(void) { dprintf(2, "fork gives %d\\n",'
        " CALL_32(2)); }", "SIGSYS"),
    "executes-itself": (
        'FIRST first(void) { char *a[] = {"/program", "again", 0}; if'
        " (access(\"/proc/self/exe\", F_OK) == 0) CALL(59, \"/program\", a,"
        " 0); _exit(0); }", "there is no trace"),
    # To stay.
    "fork-bomb": (
        "FIRST first(void) { int n = 0; for (int i = 0; i < 10000; i++)"
        " n += CALL(57, 0, 0, 0) > 0;"
        ' dprintf(2, "children: %d\\n", n); }', "children: 0$"),
    "daemon": (
        "FIRST first(void) { if (CALL(57, 0, 0, 0) == 0) {"
        ' CALL(112, 0, 0, 0); for (;;) pause(); } _exit(0); }',
        WITHOUT_TRACE),
    "signals-blocked": (
        "FIRST first(void) { sigset_t s; sigfillset(&s);"
        " sigprocmask(SIG_SETMASK, &s, 0); for (;;) pause(); }",
        "not done in time"),
    "kills-parent": (
        "FIRST first(void) { int r = kill(getppid(), 9); int q = kill(-1, 9);"
        ' dprintf(2, "parent %d\\n", (int)getppid()); (void)r; (void)q;'
        " _exit(0); }", "there is no trace|killed"),
    # To use everything up.
    "endless-loop": ("FIRST first(void) { for (volatile int i = 0;; i++); }",
                     "not done in time|SIGXCPU|SIGKILL|was killed"),
    "endless-output": (
        'FIRST first(void) { for (;;) puts("more and more and more"); }',
        "printed without end"),
    "memory-bomb": (
        "FIRST first(void) { size_t n = 0; for (;;) { char *p ="
        " malloc(1 << 20); if (!p) break; for (int i = 0; i < 256; i++)"
        ' p[i << 12] = 1; n++; } dprintf(2, "stopped\\n"); _exit(0); }',
        WITHOUT_TRACE),
    "shared-memory-bomb": (
        'FIRST first(void) { dprintf(2, "shmget: %ld msgget: %ld\\n",'
        " CALL(29, 0, 1 << 20, 0600), CALL(68, 0, 0600, 0)); _exit(0); }",
        "shmget: -1 msgget: -1$"),
    "memory-file-bomb": (
        'FIRST first(void) { signal(SIGXFSZ, SIG_IGN); int f ='
        ' memfd_create("x", 0); int t = ftruncate(f, 1 << 30); dprintf(2,'
        ' "grown: %d written: %d\\n", t == 0, write(f, "x", 1) == 1);'
        " _exit(0); }", "grown: 0 written: 0$"),
    "limits-lifted": (
        "#include <sys/resource.h>\n"
        "FIRST first(void) { struct rlimit l = {RLIM_INFINITY,"
        ' RLIM_INFINITY}; int n = 0; for (int i = 0; i < 16; i++) { struct'
        " rlimit was; getrlimit(i, &was); n += was.rlim_max !="
        " RLIM_INFINITY && setrlimit(i, &l) == 0; }"
        ' dprintf(2, "lifted: %d\\n", n); _exit(0); }', "lifted: 0$"),
    "kills-itself": ("FIRST first(void) { kill(getpid(), SIGKILL); }",
                     "died of SIGKILL"),
    "stops-itself": ("FIRST first(void) { raise(SIGSTOP); }",
                     "not done in time"),
    "file-bomb": (
        'FIRST first(void) { int n = 0; char name[20]; for (int i = 0;'
        ' i < 5000; i++) { sprintf(name, "/f%d", i); n += open(name,'
        ' O_CREAT | O_WRONLY, 0600) >= 0; } dprintf(2, "files: %d\\n", n);'
        " _exit(0); }", "files: 0$"),
    # To look and to reach out.
    "descriptors": (
        "FIRST first(void) { int n = 0; for (int i = 4; i < 4096; i++)"
        ' n += fcntl(i, F_GETFD) >= 0; dprintf(2, "inherited: %d\\n", n);'
        " _exit(0); }", "inherited: 0$"),
    "look-around": (
        'FIRST first(void) { DIR *d = opendir("/"); struct dirent *e; while ('
        'd && (e = readdir(d))) if (e->d_name[0] != \'.\') dprintf(2, "[%s]",'
        ' e->d_name); dprintf(2, " uid0=%d\\n", getuid() == 0); _exit(0); }',
        r"printed: (\[program\]\[proc\]|\[proc\]\[program\]) uid0=0"),
    "other-processes": (
        'FIRST first(void) { int n = 0; DIR *d = opendir("/proc"); struct'
        " dirent *e; while (d && (e = readdir(d))) n += e->d_name[0] > '0' &&"
        " e->d_name[0] <= '9'; "
        'dprintf(2, "processes: %d\\n", n); _exit(0); }',
        "processes: [12]$"),
    "first-process": (
        'FIRST first(void) { int n = 0; const char *p[] = {"environ", "mem",'
        ' "maps", "cmdline", "fd", "root"}; for (int i = 0; i < 6; i++) { char'
        ' name[99]; sprintf(name, "/proc/1/%s", p[i]); n += open(name,'
        ' O_RDONLY) >= 0; } dprintf(2, "opened: %d\\n", n); _exit(0); }',
        "opened: 0$"),
    "first-process-s-descriptors": (
        'FIRST first(void) { long f = CALL(434, 1, 0, 0); dprintf(2, "got:'
        ' %ld\\n", CALL(438, f, 0, 0)); _exit(0); }', "got: -1$"),
    "environment": (
        'FIRST first(void) { for (char **e = environ; *e; e++) dprintf(2,'
        ' "[%s]", *e); dprintf(2, "\\n"); _exit(0); }',
        r"printed: (\[(PATH=/usr/bin|UTHREADS_\w+=\w*|PWD=/)\])+(?!\[)"),
    "loopback": (
        "FIRST first(void) { struct sockaddr_in a = {.sin_family = AF_INET,"
        " .sin_port = htons(22), .sin_addr.s_addr = htonl(0x7f000001)};"
        " int s = socket(AF_INET, SOCK_STREAM, 0);"
        ' dprintf(2, "connected: %d\\n", s >= 0 && connect(s,'
        " (struct sockaddr *)&a, sizeof a) == 0); _exit(0); }",
        "connected: 0$"),
    "io-uring": (
        'FIRST first(void) { dprintf(2, "io_uring: %ld\\n",'
        " CALL(425, 8, 0, 0)); _exit(0); }", "io_uring: -1$"),
    "ptrace": (
        'FIRST first(void) { dprintf(2, "ptrace: %ld\\n",'
        " CALL(101, 0, 0, 0)); _exit(0); }", "ptrace: -1$"),
    "results-early": (
        'FIRST first(void) { int n = 0; const char *p[] = {"/results.json",'
        ' "/out/results.json", "/tmp/results.json", "results.json",'
        ' "/autograder/results/results.json"}; for (int i = 0; i < 5; i++)'
        ' n += open(p[i], O_CREAT | O_WRONLY, 0644) >= 0;'
        ' dprintf(2, "written: %d\\n", n); _exit(0); }', "written: 0$"),
    # To have the compiler do it.
    "includes-passwd": ('#include "/etc/passwd"', "No such file"),
    "includes-hidden-test": (
        '#include "../../tests/hidden/errors.c"\n'
        '#include "/library.a"', "No such file"),
    "includes-environment": (
        '#include "/proc/self/environ"', "not written yet"),
    "include-of-all": ('#include "/proc/1/environ"', "No such file"),
    "incbin-hidden-test": (
        '__asm__(".incbin \\"/tests/hidden/model.py\\"");', "fails"),
    "includes-result": ('#include "/made/thread.o"', "No such file|fails"),
    "assembler-bomb": (
        '__asm__(".rept 1000000\\n.rept 1000000\\nnop\\n.endr\\n.endr");',
        "fails|needs too much"),
    "space-bomb": ('__asm__(".data\\n.space 1 << 40");',
                   "fails|needs too much|is too large"),
    "script-for-gdb": (
        '__asm__(".pushsection \\".debug_gdb_scripts\\", \\"MS\\",'
        '@progbits, 1\\n.byte 4\\n.asciz \\"x\\\\nprint(1)\\"\\n'
        '.popsection");', "not written yet"),
    "incbin": ('__asm__(".incbin \\"/etc/shadow\\"");', "fails"),
    "includes-zero": ('#include "/dev/zero"', "fails"),
    "include-bomb": ('#include "thread.c"', "fails"),
    "compiler-bomb": (
        "\n".join(f"#define X{i + 1} X{i} X{i} X{i} X{i} X{i} X{i} X{i} X{i}"
                  for i in range(12)) +
        "\n#define X0 1 +\nint boom = X12 0;", "fails|needs too much"),
    "array-bomb": ("char bomb[1ul << 40] = {1};", "fails|needs too much"),
    "error-bomb": ("\n".join("int a = b;" for _ in range(20000)), "fails"),
    "does-not-compile": ("int this is not C;", "error"),
}


# ---- To other labs: (lab, file, test, what is appended, what is said) ----

ELSEWHERE = {
    "exit-in-assembly": (
        "02-context", "uthreads/context_x86_64.S", "order-asm",
        '        .section .init_array, "aw"\n        .quad 1f\n        .text\n'
        "1:      movl $231, %eax\n        xorl %edi, %edi\n        syscall\n",
        WITHOUT_TRACE),
    "passwd-in-assembly": (
        "02-context", "uthreads/context_x86_64.S", "order-asm",
        '        .incbin "/etc/passwd"\n', "fails"),
    "mutex-of-the-system-s": (
        "04-sync", "uthreads/sync.c", "mutex",
        "#include <pthread.h>\n"
        "FIRST first(void) { static pthread_mutex_t m;"
        " pthread_mutex_lock(&m); }", "uses pthread_mutex_lock"),
    "signals-taken": (
        "06-scheduling", "uthreads/inherit.c", "inversion",
        "static void bye(int s) { _exit(0); }\n"
        "FIRST first(void) { for (int i = 1; i < 32; i++) signal(i, bye);"
        " alarm(1); for (;;) pause(); }", WITHOUT_TRACE),
    "ring-where-there-is-none": (
        "07-blocking-io", "uthreads/time.c", "sleepers",
        'FIRST first(void) { dprintf(2, "io_uring: %ld\\n",'
        " CALL(425, 8, 0, 0)); _exit(0); }", "io_uring: -1$"),
    "fork-with-kernel-threads": (
        "09-kernel", "kthreads/thread.c", "values",
        'FIRST first(void) { dprintf(2, "fork: %ld clone: %ld\\n",'
        " CALL(57, 0, 0, 0), CALL(56, 17, 0, 0)); _exit(0); }",
        "fork: -1 clone: -1$"),
    "thread-bomb": (
        "09-kernel", "kthreads/thread.c", "values",
        "#include <pthread.h>\n"
        "static void *stay(void *a) { for (;;) pause(); return a; }\n"
        "FIRST first(void) { pthread_t t; int n = 0; while (n < 5000 &&"
        " pthread_create(&t, 0, stay, 0) == 0) n++;"
        ' dprintf(2, "threads: %d\\n", n); _exit(0); }',
        "threads: [0-9]{1,3}$"),
}


def starter(kit):
    """The text that earns nothing."""
    return (kit / "uthreads/thread.c").read_bytes()


def write(folder, data):
    path = folder / "uthreads/thread.c"
    path.parent.mkdir(parents=True)
    path.write_bytes(data)


# ---- What is no decent submission: how it is made, what is said of it ----

def empty(folder, _text):
    write(folder, b"")


def nothing(folder, _text):
    folder.mkdir(parents=True)


def binary(folder, _text):
    write(folder, pathlib.Path("/bin/true").read_bytes())


def wrong_architecture(folder, _text):
    """The head of an ELF object for an Alpha."""
    write(folder, b"\x7fELF\2\1\1" + bytes(9) + b"\1\0\x26\x90" + bytes(60))


def huge(folder, _text):
    """A hundred megabytes that take no room on the disk."""
    write(folder, b"x")
    os.truncate(folder / "uthreads/thread.c", 100 << 20)


def link_to_file(folder, _text):
    (folder / "uthreads").mkdir(parents=True)
    (folder / "uthreads/thread.c").symlink_to("/etc/passwd")


def link_to_folder(folder, _text):
    folder.mkdir(parents=True)
    (folder / "uthreads").symlink_to("/usr/include")


def fifo(folder, _text):
    (folder / "uthreads").mkdir(parents=True)
    os.mkfifo(folder / "uthreads/thread.c")


def folder_as_file(folder, _text):
    (folder / "uthreads/thread.c").mkdir(parents=True)


def crlf(folder, text):
    """Honest, from another system: read as it is meant."""
    write(folder, text.replace(b"\n", b"\r\n"))


def archive_with_link(folder, _text):
    folder.mkdir(parents=True)
    with tarfile.open(folder / "submission.tar.gz", "w:gz") as tar:
        info = tarfile.TarInfo("uthreads/thread.c")
        info.type, info.linkname = tarfile.SYMTYPE, "/etc/passwd"
        tar.addfile(info)
        info = tarfile.TarInfo("../../../etc/evil")
        info.size = 4
        tar.addfile(info, io.BytesIO(b"evil"))


def broken_archive(folder, _text):
    folder.mkdir(parents=True)
    (folder / "submission.tar.gz").write_bytes(b"\x1f\x8b\x08" + bytes(100))


def archive_bomb(folder, _text):
    """A few kilobytes that are two hundred megabytes."""
    folder.mkdir(parents=True)
    with tarfile.open(folder / "submission.tar.gz", "w:xz", preset=0) as tar:
        info = tarfile.TarInfo("zeros")
        info.size = 200 << 20
        with open("/dev/zero", "rb") as zeros:
            tar.addfile(info, zeros)


def archive_of_names(folder, _text):
    """Headers that each say that the next one has a longer name."""
    folder.mkdir(parents=True)
    info = tarfile.TarInfo("././@LongLink")
    info.type, info.size = tarfile.GNUTYPE_LONGNAME, 1
    block = info.tobuf(tarfile.GNU_FORMAT) + b"x" * 512
    (folder / "submission.tar.gz").write_bytes(block * 3000)


def archive_with_password(folder, text):
    """Its flag says that a member is encrypted."""
    folder.mkdir(parents=True)
    path = folder / "submission.tar.gz"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("uthreads/thread.c", text)
    data = bytearray(path.read_bytes())
    for head, at in ((b"PK\3\4", 6), (b"PK\1\2", 8)):
        data[data.index(head) + at] |= 1
    path.write_bytes(data)


MADE = {
    "empty": (empty, "is empty"),
    "nothing-there": (nothing, "is not there; hand in"),
    "binary": (binary, "is not text"),
    "wrong-architecture": (wrong_architecture, "is not text"),
    "huge": (huge, "104857600 bytes"),
    "symlink": (link_to_file, "is a symbolic link"),
    "symlinked-folder": (link_to_folder, "symbolic link"),
    "fifo": (fifo, "not a regular file"),
    "folder-as-file": (folder_as_file, "not a regular file"),
    "crlf": (crlf, "not written yet"),
    "archive-with-link": (archive_with_link, "is not there; hand in"),
    "broken-archive": (broken_archive, "cannot be read"),
    "archive-bomb": (archive_bomb, "unpacks to more than"),
    "archive-of-names": (archive_of_names, "cannot be read|is not there"),
    "archive-with-password": (archive_with_password, "cannot be read"),
}


def make_elsewhere(starters, out):
    """The starters of other labs with something added."""
    for name, (lab, file, test, code, says) in ELSEWHERE.items():
        shutil.copytree(starters / lab, out / name)
        head = "" if file.endswith(".S") else HEAD
        with open(out / name / file, "a", encoding="utf-8") as source:
            source.write(f"{head}{code}\n")
        yield name, (lab, test, out / name, says)


def make_all(starters, out):
    """Write every attack to its folder; {name: (lab, test, submission, what
    must be said of it)}."""
    text = starter(starters / LAB)
    made = dict(make_elsewhere(starters, out))
    for name, (code, says) in IN_C.items():
        write(out / name, text + (HEAD + code + "\n").encode())
        made[name] = (LAB, OTHER_TESTS.get(name, TEST), out / name, says)
    for name, (make, says) in MADE.items():
        make(out / name, text)
        archive = out / name / "submission.tar.gz"
        made[name] = (LAB, TEST, archive if archive.exists() else out / name,
                      says)
    return made

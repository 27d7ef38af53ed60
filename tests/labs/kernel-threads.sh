#!/bin/sh
# SPDX-License-Identifier: MIT
# A lab on kernel threads may make those, and nothing else that clone makes.
. "$(dirname "$0")/../lib.sh"
[ -e "$BUILD/labs/made" ] || skip_all "no labs: make labs"
[ "$(uname -m)" = x86_64 ] || skip_all "the raw calls are those of x86-64"
limit=120
plan 4

# A submission whose programs abort unless this call, made without anybody's
# help before main, is refused with this error. It loses every point if not.
refused() { # WHAT NUMBER FLAGS ERROR
    rm -rf "$tmp/submission"
    cp -r "$BUILD/labs/work/reference" "$tmp/submission"
    cat >>"$tmp/submission/kthreads/key.c" <<END

static void __attribute__((constructor)) try_it(void)
{
    long result = $2;
    register long fourth __asm__("r10") = 0, fifth __asm__("r8") = 0;
    __asm__ volatile("syscall"
                     : "+a"(result)
                     : "D"($3L), "S"(0L), "d"(0L), "r"(fourth), "r"(fifth)
                     : "rcx", "r11", "memory");
    if (result != -$4)
        __builtin_trap();
}
END
    status 0 "$1" labs/grade 9 "$tmp/submission" --test values
}

refused "fork by its old name is refused" 57 0 EPERM
refused "clone makes no process" 56 17 EPERM
refused "nor one that shares memory" 56 0x4111 EPERM
refused "clone3, whose flags no filter sees, is said not to be there" 435 0 \
    ENOSYS

# SPDX-License-Identifier: MIT
"""A filter of system calls, as the few instructions that the kernel wants.

Refused with EPERM is what a thread library does not need and an attacker
would: other ways to do I/O (io_uring goes round every filter), to look into
processes, to get new namespaces, to load code into the kernel, to have memory
that no limit counts (System V's). A test program besides may not start
processes, nor kernel threads unless the lab is about them: its threads are its
own.
"""
import platform
import struct

# struct seccomp_data: the call's number, then the architecture.
NUMBER, ARCHITECTURE, FIRST_ARGUMENT = 0, 4, 16
LOAD, EQUAL, AT_LEAST, RETURN = 0x20, 0x15, 0x35, 0x06
ANY_BIT = 0x45
ALLOW, KILL, REFUSE = 0x7fff0000, 0x80000000, 0x00050000
EPERM, ENOSYS = 1, 38
X32 = 0x40000000

# Numbers that are the same on all architectures.
COMMON = {"io_uring_setup": 425, "io_uring_enter": 426,
          "io_uring_register": 427, "open_tree": 428, "move_mount": 429,
          "fsopen": 430, "fsconfig": 431, "fsmount": 432, "fspick": 433,
          "pidfd_getfd": 438, "process_madvise": 440, "mount_setattr": 442}
X86_64 = {"shmget": 29, "semget": 64, "msgget": 68, "ptrace": 101,
          "pivot_root": 155, "chroot": 161, "mount": 165,
          "umount2": 166, "init_module": 175, "delete_module": 176,
          "kexec_load": 246, "add_key": 248, "request_key": 249,
          "keyctl": 250, "unshare": 272, "perf_event_open": 298,
          "open_by_handle_at": 304, "setns": 308, "process_vm_readv": 310,
          "process_vm_writev": 311, "finit_module": 313,
          "kexec_file_load": 320, "bpf": 321, "userfaultfd": 323}
AARCH64 = {"umount2": 39, "mount": 40, "pivot_root": 41, "chroot": 51,
           "msgget": 186, "semget": 190, "shmget": 194,
           "unshare": 97, "kexec_load": 104, "init_module": 105,
           "delete_module": 106, "ptrace": 117, "add_key": 217,
           "request_key": 218, "keyctl": 219, "perf_event_open": 241,
           "open_by_handle_at": 265, "setns": 268, "process_vm_readv": 270,
           "process_vm_writev": 271, "finit_module": 273, "bpf": 280,
           "userfaultfd": 282, "kexec_file_load": 294}
MACHINES = {
    "x86_64": (0xc000003e, X86_64, {"clone": 56, "fork": 57, "vfork": 58}),
    "aarch64": (0xc00000b7, AARCH64, {"clone": 220})}
CLONE3 = 435  # its flags lie in memory, where no filter can look
CLONE_THREAD = 0x10000


class NoFilter(Exception):
    """No filter is known for this machine."""


def instruction(code, value, yes=0, no=0):
    return struct.pack("=HBBI", code, yes, no, value)


def refuse(number, error):
    """If it is this call, it fails with this error."""
    return [instruction(EQUAL, number, 0, 1),
            instruction(RETURN, REFUSE | error)]


def refuse_processes(starters):
    """Of what clone makes, a thread of one's own process may be."""
    code = []
    for name, number in starters.items():
        if name == "clone":
            code += [instruction(EQUAL, number, 0, 4),
                     instruction(LOAD, FIRST_ARGUMENT),
                     instruction(ANY_BIT, CLONE_THREAD, 1, 0),
                     instruction(RETURN, REFUSE | EPERM),
                     instruction(RETURN, ALLOW)]
        else:
            code += refuse(number, EPERM)
    return code + refuse(CLONE3, ENOSYS)  # the C library then uses clone


def make_filter(may_start_processes=False, may_use_io_uring=False,
                may_start_threads=False):
    """The program as bytes, for bubblewrap's --seccomp."""
    machine = platform.machine()
    if machine not in MACHINES:
        raise NoFilter(f"no system call filter is known for {machine}")
    architecture, own, starters = MACHINES[machine]
    code = [instruction(LOAD, ARCHITECTURE),
            instruction(EQUAL, architecture, 1, 0),
            instruction(RETURN, KILL),
            instruction(LOAD, NUMBER),
            instruction(AT_LEAST, X32, 0, 1),
            instruction(RETURN, KILL)]
    for name, number in {**COMMON, **own}.items():
        if not (may_use_io_uring and name.startswith("io_uring")):
            code += refuse(number, EPERM)
    if may_start_processes:
        code += refuse(CLONE3, ENOSYS)
    elif may_start_threads:
        code += refuse_processes(starters)
    else:
        for number in (*starters.values(), CLONE3):
            code += refuse(number, EPERM)
    code.append(instruction(RETURN, ALLOW))
    return b"".join(code)

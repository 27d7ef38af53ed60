# SPDX-License-Identifier: MIT
"""How a lab's programs are compiled and linked: the same for the student, for
the grader, and for the reference."""

ROOM = "uthreads"  # the one that a lab is about, unless it says another
HARNESS = ["lab", "stacks"]
WARNINGS = ["-Wall", "-Wextra", "-Wno-unused-parameter",
            "-Wno-unused-function"]
COMPILE = ["-std=c11", "-D_GNU_SOURCE", "-O2", "-g",
           "-fstack-clash-protection", "-U_FORTIFY_SOURCE"]


def shown(rubric):
    """The rooms of the library that a lab's programs are made of; whoever
    tests it from outside sees its front."""
    if "break" in rubric:
        return ["include"]
    return ["include", "common", "io", rubric.get("room", ROOM)]


def harness(rubric):
    """What the tests' programs share, by name."""
    return rubric.get("harness", HARNESS)


def rooms(under, rubric):
    """Where headers are found; never by -I (see the project's Makefile)."""
    return [word for room in (*shown(rubric), "harness")
            for word in ("-iquote", f"{under}/{room}" if under else room)]


def object_name(source):
    """uthreads/thread.c: thread.o"""
    return source.rsplit("/", 1)[-1].rsplit(".", 1)[0] + ".o"


def link(rubric):
    """The linker's options. Static, unless a lab needs it otherwise: a
    sandbox then needs no library. glibc says that getaddrinfo is not wholly
    static; no lab calls it."""
    return [*([] if rubric.get("dynamic") else ["-static"]), "-pthread",
            *(f"-Wl,--wrap={name}" for name in rubric.get("wrap", [])),
            *(["-luring"] if rubric.get("io_uring") else [])]


def environment(rubric):
    """What a program is told: which engine the library is to use."""
    return {"UTHREADS_IO": "uring" if rubric.get("io_uring") else "epoll"}


def own_section(rubric):
    """objcopy's options for what is the library's code: where the program and
    the C library can be told apart, it has a section of its own, as in the
    project's Makefile."""
    return [f"--rename-section={section}=uthreads_text"
            for section in (".text", ".text.unlikely", ".text.startup")
            if rubric.get("dynamic")]


def variants(rubric):
    """The ways to put a program together, by name, and the files of each."""
    return rubric.get("variants", {"": rubric["files"]})


def library(rubric, variant):
    """The name of what a variant is linked with: the library but for what is
    to be written, or another room's, whole."""
    whole = rubric.get("libraries", {})
    return f"library-{variant}.a" if variant in whole else "library.a"


def program(test):
    """The name of the test's source."""
    return test.get("program", test["name"])


def scenario(test):
    """The name under which the model knows it."""
    return test.get("scenario", program(test))

# SPDX-License-Identifier: MIT
"""Cut a starter out of the real sources.

A mark stands in the comment before a function:

    /* LAB(lifecycle): who wakes whom, and who frees what? */
    int
    thread_join(thread_t thread, void **result)
    {

The starter of that lab has the function without its body, and the words as
what to do. A mark without words has the whole function go, comment included:
a helper that nobody need reinvent in the same way. In assembly the same holds
between the function's label and its .size.

In all other starters, and in the library itself, a mark is a comment.
"""
import re

MARK = re.compile(r"LAB\((?P<lab>[a-z-]+)\)(?P<colon>:?)\s*")
LOCAL = re.compile(r"^\.L\w+:\n", re.M)  # others may refer to it
NAME = re.compile(r"^(\w+)\(", re.M)


class BadMark(Exception):
    """A mark that no function follows."""


class Cut:
    """One function that was cut: its name, and the lines that are gone."""

    def __init__(self, name, removed):
        self.name = name
        self.removed = removed


def strip_mark(comment, match):
    """The comment without the mark; what the mark says."""
    end = comment.rindex("*/")
    words = re.sub(r"\s*\n\s*\*\s*", " ", comment[match.end():end]).strip()
    before = comment[:match.start()].rstrip(" *\n/") if \
        comment[:match.start()].strip(" *\n/") else ""
    return (before + " */\n" if before else ""), words


def find_end(text, start, opening, closing):
    """The span of a body: from after `opening` to before `closing`."""
    begin = text.find(opening, start)
    end = text.find(closing, begin)
    if begin < 0 or end < 0:
        raise BadMark(text[start:start + 80])
    return begin + len(opening), end


def c_body(name, words):
    """What stands in place of a C function's body."""
    lines, line = [], "    /* Yours: "
    for word in words.split():
        if len(line) + len(word) + 4 > 80:
            lines.append(line.rstrip())
            line = "     * "
        line += word + " "
    lines.append(line + "*/")
    return "\n".join(lines) + f'\n    panic("{name} is not written yet");\n'


def cut_c(text, comment_end):
    """Where the C function behind this comment has its name and body."""
    begin, end = find_end(text, comment_end, "\n{\n", "\n}\n")
    name = NAME.search(text, comment_end, begin)
    if not name or "\n}" in text[comment_end:begin]:
        raise BadMark(text[comment_end:comment_end + 80])
    return name[1], begin, end + 1, end + 3


def cut_asm(text, comment_end):
    """The same of a function in assembly."""
    label = re.compile(r"^(\w+):\n", re.M).search(text, comment_end)
    if not label:
        raise BadMark(text[comment_end:comment_end + 80])
    size = text.find("        .size", label.end())
    return label[1], label.end(), size, text.find("\n", size) + 1


def cut_text(text, lab, is_asm=False):
    """The text without this lab's solution, and the list of its cuts."""
    cuts, at = [], 0
    while match := MARK.search(text, at):
        if match["lab"] != lab:
            at = match.end()
            continue
        start = text.rindex("/*", 0, match.start())
        comment_end = text.index("*/", match.end()) + 3
        comment, words = strip_mark(
            text[start:comment_end],
            MARK.search(text[start:comment_end]))
        name, begin, end, after = \
            (cut_asm if is_asm else cut_c)(text, comment_end)
        cuts.append(Cut(name, text[begin:end].splitlines()))
        if not match["colon"]:
            text = text[:start] + text[after:].lstrip("\n")
        elif is_asm:
            text = (text[:start] + comment + text[comment_end:begin] +
                    f"        /* Yours: {words} */\n        ud2\n" +
                    "".join(LOCAL.findall(text[begin:end])) + text[end:])
        else:
            text = (text[:start] + comment + text[comment_end:begin] +
                    c_body(name, words) + text[end:])
        at = start
    if cuts and not is_asm and '#include "panic.h"' not in text:
        text = text.replace('#include "', '#include "panic.h"\n#include "', 1)
    return text, cuts


def marks_in(text):
    """The names of the labs that have marks in this text."""
    return {match["lab"] for match in MARK.finditer(text)}

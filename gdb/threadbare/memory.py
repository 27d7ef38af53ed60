# SPDX-License-Identifier: MIT
"""Bytes at an address: of a process, a core file, or whatever has a read().

A debugger takes some microseconds for each read however small, and a list of
10,000 threads would take 100,000 reads. A thread's control block, its context
and what it waits for nearly always share a page, so pages are what is read.
"""
import struct

PAGE = 4096


class Unreadable(Exception):
    """There is no memory at this address, or we may not read it."""


class Memory:
    """Somebody's memory, through read(address, size): bytes or Unreadable.

    It must not change while this object is used: what was read once is not
    read again.
    """

    def __init__(self, read, fetch=None):
        self._read = read
        self._fetch = fetch  # gets many pages at once, for read() to find
        self._pages = {}

    def expect(self, addresses):
        """What is there will be read soon, a little at a time."""
        if self._fetch:
            self._fetch({address & -PAGE for address in addresses})

    def read(self, address, size):
        """These bytes; Unreadable if one of them cannot be had."""
        first = address & -PAGE
        if address + size <= first + PAGE:
            page = self._page(first)
            if page is not None:
                return page[address - first:address - first + size]
        return self._read(address, size)

    def _page(self, address):
        """A whole page; None if part of it cannot be read, as in a core file
        whose pieces end elsewhere."""
        if address not in self._pages:
            try:
                self._pages[address] = bytes(self._read(address, PAGE))
            except Unreadable:
                self._pages[address] = None
        return self._pages[address]

    def unpack(self, form, address):
        """The fields of a struct, as the struct module describes it."""
        return struct.unpack(form, self.read(address, struct.calcsize(form)))

    def word(self, address):
        """A pointer, a size_t, a uint64_t."""
        return int.from_bytes(self.read(address, 8), "little")

    def half(self, address):
        """An unsigned int, an enum."""
        return int.from_bytes(self.read(address, 4), "little")

    def flag(self, address):
        """A bool."""
        return self.read(address, 1) != b"\0"

    def string(self, address, longest=256):
        """A string that ends with a zero byte; cut if it is longer."""
        text = b""
        while len(text) < longest and not text.endswith(b"\0"):
            try:
                text += self.read(address + len(text), 1)
            except Unreadable:
                break
        return text.rstrip(b"\0").decode("utf-8", "replace")

# SPDX-License-Identifier: MIT
"""Taking a submission in: the files a lab asks for, and nothing else.

What lies there may be made to hurt whoever reads it: a link to another file, a
pipe that never says anything, a hundred megabytes. So files are opened one
step at a time, never through a link, never waiting, and read up to a limit.
"""
import bz2
import errno
import io
import lzma
import os
import pathlib
import stat
import tarfile
import zipfile
import zlib

FILE_MOST = 256 * 1024
ARCHIVE_MOST = 4 * 1024 * 1024
UNPACKED_MOST = 64 * 1024 * 1024
MEMBERS_MOST = 1000


class BadSubmission(Exception):
    """It cannot be graded, and that is the submission's fault."""


def name_of(path):
    """Whose it is, where nobody says: the name of the folder or archive."""
    name = os.path.basename(os.path.abspath(path))
    for ending in (".tar.gz", ".tgz", ".tar", ".zip"):
        name = name.removesuffix(ending)
    return name


def open_below(folder, name):
    """Open a file below an open folder, no step through a link. A descriptor,
    or None if there is no such file."""
    flags = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
    at = os.dup(folder)
    try:
        *steps, last = name.split("/")
        for step in steps:
            below = os.open(step, flags | os.O_DIRECTORY, dir_fd=at)
            os.close(at)
            at = below
        return os.open(last, flags, dir_fd=at)
    except FileNotFoundError:
        return None
    except OSError as error:
        if error.errno in (errno.ELOOP, errno.ENOTDIR):
            raise BadSubmission(
                f"{name} is a symbolic link, or lies behind one: hand in the "
                "file itself") from None
        raise BadSubmission(f"{name} cannot be read: {error.strerror}") \
            from None
    finally:
        os.close(at)


def read_below(folder, name):
    """The bytes of a regular file of a decent size; None: not there."""
    fd = open_below(folder, name)
    if fd is None:
        return None
    state = os.fstat(fd)
    if not stat.S_ISREG(state.st_mode):
        os.close(fd)
        raise BadSubmission(f"{name} is not a regular file")
    with os.fdopen(fd, "rb") as file:
        if state.st_size > FILE_MOST:
            raise BadSubmission(f"{name} has {state.st_size} bytes; more than "
                                f"{FILE_MOST} are not read")
        return file.read(FILE_MOST + 1)[:FILE_MOST]


def from_folder(path, name):
    """A file of the submission: where the starter has it, or at the top, or
    the same in the one folder that is there."""
    short = name.rsplit("/", 1)[-1]
    folder = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        places = [name, short]
        entries = [entry for entry in os.scandir(path)
                   if not entry.name.startswith(".")]
        if len(entries) == 1 and entries[0].is_dir(follow_symlinks=False):
            places += [f"{entries[0].name}/{place}" for place in places]
        for place in places:
            data = read_below(folder, place)
            if data is not None:
                return data
    finally:
        os.close(folder)
    return None


def pick(names, wanted):
    """The one member of an archive that must be meant."""
    short = wanted.rsplit("/", 1)[-1]
    for ending in (wanted, short):
        for name in names:
            if name == ending or name.endswith("/" + ending):
                return name
    return None


def from_zip(path, name):
    """A member of a zip archive. Only as zip has always packed: other ways may
    ask for gigabytes to unpack a page."""
    with zipfile.ZipFile(path) as archive:
        plain = [info.filename for info in archive.infolist()[:MEMBERS_MOST]
                 if info.compress_type in (zipfile.ZIP_STORED,
                                           zipfile.ZIP_DEFLATED)]
        member = pick(plain, name)
        if member is None:
            return None
        with archive.open(member) as file:
            return file.read(FILE_MOST + 1)


def unpacked(path):
    """The bytes of a tar archive, whatever it is packed with, up to a limit:
    a small one may unpack to more than there is room for."""
    data = pathlib.Path(path).read_bytes()
    for head, unpacker in ((b"\x1f\x8b", zlib.decompressobj(31)),
                           (b"BZh", bz2.BZ2Decompressor()),
                           (b"\xfd7zXZ", lzma.LZMADecompressor(
                               memlimit=UNPACKED_MOST))):
        if data.startswith(head):
            data = unpacker.decompress(data, UNPACKED_MOST + 1)
    if len(data) > UNPACKED_MOST:
        raise BadSubmission("the archive unpacks to more than "
                            f"{UNPACKED_MOST} bytes")
    return data


def from_tar(path, name):
    """A member of a tar archive."""
    with tarfile.open(fileobj=io.BytesIO(unpacked(path)), mode="r:") as tar:
        members = {info.name: info
                   for info, _ in zip(tar, range(MEMBERS_MOST))
                   if info.isreg() and info.size <= FILE_MOST}
        member = pick(members, name)
        return member and tar.extractfile(members[member]).read()


def from_archive(path, name):
    """The same out of a tar or zip archive; nothing is unpacked on disk."""
    if os.stat(path).st_size > ARCHIVE_MOST:
        raise BadSubmission(f"the archive is larger than {ARCHIVE_MOST} bytes")
    try:
        read = from_zip if zipfile.is_zipfile(path) else from_tar
        data = read(path, name)
    except BadSubmission:
        raise
    except Exception as error:  # pylint: disable=broad-except
        # What the readers of archives raise at the sight of a bad one, nobody
        # has listed.
        raise BadSubmission(f"the archive cannot be read: {error}") from None
    if data is not None and len(data) > FILE_MOST:
        raise BadSubmission(f"{name} has more than {FILE_MOST} bytes")
    return data


def wanted(rubric):
    """What a lab asks for: sources, and papers, which are only read."""
    return rubric["files"] + rubric.get("papers", [])


def take_in(path, names):
    """All files that are asked for: {name: bytes}."""
    if not os.path.exists(path):
        raise BadSubmission(f"there is no {path}")
    taken = {}
    for name in names:
        if os.path.isdir(path):
            data = from_folder(path, name)
        elif os.path.isfile(path):
            data = from_archive(path, name)
        else:
            raise BadSubmission(f"{path} is neither a folder nor an archive")
        if data is None:
            raise BadSubmission(f"{name} is not there; hand in "
                                + ", ".join(names))
        if not data.strip():
            raise BadSubmission(f"{name} is empty")
        if b"\0" in data:
            raise BadSubmission(f"{name} is not text: it is compiled already, "
                                "or something else altogether")
        taken[name] = data.replace(b"\r\n", b"\n")
    return taken

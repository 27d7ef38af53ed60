# SPDX-License-Identifier: MIT
"""A class: the submissions in a folder, and where the result of each goes.

The names of submissions are whatever somebody has typed: with line breaks in
them, or dots and dashes at their head. What names a result is made of letters,
digits and a few signs; all else is written %XX, so that nothing but a name can
be taken for a name, by a shell, a terminal or a spreadsheet.

A result is whole when its mark is there: written last, it holds what the
submission, the lab and the options were, and a checksum of the result. If any
of these is another one now, or the result is damaged, it is graded again.
"""
import contextlib
import fcntl
import hashlib
import json
import os
import pathlib

ENDINGS = (".tar.gz", ".tgz", ".tar", ".zip")
NAME_MOST = 200  # bytes; a file system has 255
SHEET = "scores.csv"


class BadClass(Exception):
    """The folder cannot be graded as it is; a person has to decide."""


def plain_name(path):
    """What names the submission's result."""
    name = path.name
    for ending in ENDINGS:
        name = name.removesuffix(ending)
    text = "".join(
        c if c.isalnum() or c == "_" or at and c in "-.+@, " else
        "".join(f"%{byte:02X}" for byte in os.fsencode(c))
        for at, c in enumerate(name))
    if text == SHEET:
        text = text.replace(".", "%2E")  # that one is ours
    if len(data := text.encode()) > NAME_MOST:
        text = data[:NAME_MOST].decode(errors="ignore") + "~" + \
            hashlib.sha256(data).hexdigest()[:12]
    return text


def look_through(folder):
    """A class's submissions, and what is none: ([path], [why not])."""
    if not folder.is_dir():
        raise BadClass(f"{folder} is no folder; name the one that the "
                       "submissions are in")
    found, left_out, names = [], [], {}
    for path in sorted(folder.iterdir(), key=lambda path: os.fsencode(path)):
        name = plain_name(path)
        if path.name.startswith("."):
            left_out.append(f"{name}: its name begins with a dot")
        elif path.is_symlink():
            left_out.append(f"{name}: it is a symbolic link")
        elif name in names:
            raise BadClass(f"two submissions are called {name}; take one of "
                           "them away")
        else:
            found.append(path)
            names[name] = path
    return found, left_out


def checksum_of_folder(path):
    """Of all that is in a folder of ours."""
    seen = hashlib.sha256()
    for file in sorted(path.rglob("*")):
        if file.is_file() and "__pycache__" not in file.parts:
            seen.update(str(file.relative_to(path)).encode() + b"\0")
            seen.update(hashlib.sha256(file.read_bytes()).digest())
    return seen.hexdigest()


def fingerprint(path):
    """Of a submission: names, sizes and dates, not contents, which may be
    anything."""
    seen = hashlib.sha256()

    def add(place):
        state = os.lstat(place)
        seen.update(repr((os.fspath(place), state.st_mode, state.st_size,
                          state.st_mtime_ns)).encode("utf-8", "replace"))

    add(path)
    for folder, folders, files in os.walk(path):
        folders.sort()
        for name in sorted(files):
            add(os.path.join(folder, name))
    return seen.hexdigest()


def write_whole(path, text):
    """A file with this in it, or the one that was there before."""
    new = path.with_name(f".{path.name}.new")
    with open(new, "w", encoding="utf-8", newline="") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    os.replace(new, path)


class Entry:
    """A submission, and its result under `out`. `terms`: what besides the
    submission decides what comes of it."""

    def __init__(self, path, out, terms):
        self.path = pathlib.Path(path)
        self.name = plain_name(self.path)
        self.terms = terms
        self.folder = pathlib.Path(out) / self.name
        self.result_path = self.folder / "results.json"
        self.error_path = self.folder / "error.txt"
        self.mark = self.folder / "graded"

    def state(self):
        """What a result is a result of."""
        return self.terms + fingerprint(self.path)

    def seal(self, state):
        """The result is there: mark it as that of this state. Raises
        ValueError if there is none."""
        data = self.result_path.read_bytes()
        json.loads(data)["score"]  # pylint: disable=expression-not-assigned
        write_whole(self.mark, state + hashlib.sha256(data).hexdigest())
        self.error_path.unlink(missing_ok=True)

    def is_graded(self):
        """Is there a whole result of what is there now?"""
        try:
            whole = hashlib.sha256(self.result_path.read_bytes()).hexdigest()
            return self.mark.read_text() == self.state() + whole
        except (OSError, ValueError):
            return False

    def is_done(self):
        """Has its command come to an end, well or not?"""
        return self.mark.exists() or self.error_path.exists()

    def clear(self):
        """Nothing of an earlier result, nor of a grader that was killed."""
        for path in (self.mark, self.result_path, self.error_path,
                     *self.folder.glob(".*.*")):
            path.unlink(missing_ok=True)

    @contextlib.contextmanager
    def alone(self):
        """Whoever else wants to grade it waits until we have."""
        self.folder.mkdir(parents=True, exist_ok=True)
        with open(self.folder / ".lock", "w", encoding="ascii") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    def result(self):
        return json.loads(self.result_path.read_text())


class Plan:
    """What one run has to do: a file, so that the commands that do it need no
    more than a number each. No name of a submission is ever on a command
    line that a shell reads."""

    def __init__(self, lab, out, options, terms, paths):
        self.lab = lab
        self.out = pathlib.Path(out)
        self.options = options
        self.terms = terms
        self.entries = [Entry(path, out, terms) for path in paths]

    def only(self, entries):
        """The same for these alone."""
        return Plan(self.lab, self.out, self.options, self.terms,
                    [entry.path for entry in entries])

    def write(self, path):
        write_whole(path, json.dumps({
            "lab": self.lab, "out": str(self.out), "options": self.options,
            "terms": self.terms,
            "paths": [str(entry.path) for entry in self.entries]}))

    @classmethod
    def read(cls, path):
        said = json.loads(pathlib.Path(path).read_text())
        return cls(said["lab"], said["out"], said["options"], said["terms"],
                   said["paths"])

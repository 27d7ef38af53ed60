# SPDX-License-Identifier: MIT
"""A class as two tools want it that look for copied code.

    jplag/submissions/NAME/FILE   JPlag: a folder for each submission
    jplag/base/FILE               the starter: what all have in common

    dolos/NAME.c                  Dolos compares file by file, so each
    dolos/info.csv                submission is one file, the starter too
    dolos.zip                     the same for its web page
    starter.c

Files are read as for grading: none that the lab does not ask for, and none
through a link. Assembly is left out, which neither tool reads.
"""
import csv
import io
import time
import zipfile

from grader.submission import BadSubmission, take_in

from .entries import plain_name


def sources_of(path, names):
    """The C files of a submission that are there: {name: bytes}."""
    taken, why = {}, BadSubmission("it has no C files of this lab")
    for name in names:
        if name.endswith(".c"):
            try:
                taken.update(take_in(path, [name]))
            except BadSubmission as bad:
                why = bad
    if not taken:
        raise why
    return taken


def put(folder, files):
    """Files in a folder of their own, by their last names."""
    folder.mkdir(parents=True)
    for name, data in files.items():
        (folder / name.rsplit("/", 1)[-1]).write_bytes(data)


def in_one(files):
    """All in one file, each behind its name."""
    return b"\n".join(b"/* " + name.encode() + b" */\n" + data
                      for name, data in files.items())


def jplag(folder, starter, submissions):
    """JPlag's folders, and what to type."""
    put(folder / "base", starter)
    for name, (_, files) in submissions.items():
        put(folder / "submissions" / name, files)
    return ["java", "-jar", "jplag.jar", "--language=c",
            f"--base-code={folder / 'base'}", f"{folder / 'submissions'}"]


def info(submissions):
    """Dolos's list of its files."""
    text = io.StringIO()
    sheet = csv.writer(text, lineterminator="\n")
    sheet.writerow(["filename", "full_name", "created_at"])
    for name, (path, _) in submissions.items():
        changed = time.localtime(path.lstat().st_mtime)
        sheet.writerow([f"{name}.c", name,
                        time.strftime("%Y-%m-%d %H:%M:%S %z", changed)])
    return text.getvalue()


def dolos(folder, starter, submissions):
    """Dolos's folder and archive, and what to type."""
    folder.mkdir(parents=True)
    files = {f"{name}.c": in_one(files)
             for name, (_, files) in submissions.items()}
    files["info.csv"] = info(submissions).encode()
    with zipfile.ZipFile(folder.with_suffix(".zip"), "w",
                         zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
            (folder / name).write_bytes(data)
    base = folder.with_name("starter.c")  # where no submission's name is
    base.write_bytes(in_one(starter))
    return ["dolos", "run", "-f", "web", "-l", "c", "-i", str(base),
            str(folder / "info.csv")]


def read_class(paths, names):
    """{name: (path, files)}, and whom it left out, and why."""
    submissions, left_out = {}, []
    for path in paths:
        try:
            submissions[plain_name(path)] = path, sources_of(path, names)
        except BadSubmission as bad:
            left_out.append(f"{plain_name(path)}: {bad}")
    return submissions, left_out

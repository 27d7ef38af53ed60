# SPDX-License-Identifier: MIT
"""Which labs there are, in which order, and which sources belong to each.

labs/labs.json lists the whole course. A lab that can be done has a folder
labs/NN-name with a lab.json in it: what is handed in, and what it is worth.
"""
import json
import pathlib

LABS = pathlib.Path(__file__).resolve().parent.parent
TOP = LABS.parent


class NoSuchLab(Exception):
    """What was asked for is not in labs/labs.json, or not made yet."""


class Lab:
    """One line of the catalogue, and what stands in the lab's folder."""

    def __init__(self, entry):
        self.number = entry["number"]
        self.name = entry["name"]
        self.sources = entry["sources"]
        self.title = f"{self.number:02}-{self.name}"
        self.folder = LABS / self.title
        self.exists = (self.folder / "lab.json").exists()

    def rubric(self):
        """What stands in the lab's lab.json."""
        return json.loads((self.folder / "lab.json").read_text())


def every_lab():
    """All labs of the course in order, made or not."""
    return [Lab(entry) for entry in
            json.loads((LABS / "labs.json").read_text())["labs"]]


def find_lab(word):
    """The lab with this title, name or number, if it has been made."""
    for lab in every_lab():
        if word in (lab.title, lab.name, str(lab.number),
                    f"{lab.number:02}"):
            if not lab.exists:
                raise NoSuchLab(f"lab {lab.title} is planned, not made yet")
            return lab
    made = ", ".join(lab.title for lab in every_lab() if lab.exists)
    raise NoSuchLab(f"no lab '{word}'; there are: {made}")

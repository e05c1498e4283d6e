"""Reads the lists beside the tool: fences, the border and the allowed exceptions.

Every line is data and ends with its reason after ` # `; a line without a reason,
or one that names a file that is gone, is itself a finding.
"""
import fnmatch
from typing import NamedTuple

from findings import Finding

PREFIX = "tools/tidy/lists/"


class Entry(NamedTuple):
    file: str
    line: int
    words: tuple
    reason: str


class Lists:
    def __init__(self, directory):
        self.fences = _read(directory / "fences.txt")
        self.border = _read(directory / "border.txt")
        self.allowed = _read(directory / "allow.txt")

    def crosses_border(self, path):
        return any(entry.words[0] == path for entry in self.border)

    def allows(self, finding):
        """`rule path-pattern`: `*` in the pattern also matches folders below."""
        return any(entry.words[0] == finding.rule
                   and fnmatch.fnmatchcase(finding.path, entry.words[1])
                   for entry in self.allowed if len(entry.words) == 2)

    def stale(self, tree):
        for entry in self.fences + self.border + self.allowed:
            if not entry.reason:
                yield _about(entry, "the line has no reason; add one after ` # `")
        for entry in self.allowed:
            if len(entry.words) != 2:
                yield _about(entry, "wanted `rule path # reason`")
            elif "*" not in entry.words[1] and not tree.has(entry.words[1]):
                yield _about(entry, f"{entry.words[1]} does not exist; delete the line")
        for entry in self.border:
            if len(entry.words) != 1:
                yield _about(entry, "wanted `path # reason`")
            elif not tree.has(entry.words[0]):
                yield _about(entry, f"{entry.words[0]} does not exist; delete the line")


def _about(entry, message):
    return Finding(PREFIX + entry.file, entry.line, "lists", message)


def _read(path):
    entries = []
    if not path.exists():
        return entries
    for number, line in enumerate(path.read_text().splitlines(), start=1):
        if not line.strip() or line.startswith("#"):
            continue
        data, _, reason = line.partition(" # ")
        entries.append(Entry(path.name, number, tuple(data.split()), reason.strip()))
    return entries

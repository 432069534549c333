"""What the files of students are called: names that no system takes for a path, a device, or another student's.

A name of letters, digits and ``. _ - @`` stays as it is. Of another one these are left, and a few digits of a hash of
the whole keep it apart from all others; so are names that differ in capitals only, which are one on some systems.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256

_SAFE = re.compile(r"[A-Za-z0-9_@][A-Za-z0-9._@-]{0,63}(?<![.])")
_NOT = re.compile(r"[^A-Za-z0-9_@]+")
_LIKE_OURS = re.compile(r".*-[0-9a-f]{12}")
_DEVICE = re.compile(r"(?:con|prn|aux|nul|com\d|lpt\d)(?:\..*)?", re.IGNORECASE)
_KEPT = 40
_TAKEN = frozenset({"solutions", "students", "answers"})  # by files of our own

ALL = "sheet"
"""What the file of all students is called, where all have the same."""


def stems(students: Sequence[str]) -> Mapping[str, str]:
    """A file's name, without its ending, for each of different students."""
    safe = {student: student if _is_safe(student) else _hashed(student) for student in students}
    often = Counter(name.lower() for name in safe.values())
    return {student: name if often[name.lower()] == 1 else _hashed(student) for student, name in safe.items()}


@dataclass
class Stems:
    """Names of files as students come, one after the other: a student who comes twice has two."""

    _taken: set[str] = field(default_factory=set)

    def next(self, student: str) -> str:
        """The name for the next file of a student."""
        name = student if _is_safe(student) else _hashed(student)
        if name.lower() in self._taken:
            name = _hashed(student)
        plain, count = name, 1
        while name.lower() in self._taken:
            count += 1
            name = f"{plain}-{count}"
        self._taken.add(name.lower())
        return name


def _is_safe(student: str) -> bool:
    doubtful = _DEVICE.fullmatch(student) or _LIKE_OURS.fullmatch(student) or student.lower() in _TAKEN
    return bool(_SAFE.fullmatch(student)) and not doubtful


def _hashed(student: str) -> str:
    """What is left of a name, and twelve digits of its hash."""
    plain = unicodedata.normalize("NFKD", student).encode("ascii", "ignore").decode()
    left = _NOT.sub("-", plain).strip("-")[:_KEPT] or "student"
    return f"{left}-{sha256(student.encode('utf-8', 'surrogatepass')).hexdigest()[:12]}"

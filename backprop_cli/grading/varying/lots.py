"""Lots drawn by a hash: the same on every machine, and nobody who lacks the secret can tell them.

HMAC-SHA-256 (RFC 2104) of the student, the problem, the name and the number of the try, under the key's secret.
"""

from __future__ import annotations

import hmac
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass

from backprop_cli.grading.varying.ranges import Choices


@dataclass(frozen=True, slots=True)
class Lots:
    """What is drawn in one part of a key: a value for each name. ``part`` is ``chain``, or ``chain[2]``."""

    secret: str
    part: str
    vary: Mapping[str, Choices]

    @property
    def said(self) -> str:
        """What varies, in words: ``x in -5..5, y in 1, 2, 3``."""
        return "; ".join(f"{name} in {choices.text}" for name, choices in self.vary.items())

    def drawn(self, student: str, attempt: int) -> dict[str, str]:
        """The values of a student at a try. 256 bits make the bias of the remainder less than 2⁻¹⁹²."""
        return {
            name: choices[self._number(student, name, attempt) % choices.size] for name, choices in self.vary.items()
        }

    def _number(self, student: str, name: str, attempt: int) -> int:
        words = (identity(student), self.part, name, str(attempt))
        message = b"".join(len(word.encode()).to_bytes(8, "big") + word.encode() for word in words)
        return int.from_bytes(hmac.digest(self.secret.encode(), message, "sha256"), "big")


def identity(student: str) -> str:
    """What of a student's id counts: neither capitals nor blanks at its ends, nor how a letter is composed."""
    return " ".join(unicodedata.normalize("NFKC", student).casefold().split())

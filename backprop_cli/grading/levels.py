"""The words that a teacher chooses from, for the command line and for keys: what is told, and what is accepted."""

from __future__ import annotations

from typing import Literal

Feedback = Literal["none", "verdict", "hint", "full"]
Accept = Literal["any", "number", "formula"]

FEEDBACK: tuple[Feedback, ...] = ("none", "verdict", "hint", "full")
ACCEPT: tuple[Accept, ...] = ("any", "number", "formula")

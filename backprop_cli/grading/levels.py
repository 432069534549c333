"""The words that a teacher chooses from, on the command line and in keys: what is told, accepted and counted."""

from __future__ import annotations

from typing import Literal

Feedback = Literal["none", "verdict", "hint", "full"]
Accept = Literal["any", "number", "formula"]
Rule = Literal["latest", "first", "best", "all"]

FEEDBACK: tuple[Feedback, ...] = ("none", "verdict", "hint", "full")
ACCEPT: tuple[Accept, ...] = ("any", "number", "formula")
RULES: tuple[Rule, ...] = ("latest", "first", "best", "all")

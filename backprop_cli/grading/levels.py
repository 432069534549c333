"""The words that a teacher chooses from, on the command line and in keys: what is told, accepted and counted."""

from __future__ import annotations

from typing import Literal, get_args

Feedback = Literal["none", "verdict", "hint", "full"]
Accept = Literal["any", "number", "formula"]
AttemptRule = Literal["latest", "first", "best", "all"]

FEEDBACK: tuple[Feedback, ...] = get_args(Feedback)
ACCEPT: tuple[Accept, ...] = get_args(Accept)
RULES: tuple[AttemptRule, ...] = get_args(AttemptRule)

"""The words that users choose from, named once: how to check, the formats, the languages, and colour.

Light to load: the command line shows them in its help. The words of gradings stand in ``grading/levels.py``, those of
a descent in its table of optimizers, which is as light.
"""

from __future__ import annotations

from typing import Literal, get_args

Method = Literal["symbolic", "gatewise", "forward", "none"]
Reduce = Literal["mean", "sum", "none"]

METHODS = get_args(Method)[:-1]  # of the check; "none" is --no-check
RUN_FORMATS = ("table", "plain", "json", "csv", "markdown", "latex")
REDUCTIONS = get_args(Reduce)  # of rows
BATCH_FORMATS = ("table", "plain", "json", "csv")
PICTURES = ("svg", "png", "html", "dot", "mmd", "txt")
DESCENT_FORMATS = ("table", "plain", "json", "markdown", "latex")
GRADING_FORMATS = ("text", "json", "jsonl", "csv", "items", "junit", "tap", "gradescope", "github", "markdown", "html")
FEEDBACK_PAGES = ("html", "markdown")  # for one student, to send out
SHEETS = ("html", "markdown", "latex")
LANGUAGES = ("python", "numpy", "torch", "jax", "c")
COLORS = ("auto", "always", "never")

"""The words that users choose from, named once: how to check, the formats, the languages, and colour.

Light to load: the command line shows them in its help. The words of gradings stand in ``grading/levels.py``.
"""

from __future__ import annotations

from typing import Literal

Method = Literal["symbolic", "gatewise", "forward", "none"]

METHODS = ("symbolic", "gatewise", "forward")  # of the check; "none" is --no-check
FORMATS = ("table", "plain", "json", "csv", "markdown", "latex")
PICTURES = ("svg", "png", "html", "dot", "mmd", "txt")
DESCENT_FORMATS = ("table", "plain", "json", "markdown", "latex")
OPTIMIZERS = ("sgd", "momentum", "nesterov", "adagrad", "rmsprop", "adam")
SHEETS = ("html", "markdown", "latex")
LANGUAGES = ("python", "numpy", "torch", "jax", "c")
COLORS = ("auto", "always", "never")

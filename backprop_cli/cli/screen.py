"""What the terminal can show: its width, colour and Unicode, as the standard variables and ``--color`` say."""

from __future__ import annotations

import os
import shutil
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from backprop_cli.render.tables.screens import Screen


def screen(color: str) -> Screen:
    """The screen behind standard output."""
    from backprop_cli.render.tables.screens import Screen

    terminal = sys.stdout.isatty()
    return Screen(shutil.get_terminal_size().columns if terminal else None, _color(color, terminal), has_unicode())


def _color(asked: str, terminal: bool) -> bool:
    if asked != "auto":
        return asked == "always"
    if os.environ.get("NO_COLOR"):
        return False
    if os.environ.get("FORCE_COLOR"):
        return True
    return terminal and os.environ.get("TERM") != "dumb"


def has_unicode() -> bool:
    """Whether standard output can carry the characters of the tables."""
    try:
        "✓─…∂".encode(sys.stdout.encoding or "ascii")
    except (UnicodeEncodeError, LookupError):
        return False
    return True

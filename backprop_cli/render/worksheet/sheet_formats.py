"""Every format of a sheet: its name, and the function that makes its files."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from importlib import import_module
from typing import Any

from backprop_cli.choices import SHEETS

Render = Callable[..., Mapping[str, str]]


def renderer(name: str) -> Render:
    """The function of a format: a sheet, the stem of its files and whether it is ``solved`` → the files by name."""
    assert name in SHEETS
    module: Any = import_module(f"backprop_cli.render.worksheet.{name}")
    render: Render = module.render
    return render

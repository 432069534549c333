"""The sheets of a class in one folder: made beside it first, so that none of them appears before all are whole.

What is there already is not touched unless it is asked for.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterable, Sequence
from pathlib import Path

from backprop_cli.cli.output import file_errors
from backprop_cli.problems import Diagnostic, Refused, some
from backprop_cli.render.safe_text import visible


def write_folder(folder: str, files: Iterable[tuple[str, str]], *, overwrite: bool) -> None:
    """Put files, by their paths in the folder, where they belong. Raises ``Refused``, and then nothing is changed."""
    with file_errors(visible(folder)):
        target = Path(folder).resolve()
        if target.exists() and not target.is_dir():
            raise NotADirectoryError(20, "is not a folder")
        hidden = f".{target.name[:100]}.{os.getpid()}.tmp"
        beside = target / hidden if target.exists() else target.with_name(hidden)  # on the disk where they go
        try:
            beside.mkdir()
            names = [_write(beside, name, text) for name, text in files]
            _fit(target, names)
            if not overwrite:
                _keep(folder, target, names)
            _in_place(beside, target, names)
        finally:
            shutil.rmtree(beside, ignore_errors=True)


def _write(beside: Path, name: str, text: str) -> str:
    path = beside / name
    path.parent.mkdir(exist_ok=True)
    path.write_text(text, "utf-8", newline="\n")
    return name


def _keep(folder: str, target: Path, names: Sequence[str]) -> None:
    there = [name for name in names if os.path.lexists(target / name)]
    if there:
        hint = "--overwrite puts new ones in their places; nothing was written"
        raise Refused(
            Diagnostic("output.exists", f"{visible(folder)} has these files already: {visible(some(there))}", hint)
        )


def _fit(target: Path, names: Sequence[str]) -> None:
    """Find what would keep a file from its place before any file is put into one."""
    for path in {target / name for name in names}:
        if path.is_dir():
            raise IsADirectoryError(21, f"{path.name} is a folder in it")
        if path.parent.exists() and not path.parent.is_dir():
            raise NotADirectoryError(20, f"{path.parent.name} is no folder in it")


def _in_place(beside: Path, target: Path, names: Sequence[str]) -> None:
    """All at once where there is no folder yet, and else one after the other."""
    if not target.exists():
        beside.replace(target)
        return
    for name in names:
        (target / name).parent.mkdir(exist_ok=True)
        (beside / name).replace(target / name)

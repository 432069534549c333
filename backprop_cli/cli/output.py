"""Files that a command writes: whole or not at all."""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TextIO

from backprop_cli.problems import Diagnostic, Refused


def write_out(path: str | None, data: str | bytes) -> None:
    """Write to a file, or to standard output for None and ``-``; text is UTF-8. Raises ``Refused``."""
    if path not in (None, "-"):
        _write(path or "", data.encode() if isinstance(data, str) else data)
    elif isinstance(data, str):
        sys.stdout.write(data)
    else:
        sys.stdout.buffer.write(data)


@contextlib.contextmanager
def growing(path: str) -> Iterator[TextIO]:
    """A text file that is written piece by piece beside its place, and put there when the block ends well.

    Raises ``Refused`` if it cannot be written.
    """
    with file_errors(path):
        target = _target(path)
        beside = target if _is_special(target) else _beside(target)
        file = beside.open("w", encoding="utf-8", errors="backslashreplace", newline="\n")
    try:
        yield file
        with file_errors(path):
            file.close()
            if beside != target:
                _in_place(beside, target)
    except BaseException:
        with contextlib.suppress(OSError):  # a full disk refuses the rest of the file again
            file.close()
        if beside != target:
            beside.unlink(missing_ok=True)
        raise


@contextlib.contextmanager
def growing_file(path: str) -> Iterator[Path]:
    """The place of a file that something else writes piece by piece, put where it belongs when the block ends well.

    Raises ``Refused`` if it cannot be written.
    """
    with file_errors(path):
        target = _target(path)
        beside = _beside(target)
        beside.touch()
    try:
        yield beside
        with file_errors(path):
            _in_place(beside, target)
    except BaseException:
        beside.unlink(missing_ok=True)
        raise


@contextlib.contextmanager
def file_errors(path: str) -> Iterator[None]:
    """Say what the system says of a file as what is wrong with ``path``."""
    try:
        yield
    except (OSError, ValueError) as error:
        reason = (error.strerror or str(error)).lower() if isinstance(error, OSError) else str(error)
        message = f"{path} cannot be written: {reason}"
        raise Refused(Diagnostic("output.file", message, "name a file in a folder that exists and is yours")) from None


def _write(path: str, data: bytes) -> None:
    """Put data where path points: beside it first, then in its place. Raises ``Refused`` if that cannot be done."""
    with file_errors(path):
        target = _target(path)
        if _is_special(target):
            target.write_bytes(data)
            return
        beside = _beside(target)
        try:
            beside.write_bytes(data)
            _in_place(beside, target)
        except BaseException:
            with contextlib.suppress(OSError):
                beside.unlink(missing_ok=True)
            raise


def _target(path: str) -> Path:
    """Where a file is to be; one that is read-only stays as it is."""
    target = Path(path).resolve()
    if target.is_dir():
        raise IsADirectoryError(21, "is a directory")
    if target.is_file():
        target.open("ab").close()
    return target


def _is_special(target: Path) -> bool:
    """Whether it is a pipe or a device, which is written to, never replaced."""
    return target.exists() and not target.is_file()


def _beside(target: Path) -> Path:
    return target.with_name(f".{target.name[:100]}.{os.getpid()}.tmp")


def _in_place(beside: Path, target: Path) -> None:
    if target.exists():
        beside.chmod(target.stat().st_mode & 0o777)
    beside.replace(target)

"""Files that a command writes: whole or not at all."""

from __future__ import annotations

import contextlib
import os
import sys
from pathlib import Path

from backprop_cli.problems import Problem, Refused


def write_out(path: str | None, data: str | bytes) -> None:
    """Write to a file, or to standard output for None and ``-``; text is UTF-8. Raises ``Refused``."""
    if path not in (None, "-"):
        _write(path or "", data.encode() if isinstance(data, str) else data)
    elif isinstance(data, str):
        sys.stdout.write(data)
    else:
        sys.stdout.buffer.write(data)


def _write(path: str, data: bytes) -> None:
    """Put data where path points: beside it first, then in its place. Raises ``Refused`` if that cannot be done."""
    try:
        target = Path(path).resolve()
        if target.exists() and not target.is_file():
            if target.is_dir():
                raise IsADirectoryError(21, "is a directory")
            target.write_bytes(data)  # a pipe or a device is written to, never replaced
        else:
            _replace(target, data)
    except (OSError, ValueError) as error:
        reason = (error.strerror or str(error)).lower() if isinstance(error, OSError) else str(error)
        message = f"{path} cannot be written: {reason}"
        raise Refused(Problem("output.file", message, "name a file in a folder that exists and is yours")) from None


def _replace(target: Path, data: bytes) -> None:
    mode = None
    if target.exists():
        mode = target.stat().st_mode & 0o777
        target.open("ab").close()  # a file that is read-only stays as it is
    beside = target.with_name(f".{target.name[:100]}.{os.getpid()}.tmp")
    try:
        beside.write_bytes(data)
        if mode is not None:
            beside.chmod(mode)
        beside.replace(target)
    except BaseException:
        with contextlib.suppress(OSError):
            beside.unlink(missing_ok=True)
        raise

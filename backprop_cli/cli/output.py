"""Files that a command writes: whole or not at all."""

from __future__ import annotations

import os
import sys
from contextlib import suppress
from pathlib import Path

from backprop_cli.problems import Problem, Refused


def write_out(path: str | None, data: str | bytes) -> None:
    """Write to a file, or to standard output for None and ``-``; text is UTF-8. Raises ``Refused``."""
    if path is None or path == "-":
        if isinstance(data, str):
            sys.stdout.write(data)
        else:
            sys.stdout.buffer.write(data)
        return
    content = data.encode() if isinstance(data, str) else data
    try:
        _write(Path(path), content)
    except (OSError, ValueError) as error:
        reason = (error.strerror or str(error)).lower() if isinstance(error, OSError) else str(error)
        raise Refused(Problem("output.write", f"{path} cannot be written: {reason}")) from None


def _write(path: Path, content: bytes) -> None:
    """A new file beside the old one, which takes its place when it is complete; what is no plain file is written to."""
    target = Path(os.path.realpath(path))
    if target.exists() and not target.is_file():
        with target.open("wb") as file:
            file.write(content)
        return
    beside = target.with_name(f".{target.name[:200]}.{os.getpid()}.part")
    try:
        with beside.open("xb") as file:
            file.write(content)
        if target.exists():
            beside.chmod(target.stat().st_mode & 0o7777)
        beside.replace(target)
    except BaseException:
        with suppress(OSError):
            beside.unlink()
        raise

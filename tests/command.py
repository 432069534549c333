"""Runs the command as a person does, and gives back all that came of it: standard output, standard error, exit code.

``backprop`` calls the entry point inside the test's own process, which is fast enough for large tables; ``process``
starts a process of its own, where the installed script, the environment or the interpreter is what is tested.
"""

from __future__ import annotations

import gc
import io
import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from unittest import mock

MODULE = (sys.executable, "-m", "backprop_cli")
SCRIPT = (str(Path(sys.executable).with_name("backprop")),)

_DECIDES_LOOKS = ("NO_COLOR", "FORCE_COLOR", "COLUMNS", "LINES", "TERM", "PYTHONIOENCODING", "_BACKPROP_COMPLETE")


@dataclass(frozen=True)
class Outcome:
    """What a run left behind."""

    out: str
    err: str
    code: int

    @property
    def said(self) -> str:
        """The first line of standard error."""
        return self.err.partition("\n")[0]


def clean(extra: Mapping[str, str] | None = None) -> dict[str, str]:
    """The environment without what would change how an output looks."""
    kept = {name: value for name, value in os.environ.items() if name not in _DECIDES_LOOKS}
    return kept | {"LC_ALL": "C.UTF-8", "TERM": "xterm"} | dict(extra or {})


class _Stream(io.TextIOWrapper):
    """A pipe, or a terminal, in memory."""

    def __init__(self, data: bytes = b"", *, tty: bool = False) -> None:
        super().__init__(io.BytesIO(data), encoding="utf-8", newline="")
        self._tty = tty

    def isatty(self) -> bool:
        return self._tty

    def text(self) -> str:
        self.flush()
        return self.buffer.getvalue().decode("utf-8")


def backprop(
    *argv: str, stdin: str | bytes = b"", env: Mapping[str, str] | None = None, columns: int | None = None
) -> Outcome:
    """Run a command line in this process; with ``columns`` its output is a terminal of that width."""
    from backprop_cli.cli.main import main

    data = stdin if isinstance(stdin, bytes) else stdin.encode()
    out, err = _Stream(tty=columns is not None), _Stream()
    env = {**(env or {}), "COLUMNS": str(columns)} if columns is not None else env
    with (
        mock.patch.dict(os.environ, clean(env), clear=True),
        mock.patch.multiple(sys, stdin=_Stream(data), stdout=out, stderr=err),
    ):
        try:
            code = main(list(argv))
        finally:
            gc.enable()
        return Outcome(out.text(), err.text(), code)


def process(
    *argv: str | bytes,
    start: tuple[str, ...] = MODULE,
    stdin: str | bytes = b"",
    env: Mapping[str, str] | None = None,
    timeout: float = 60,
) -> Outcome:
    """Run a command line in a process of its own."""
    data = stdin if isinstance(stdin, bytes) else stdin.encode()
    ended = subprocess.run(
        [*start, *argv], input=data, capture_output=True, env=clean(env), timeout=timeout, check=False
    )
    return Outcome(ended.stdout.decode("utf-8"), ended.stderr.decode("utf-8"), ended.returncode)

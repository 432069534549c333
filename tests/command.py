"""Runs the command as a person does, and gives back all that came of it: standard output, standard error, exit code.

``backprop`` calls the entry point inside the test's own process, which is fast enough for large tables; ``process``
starts a process of its own, where the installed script, the environment or the interpreter is what is tested.
"""

from __future__ import annotations

import gc
import io
import os
import re
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from unittest import mock

from backprop_cli.catalogue.topics import codes, exits

MODULE = (sys.executable, "-m", "backprop_cli")
SCRIPT = (str(Path(sys.executable).with_name("backprop")),)

_SAYS = re.compile(r"^(error|warning|note)\[([^\]]+)\]", re.MULTILINE)
_DECIDES_LOOKS = ("NO_COLOR", "FORCE_COLOR", "COLUMNS", "LINES", "TERM", "PYTHONIOENCODING", "_BACKPROP_COMPLETE")


class Outcome:
    """What a run left behind.

    A run remembers whether a test looked at its standard error: a warning or an error that nobody expected fails the
    test at its end (``unread``), whatever else the test states.
    """

    def __init__(self, out: str, err: str, code: int) -> None:
        self.out, self.code = out, code
        # Under --json an error stands on standard output, too: who reads that has looked.
        self._err, self._read = err, not err or out.startswith('{"schema": "backprop.error/')

    @property
    def err(self) -> str:
        """Standard error, which is read now."""
        self._read = True
        return self._err

    @property
    def said(self) -> str:
        """The first line of standard error."""
        return self.err.partition("\n")[0]

    @property
    def codes(self) -> list[str]:
        """The codes of the errors, warnings and notes on standard error, in their order."""
        return re.findall(r"^(?:error|warning|note)\[([^\]]+)\]", self.err, re.MULTILINE)

    @property
    def whole(self) -> tuple[str, str, int]:
        """All of it."""
        return self.out, self.err, self.code

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Outcome) and self.whole == other.whole

    __hash__ = None  # type: ignore[assignment]  # a test compares outcomes, and keeps none in a set

    def __repr__(self) -> str:
        return f"Outcome(out={self.out!r}, err={self._err!r}, code={self.code})"


_MADE: list[Outcome] = []


def unread() -> list[str]:
    """What runs since the last call printed to standard error, and no test looked at."""
    found = [outcome._err for outcome in _MADE if not outcome._read]
    _MADE.clear()
    return found


def misfiled() -> set[str]:
    """What runs since the last ``unread`` said in another way than their codes' pages: a warning that is an error."""
    said = {pair for outcome in _MADE for pair in _SAYS.findall(outcome._err)}
    known = codes() if said else {}
    return {
        f"{kind}[{code}]"
        for kind, code in said
        if code in known and ("0" in exits(code).split()) != (kind != "error") and exits(code) != "0 or 3"
    }


def _made(out: str, err: str, code: int) -> Outcome:
    _MADE.append(Outcome(out, err, code))
    return _MADE[-1]


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
        return _made(out.text(), err.text(), code)


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
    return _made(ended.stdout.decode("utf-8"), ended.stderr.decode("utf-8"), ended.returncode)

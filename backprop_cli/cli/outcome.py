"""How a command ends: its exit code, and its errors as text on stderr and, for JSON readers, as JSON on stdout."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Callable, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any, TextIO

import click

from backprop_cli.problems import INTERRUPTED, UNREADABLE, USAGE, Diagnostic, Refused

OUR_BUG = 70


def run(command: Callable[[], Any], words: Sequence[str]) -> int:
    """Call a command and turn whatever comes of it into an exit code."""
    _prepare_streams()
    try:
        code = _guarded(command, words)
        sys.stdout.flush()
        return code
    except BrokenPipeError:
        # Whoever read has gone: nothing is left to say, also when Python flushes at exit.
        _to_nowhere(sys.stdout, sys.stderr)
        return 0
    except OSError as error:
        # Files are read with their own errors: what remains is the output, on a full disk for example.
        _to_nowhere(sys.stdout)
        reason = (error.strerror or str(error)).lower()
        try:
            return _refuse([Diagnostic("output.write", f"the output cannot be written: {reason}")], UNREADABLE, ())
        except OSError:
            _to_nowhere(sys.stderr)
            return UNREADABLE


def _prepare_streams() -> None:
    """Streams that take every character, also where the shell has closed them (``>&-``)."""
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:
            setattr(sys, name, Path(os.devnull).open("w"))  # noqa: SIM115  # open until the process ends
        elif hasattr(getattr(sys, name), "reconfigure"):
            getattr(sys, name).reconfigure(errors="backslashreplace")


def _to_nowhere(*streams: TextIO) -> None:
    for stream in streams:
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


def _guarded(command: Callable[[], Any], words: Sequence[str]) -> int:
    try:
        return int(command() or 0)
    except Refused as refused:
        return _refuse(refused.problems, refused.exit_code, words)
    except click.UsageError as error:
        return _refuse([_usage(error)], USAGE, words)
    except (KeyboardInterrupt, click.Abort):
        # A terminal has written ^C into the line.
        print("\ninterrupted" if sys.stderr.isatty() else "interrupted", file=sys.stderr)
        return INTERRUPTED
    except OSError:
        raise
    except Exception as error:
        if "--debug" in words:
            raise
        return _refuse([_bug(error)], OUR_BUG, words)


def wants_json(words: Sequence[str]) -> bool:
    """Whether the command line asks for JSON, known before it is parsed."""
    return "--json" in words or "--format=json" in words or ("--format", "json") in pairwise(words)


def _refuse(problems: Sequence[Diagnostic], code: int, words: Sequence[str]) -> int:
    from backprop_cli.render.diagnostics import as_json, drawn

    if wants_json(words):
        print(as_json(problems))
    columns = _columns()
    print("\n".join(drawn(problem, columns=columns) for problem in problems), file=sys.stderr)
    return code


def _columns() -> int:
    """How wide errors may be: as the terminal that shows them, 80 where there is none."""
    if not sys.stderr.isatty():
        return 80
    try:
        return int(os.environ.get("COLUMNS", "")) or 80
    except ValueError:
        pass
    try:
        return os.get_terminal_size(sys.stderr.fileno()).columns or 80
    except OSError:
        return 80


def _usage(error: click.UsageError) -> Diagnostic:
    if isinstance(error, click.MissingParameter) and error.param is not None and error.param.name == "expression":
        return Diagnostic(
            "usage.expression", "the expression is missing", "for example: backprop '(x + y)*z' x=-2 y=5 z=-4"
        )
    message, _, hint = error.format_message().partition("\n")
    if isinstance(error, click.NoSuchOption):
        message = f"there is no option {error.option_name}"
        hint = (
            f"did you mean {' or '.join(sorted(error.possibilities))}?"
            if error.possibilities
            else "backprop --help lists the options"
        )
    param = error.param if isinstance(error, click.BadParameter) else None
    if param is not None and isinstance(param.type, click.Choice):
        *most, last = param.type.choices
        takes = f"{max(param.opts, key=len)} takes {', '.join(most)} or {last}"
        wrong = re.match(r"'(.*)' is not one of ", error.message, re.DOTALL)
        if wrong:
            message = f"{takes}, and got {wrong[1]}"
        elif isinstance(error, click.MissingParameter):
            message, hint = f"{takes}, and is missing", ""
    called = error.ctx.command_path if error.ctx is not None else "backprop"
    return Diagnostic("usage.option", message, hint or f"{called} --help shows how it is called")


def _bug(error: Exception) -> Diagnostic:
    message = f"a bug of backprop's own: {type(error).__name__}: {error}"
    return Diagnostic("internal", message[:500], "please report the command line and what `--debug` adds to it")

"""How a command ends: its exit code, and its errors as text on stderr and, for JSON readers, as JSON on stdout."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Sequence
from typing import Any

import click

from backprop_cli.problems import USAGE, Problem, Refused

OUR_BUG, INTERRUPTED = 70, 130


def run(command: Callable[[], Any], words: Sequence[str]) -> int:
    """Call a command and turn whatever comes of it into an exit code."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")
    try:
        code = _guarded(command, words)
        sys.stdout.flush()
        return code
    except BrokenPipeError:
        # Whoever read has gone: nothing is left to say, also when Python flushes at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0


def _guarded(command: Callable[[], Any], words: Sequence[str]) -> int:
    try:
        return int(command() or 0)
    except Refused as refused:
        return _refuse(refused.problems, refused.exit_code, words)
    except click.UsageError as error:
        return _refuse([_usage(error)], USAGE, words)
    except (KeyboardInterrupt, click.Abort):
        print("interrupted", file=sys.stderr)
        return INTERRUPTED
    except BrokenPipeError:
        raise
    except Exception as error:
        if "--debug" in words:
            raise
        return _refuse([_bug(error)], OUR_BUG, words)


def wants_json(words: Sequence[str]) -> bool:
    """Whether the command line asks for JSON, known before it is parsed."""
    pairs = zip(words, [*words[1:], ""], strict=True)
    return "--json" in words or "--format=json" in words or ("--format", "json") in pairs


def _refuse(problems: Sequence[Problem], code: int, words: Sequence[str]) -> int:
    from backprop_cli.render.problems import as_json, drawn

    if wants_json(words):
        print(as_json(problems))
    print("\n".join(drawn(problem) for problem in problems), file=sys.stderr)
    return code


def _usage(error: click.UsageError) -> Problem:
    message, _, hint = error.format_message().partition("\n")
    if isinstance(error, click.NoSuchOption):
        message = f"there is no option {error.option_name}"
        hint = (
            f"did you mean {' or '.join(sorted(error.possibilities))}?"
            if error.possibilities
            else "backprop --help lists the options"
        )
    return Problem("usage.option", message, hint or "backprop --help shows how it is called")


def _bug(error: Exception) -> Problem:
    message = f"a bug of backprop's own: {type(error).__name__}: {error}"
    return Problem("internal", message[:500], "please report the command line and what `--debug` adds to it")

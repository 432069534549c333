"""What is an option and what is an expression: ``-x*y`` is an expression, ``--jsno`` a mistyped option.

An argument is an option only if it starts with ``--`` or is exactly a declared short flag.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path

import click

from backprop_cli.nearest import nearest
from backprop_cli.problems import Diagnostic, Refused, Source, Span

_BYTES_A_CHARACTER = 4


class ExpressionCommand(click.Command):
    """A command whose arguments may begin with a minus sign."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Options first, then ``--``, then the arguments: so click cannot take one for the other."""
        takes_value = {
            name: not getattr(option, "is_flag", False)
            for option in self.get_params(ctx)
            for name in option.opts + option.secondary_opts
        }
        options: list[str] = []
        words: list[str] = []
        rest = list(args)
        while rest:
            word = rest.pop(0)
            if word == "--":
                words += rest
                break
            _no_slip(word, takes_value, rest, first=not words)
            if not (word.startswith("--") or (word.startswith("-") and word in takes_value)):
                words.append(word)
                continue
            if not takes_value.get(word):
                options.append(word)
            elif rest:
                options += [word, rest.pop(0)]
            elif not ctx.resilient_parsing:  # which completion sets, whose value is still to come
                raise click.BadOptionUsage(word, f"{word} needs a value after it", ctx)
        left = super().parse_args(ctx, [*options, "--", *words])
        if ctx.params.get("wrt"):
            ctx.params["wrt"] = _wanted(ctx.params["wrt"])
        return left


def _no_slip(word: str, options: Mapping[str, bool], rest: list[str], *, first: bool) -> None:
    """Refuse ``-wrt`` for ``--wrt`` (unless it may be an expression) and ``--x=3`` for ``x=3``."""
    if len(word) > 2 and f"-{word}" in options and not (first and any(a.startswith(f"{word[1:]}=") for a in rest)):
        raise click.UsageError(f"there is no option {word}\ndid you mean -{word}?")
    name, equals, value = word.removeprefix("--").partition("=")
    if word.startswith("--") and equals and name.isidentifier():
        known = nearest(name, options) or any(option.startswith(f"--{name}") for option in options)
        if not known:
            raise click.UsageError(f"there is no option --{name}\na value is written {name}={value}")


def _wanted(lists: tuple[str, ...]) -> tuple[str, ...]:
    """The texts of --wrt, their names spelled as the reader does. Raises ``Refused`` if there is no name in them."""
    if not any(text.replace(",", "").strip() for text in lists):
        raise Refused(Diagnostic("usage.wrt", "--wrt names nothing", "names are separated by commas: --wrt w,b"))
    return tuple(text.replace("\u00b5", "\u03bc") for text in lists)


def text_of(word: str, what: str, most: int) -> tuple[str, str]:
    """An argument's text and where it is from: itself, ``-`` standard input, ``@file`` a file."""
    if word == "-":
        data, name = data_of(word, most * _BYTES_A_CHARACTER)
        return decoded(data, name), name
    if word.startswith("@") and len(word) > 1:
        return file_text(word[1:], most), word[1:]
    return word, what


def file_text(path: str, most: int) -> str:
    """A file's text, read no further than the limit makes sense. Raises ``Refused`` if it cannot be read."""
    return decoded(_file_data(path, most * _BYTES_A_CHARACTER), path)


def data_of(path: str, most: int) -> tuple[bytes, str]:
    """The bytes of a file, or with ``-`` of standard input, and a name for it; of more than ``most`` one too many.

    Raises ``Refused`` if it cannot be read.
    """
    if path != "-":
        return _file_data(path, most), path
    if sys.stdin is None:
        raise Refused(Diagnostic("input.file", "standard input is closed"))
    return sys.stdin.buffer.read(most + 1), "standard input"


def _file_data(path: str, most: int) -> bytes:
    try:
        with Path(path).open("rb") as file:
            return file.read(most + 1)
    except (OSError, ValueError) as error:
        reason = (error.strerror or str(error)).lower() if isinstance(error, OSError) else str(error)
        raise Refused(Diagnostic("input.file", f"{path} cannot be read: {reason}")) from None


def decoded(data: bytes, name: str) -> str:
    """Bytes as UTF-8 text."""
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = data[: error.start].decode("utf-8")
        problem = Diagnostic(
            "text.encoding", f"{name} is not UTF-8 text: byte {error.start + 1} is 0x{data[error.start]:02x}"
        )
        line = before.rsplit("\n", 1)[-1]
        raise Refused(problem.at(Source(name, line + "�"), Span(len(line), len(line) + 1))) from None

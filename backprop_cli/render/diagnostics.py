"""Problems as a person reads them, with carets under the place, and as JSON."""

from __future__ import annotations

import json
from collections.abc import Iterable

from backprop_cli.problems import Diagnostic
from backprop_cli.render.safe_text import visible, width, window

_COLUMNS, _LEAST = 80, 24
_INDENT = "    "


def drawn(problem: Diagnostic, kind: str = "error", columns: int = _COLUMNS) -> str:
    """A few lines: what is wrong, the place in the text (cut to a terminal of so many columns), and what helps."""
    lines = [f"{kind}[{problem.code}]: {visible(problem.message)}"]
    if problem.source is not None and problem.span is not None:
        lines += _place(problem, max(_LEAST, columns) - len(_INDENT))
    if problem.hint:
        lines.append(f"  = {visible(problem.hint)}")
    return "\n".join(lines)


def _place(problem: Diagnostic, most: int) -> list[str]:
    source, span = problem.source, problem.span
    assert source is not None
    assert span is not None
    line_number, column = source.position(span.start)
    line = source.text.split("\n")[line_number - 1] if len(source.text) < most else _line(source.text, span.start)
    start = column - 1
    end = max(start + 1, min(start + span.end - span.start, len(line)))
    cut, start, end = window(line, start, end, most)
    before, under = visible(cut[:start]), visible(cut[start:end])
    where = f" {line_number}" if "\n" in source.text else ""
    label = f" {visible(source.name)}" + (f", line{where}" if where else "")
    carets = "^" * max(1, width(under))
    return [f" {label}:", f"{_INDENT}{visible(cut)}", f"{_INDENT}{' ' * width(before)}{carets}"]


def _line(text: str, offset: int) -> str:
    start = text.rfind("\n", 0, offset) + 1
    end = text.find("\n", offset)
    return text[start : end if end >= 0 else len(text)]


def as_json(problems: Iterable[Diagnostic]) -> str:
    """One line: the first problem under ``error``, all of them under ``errors``."""
    found = [members(problem) for problem in problems]
    return json.dumps({"schema": "backprop.error/1", "error": found[0], "errors": found})


def members(problem: Diagnostic) -> dict[str, object]:
    """A problem as the members of an object."""
    said: dict[str, object] = {"code": problem.code, "message": problem.message}
    line = column = end_column = None
    if problem.source is not None and problem.span is not None:
        line, column = problem.source.position(problem.span.start)
        end_line, end_column = problem.source.position(problem.span.end)
        end_column = end_column if end_line == line else column + 1
    return said | {"line": line, "column": column, "end_column": end_column, "hint": problem.hint or None}

"""What a student answered, as text: from ``-a dx=-4`` words, a JSON object, CSV or ``name = value`` lines.

Nothing is judged here, and no answer is read as a number or a formula: an answer that cannot even be text (an array,
``true``, NaN) carries the problem with it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from typing import Literal

from backprop_cli import limits
from backprop_cli.grading.files import tables, trees
from backprop_cli.grading.files.texts import Line, cut, decoded, printable
from backprop_cli.problems import Diagnostic, Refused

Form = Literal["json", "csv", "lines"]

_IS = re.compile(r":=|=|:")
_GRADIENTS = frozenset({"gradient", "gradients", "grad"})
_OURS = "backprop.grad/"
_LOOKED_AT = 20
_PROBLEM_COLUMNS, _NAME_COLUMNS, _ANSWER_COLUMNS = (
    frozenset({"problem", "question"}),
    frozenset({"name", "asked", "quantity"}),
    frozenset({"answer", "value", "response"}),
)


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer: the name as the student wrote it, its text (empty: left open), and its line in the file.

    ``problem`` says why there is no text to judge; the answer is then ``invalid``.
    """

    name: str
    text: str
    line: int | None = None
    problem: Diagnostic | None = None


def answer(name: str, value: object, line: int | None = None, problem: Diagnostic | None = None) -> Answer:
    """An answer from what stands beside its name in a file; null is an answer left open."""
    name = cut(name)
    if value is None:
        return Answer(name, "", line, problem)
    if not isinstance(value, str):
        problem = Diagnostic("answer.kind", f"an answer is a number or a text, and this is {trees.kind(value)}")
        return Answer(name, "", line, problem)
    text = value.strip()
    if isinstance(value, trees.NotFinite):
        problem = Diagnostic("answer.finite", f"{text} is no answer: it must be a finite number or a formula")
    if len(text) > limits.ANSWER_CHARACTERS:
        message = f"the answer has {len(text):,} characters; the limit is {limits.ANSWER_CHARACTERS:,}"
        text, problem = cut(text), Diagnostic("answer.long", message)
    return Answer(name, text, line, problem)


def from_words(words: Sequence[str]) -> tuple[Answer, ...]:
    """The answers of ``-a NAME=VALUE`` words. Raises ``Refused`` for words that are not."""
    pairs = [(word, *_pair(word)) for word in map(printable, words)]
    hint = "answers are written NAME=VALUE, as -a dx=-4"
    wrong = [Diagnostic("usage.answer", f"`{word}` is not NAME=VALUE", hint) for word, name, _ in pairs if not name]
    if wrong:
        raise Refused(*wrong)
    return tuple(answer(name, text) for _, name, text in pairs)


def _pair(word: str) -> tuple[str, str]:
    name, equals, text = word.partition("=")
    return (name.strip(), text) if equals else ("", "")


def from_bytes(data: bytes, name: str) -> tuple[Answer, ...]:
    """The answers of a file. Raises ``Refused`` if it cannot be read as a whole."""
    if len(data) > limits.SUBMISSION_BYTES:
        raise Refused(Diagnostic("answers.size", f"{name}: more than {limits.SUBMISSION_BYTES:,} bytes"))
    try:
        return _from_text(decoded(data))
    except Refused as refused:
        raise _named(refused, name) from None


def _named(refused: Refused, name: str) -> Refused:
    return Refused(*(replace(problem, message=f"{name}: {problem.message}") for problem in refused.problems))


def _from_text(text: str) -> tuple[Answer, ...]:
    if not text.strip():
        raise Refused(Diagnostic("answers.empty", "there is nothing in it"))
    form = form_of(text)
    if form == "json":
        found = from_table(object_of(trees.from_json(text)))
    else:
        found = from_lines(lines_of(text)) if form == "lines" else _from_csv(lines_of(text))
    answers = tuple(islice(found, limits.SUBMISSION_ANSWERS + 1))
    if len(answers) > limits.SUBMISSION_ANSWERS:
        raise Refused(too_many())
    return answers


def too_many() -> Diagnostic:
    """More answers than anybody asks."""
    return Diagnostic("answers.many", f"more than {limits.SUBMISSION_ANSWERS:,} answers")


def form_of(text: str) -> Form:
    """The form that a text seems to have."""
    rows = [row for row in islice(text.lstrip().split("\n"), _LOOKED_AT) if row.strip() and row.strip()[0] != "#"]
    if not rows or rows[0].startswith(("{", "[")):
        return "json" if rows else "lines"
    if tables.told_separator(rows[0]) or not _ANSWER_COLUMNS.isdisjoint(
        cell.strip(' "\t').lower() for cell in re.split("[,;\t]", rows[0])[1:]
    ):
        return "csv"
    return "lines" if 2 * sum(1 for row in rows if _IS.search(row)) >= len(rows) else "csv"


def lines_of(text: str) -> Iterator[Line]:
    """The lines of a text that is in memory."""
    return (Line(number, row, len(row)) for number, row in enumerate(text.split("\n"), 1))


def object_of(value: object) -> trees.Table:
    """A JSON text's object. Raises ``Refused`` for any other value."""
    if isinstance(value, trees.Table):
        return value
    raise Refused(Diagnostic("answers.json", f"must be one JSON object, and is {trees.kind(value)}", 'as {"dx": -4}'))


def is_gradients(key: str, value: object) -> bool:
    """Whether a member is an object of gradients by the variables' names."""
    return key.lower() in _GRADIENTS and isinstance(value, trees.Table)


def from_table(table: trees.Table) -> Iterator[Answer]:
    """The answers of an object, which may be what this program's own ``--json`` wrote."""
    schema = table.get("schema")
    ours = isinstance(schema, str) and schema.startswith(_OURS)
    for key, value, line in table.members():
        if ours and key not in ("gradient", "value"):
            continue
        if isinstance(value, trees.Table) and is_gradients(key, value):
            yield from (answer(f"grad {name}", inner, place) for name, inner, place in value.members())
        else:
            yield answer(key, value, line)


def from_lines(lines: Iterable[Line]) -> Iterator[Answer]:
    """The answers of ``name = value`` or ``name: value`` lines with # comments."""
    for line in lines:
        row = line.text.partition("#")[0].strip()
        match = _IS.search(row)
        if match and match.start():
            text = row[match.end() :].strip()
            quoted = len(text) > 1 and text[0] == text[-1] and text[0] in "\"'"
            yield answer(row[: match.start()], text[1:-1] if quoted else text, line.number)
        elif row:
            problem = Diagnostic("answer.line", f"line {line.number} is not name = value")
            yield answer(row, "", line.number, problem)


@dataclass(frozen=True, slots=True)
class Columns:
    """Which columns of a CSV hold what; None: there is no such column."""

    name: int
    answer: int
    problem: int | None = None

    def cell(self, row: tables.Row, column: int | None) -> str:
        """The cell of a row; empty where the row is too short, or there is no such column."""
        return row.cells[column] if column is not None and column < len(row.cells) else ""

    def read(self, row: tables.Row, width: int) -> Answer:
        """The answer of a row."""
        problem = None
        if any(row.cells[width:]):
            message = f"line {row.line} has {len(row.cells)} cells in {width} columns"
            problem = Diagnostic("answer.cells", message, "put an answer with separators in it in quotes")
        return answer(self.cell(row, self.name), self.cell(row, self.answer), row.line, problem)


def column(titles: Sequence[str], names: frozenset[str]) -> int | None:
    """The first column with one of these titles."""
    return next((index for index, title in enumerate(titles) if title in names), None)


def columns_of(titles: Sequence[str]) -> Columns | None:
    """The columns by their titles, in small letters; None if these are no titles of long rows."""
    problem = column(titles, _PROBLEM_COLUMNS)
    name, text = column(titles, _NAME_COLUMNS), column(titles, _ANSWER_COLUMNS)
    return Columns(name, text, problem) if name is not None and text is not None else None


def _from_csv(lines: Iterable[Line]) -> Iterator[Answer]:
    found, width = None, 2
    for index, row in enumerate(tables.rows(lines)):
        if row.problem:
            raise Refused(row.problem)
        titles = columns_of([cell.lower() for cell in row.cells]) if index == 0 else None
        if titles:
            found, width = titles, len(row.cells)
        else:
            yield (found or Columns(0, 1)).read(row, width)

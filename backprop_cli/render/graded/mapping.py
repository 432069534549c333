"""How the columns of tables were understood, as lines for a key: what is known, and a draft for what is not."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence

from backprop_cli.grading.files.notes import StudentTable
from backprop_cli.grading.keys.solutions import Varied
from backprop_cli.render.graded.words import SENTENCE, shown


def render(tables: Sequence[StudentTable], varied: Sequence[Varied] = ()) -> str:
    """The lines for each table; a draft is a comment, which a person takes for true or not. Then what varies."""
    if not tables:
        return "# no file is a table with a row for each student\n" + _own(varied)
    return "\n".join("".join(f"{line}\n" for line in _lines(table)) for table in tables) + _own(varied)


def _own(varied: Sequence[Varied]) -> str:
    """By what students get numbers of their own."""
    lines = [f"# {one.problem}: each student's own numbers, by the name in `student`: {one.choices}" for one in varied]
    return "".join(f"{shown(line, SENTENCE)}\n" for line in lines)


def _lines(table: StudentTable) -> Iterator[str]:
    layout = table.layout
    program = f", as {layout.program} writes it" if layout.program else ""
    yield f"# {shown(table.source, SENTENCE)}{program}: {table.rows:,} students"
    yield "[columns]"
    if layout.shown:
        names = [layout.titles[index] for index in layout.shown]
        yield f"student = {_text(names[0]) if len(names) == 1 else _array(names)}"
    else:
        yield from (f"# student = {_text(title)}" for title in table.nameless or ("?",))
    for name, index in (("time", layout.time), ("attempt", layout.attempt)):
        if index is not None:
            yield f"{name} = {_text(layout.titles[index])}"
    for index, path in layout.asked:
        yield f"{_text('.'.join(path))} = {_text(layout.titles[index])}"
    yield from _draft(table)


def _draft(table: StudentTable) -> Iterator[str]:
    """What is missing beside what is not understood."""
    draft = table.draft()
    for name, title in draft:
        yield f"# {_text(name)} = {_text(title or '?')}"
    left = [title for title in table.unknown if title not in (*table.nameless, *dict(draft).values())]
    if left:
        yield f"# ignore = {_array(left)}"


def _array(texts: Sequence[str]) -> str:
    return f"[{', '.join(map(_text, texts))}]"


def _text(text: str) -> str:
    """A text as TOML has it; JSON's is one of its kinds."""
    return json.dumps(shown(text, SENTENCE), ensure_ascii=False)

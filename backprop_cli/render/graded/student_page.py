"""One submission as HTML: every problem with its answers, and what is to be said of them; all text is escaped."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape

from backprop_cli.grading.records import Judged, ProblemResult, SubmissionResult
from backprop_cli.render.graded.words import (
    MARKS,
    NAME,
    decimal,
    own_numbers,
    place,
    rel_error,
    said,
    score,
    sentence,
    shown,
    verdict,
)


def student(result: SubmissionResult, *, own: bool) -> str:
    """What was answered. ``own``: for the student, who sees no hidden problem."""
    if result.invalid is not None:
        source, line = place(result)
        where = f"{source}, line {line}" if line is not None else source
        return f"<p>invalid: {escape(said(result.invalid))} {coded(where) if where and not own else ''}</p>\n"
    notes = listed(said(warning) for warning in result.warnings)
    return notes + "".join(_problem(problem) for problem in result.problems if not (own and problem.hidden))


def coded(text: str | None, most: int = NAME) -> str:
    """A stranger's text."""
    return f"<code>{escape(shown(text, most))}</code>" if text else ""


def listed(sentences: Iterable[str]) -> str:
    """Sentences as a list; nothing where there is none."""
    items = "".join(f"<li>{escape(one)}</li>" for one in sentences)
    return f"<ul>{items}</ul>\n" if items else ""


def row(cells: Iterable[str], *, head: bool = False, numbers: Iterable[int] = ()) -> str:
    """A row of a table from cells that are HTML; ``numbers`` stand to the right."""
    tag, right = "th" if head else "td", frozenset(numbers)
    made = (f"<{tag}{' class=number' if at in right else ''}>{cell}</{tag}>" for at, cell in enumerate(cells))
    return f"<tr>{''.join(made)}</tr>\n"


def table(titles: Iterable[str], rows: Iterable[str], numbers: Iterable[int] = ()) -> str:
    """A table from rows that are HTML."""
    head = row(map(escape, titles), head=True, numbers=numbers)
    return f"<table><thead>{head}</thead><tbody>\n{''.join(rows)}</tbody></table>\n"


def _problem(problem: ProblemResult) -> str:
    title = escape(shown(problem.title, NAME)) + " " if problem.title else ""
    earned = "" if problem.secret else f' <span class="faint">{score(problem.score, problem.points)}</span>'
    text = f"<h3>{title}{coded(problem.id)}{earned}</h3>\n"
    if numbers := own_numbers(problem):
        text += f"<p>{escape(numbers)}</p>\n"
    if problem.judged:
        text += _answers(problem)
    notes = [f"{shown(one.name, NAME)}: {said(remark)}" for one in problem.judged for remark in one.remarks]
    notes += [f"{sentence(hint.message)} (backprop explain {hint.code})" for hint in problem.hints]
    return text + listed(notes)


def _answers(problem: ProblemResult) -> str:
    measured = any(one.rel_error is not None for one in problem.judged)
    full = any(one.expected is not None for one in problem.judged)
    weighed = not problem.secret and len({one.weight for one in problem.judged if one.counted}) > 1
    titles = ["name", "your answer", "verdict"]
    titles += ["relative error"] * measured + ["expected"] * full + ["weight"] * weighed

    def cells(one: Judged) -> Iterable[str]:
        yield coded(one.name)
        yield coded(one.typed)
        yield f'<span class="{one.word}">{escape(verdict(one, MARKS))}</span>'
        yield from [rel_error(one)] * measured
        yield from [coded(one.expected)] * full
        yield from [decimal(one.weight, 2)] * weighed

    return table(titles, (row(cells(one)) for one in problem.judged))

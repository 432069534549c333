"""How reports say a verdict, a score and a remark; and a student's text, made safe and short.

Every text of a record may hold what a stranger typed: it leaves this package through ``shown`` or ``sentence`` here, or
escaped as a format prescribes.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from fractions import Fraction

from backprop_cli.grading.records import (
    AnswerWord,
    Change,
    ClassSummary,
    Judged,
    ProblemResult,
    ProblemSummary,
    Remark,
    SubmissionResult,
)
from backprop_cli.problems import Diagnostic
from backprop_cli.render.safe_text import shorten, visible

MARKS: dict[AnswerWord, str] = {
    "ok": "✓",
    "close": "~",
    "wrong": "✗",
    "missing": "–",
    "invalid": "!",
    "extra": "?",
    "duplicate": "≡",
    "undefined": "∄",
    "received": "·",
}
ASCII_MARKS: dict[AnswerWord, str] = {
    "ok": "+",
    "close": "~",
    "wrong": "x",
    "missing": "-",
    "invalid": "!",
    "extra": "?",
    "duplicate": "=",
    "undefined": "/",
    "received": ".",
}
NAME, ANSWER, SENTENCE = 60, 60, 2000
"""How many characters of a name, an answer and a sentence are shown where people read."""


def decimal(value: Fraction, places: int = 6) -> str:
    """A score as a decimal, rounded, without zeros at its end: ``3.333333``, ``10``."""
    if value.denominator == 1:
        return str(value.numerator)
    scaled = round(value * 10**places)
    whole, part = divmod(abs(scaled), 10**places)
    digits = f"{part:0{places}d}".rstrip("0")
    return ("-" if scaled < 0 else "") + (f"{whole}.{digits}" if digits else str(whole))


def score(earned: Fraction, points: Fraction) -> str:
    """``7.5/10``, as a person reads it."""
    return f"{decimal(earned, 2)}/{decimal(points, 2)}"


def percent(value: Fraction) -> str:
    """``71.3 %``; what is less than everything is never rounded to everything."""
    rounded = decimal(value, 1)
    return "99.9 %" if rounded == "100" and value < 100 else f"{rounded} %"


def total(result: SubmissionResult) -> tuple[str, str]:
    """A submission's score and percent; nothing where they are withheld."""
    if result.withheld:
        return "", ""
    return score(result.score, result.points), percent(result.percent)


def seen_score(problems: Sequence[ProblemResult]) -> str:
    """``, 7/10`` for the problems that a student sees; nothing where a feedback level tells no verdict."""
    if any(problem.secret for problem in problems):
        return ""
    earned, points = (sum(parts, Fraction(0)) for parts in zip(*((p.score, p.points) for p in problems), strict=True))
    return f", {score(earned, points)}"


def share(part: float | None) -> str:
    """A part from 0 to 1 as whole percent; what is less than everything is never rounded to everything."""
    return "" if part is None else "99 %" if 0.99 < part < 1 else f"{round(part * 100)} %"


def figure(value: float | None) -> str:
    """A figure between -1 and 1 with two decimals."""
    return "" if value is None else f"{value + 0.0:.2f}".replace("-0.00", "0.00")


def times(count: int) -> str:
    """``once``, ``54 times``."""
    return "once" if count == 1 else f"{count} times"


def moved(change: Change) -> tuple[str, str, str]:
    """A score before and now, and the difference with its sign."""
    before, after = ("" if value is None else decimal(value, 2) for value in (change.before, change.after))
    by = (change.after or Fraction(0)) - (change.before or Fraction(0))
    return before, after, ("+" if by > 0 else "") + decimal(by, 2)


def own_numbers(problem: ProblemResult) -> str:
    """``at x = 3, y = 1``, where each student has numbers of their own; nothing elsewhere."""
    numbers = ", ".join(f"{name} = {value}" for name, value in problem.at)
    return shown(f"at {numbers}", SENTENCE) if numbers else ""


def shown(text: str | None, most: int = ANSWER) -> str:
    """A stranger's text on one line: what acts or hides as code points, cut where it gets long."""
    if text is None:
        return ""
    begun = text[: 4 * most]  # a megabyte of it need not be looked at
    more = "…" if len(begun) < len(text) else ""
    return shorten(visible(" ".join(begun.split())) + more, most)


def sentence(text: str) -> str:
    """A sentence of ours, which may quote a stranger."""
    return shown(text, SENTENCE)


def said(remark: Remark | Diagnostic) -> str:
    """A remark with the code of its page."""
    hint = f" ({remark.hint})" if isinstance(remark, Diagnostic) and remark.hint else ""
    return sentence(f"{remark.message}{hint} [{remark.code}]")


def rel_error(one: Judged) -> str:
    """CS231n's relative error in two digits at most, nothing where there is none."""
    return "" if one.rel_error is None else f"{one.rel_error:.2g}"


def verdict(one: Judged, marks: dict[AnswerWord, str] | None = None) -> str:
    """The verdict as a word, after its mark if marks are given."""
    word = f"{one.word} (kink)" if one.kink else one.word
    return f"{marks[one.word]} {word}" if marks else word


def summed_up(one: Judged) -> str:
    """A verdict in one line: ``wrong: answered 4; relative error 1; expected -4``."""
    facts = [f"answered {shown(one.typed)}"] if one.typed else []
    facts += [f"relative error {rel_error(one)}"] if one.rel_error is not None else []
    facts += [f"expected {shown(one.expected)}"] if one.expected is not None else []
    return f"{verdict(one)}: {'; '.join(facts)}" if facts else verdict(one)


def asked(problems: Iterable[ProblemResult]) -> Iterator[tuple[ProblemResult, Judged]]:
    """Every answer that was asked for, with its problem."""
    return ((problem, one) for problem in problems for one in problem.judged if one.counted)


def unasked(problems: Iterable[ProblemResult]) -> Iterator[tuple[ProblemResult, Judged]]:
    """Every answer that nobody asked for, with its problem."""
    return ((problem, one) for problem in problems for one in problem.judged if not one.counted)


def right(problems: Sequence[ProblemResult]) -> str:
    """``3 of 4 right``, or where the feedback tells no verdicts ``3 received``; and what nobody asked for."""
    words = [one.word for problem in problems for one in problem.judged]
    if "received" in words:
        said = f"{words.count('received')} received"
    else:
        total = sum(problem.asked for problem in problems)
        said = (
            f"{sum(problem.right for problem in problems)} of {total} right" if total else "nothing asked is answered"
        )
    others = sum(1 for problem in problems for one in problem.judged if not one.counted and one.word != "missing")
    return said + (f", {others} that {'was' if others == 1 else 'were'} not asked for or came twice" if others else "")


def place(result: SubmissionResult) -> tuple[str, int | None]:
    """The file and the line that a report should point at: where the reason is, if it could not be read."""
    problem = result.invalid
    if problem is None or problem.source is None or problem.span is None:
        return result.source, result.line
    line, _ = problem.source.position(problem.span.start)
    return result.source or problem.source.name, line


def facts(summary: ClassSummary) -> list[str]:
    """The class in numbers: ``40 submissions``, ``mean 71.2 %``."""
    plural = "" if summary.submissions == 1 else "s"
    found = [f"{summary.submissions} submission{plural}"]
    found += [] if summary.withheld else [f"{summary.all_right} all right"]
    found += [f"{summary.invalid} invalid"] if summary.invalid else []
    if summary.mean_percent is not None:
        found.append(f"mean {percent(summary.mean_percent)}")
    if summary.lowest is not None and summary.highest is not None:
        found.append(f"lowest {score(summary.lowest, summary.points)}")
        found.append(f"highest {score(summary.highest, summary.points)}")
    return found


COMMONEST = 3
"""How many wrong answers to a question, and mistakes in a problem, a report names."""


def commonest(problem: ProblemSummary) -> list[tuple[str, int]]:
    """The mistakes that were named, the commonest first."""
    return sorted(problem.mistakes.items(), key=lambda item: (-item[1], item[0]))

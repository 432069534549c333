"""A key: the problems of a homework, what is asked of each and what it is worth, from a TOML text.

Everything that is wrong with a key is found in one reading. Expressions, points and names stay texts: whoever prepares
the problems reads them. Scores are exact fractions.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from fractions import Fraction
from importlib.resources import files
from pathlib import Path

from backprop_cli import limits
from backprop_cli.grading.crediting import Crediting
from backprop_cli.grading.files import trees
from backprop_cli.grading.files.headings import folded
from backprop_cli.grading.files.texts import cut
from backprop_cli.grading.keys.concessions import Concessions, concessions
from backprop_cli.grading.keys.fields import Fields, KeyPlace
from backprop_cli.grading.keys.varied import check_secret, choices, refuse_given_twice
from backprop_cli.grading.levels import ACCEPT, FEEDBACK, RULES, Accept, AttemptRule, Feedback
from backprop_cli.grading.tolerance import Tolerance
from backprop_cli.grading.varying.ranges import Choices
from backprop_cli.problems import Diagnostic, Refused, Source

_NEARNESS = ("rtol", "sigfigs", "exact")
_ID = re.compile(r"\w[\w-]{0,63}")
_WORDS_OF_SUBMISSIONS = frozenset({"student", "answers", "answer", "problem", "name"})
_TOLERANCE = ("rtol", "atol", "sigfigs", "exact")
_COMMON = ("feedback", "tolerance", "partial", "close", "follow_through", "unsettled", "accept", "hidden", "share")
_OF_KEY = ("title", "text", "secret", *_COMMON, "columns", "attempt", "problem")
_OF_PROBLEM = (
    *("id", "title", "text", "expression", "at", "vary", "ugly", "upstream", "ask", "points", "weights", "data", "lr"),
    *("everyone", "also"),
    *_COMMON,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class MarkingOptions(Crediting):
    """How answers are judged and scored: the key's own defaults, or one problem's.

    ``share``: equal subexpressions are one gate.
    """

    tolerance: Tolerance = field(default_factory=Tolerance)
    accept: Accept = "any"
    share: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyProblem(MarkingOptions):
    """One problem. Without ``at`` only formulas can be judged, without ``ask`` every gradient is asked for.

    ``points`` None is one for each answer that is asked for; ``weights`` are of names in ``ask``, 1 if not given.
    ``upstream`` is the gradient that arrives at an output that is an array.
    ``columns`` are the titles of the columns in which answers stand in a table of the class. ``vary`` has what the
    numbers may be that each student has of their own, beside those of ``at``; ``ugly`` ones may be allowed. ``text``
    is what a sheet says of it.
    ``everyone`` gets the points of a spoiled problem; ``also`` has what else is conceded.
    ``data`` are the paths of files of rows; ``lr`` is the learning rate of the steps that are asked for.
    """

    id: str
    title: str
    expression: str
    at: tuple[Mapping[str, str], ...]
    ask: tuple[str, ...]
    columns: Mapping[str, str]
    points: Fraction | None
    weights: Mapping[str, Fraction]
    upstream: str
    vary: Mapping[str, Choices] = field(default_factory=dict)
    ugly: bool = False
    text: str = ""
    data: tuple[str, ...] = ()
    lr: float | None = None
    everyone: bool = False
    also: Concessions = field(default_factory=Concessions)


@dataclass(frozen=True, slots=True)
class Key:
    """All problems, in their order; ``source`` is what the key's file is called.

    ``columns`` tell what stands in a table of the class under which titles: the student, the time, the attempt, an
    answer (``chain.dx``), or nothing that matters (``ignore``). By the ``secret`` each student's own numbers are drawn;
    ``text`` begins a sheet.
    """

    title: str
    problems: tuple[KeyProblem, ...]
    source: str
    feedback: Feedback
    columns: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    attempt: AttemptRule = "all"
    secret: str = field(default="", repr=False)
    text: str = ""

    @property
    def titles(self) -> Mapping[str, str]:
        """What each title of a column says that there stands."""
        of_asks = {title: f"{one.id}.{name}" for one in self.problems for name, title in one.columns.items()}
        told = {title: "" if what == "ignore" else what for what, titles in self.columns.items() for title in titles}
        return {folded(title): what for title, what in (of_asks | told).items()}


def new_key() -> str:
    """A commented key to begin with, as text."""
    return files("backprop_cli.grading.keys").joinpath("new_key.toml").read_text("utf-8")


def read_key(text: str, name: str) -> Key:
    """The key of a TOML text. Raises ``Refused`` with everything that is wrong in it."""
    if len(text.encode("utf-8", "replace")) > limits.KEY_BYTES:
        raise Refused(Diagnostic("key.size", f"{name} has more than {limits.KEY_BYTES:,} bytes"))
    text = text.removeprefix("\ufeff").replace("\r\n", "\n")
    place = KeyPlace(Source(name, text))
    try:
        table = trees.from_toml(text)
    except Refused as refused:
        message = refused.problems[0].message
        told = re.search(r"line (\d+)", message)
        line = int(told[1]) if told else len(text.rstrip().split("\n")) if "end of document" in message else None
        raise Refused(place.problem("key.toml", message, line)) from None
    found: list[Diagnostic] = []
    key = _key(Fields(table, "the key", _OF_KEY, place, found), name)
    if found:
        raise Refused(*sorted(found, key=lambda problem: problem.span.start if problem.span else 0))
    return key


def _key(top: Fields, name: str) -> Key:
    marking = _marking_options(top, MarkingOptions())
    tables = top.tables("problem")
    if not tables:
        top.wrong("key.problems", "problem", "the key has no problem", "each problem begins with [[problem]]")
    if len(tables) > limits.KEY_PROBLEMS:
        message = f"the key has {len(tables):,} problems; the limit is {limits.KEY_PROBLEMS:,}"
        top.wrong("key.size", "problem", message)
    problems = tuple(
        _problem(top, table, index, marking) for index, table in enumerate(tables[: limits.KEY_PROBLEMS], 1)
    )
    parts = sum(max(1, len(problem.at)) for problem in problems)
    if parts > limits.KEY_PARTS:
        message = f"the key asks at {parts:,} points in all; the limit is {limits.KEY_PARTS:,}"
        top.wrong("key.size", "problem", message)
    _refuse_twins(top, tables, problems)
    columns, attempt = top.several("columns"), top.one_of("attempt", RULES, "all")
    secret = top.text("secret", "")
    check_secret(top, secret, needed=any(problem.vary for problem in problems))
    title, text = cut(top.text("title", "")), top.text("text", "")
    return Key(title, problems, name, marking.feedback, columns, attempt, secret, text)


def _marking_options(given: Fields, default: MarkingOptions) -> MarkingOptions:
    return MarkingOptions(
        feedback=given.one_of("feedback", FEEDBACK, default.feedback),
        tolerance=_tolerance(given, default.tolerance),
        partial=given.flag("partial", default.partial),
        close=given.fraction("close", default.close, most=1),
        follow_through=given.fraction("follow_through", default.follow_through, most=1),
        unsettled=given.fraction("unsettled", default.unsettled, most=1),
        accept=given.one_of("accept", ACCEPT, default.accept),
        hidden=given.flag("hidden", default.hidden),
        share=given.flag("share", default.share),
    )


def _tolerance(given: Fields, default: Tolerance) -> Tolerance:
    """The tolerance of a table; one that sets how near is near inherits nothing but ``atol``."""
    inner = given.inner("tolerance", _TOLERANCE)
    if inner is None:
        return default
    rules = [name for name in inner.names if name in _NEARNESS and not (name == "exact" and inner.is_off(name))]
    if len(rules) > 1:
        inner.wrong("key.value", rules[1], f"{rules[0]} and {rules[1]} exclude each other")
    if any(name in inner.names for name in _NEARNESS):
        default = Tolerance(atol=default.atol)
    least, most = inner.whole_or_range("sigfigs", (default.sigfigs, default.most_sigfigs), 1, 15)
    return Tolerance(
        rtol=inner.number("rtol", default.rtol),
        atol=inner.number("atol", default.atol),
        sigfigs=least,
        exact=inner.flag("exact", default.exact),
        most_sigfigs=most,
    )


def _problem(top: Fields, table: trees.Tree, index: int, default: MarkingOptions) -> KeyProblem:
    named = table.get("id")
    label = f"problem {cut(named) if isinstance(named, str) else index}"
    given = Fields(table, label, _OF_PROBLEM, top.place, top.found, top.place.of_problem(index))
    marking = _marking_options(given, default)
    at, vary = _points(given), choices(given)
    refuse_given_twice(given, vary, at)
    if marking.accept == "number" and not table.count("at") and not table.count("vary"):
        hint = "give the problem a point, at = {…}, or accept formulas"
        given.wrong("key.value", "accept", "numbers are asked for, and there is no point to compute them at", hint)
    ask, columns = given.titled("ask")
    return KeyProblem(
        id=_id(given, index),
        title=cut(given.text("title", "")),
        expression=_expression(given),
        at=at or (({},) if vary else ()),
        ask=ask,
        columns=columns,
        points=given.fraction("points", None, most=10**9),
        weights=_weights(given),
        upstream=given.listed("upstream"),
        vary=vary,
        ugly=given.flag("ugly", default=False),
        text=given.text("text", ""),
        data=tuple(str(Path(top.place.source.name).parent / name) for name in given.words("data")),
        lr=_rate(given),
        everyone=given.flag("everyone", default=False),
        also=concessions(given),
        **{one.name: getattr(marking, one.name) for one in fields(MarkingOptions)},
    )


def _id(given: Fields, index: int) -> str:
    name = given.text("id", f"p{index}")
    if not _ID.fullmatch(name) or name.lower() in _WORDS_OF_SUBMISSIONS:
        reserved = ", ".join(sorted(_WORDS_OF_SUBMISSIONS))
        hint = f"an id is letters, digits, _ and -, up to 64 of them, and none of {reserved}"
        given.wrong("key.value", "id", f"`{cut(name)}` is no id", hint)
    return name


def _expression(given: Fields) -> str:
    text = given.text("expression", "")
    if not text.strip() and not given.has_wrong("expression"):
        given.wrong("key.missing", "expression", "there is no expression", 'as expression = "(x + y)*z"')
    return text


def _points(given: Fields) -> tuple[Mapping[str, str], ...]:
    tables = given.tables("at")
    if len(tables) > limits.KEY_POINTS:
        given.wrong("key.size", "at", f"at has {len(tables):,} points; the limit is {limits.KEY_POINTS:,}")
    return tuple(given.texts("at", table) for table in tables[: limits.KEY_POINTS])


def _rate(given: Fields) -> float | None:
    rate = given.number("lr", None)
    if rate == 0:
        given.wrong("key.value", "lr", "lr must be more than 0")
    return rate or None


def _weights(given: Fields) -> Mapping[str, Fraction]:
    inner = given.inner("weights", None)
    if inner is None:
        return {}
    return {key: weight for key in inner.names if (weight := inner.fraction(key, None, most=10**6)) is not None}


def _refuse_twins(top: Fields, tables: list[trees.Tree], problems: tuple[KeyProblem, ...]) -> None:
    seen: dict[str, int] = {}
    for index, problem in enumerate(problems, 1):
        first = seen.setdefault(problem.id.lower(), index)
        if first != index:
            message = f"problems {first} and {index} are both called {problem.id}"
            line = top.place.line(top.place.of_problem(index), "id")
            top.found.append(top.place.problem("key.twice", message, line, "capitals make no difference"))

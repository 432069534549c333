"""A class's files judged as a whole, before any answer is: what columns are missing, what cannot be read, how often.

A gradebook of silent zeros is worse than none. So what spoils a large part of a class stops the grading, with two
examples and what helps; what spoils a small part is said in a line.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction

from backprop_cli.grading.asking import why_unreadable
from backprop_cli.grading.files.answers import Answer
from backprop_cli.grading.files.notes import Notes
from backprop_cli.grading.files.sheets import COMMA, Submission
from backprop_cli.grading.marking import Marker, ProblemPart
from backprop_cli.problems import Diagnostic

MAX_INVALID, MAX_MISSING = Fraction(30), Fraction(50)
_A_CLASS = 5  # submissions, from which a share tells something
_NAMED_APART, _EXAMPLES = 3, 2
_OF_BYTES = ("answers.encoding", "answers.nul")
_SHORT = 30  # characters of an example
_ROOM = 50_000  # different answers that are held before they are counted


@dataclass(slots=True)
class _Reason:
    """A reason why something cannot be read: how often, with examples."""

    problem: Diagnostic
    count: int = 0
    examples: list[str] = field(default_factory=list)
    comma: bool = False

    def add(self, example: str) -> None:
        self.count += 1
        if len(self.examples) < _EXAMPLES:
            self.examples.append(example)


@dataclass(slots=True)
class _Column:
    """What a class answered to one thing that is asked."""

    answered: int = 0
    missing: int = 0
    reasons: dict[str, _Reason] = field(default_factory=dict)


@dataclass(slots=True)
class _Look:
    """What the answers to a part come to, column by column, and how many submissions have the very same."""

    answered: list[_Column] = field(default_factory=list)
    missing: list[_Column] = field(default_factory=list)
    unreadable: list[tuple[_Column, Answer, Diagnostic]] = field(default_factory=list)
    count: int = 0

    def settle(self) -> None:
        """Count it in the columns."""
        for column in self.answered:
            column.answered += self.count
        for column in self.missing:
            column.missing += self.count
        self.count = 0


@dataclass(frozen=True, slots=True)
class Findings:
    """What stops a grading, and what is only said."""

    stops: tuple[Diagnostic, ...]
    said: tuple[Diagnostic, ...]


@dataclass
class Survey:
    """What is counted of a class. ``titles`` are those that the teacher has told the meaning of."""

    marker: Marker
    notes: Notes
    titles: Mapping[str, str] = field(default_factory=dict)
    submissions: int = 0
    broken: dict[str, _Reason] = field(default_factory=dict)
    garbled: dict[str, _Reason] = field(default_factory=dict)
    columns: dict[str, _Column] = field(default_factory=dict)
    _looks: dict[tuple[str, Sequence[Answer]], _Look] = field(default_factory=dict)
    _room: int = _ROOM

    def add(self, one: Submission) -> None:
        """Look at one more submission."""
        self.submissions += 1
        if one.invalid is not None:
            reason = self.broken.setdefault(one.invalid.code, _Reason(one.invalid))
            reason.add(f"{one.student}, {one.invalid.message}")
            if one.invalid.code in _OF_BYTES and one.line is not None:
                self.garbled.setdefault(one.source, _Reason(one.invalid)).add(one.invalid.message)
            return
        for part in self.marker.parts:
            self._add_part(part, one)

    def _add_part(self, part: ProblemPart, one: Submission) -> None:
        answers = one.answers.get(part.id, ())
        look = self._looks.get((part.id, answers)) or self._new(part, answers)
        look.count += 1
        for column, answer, problem in look.unreadable:
            reason = column.reasons.setdefault(problem.code, _Reason(problem))
            reason.add(f"`{_short(answer.text)}` ({_place(one, answer)})")
            reason.comma = reason.comma or COMMA.fullmatch(answer.text) is not None

    def _new(self, part: ProblemPart, answers: Sequence[Answer]) -> _Look:
        """The look at answers that have not come yet, or not for a long time."""
        self._room -= 1 + len(answers)
        if self._room < 0:
            self._settle()
        look = self._looks[part.id, answers] = _Look()
        given: dict[object, Answer] = {}
        for answer in answers:
            given.setdefault(part.question.meant(answer.name), answer)
        for ask in part.question.asks:
            column = self.columns.setdefault(f"{part.id}.{ask.name}", _Column())
            answer = given.get(ask.asked) or Answer(ask.name, "")
            problem = why_unreadable(part.question, answer)
            if problem is not None:
                look.unreadable.append((column, answer, problem))
            (look.answered if problem is not None or answer.text else look.missing).append(column)
        return look

    def _settle(self) -> None:
        for look in self._looks.values():
            look.settle()
        self._looks.clear()
        self._room = _ROOM

    def findings(self, most_invalid: Fraction = MAX_INVALID, most_missing: Fraction = MAX_MISSING) -> Findings:
        """What is wrong with the class as a whole; shares are in percent."""
        self._settle()
        stops = [*self._tables(), *self._titles(), *self._encodings()]
        shares = [*self._broken(most_invalid), *self._invalid(most_invalid)]
        missing = [] if stops else [*self._missing(most_missing)]
        said = [*self.notes.said(), *self._unread()]
        if not stops and not shares:
            said += self._few()
        if self.submissions >= _A_CLASS:
            return Findings((*stops, *shares, *missing), tuple(said))
        few = (*shares, *missing) if self.submissions > 1 else ()
        return Findings(tuple(stops), (*few, *said))

    def _tables(self) -> Iterable[Diagnostic]:
        for table in self.notes.tables:
            if table.missing and table.unknown and (table.rows or self.submissions == 1):
                program = f" (as {table.layout.program} writes them)" if table.layout.program else ""
                message = f"{table.source}: no column is called {_list(table.missing)}"
                name, title = table.draft()[0]
                hint = f"--columns '{title}={name}' says what a column is; " if title else ""
                hint += f"`backprop grade --map {self.marker.key.source} {table.source}` drafts the lines for the key"
                yield Diagnostic("class.columns", f"{message}; not understood{program}: {_list(table.unknown)}", hint)
            if table.nameless and table.rows > 1:
                message = f"{table.source}: no column names the students; is it {_list(table.nameless, 'or')}?"
                yield Diagnostic("class.student", message, f"--columns '{table.nameless[0]}=student' says so")

    def _titles(self) -> Iterable[Diagnostic]:
        there = {title for table in self.notes.tables for title in table.layout.told}
        lost = [title for title in self.titles if title not in there]
        if lost and self.notes.tables:
            titles = list(dict.fromkeys(title for table in self.notes.tables for title in table.layout.titles if title))
            hint = f"there are {_list(titles, 'and', most=12)}"
            yield Diagnostic("class.title", f"no file has a column {_list(lost, 'or')}", hint)

    def _encodings(self) -> Iterable[Diagnostic]:
        for source, reason in self.garbled.items() if self.submissions > 1 else ():
            yield Diagnostic(
                "class.encoding", f"{source}: {reason.count:,} rows cannot be read: {reason.examples[0]}",
                reason.problem.hint,
            )  # fmt: skip

    def _broken(self, most: Fraction) -> Iterable[Diagnostic]:
        for code, reason in self.broken.items():
            if code in _OF_BYTES and self.garbled:
                continue  # which is said of the file
            if reason.count * 100 > most * self.submissions and self.submissions > 1:
                message = f"{reason.count:,} of {self.submissions:,} submissions cannot be read"
                yield Diagnostic("class.invalid", f"{message}: {'; '.join(reason.examples)}", _remedy(reason))

    def _invalid(self, most: Fraction) -> Iterable[Diagnostic]:
        found: dict[str, list[str]] = {}
        for name, column in self.columns.items():
            for code, reason in column.reasons.items():
                if reason.count * 100 > most * column.answered:
                    found.setdefault(code, []).append(name)
        for code, names in found.items():
            reasons = [self.columns[name].reasons[code] for name in names]
            count, answered = sum(one.count for one in reasons), sum(self.columns[name].answered for name in names)
            first = next((one for one in reasons if one.comma), reasons[0])
            message = (
                f"{_list(names)}: {count:,} of {answered:,} answers cannot be read, as {' and '.join(first.examples)}"
            )
            yield Diagnostic("class.invalid", f"{message}: {first.problem.message}", _remedy(first))

    def _missing(self, most: Fraction) -> Iterable[Diagnostic]:
        names = [
            name
            for name, column in self.columns.items()
            if column.missing * 100 > most * (column.missing + column.answered)
        ]
        if names:
            missing = sum(self.columns[name].missing for name in names)
            whole = missing + sum(self.columns[name].answered for name in names)
            message = f"{_list(names)}: {missing:,} of {whole:,} answers are missing"
            hint = "if students left them open, --max-missing 100 grades them; else see what names stand in the files"
            yield Diagnostic("class.missing", message, hint)

    def _unread(self) -> Iterable[Diagnostic]:
        for table in self.notes.tables:
            if table.unknown and not table.missing:
                hint = "--columns 'TITLE=' says that a column is no answer"
                yield Diagnostic("class.columns", f"{table.source}: not read: {_list(table.unknown)}", hint)

    def _few(self) -> Iterable[Diagnostic]:
        """One line about what is invalid in a small part of the class."""
        reasons: dict[str, int] = {}
        for reason in (one for column in self.columns.values() for one in column.reasons.values()):
            reasons[reason.problem.code] = reasons.get(reason.problem.code, 0) + reason.count
        broken = sum(one.count for one in self.broken.values())
        if self.submissions < _A_CLASS or not (reasons or broken):
            return
        answers = sum(reasons.values())
        answered = sum(column.answered for column in self.columns.values())
        what = [f"{answers:,} of {answered:,} answers"] if answers else []
        what += [f"{broken:,} of {self.submissions:,} submissions"] if broken else []
        codes = sorted((*reasons, *self.broken), key=lambda code: -reasons.get(code, 0))
        yield Diagnostic("class.invalid", f"{' and '.join(what)} cannot be read ({_list(codes, 'and')})")


def _remedy(reason: _Reason) -> str:
    helps = "--decimal , reads a comma as the decimal sign" if reason.comma else reason.problem.hint
    return f"{helps + '; ' if helps else ''}--force grades all the same, --max-invalid PERCENT allows more"


def _place(one: Submission, answer: Answer) -> str:
    return one.student if answer.below is None else f"{one.student}, line {(one.line or 0) + answer.below}"


def _short(text: str) -> str:
    return text if len(text) <= _SHORT else text[: _SHORT - 1] + "…"


def _list(names: Sequence[str], word: str = "and", most: int = _NAMED_APART) -> str:
    """Names in quotes, the first few of them."""
    shown = [f"`{_short(name)}`" for name in names[:most]]
    if len(names) > most:
        return f"{', '.join(shown)} and {len(names) - most:,} more"
    return f" {word} ".join([", ".join(shown[:-1]), shown[-1]] if len(shown) > 1 else shown)

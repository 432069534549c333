"""``backprop grade``: many submissions, one key."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from backprop_cli import limits
from backprop_cli.cli.arguments import text_of
from backprop_cli.cli.calculation_options import exclude
from backprop_cli.cli.class_options import ClassOptions, class_options, file_options, percent
from backprop_cli.cli.outcome import OUR_BUG
from backprop_cli.cli.output import write_out
from backprop_cli.cli.report_options import ReportOptions, report_options
from backprop_cli.cli.warn import error, warn
from backprop_cli.problems import UNREADABLE, Diagnostic

if TYPE_CHECKING:
    from backprop_cli.grading.keys.key import Key
    from backprop_cli.grading.marking import Marker
    from backprop_cli.grading.records import ClassSummary, SubmissionResult, Tally
    from backprop_cli.grading.regrade import Regrading

_BELOW, _NO_ANSWER = 1, 1


class GradeOptions(ReportOptions, ClassOptions):
    """What the command is asked for."""

    new_key: bool
    check_key: bool
    fail_under: Fraction | None
    jobs: int
    output: str | None
    compare: str | None


@click.command(
    "grade",
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.argument("key", metavar="KEY", required=False)
@click.argument("paths", metavar="SUBMISSION...", nargs=-1)
@click.option("--new-key", is_flag=True, help="Print a commented example of a key, and nothing else.")
@click.option("--check-key", is_flag=True, help="Check the key and print its answers; no submission is read.")
@file_options
@class_options
@report_options
@click.option("--details", is_flag=True, help="Every answer below its submission's line, in text.")
@click.option("--item-analysis", is_flag=True, help="How hard each question is, and what is got wrong there.")
@click.option("--compare", metavar="FILE", help="Whose score changed since an earlier report in JSON, and why.")
@click.option("--feedback-dir", metavar="[FORMAT=]DIR", help="A page for each student to send out: html or markdown.")
@click.option("--anonymous", is_flag=True, help="No student's name in any report; Markdown is the class alone.")
@click.option("--fail-under", metavar="PERCENT", callback=percent, help="Exit code 1 if a submission has less.")
@click.option("--jobs", metavar="N", type=click.IntRange(1, 64), default=1, help="Use N cores; the output is the same.")
@click.option("-o", "--output", metavar="FILE", help="Where --new-key writes to, if not standard output.")
@click.option("--debug", is_flag=True, hidden=True, expose_value=False)
def command(key: str | None, paths: tuple[str, ...], **given: Any) -> int:
    """Grade every SUBMISSION by the KEY.

    KEY is a TOML file (--new-key writes an example). A SUBMISSION is a JSON, CSV, TOML or text file, a folder of them,
    one JSON Lines or CSV file with a student column for a whole class, or - for standard input.

    \b
    backprop grade --new-key > key.toml
    backprop grade key.toml --check-key
    backprop grade key.toml submissions/ada.json --details
    backprop grade key.toml submissions/ --report csv=grades.csv --report markdown=summary.md
    """  # noqa: D301  # \b, which click takes for a paragraph to leave as it is
    options = GradeOptions(**given)
    _no_contradiction(paths, options)
    if options.new_key:
        return _new_key(key, options)
    if key is None:
        raise click.UsageError("there is no key\n`backprop grade --new-key > key.toml` writes an example")
    if options.check_key:
        return _check_key(read_key_file(key), options)
    paths = _paths(key, paths, options.students)
    if options.as_map:
        return _map(read_key_file(key), paths, options)
    _keep_inputs(options, (key, *paths, *([options.compare] if options.compare else [])))
    return _grade(read_key_file(key), paths, options)


def _no_contradiction(paths: tuple[str, ...], options: GradeOptions) -> None:
    """Refuse what would be passed over in silence."""
    exclude(options, ("new_key", "check_key"), ("new_key", "as_map"), ("check_key", "as_map"))
    if options.output is not None and not options.new_key:
        raise click.UsageError("-o is for --new-key\n--report FORMAT=FILE writes a report to a file")
    for name in ("new_key", "check_key", "as_map"):
        exclude(options, (name, "item_analysis"), (name, "compare"), (name, "feedback_dir"), (name, "anonymous"))
        exclude(options, (name, "format_"), (name, "as_json"), (name, "reports"), (name, "details"))
    for name in ("new_key", "check_key"):
        if getattr(options, name) and paths:
            raise click.UsageError(f"--{name.replace('_', '-')} reads no submission, and got {paths[0]}")


def _new_key(key: str | None, options: GradeOptions) -> int:
    from backprop_cli.grading.keys.key import new_key

    if key is not None:
        raise click.UsageError(f"--new-key reads no file, and got {key}\n-o {key} writes the example there")
    write_out(options.output, new_key())
    return 0


def read_key_file(path: str) -> Key:
    """The key in a file, or on standard input. Raises ``Refused`` with all that is wrong with it."""
    from backprop_cli.grading.keys.key import read_key

    word = path if path == "-" else f"@{path}"
    return read_key(*text_of(word, "key", limits.TEXT_CHARACTERS))


def _check_key(key: Key, options: GradeOptions) -> int:
    from backprop_cli.cli.screen import screen
    from backprop_cli.grading.keys.solutions import solutions, varied
    from backprop_cli.grading.marking import ready
    from backprop_cli.render.graded.key_table import render

    with key_guard():
        marker = ready(key, method="symbolic")
    sys.stdout.write(render(solutions(marker), screen(options.color), varied(marker)))
    sys.stdout.flush()
    _warn_of_key(marker)
    lacks = any(
        fact.problem is not None and asked not in getattr(part.question, "absent", ())
        for part in marker.parts
        for asked, fact in part.question.facts.items()
    )
    return _NO_ANSWER if lacks and not options.exit_zero else 0


def _map(key: Key, paths: tuple[str, ...], options: GradeOptions) -> int:
    from backprop_cli.cli.class_files import print_map
    from backprop_cli.grading.marking import ready

    with key_guard():
        marker = ready(key)
    sys.stdout.write(print_map(marker, paths, options))
    sys.stdout.flush()
    return 0


def _paths(key: str, paths: tuple[str, ...], students: str | None) -> tuple[str, ...]:
    if not paths:
        raise click.UsageError("there is no submission\nname files, a folder, or - for standard input")
    if (key, *paths, students).count("-") > 1:
        raise click.UsageError("standard input can be one thing only: the key, a submission or the students")
    return paths


def _warn_of_key(marker: Marker) -> None:
    for part in marker.parts:
        warn(Diagnostic(one.code, f"problem {part.id}: {one.message}", one.hint) for one in part.question.warnings)


def _grade(key: Key, paths: tuple[str, ...], options: GradeOptions) -> int:
    from backprop_cli.cli.class_files import looked_at
    from backprop_cli.cli.deadline import ended_by_a_signal
    from backprop_cli.cli.progress import progress
    from backprop_cli.cli.reports import reports
    from backprop_cli.grading.jobs import marked
    from backprop_cli.grading.marking import ready, telling
    from backprop_cli.grading.varying.strangers import Strangers

    key = telling(key, options.feedback) if options.feedback else key
    if options.fail_under is not None and any(problem.feedback == "none" for problem in key.problems):
        raise click.UsageError("--fail-under would tell by the exit code what feedback none keeps to itself")
    make = partial(ready, key, _guard)
    with key_guard():
        marker = make()
    _warn_of_key(marker)
    book, strangers = _Book(marker.summary(), _earlier(options.compare), options), Strangers()
    with (
        ended_by_a_signal(),
        reports(options) as written,
        looked_at(marker, paths, options) as (submissions, plan),
        progress() as step,
    ):
        found = plan.chosen(submissions)
        written.head(marker.heading())
        for result, tallies in plan.best(marked(make, marker, found, options.jobs)):
            strangers.add(result)
            written.add(book.entered(result, tallies))
            step()
        written.tail(book.closed())
    warn(strangers.said())
    return _bug(book.broken) if book.broken else _exit_code(book, options)


@dataclass
class _Book:
    """What is counted while submissions pass: the class, what changed, and what decides the exit code."""

    summary: ClassSummary
    earlier: Regrading | None
    options: GradeOptions
    below: int = 0
    broken: int = 0

    def entered(self, result: SubmissionResult, tallies: Sequence[Tally]) -> SubmissionResult:
        """Count a submission; returns it as reports may show it."""
        from backprop_cli.grading.anonymous import nameless
        from backprop_cli.grading.summary import add

        add(self.summary, result, tallies)
        under = self.options.fail_under
        self.below += under is not None and result.percent < under
        self.broken += result.broken
        shown = nameless(result, self.summary.submissions) if self.options.anonymous else result
        change = self.earlier.add(result, tallies) if self.earlier else None
        if change is not None:
            self.summary.changes.append(replace(change, student=shown.student))
        return shown

    def closed(self) -> ClassSummary:
        """The class, with who is no longer in it."""
        if self.earlier is not None:
            self.summary.compared = self.earlier.name
            gone = self.earlier.rest()
            self.summary.changes += (replace(one, student="") for one in gone) if self.options.anonymous else gone
        return self.summary


def _earlier(path: str | None) -> Regrading | None:
    if path is None:
        return None
    from backprop_cli.cli.arguments import data_of, decoded
    from backprop_cli.grading.regrade import read_earlier

    data, name = data_of(path, limits.REPORT_BYTES)
    return read_earlier(decoded(data, name), name)


def _bug(submissions: int) -> int:
    """Say that some grades are not to be trusted; the reports are written."""
    what = "1 submission has answers" if submissions == 1 else f"{submissions} submissions have answers"
    hint = "please report it with what `backprop check … --debug` says of such an answer"
    error(Diagnostic("internal", f"{what} that a bug of backprop's own kept from being judged", hint))
    return OUR_BUG


def _keep_inputs(options: GradeOptions, paths: tuple[str, ...]) -> None:
    """Refuse a report that would take the place of what is read, or be read as a submission the next time."""
    from backprop_cli.cli.reports import feedback_folder, report_files

    read = {Path(path).resolve() for path in paths if path != "-"}
    targets = [
        (f"--report {word}", name)
        for word, (_, name) in zip(options.reports, report_files(options.reports), strict=True)
    ]
    if options.feedback_dir:
        targets.append((f"--feedback-dir {options.feedback_dir}", feedback_folder(options.feedback_dir)[1]))
    for word, name in targets:
        target = Path(name).resolve()
        if target in read:
            raise click.UsageError(f"{word} would overwrite what is read")
        if any(target.is_relative_to(folder) for folder in read if folder.is_dir()):
            hint = "it would be taken for a submission; write it somewhere else"
            raise click.UsageError(f"{word} is in a folder of submissions\n{hint}")


def _exit_code(book: _Book, options: GradeOptions) -> int:
    if book.summary.invalid == book.summary.submissions and book.summary.submissions:
        return UNREADABLE
    return _BELOW if book.below and not options.exit_zero else 0


def key_guard() -> AbstractContextManager[None]:
    """The time that making a key ready may take."""
    from backprop_cli.cli.deadline import deadline

    return deadline(limits.SECONDS, "the key has too many problems, or too large ones: split it", processor=True)


def _guard(seconds: int) -> AbstractContextManager[None]:
    from backprop_cli.cli.deadline import deadline

    hint = "a teacher may give simpler problems; a student shorter formulas"
    return deadline(seconds, hint, processor=True)

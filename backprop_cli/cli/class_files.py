"""A class's files, looked at before they are graded: what stops the grading, what is said, and which attempts count."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING

import click

from backprop_cli import limits
from backprop_cli.cli.arguments import data_of
from backprop_cli.cli.class_options import ClassOptions, ways
from backprop_cli.cli.warn import warn
from backprop_cli.problems import UNREADABLE, Refused

if TYPE_CHECKING:
    from backprop_cli.grading.attempts import AttemptPlan
    from backprop_cli.grading.files.column_roles import Ways
    from backprop_cli.grading.files.sheets import Problems, Submission
    from backprop_cli.grading.files.submissions import Inbox
    from backprop_cli.grading.marking import Marker


@contextmanager
def looked_at(
    marker: Marker, paths: Sequence[str], options: ClassOptions
) -> Iterator[tuple[Iterable[Submission], AttemptPlan]]:
    """The submissions in the files, and which of them count. Raises ``Refused`` where they should not be believed."""
    from backprop_cli.grading.attempts import Attempts
    from backprop_cli.grading.files.kept import Kept
    from backprop_cli.grading.files.notes import Notes
    from backprop_cli.grading.files.submissions import skipped
    from backprop_cli.grading.survey import MAX_INVALID, MAX_MISSING, Survey
    from backprop_cli.grading.varying.strangers import Attendance

    invalid, missing = options.max_invalid, options.max_missing
    with closing(_inbox(marker, paths, options)) as inbox:
        survey = Survey(marker, Notes(), inbox.ways.titles)
        attempts = Attempts(options.attempt or marker.key.attempt)
        listed = None if options.students is None else students_of(options.students, marker, inbox.ways)
        attendance, kept = Attendance(options.students or "", listed), Kept()
        for one in inbox.submissions(survey.notes):
            survey.add(one)
            attempts.add(one)
            attendance.add(one)
            kept.add(one)
        found = survey.findings(
            MAX_INVALID if invalid is None else invalid, MAX_MISSING if missing is None else missing
        )
        plan = attempts.plan()
        stops = (*found.stops, *plan.stops(), *attendance.stops())
        if stops and not options.force:
            raise Refused(*stops, exit_code=UNREADABLE)
        warn((*skipped(paths), *stops, *found.said, *plan.said(), *attendance.said()))
        yield kept.again(inbox), plan


def students_of(path: str, marker: Marker, how: Ways) -> tuple[str, ...]:
    """The students that a file lists, or standard input, as ``grade`` calls them. Raises ``Refused``."""
    from backprop_cli.worksheet.roster import roster

    data, name = data_of(path, limits.ROSTER_BYTES)
    return roster(data, name, marker.problems, replace(how, titles={**marker.key.titles, **how.titles}))


def print_map(marker: Marker, paths: Sequence[str], options: ClassOptions) -> str:
    """How the columns of all tables are understood, as lines for a key."""
    from backprop_cli.grading.files.notes import Notes
    from backprop_cli.grading.keys.solutions import varied
    from backprop_cli.render.graded.mapping import render

    notes = Notes()
    with closing(_inbox(marker, paths, options)) as inbox:
        for _ in inbox.submissions(notes):
            pass
    return render(notes.tables, varied(marker))


def _inbox(marker: Marker, paths: Sequence[str], options: ClassOptions) -> Inbox:
    from backprop_cli.grading.files.submissions import Inbox

    told = ways(options)
    problems = marker.problems
    _refuse_strangers(told, problems, "--columns")
    of_key = marker.key.titles
    _refuse_strangers(replace(told, titles=of_key), problems, "the key's columns")
    inbox = Inbox(paths, problems, replace(told, titles={**of_key, **told.titles}))
    missing = inbox.missing()
    if missing:
        raise Refused(*missing)
    return inbox


def _refuse_strangers(told: Ways, problems: Problems, what: str) -> None:
    """Refuse a column that is told to hold what nobody asks for."""
    from backprop_cli.grading.files.headings import ROLES

    for title, name in told.titles.items():
        if name and name not in ROLES and not problems.meant((name,)):
            hint = f"a column holds an answer, as chain.dx, or {', '.join(ROLES)}"
            raise click.UsageError(f"{what}: `{title}` cannot be {name}, which means nothing in the key\n{hint}")

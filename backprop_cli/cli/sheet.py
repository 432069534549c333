"""``backprop sheet``: a key's problems as sheets to hand out, with each student's own numbers."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import click

from backprop_cli.choices import SHEETS
from backprop_cli.cli.class_options import FileOptions, file_options, ways
from backprop_cli.cli.warn import warn
from backprop_cli.problems import Diagnostic

if TYPE_CHECKING:
    from backprop_cli.grading.keys.key import Key
    from backprop_cli.grading.marking import Marker

_SOLUTIONS = "solutions"


class SheetOptions(FileOptions):
    """What the command is asked for."""

    students: str | None
    output: str
    form: str
    solutions: bool
    overwrite: bool


@click.command(
    "sheet",
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.argument("key", metavar="KEY")
@click.option("--students", metavar="FILE", help="A sheet for each: one id a line, or a table as grade reads it; or -.")
@click.option("-o", "--output", metavar="DIR", required=True, help="The folder where the sheets go.")
@click.option("--format", "form", type=click.Choice(SHEETS), default="html", help="html (one file each) if not said.")
@click.option("--solutions", is_flag=True, help="Also answers and worked steps, in DIR/solutions.")
@click.option("--overwrite", is_flag=True, help="Put new files in the places of those that are there.")
@file_options
@click.option("--debug", is_flag=True, hidden=True, expose_value=False)
def command(key: str, **given: Any) -> int:
    """The problems of a KEY as sheets to hand out: the text, the expression, the empty circuit, blanks for the answers.

    Where numbers vary in the key, each student of --students has numbers of their own, and `backprop grade` has the
    same for the student's id.

    \b
    backprop sheet key.toml -o sheets
    backprop sheet key.toml --students class.csv -o sheets --format latex --solutions
    """  # noqa: D301  # \b, which click takes for a paragraph to leave as it is
    from backprop_cli.cli.deadline import ended_by_a_signal
    from backprop_cli.cli.grade import key_guard, read_key_file
    from backprop_cli.cli.progress import progress
    from backprop_cli.cli.sheet_folder import write_folder

    options = SheetOptions(**given)
    if (key, options.students).count("-") > 1:
        raise click.UsageError("standard input can be one thing only: the key or the students")
    read = read_key_file(key)
    with key_guard():
        marker = _ready(read)
    students = _students(marker, options)
    with ended_by_a_signal(), progress("sheets") as step:
        write_folder(options.output, _files(marker, students, options, step), overwrite=options.overwrite)
    print(_said(students, options))
    _warn_of_the_secret(read, marker)
    return 0


def _warn_of_the_secret(key: Key, marker: Marker) -> None:
    from backprop_cli.grading.keys.varied import EXAMPLE_SECRET
    from backprop_cli.worksheet.making import varies

    if key.secret == EXAMPLE_SECRET and varies(marker):
        message = "the secret is the example's: whoever knows it works out everybody's numbers"
        warn([Diagnostic("key.secret", message, 'write another one above the first problem: secret = "…"')])


def _ready(key: Key) -> Marker:
    from backprop_cli.grading.marking import ready

    return ready(key)


def _students(marker: Marker, options: SheetOptions) -> tuple[str, ...]:
    """Whom sheets are for; one for all where nobody is named."""
    from backprop_cli.cli.class_files import students_of
    from backprop_cli.worksheet.making import varies

    if options.students is None:
        if varies(marker):
            raise click.UsageError("numbers vary by student in this key\n--students FILE names the students")
        return ("",)
    return students_of(options.students, marker, ways(options))


def _files(
    marker: Marker, students: Sequence[str], options: SheetOptions, step: Callable[[], None]
) -> Iterator[tuple[str, str]]:
    """Every file by its path in the folder, one student after the other; then what goes with all of them."""
    from backprop_cli.render.worksheet.class_lists import index
    from backprop_cli.worksheet.stems import ALL, stems

    names, told, listed = stems(students), list[str](), list[tuple[str, str]]()
    for student in students:
        sheets, solved, answers = _of_student(marker, student, names[student] if student else ALL, options)
        yield from sheets.items()
        yield from ((f"{_SOLUTIONS}/{name}", text) for name, text in solved.items())
        told.append(answers)
        listed.append((student, next(iter(sheets))))
        step()
    if options.solutions:
        yield f"{_SOLUTIONS}/answers.jsonl", "".join(told)
    if options.students is not None:
        yield "students.csv", index(listed)


def _of_student(
    marker: Marker, student: str, stem: str, options: SheetOptions
) -> tuple[Mapping[str, str], Mapping[str, str], str]:
    """The files of a student's sheet and of its solution, and the right answers."""
    from backprop_cli.cli.grade import key_guard
    from backprop_cli.render.worksheet.class_lists import answers
    from backprop_cli.render.worksheet.sheet_formats import renderer
    from backprop_cli.worksheet.making import worksheet

    render = renderer(options.form)
    with key_guard():
        sheet = worksheet(marker, student)
        solved = render(sheet, stem, solved=True) if options.solutions else {}
        return render(sheet, stem, solved=False), solved, answers(sheet)


def _said(students: Sequence[str], options: SheetOptions) -> str:
    from backprop_cli.render.safe_text import visible

    count = f"{len(students):,} sheet{'' if len(students) == 1 else 's'}"
    where = visible(options.output.rstrip("/") or "/")
    solutions = f", the solutions in {where}/{_SOLUTIONS}" if options.solutions else ""
    return f"{count} in {where}{solutions}"

"""The reports of a grading: one on standard output, others in files that appear whole when all is done."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

import click

from backprop_cli.cli.output import growing
from backprop_cli.cli.screen import screen
from backprop_cli.render.graded.formats import FORMATS, writer

if TYPE_CHECKING:
    from backprop_cli.cli.report_options import ReportOptions
    from backprop_cli.grading.records import ClassSummary, Heading, SubmissionResult
    from backprop_cli.render.graded.base import Writer


@dataclass(slots=True)
class Reports:
    """Several reports written side by side, a submission at a time; the first is that of standard output.

    A reader of standard output that has gone ends that report alone: ``gone``.
    """

    writers: Sequence[tuple[Writer, TextIO]]
    gone: bool = False

    def head(self, heading: Heading) -> None:
        """Begin them all."""
        self._write(lambda writer: writer.head(heading))

    def add(self, result: SubmissionResult) -> None:
        """One more submission."""
        self._write(lambda writer: writer.add(result))

    def tail(self, summary: ClassSummary) -> None:
        """End them all."""
        self._write(lambda writer: writer.tail(summary))

    def _write(self, piece: Callable[[Writer], str]) -> None:
        (screen, stdout), *others = self.writers
        if not self.gone:
            try:
                stdout.write(piece(screen))
            except BrokenPipeError:
                if not others:
                    raise
                self.gone = True
        for other, file in others:
            file.write(piece(other))


@contextmanager
def reports(options: ReportOptions) -> Iterator[Reports]:
    """The reports that the options ask for. Files are put in place when the block ends well, and only then."""
    form = "json" if options.as_json else options.format_ or "text"
    if options.as_json and options.format_ not in (None, "json"):
        raise click.UsageError(f"--json and --format {options.format_} exclude each other")
    seen = screen(options.color) if form == "text" else None
    wanted = report_files(options.reports)
    if options.details and "text" not in (form, *(name for name, _ in wanted)):
        raise click.UsageError(f"--details is for text, and the format is {form}")
    if options.excel and "csv" not in (form, *(name for name, _ in wanted)):
        raise click.UsageError(f"--excel is for CSV, and the format is {form}")
    made = partial(writer, details=options.details, excel=options.excel, comma=options.decimal == ",")
    with ExitStack() as stack:
        files = [(made(name), stack.enter_context(growing(path))) for name, path in wanted]
        yield Reports([(made(form, seen), sys.stdout), *files])


def report_files(words: Sequence[str]) -> list[tuple[str, str]]:
    """Format and file of every --report. Raises a usage error for what is none."""
    found: list[tuple[str, str]] = []
    for word in words:
        name, equals, path = word.partition("=")
        if name not in FORMATS or not equals or not path or path == "-":
            hint = f"the formats are {', '.join(FORMATS)}; --format is for standard output"
            raise click.UsageError(f"--report takes FORMAT=FILE, and got {word}\n{hint}")
        if any(Path(path).resolve() == Path(other).resolve() for _, other in found):
            raise click.UsageError(f"two reports would be written to {path}")
        found.append((name, path))
    return found

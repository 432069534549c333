"""The reports of a grading: one on standard output, others in files that appear whole when all is done."""

from __future__ import annotations

import sys
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, TextIO

import click

from backprop_cli.choices import FEEDBACK_PAGES, GRADING_FORMATS
from backprop_cli.cli.folders import folder
from backprop_cli.cli.output import growing
from backprop_cli.cli.screen import screen
from backprop_cli.grading.telling import of_a_withheld_class, withheld
from backprop_cli.render.graded.report_formats import feedback_page, writer
from backprop_cli.render.graded.report_writer import ReportSettings

if TYPE_CHECKING:
    from backprop_cli.cli.report_options import ReportOptions
    from backprop_cli.grading.records import ClassSummary, Heading, SubmissionResult
    from backprop_cli.render.graded.report_writer import ReportWriter


class Sink(Protocol):
    """A report that goes somewhere, a submission at a time."""

    def head(self, heading: Heading) -> None:
        """Begin it."""
        ...

    def add(self, result: SubmissionResult) -> None:
        """One more submission."""
        ...

    def tail(self, summary: ClassSummary) -> None:
        """End it."""
        ...


@dataclass(frozen=True, slots=True)
class FileReport:
    """A report in a file."""

    writer: ReportWriter
    file: TextIO

    def head(self, heading: Heading) -> None:
        """Begin it."""
        self.file.write(self.writer.head(heading))

    def add(self, result: SubmissionResult) -> None:
        """One more submission."""
        self.file.write(self.writer.add(result))

    def tail(self, summary: ClassSummary) -> None:
        """End it."""
        self.file.write(self.writer.tail(summary))


@dataclass(slots=True)
class Reports:
    """Several reports written side by side; ``screen`` is that of standard output.

    Standard output may be the student's: it has no score where the feedback is ``none``. A reader of it that has gone
    ends that report alone: ``gone``.
    """

    screen: FileReport
    others: Sequence[Sink]
    gone: bool = False
    _secret: bool = False

    def head(self, heading: Heading) -> None:
        """Begin them all."""
        self._write(lambda report: report.head(heading))

    def add(self, result: SubmissionResult) -> None:
        """One more submission."""
        self._secret |= result.secret
        self._write(lambda report: report.add(result), lambda report: report.add(withheld(result)))

    def tail(self, summary: ClassSummary) -> None:
        """End them all."""
        told = of_a_withheld_class(summary) if self._secret else summary
        self._write(lambda report: report.tail(summary), lambda report: report.tail(told))

    def _write(self, piece: Callable[[Sink], None], on_screen: Callable[[Sink], None] | None = None) -> None:
        if not self.gone:
            try:
                (on_screen or piece)(self.screen)
            except BrokenPipeError:
                if not self.others:
                    raise
                self.gone = True
        for other in self.others:
            piece(other)


@contextmanager
def reports(options: ReportOptions) -> Iterator[Reports]:
    """The reports that the options ask for. Files are put in place when the block ends well, and only then."""
    form = options.form
    seen = screen(options.color) if form == "text" else None
    files = report_files(options.reports)
    _no_idle_option(options, {form, *(name for name, _ in files)})
    wanted = ReportSettings(
        details=options.details,
        items=options.item_analysis,
        excel=options.excel,
        comma=options.decimal == ",",
        tap_version=int(options.tap_version or 13),
        anonymous=options.anonymous,
    )
    with ExitStack() as stack:
        others = [stack.enter_context(_sink(name, path, wanted)) for name, path in files]
        if options.feedback_dir:
            others.append(stack.enter_context(_pages(options.feedback_dir)))
        yield Reports(FileReport(writer(form, seen, wanted), sys.stdout), others)


def _no_idle_option(options: ReportOptions, forms: Collection[str]) -> None:
    """Refuse an option that no report would heed."""
    for name, for_, what in (
        ("details", ("text",), "text"),
        ("excel", ("csv", "items"), "CSV"),
        ("item_analysis", ("text", "markdown"), "text and Markdown (JSON and HTML have it always)"),
        ("tap_version", ("tap",), "TAP"),
    ):
        if getattr(options, name) and not any(form in forms for form in for_):
            flag, shown = name.replace("_", "-"), ", ".join(sorted(forms))
            raise click.UsageError(f"--{flag} is for {what}, and the format is {shown}")
    if options.anonymous and (
        options.feedback_dir or any(path.endswith("/") for _, path in report_files(options.reports))
    ):
        raise click.UsageError("--anonymous leaves names out, and files for each student are named by them")


def _sink(form: str, path: str, wanted: ReportSettings) -> AbstractContextManager[Sink]:
    """A report in a file, or for a path that ends in / in a folder."""
    if path.endswith("/"):
        return folder(path, partial(writer, form, None, wanted), "{}/results.json")
    return _file(writer(form, None, wanted), path)


@contextmanager
def _file(made: ReportWriter, path: str) -> Iterator[FileReport]:
    with growing(path) as file:
        yield FileReport(made, file)


def _pages(word: str) -> AbstractContextManager[Sink]:
    """A page for each student."""
    form, path = feedback_folder(word)
    suffix = {"html": "html", "markdown": "md"}[form]
    return folder(path, partial(feedback_page, form), f"{{}}.{suffix}")


def feedback_folder(word: str) -> tuple[str, str]:
    """Format and folder of --feedback-dir: ``DIR`` or ``FORMAT=DIR``."""
    form, equals, path = word.partition("=")
    return (form, path) if equals and form in FEEDBACK_PAGES else (FEEDBACK_PAGES[0], word)


def report_files(words: Sequence[str]) -> list[tuple[str, str]]:
    """Format and file of every --report. Raises a usage error for what is none."""
    found: list[tuple[str, str]] = []
    for word in words:
        name, equals, path = word.partition("=")
        if name not in GRADING_FORMATS or not equals or not path or path == "-":
            hint = f"the formats are {', '.join(GRADING_FORMATS)}; --format is for standard output"
            raise click.UsageError(f"--report takes FORMAT=FILE, and got {word}\n{hint}")
        if path.endswith("/") and name != "gradescope":
            hint = "--feedback-dir writes a page for each student"
            raise click.UsageError(f"--report {name} takes a file, and got a folder: {path}\n{hint}")
        if any(Path(path).resolve() == Path(other).resolve() for _, other in found):
            raise click.UsageError(f"two reports would be written to {path}")
        found.append((name, path))
    return found

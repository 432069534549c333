"""Folders of files, one for each submission, named safely by the student: whole or not at all."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import mkdtemp
from typing import TYPE_CHECKING

from backprop_cli.cli.output import file_errors
from backprop_cli.grading.records import ClassSummary
from backprop_cli.worksheet.stems import Stems

if TYPE_CHECKING:
    from backprop_cli.grading.records import Heading, SubmissionResult
    from backprop_cli.render.graded.report_writer import ReportWriter


class FolderReport:
    """A file of its own for each submission, written with a new writer each."""

    def __init__(self, folder: Path, make: Callable[[], ReportWriter], pattern: str) -> None:
        self._folder, self._make, self._pattern = folder, make, pattern
        self._stems = Stems()
        self._heading: Heading | None = None
        self.written: list[str] = []

    def head(self, heading: Heading) -> None:
        """What every file begins with."""
        self._heading = heading

    def add(self, result: SubmissionResult) -> None:
        """One more file."""
        assert self._heading is not None
        writer = self._make()
        name = self._pattern.format(self._stems.next(result.student))
        pieces = (writer.head(self._heading), writer.add(result), writer.tail(ClassSummary("", result.points)))
        target = self._folder / name
        with file_errors(name):
            target.parent.mkdir(exist_ok=True)
            target.write_text("".join(pieces), encoding="utf-8", errors="backslashreplace", newline="\n")
        self.written.append(name)

    def tail(self, summary: ClassSummary) -> None:
        """Nothing: a class has no file here."""


@contextmanager
def folder(path: str, make: Callable[[], ReportWriter], pattern: str) -> Iterator[FolderReport]:
    """A report in a folder, whose files are put in place when the block ends well; other files there stay.

    Raises ``Refused`` if it cannot be written.
    """
    target = Path(path)
    with file_errors(path):
        if target.exists() and not target.is_dir():
            raise NotADirectoryError(20, "is a file, not a folder")
        whole = target.resolve()
        beside = Path(mkdtemp(prefix=f".{whole.name[:100]}.", dir=whole.parent))
    try:
        report = FolderReport(beside, make, pattern)
        yield report
        with file_errors(path):
            for name in report.written:
                place = target / name
                place.parent.mkdir(parents=True, exist_ok=True)
                (beside / name).replace(place)
    finally:
        shutil.rmtree(beside, ignore_errors=True)

"""The report formats by name. A format is loaded when it is asked for: only ``text`` needs rich."""

from __future__ import annotations

from typing import TYPE_CHECKING

from backprop_cli.choices import GRADING_FORMATS
from backprop_cli.problems import Diagnostic, Refused
from backprop_cli.render.graded.report_writer import NOTHING_ELSE, ReportSettings, ReportWriter

if TYPE_CHECKING:
    from backprop_cli.render.tables.screens import Screen


def writer(form: str, screen: Screen | None = None, wanted: ReportSettings = NOTHING_ELSE) -> ReportWriter:
    """A new report of this format. Raises ``Refused`` for one that there is not.

    ``screen`` is what ``text`` is written to, None a file.
    """
    if form == "text":
        from backprop_cli.render.graded.text import TextReport

        return TextReport(screen, details=wanted.details, items=wanted.items)
    if form in ("json", "jsonl"):
        from backprop_cli.render.graded.json import JsonLinesReport, JsonObjectReport

        return JsonObjectReport() if form == "json" else JsonLinesReport()
    if form == "markdown":
        from backprop_cli.render.graded.markdown import MarkdownReport

        return MarkdownReport(items=wanted.items, students=not wanted.anonymous)
    if form == "html":
        from backprop_cli.render.graded.html import HtmlReport

        return HtmlReport()
    return _table(form, wanted) or _machine(form, wanted)


def feedback_page(form: str) -> ReportWriter:
    """A new page for one student."""
    if form == "html":
        from backprop_cli.render.graded.html import FeedbackPage

        return FeedbackPage()
    from backprop_cli.render.graded.markdown import FeedbackNote

    return FeedbackNote()


def _table(form: str, wanted: ReportSettings) -> ReportWriter | None:
    """What a spreadsheet opens."""
    if form == "csv":
        from backprop_cli.render.graded.csv import CsvReport

        return CsvReport(excel=wanted.excel, comma=wanted.comma)
    if form == "items":
        from backprop_cli.render.graded.items_csv import ItemsReport

        return ItemsReport(excel=wanted.excel, comma=wanted.comma)
    return None


def _machine(form: str, wanted: ReportSettings) -> ReportWriter:
    """What other programs run on: test reports and what is made of them."""
    if form == "junit":
        from backprop_cli.render.graded.junit import JunitReport

        return JunitReport()
    if form == "tap":
        from backprop_cli.render.graded.tap import TapReport

        return TapReport(wanted.tap_version)
    if form == "gradescope":
        from backprop_cli.render.graded.gradescope import GradescopeResults

        return GradescopeResults()
    if form == "github":
        from backprop_cli.render.graded.github import GithubCommands

        return GithubCommands()
    known = ", ".join(GRADING_FORMATS)
    raise Refused(Diagnostic("usage.report", f"there is no report format {form}", f"formats are {known}"))

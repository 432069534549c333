"""The report formats by name. A format is loaded when it is asked for: only ``text`` needs rich."""

from __future__ import annotations

from typing import TYPE_CHECKING

from backprop_cli.problems import Diagnostic, Refused
from backprop_cli.render.graded.base import Writer

if TYPE_CHECKING:
    from backprop_cli.render.table import Screen

FORMATS = ("text", "json", "jsonl", "csv", "junit", "tap", "gradescope", "github", "markdown")


def writer(
    form: str, screen: Screen | None = None, *, details: bool = False, excel: bool = False, comma: bool = False
) -> Writer:
    """A new report of this format. Raises ``Refused`` for one that there is not.

    ``screen`` is what ``text`` is written to, None a file; ``details`` gives a class every answer in it. ``excel`` and
    ``comma`` are how CSV is to be opened.
    """
    if form == "text":
        from backprop_cli.render.graded.text import TextReport

        return TextReport(screen, details=details)
    if form in ("json", "jsonl"):
        from backprop_cli.render.graded.json import JsonLines, JsonObject

        return JsonObject() if form == "json" else JsonLines()
    if form == "csv":
        from backprop_cli.render.graded.csv import CsvReport

        return CsvReport(excel=excel, comma=comma)
    if form == "markdown":
        from backprop_cli.render.graded.markdown import MarkdownReport

        return MarkdownReport()
    return _machine(form)


def _machine(form: str) -> Writer:
    """What other programs run on: test reports and what is made of them."""
    if form == "junit":
        from backprop_cli.render.graded.junit import JunitReport

        return JunitReport()
    if form == "tap":
        from backprop_cli.render.graded.tap import TapReport

        return TapReport()
    if form == "gradescope":
        from backprop_cli.render.graded.gradescope import GradescopeResults

        return GradescopeResults()
    if form == "github":
        from backprop_cli.render.graded.github import GithubCommands

        return GithubCommands()
    raise Refused(Diagnostic("usage.report", f"there is no report format {form}", f"formats are {', '.join(FORMATS)}"))

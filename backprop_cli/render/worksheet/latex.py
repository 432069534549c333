"""A sheet as a LaTeX document that a plain installation sets: amsmath and graphicx are all that it loads."""

from __future__ import annotations

from collections.abc import Iterator

from backprop_cli.problems import Refused
from backprop_cli.render.derivation import render as derivation
from backprop_cli.render.formula import formula
from backprop_cli.render.latex_names import latex_name
from backprop_cli.render.worksheet import phrases
from backprop_cli.render.worksheet.circuits import circuit
from backprop_cli.render.worksheet.step_lines import lines
from backprop_cli.render.worksheet.strokes import picture
from backprop_cli.render.worksheet.typeset import COMMANDS, ascii_only, typeset, verbatim
from backprop_cli.report.report import Report
from backprop_cli.report.step_by_step import steps
from backprop_cli.worksheet.exercises import Exercise, Worksheet

_HEAD = rf"""\documentclass[11pt,a4paper]{{article}}
\usepackage{{amsmath}}
\usepackage{{graphicx}}
\setlength{{\textwidth}}{{17cm}}
\setlength{{\textheight}}{{25cm}}
\setlength{{\oddsidemargin}}{{-0.54cm}}
\setlength{{\topmargin}}{{-1.54cm}}
\setlength{{\headheight}}{{0pt}}
\setlength{{\headsep}}{{0pt}}
\setlength{{\parindent}}{{0pt}}
\setlength{{\parskip}}{{6pt}}
\allowdisplaybreaks
\sloppy
{COMMANDS}\newsavebox{{\drawn}}
\newcommand{{\fitted}}[1]{{\savebox{{\drawn}}{{#1}}%
  \ifdim\wd\drawn>\linewidth\resizebox{{\linewidth}}{{!}}{{\usebox{{\drawn}}}}\else\usebox{{\drawn}}\fi\par}}
\newcommand{{\blank}}{{\rule[-3pt]{{6.5cm}}{{0.4pt}}}}
\begin{{document}}
"""
_LONG = 60  # characters of a derivation's line, and beyond the steps are set as text


def render(sheet: Worksheet, stem: str, *, solved: bool) -> dict[str, str]:
    """The file of a sheet by its name."""
    solutions = f": {phrases.SOLUTIONS}" if solved else ""
    name = typeset(sheet.student) if sheet.student else "" if solved else r"\blank"
    who = f"{phrases.NAME}: {name}" if name else ""
    text = [
        f"{{\\Large\\bfseries {typeset(phrases.title(sheet))}{solutions}\\par}}",
        f"{who}\\hfill\\mbox{{{typeset(phrases.points(sheet.points))}}}\\par\\hrule\\vspace{{6pt}}",
        *map(_paragraph, phrases.paragraphs(sheet.text)),
    ]
    for number, exercise in enumerate(sheet.exercises, 1):
        text += _exercise(number, exercise, solved=solved)
    return {f"{stem}.tex": _HEAD + "\n".join(text) + "\n\\end{document}\n"}


def _paragraph(text: str) -> str:
    return f"{typeset(text)}\\par"


def _exercise(number: int, exercise: Exercise, *, solved: bool) -> Iterator[str]:
    yield f"\n\\subsection*{{{typeset(phrases.heading(number, exercise))}}}"
    drawn = circuit(exercise, solved=solved)
    yield from map(_paragraph, phrases.task(exercise, drawn=drawn is not None))
    yield _expression(exercise)
    if said := phrases.point(exercise):
        yield f"{{\\raggedright {typeset(said)}\\par}}"
    if drawn is not None:
        yield picture(drawn)
    yield from _blanks(exercise, solved=solved)
    if solved:
        yield from _steps(exercise)


def _expression(exercise: Exercise) -> str:
    """The statements as formulas; what our formulas cannot say as it was typed."""
    try:
        rows = [rf"  {latex_name(name)} &= {formula(text)}" for name, text in exercise.stages]
    except Refused:
        return verbatim(exercise.expression)
    return ascii_only("\\begin{align*}\n" + " \\\\\n".join(rows) + "\n\\end{align*}")


def _blanks(exercise: Exercise, *, solved: bool) -> Iterator[str]:
    titles = phrases.ANSWERED if solved else phrases.COLUMNS
    yield "\\renewcommand{\\arraystretch}{1.5}\\begin{tabular}{@{}llp{9cm}@{}}"
    yield " & ".join(rf"\textbf{{{title}}}" for title in titles) + r" \\"
    for blank in exercise.blanks:
        note = f" ({typeset(blank.note)})" if blank.note else ""
        filled = rf"\raggedright {typeset(phrases.solution(blank.answer))}{note}" if solved else r"\blank"
        yield rf"{typeset(blank.name)} & {typeset(blank.meaning)} & {filled} \tabularnewline"
    yield "\\end{tabular}\\par"


def _steps(exercise: Exercise) -> Iterator[str]:
    """The steps as mathematics; those of arrays, and of what has long names, as text."""
    said = lines(exercise)
    if not said:
        return
    yield rf"\subsubsection*{{{phrases.STEPS}}}"
    report = exercise.worked()
    if (
        isinstance(report, Report)
        and not exercise.sums
        and all(len(gate.name) + len(gate.formula) <= _LONG for gate in report.gates)
    ):
        yield ascii_only(derivation(steps(report)))
    else:
        yield verbatim(said)

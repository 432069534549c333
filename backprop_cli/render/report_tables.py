"""The tables of a report of numbers: one row a variable, one row a stage, whoever prints them."""

from __future__ import annotations

from backprop_cli.check.verdict import Verdict
from backprop_cli.render import numbers
from backprop_cli.render.tables.tabular import Cell, CellRole, Column, Table, code, ours
from backprop_cli.report.report import Quantity, Report, StageRow, Variable

ROLES: dict[str, CellRole] = {
    "ok": "good",
    "kink": "doubt",
    "limit": "doubt",
    "imprecise": "doubt",
    "undecided": "doubt",
    "wrong": "bad",
    "unchecked": "faint",
}
_NONE = ours("")


def variables(report: Report, *, unchecked: str = "") -> Table:
    """The variables; ``unchecked`` is said of a gradient without a check."""
    rows = (_variable(one, report.formulas.get(one.name, ""), unchecked) for one in report.variables)
    return Table(_columns("variable", "symbolic"), tuple(rows))


def stages(report: Report, *, unchecked: str = "") -> Table:
    """The named stages, likewise."""
    return Table(_columns("stage", "formula"), tuple(_stage(one, unchecked) for one in report.stages))


def _columns(name: str, formula: str) -> tuple[Column, ...]:
    return (
        Column(name),
        Column("value", "number"),
        Column("gradient", "number"),
        Column(formula, "formula", optional=True),
        Column("rel. error", "figure", optional=True),
        Column("check", optional=True),
    )


def _variable(variable: Variable, formula: str, unchecked: str) -> tuple[Cell, ...]:
    name, value = code(variable.name), _number(variable.value)
    if variable.role == "data":
        return name, value, ours("data"), _NONE, _NONE, _NONE
    return name, value, _number(variable.gradient), code(formula, "faint"), *_checked(variable.verdict, unchecked)


def _stage(stage: StageRow, unchecked: str) -> tuple[Cell, ...]:
    name, formula = code(stage.name), code(stage.formula, "faint")
    if stage.value is None:
        return name, ours("none"), ours("none"), formula, _NONE, _NONE
    if stage.gradient is None and stage.problem is None:
        return name, _number(stage.value), ours("data"), formula, _NONE, _NONE
    gradient = ours("none") if stage.gradient is None else _number(stage.gradient)
    return name, _number(stage.value), gradient, formula, *_checked(stage.verdict, unchecked)


def _number(quantity: Quantity | None) -> Cell:
    return code(quantity.text) if quantity is not None else ours("")


def _checked(verdict: Verdict | None, unchecked: str) -> tuple[Cell, Cell]:
    error = ours(numbers.error(verdict))
    return error, ours(numbers.word(verdict), ROLES[verdict.word]) if verdict is not None else ours(unchecked)

"""What the check of the last gradient said: of the circuit at the point, or of a sample of rows there."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from backprop_cli.circuit import Circuit
from backprop_cli.descent.updating import Values
from backprop_cli.differentiation import differentiate
from backprop_cli.problems import Diagnostic

if TYPE_CHECKING:
    from backprop_cli.report.array_report import ArrayReport
    from backprop_cli.report.report import Report

_USUAL = ("digits.lost", "check.note")  # where a gradient comes to 0, its terms cancel


@dataclass(frozen=True, slots=True)
class Checked:
    """``report`` is that of the point, None where ``rows`` rows were checked; ``wrong`` is what was found there.

    ``ok`` None: nothing could be checked.
    """

    method: str
    ok: bool | None
    report: Report | ArrayReport | None
    rows: int = 0
    wrong: tuple[str, ...] = ()

    @property
    def warnings(self) -> list[Diagnostic]:
        """What is to be said of the point."""
        return [one for one in self.report.warnings if one.code not in _USUAL] if self.report is not None else []


def checked_at(circuit: Circuit, point: Values, moved: tuple[str, ...]) -> Checked:
    """The gradients at a point beside a derivation that shares nothing with the backward pass."""
    values: dict[str, object] = dict(point)
    report = differentiate(circuit, values, wrt=moved, check="forward")
    assert report.check is not None
    return Checked(report.check.method, report.check.ok, report)

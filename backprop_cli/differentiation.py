"""Numbers or arrays: the one function that Python users call, and what decides between the two ways."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import TYPE_CHECKING

from backprop_cli.calculation import run
from backprop_cli.choices import Method
from backprop_cli.circuit import Circuit
from backprop_cli.engine.point import Point, from_mapping
from backprop_cli.gates.array_table import ARRAY_GATES
from backprop_cli.reading import read
from backprop_cli.report.report import Report
from backprop_cli.settings import Settings

if TYPE_CHECKING:
    from backprop_cli.report.array_report import ArrayReport


def has_arrays(circuit: Circuit, point: Point) -> bool:
    """Whether shapes matter: a value is an array, or a gate takes or gives arrays."""
    given = any(getattr(point.get(name), "shape", ()) for name in circuit.inputs)
    return given or any(node.op in ARRAY_GATES for node in circuit.nodes[circuit.first_gate :])


def differentiate(
    expression: object,
    at: Mapping[str, object] | None = None,
    *,
    wrt: Sequence[str] | None = None,
    digits: int | None = None,
    exact: bool = False,
    check: Method = "symbolic",
    rtol: float | None = None,
    share: bool = True,
    upstream: object = None,
) -> Report | ArrayReport:
    """The value and the gradients of an expression at a point, each gradient checked.

    ``expression`` is text as on the command line, a SymPy expression, or a circuit. ``at`` gives each variable a
    number, a text (``"pi/3"``) or an array: nested lists, or one of NumPy's. The gradient of an array has its shape;
    the report is then an ``ArrayReport``. ``upstream`` is the gradient that arrives at an output that is an array.
    ``wrt`` names the variables (or stages) to differentiate; the others are data.

    Raises ``Refused``, whose ``problems`` say what was wrong with the input: nothing else is raised for bad input.

    >>> report = differentiate("(x + y)*z", {"x": -2, "y": 5, "z": -4})
    >>> report.value.approx, dict(report.gradient)
    (-12.0, {'x': -4.0, 'y': -4.0, 'z': 3.0})
    """
    point = from_mapping(at or {})
    circuit = _circuit(expression, point, share)
    settings = Settings(tuple(wrt) if wrt is not None else None, digits, exact, check, rtol)
    if not has_arrays(circuit, point):
        return run(circuit, point, settings)
    from backprop_cli.array_calculation import run_arrays

    given = from_mapping({"upstream": upstream})["upstream"] if upstream is not None else None
    return run_arrays(circuit, point, settings, given)


def _circuit(expression: object, bound: Collection[str], share: bool) -> Circuit:
    if isinstance(expression, Circuit):
        return expression
    if isinstance(expression, str):
        return read(expression, bound=bound, share=share, arrays=True)
    from backprop_cli.symbolic.lower import from_sympy

    return from_sympy(expression)

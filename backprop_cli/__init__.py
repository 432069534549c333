"""The calculator that shows its work: values and gradients by backpropagation, each checked.

>>> from backprop_cli import differentiate
>>> report = differentiate("x*y", {"x": 4, "y": -3})
>>> report.value.text, report.gradient["x"]
('-12.0', -3.0)
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from backprop_cli.circuit import Circuit
    from backprop_cli.descent.descent_report import DescentReport
    from backprop_cli.descent.public import descend
    from backprop_cli.differentiation import differentiate
    from backprop_cli.problems import Diagnostic, Refused
    from backprop_cli.reading import read
    from backprop_cli.report.report import Report
    from backprop_cli.symbolic.lower import from_sympy

__version__ = "0.1.0"
__all__ = [
    "Circuit",
    "DescentReport",
    "Diagnostic",
    "Problem",
    "Refused",
    "Report",
    "__version__",
    "descend",
    "differentiate",
    "from_sympy",
    "read",
]

_HOMES = {
    "Circuit": "circuit",
    "DescentReport": "descent.descent_report",
    "Diagnostic": "problems",
    "Problem": "problems",
    "Refused": "problems",
    "Report": "report.report",
    "descend": "descent.public",
    "differentiate": "differentiation",
    "from_sympy": "symbolic.lower",
    "read": "reading",
}


def __getattr__(name: str) -> Any:
    """Load each public name when it is first asked for, so that the command line starts at once."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)

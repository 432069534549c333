"""The gate table: one row a gate, and the only calculus in the project.

Each rule is text in the calculator's own language over the gate's inputs (``x``, ``y`` …) and its cached output ``z``;
``rules.py`` compiles it once for each arithmetic, the steps and ``backprop gates`` print it, and the tests prove every
row against SymPy. Because the rules use gates of this table only, the table is closed under differentiation. This
module walks no graph and computes nothing.

Conventions at kinks (a value, but no single slope): relu, abs and the step-like gates take 0, a tie in max or min is
shared equally (as PyTorch's amax, JAX and SymPy's Heaviside do), leaky_relu, elu and selu take the left slope (as
PyTorch does).
"""

from __future__ import annotations

from functools import cache

from backprop_cli.gates.elementary import ARITHMETIC, EXPONENTIAL, HYPERBOLIC, TRIGONOMETRIC
from backprop_cli.gates.networks import NEURAL
from backprop_cli.gates.piecewise import CONDITIONS, PIECEWISE
from backprop_cli.gates.row import Gate, Slope
from backprop_cli.gates.special import SPECIAL

__all__ = ["COMPARISONS", "GATES", "Gate", "Slope", "callable_names", "called"]

GATES: dict[str, Gate] = {
    gate.name: gate
    for family in (ARITHMETIC, EXPONENTIAL, TRIGONOMETRIC, HYPERBOLIC, NEURAL, PIECEWISE, SPECIAL, CONDITIONS)
    for gate in family
}
COMPARISONS = frozenset(gate.name for gate in CONDITIONS if gate.name != "where")
"""The gates that say whether something holds of two numbers."""


@cache
def called(name: str) -> Gate | None:
    """The gate that a user calls by that name or alias, None if there is none."""
    direct = GATES.get(name)
    if direct is not None:
        return direct
    return next((gate for gate in GATES.values() if name in gate.aliases), None)


def callable_names() -> list[str]:
    """Every name that may stand before an opening parenthesis."""
    return [name for gate in GATES.values() for name in (gate.name, *gate.aliases) if name != "√"]

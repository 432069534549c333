"""|u| for SymPy where it cannot tell that u is real. Loaded only when a formula has an abs: it needs SymPy at once."""

from __future__ import annotations

from typing import Any

from sympy import Abs, Function, sign


class RealAbs(Function):  # type: ignore[misc]  # SymPy has no types
    """The absolute value of a real number, d|u|/du = sign(u).

    SymPy differentiates ``Abs(log(x))`` into parts with ``re``, ``im`` and ``arg``, since to it log(x) may be complex.
    Here every value is real. Where SymPy knows that too, this is its own ``Abs``.
    """

    @classmethod
    def eval(cls, u: Any) -> Any:
        """``Abs`` for an argument that SymPy knows to be real; None leaves it as it is."""
        return Abs(u) if u.is_extended_real else None

    def fdiff(self, argindex: int = 1) -> Any:
        """The slope, by the only argument there is."""
        return sign(self.args[0])

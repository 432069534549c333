"""SymPy's printer in this calculator's notation. Loaded only when a formula is shown: it needs SymPy at once."""

from __future__ import annotations

from typing import Any

from sympy import Or
from sympy.printing.str import StrPrinter


class Printer(StrPrinter):  # type: ignore[misc]  # SymPy has no types
    """Formulas that ``backprop`` reads back; the two constants are written as the user's own names let them."""

    def __init__(self, pi: str, e: str) -> None:
        super().__init__({"order": None})
        self._pi, self._e = pi, e

    def _print_Max(self, form: Any) -> str:
        return f"max({self.stringify(form.args, ', ')})"

    def _print_Min(self, form: Any) -> str:
        return f"min({self.stringify(form.args, ', ')})"

    def _print_Abs(self, form: Any) -> str:
        return f"abs({self._print(form.args[0])})"

    def _print_RealAbs(self, form: Any) -> str:
        return self._print_Abs(form)

    def _print_Heaviside(self, form: Any) -> str:
        return f"step({self._print(form.args[0])})"

    def _print_ceiling(self, form: Any) -> str:
        return f"ceil({self._print(form.args[0])})"

    def _print_Mod(self, form: Any) -> str:
        return f"mod({self.stringify(form.args, ', ')})"

    def _print_Exp1(self, form: Any) -> str:
        return self._e

    def _print_Pi(self, form: Any) -> str:
        return self._pi

    def _print_Symbol(self, form: Any) -> str:
        return {"pi'": self._pi, "e'": self._e}.get(form.name, str(form.name))

    def _print_polygamma(self, form: Any) -> str:
        order, argument = form.args
        return f"digamma({self._print(argument)})" if order == 0 else f"polygamma({order}, {self._print(argument)})"

    def _print_Piecewise(self, form: Any) -> str:
        *cases, (last, _) = form.args
        total = str(self._print(last))
        for value, condition in reversed(cases):
            total = f"where({self._print(condition)}, {self._print(value)}, {total})"
        return total

    def _print_BooleanTrue(self, form: Any) -> str:
        return "1"

    def _print_BooleanFalse(self, form: Any) -> str:
        return "0"

    def _print_ITE(self, form: Any) -> str:
        return f"where({self.stringify(form.args, ', ')})"

    def _print_And(self, form: Any) -> str:
        texts = [(self._print(argument), isinstance(argument, Or)) for argument in form.args]
        return " and ".join(f"({text})" if loose else text for text, loose in texts)

    def _print_Or(self, form: Any) -> str:
        return " or ".join(self._print(argument) for argument in form.args)

    def _print_Not(self, form: Any) -> str:
        return f"not ({self._print(form.args[0])})"

    def _print_Relational(self, form: Any) -> str:
        return f"{self._print(form.lhs)} {form.rel_op} {self._print(form.rhs)}"

"""SymPy expression → circuit: every expression object has its gates, normalised as SymPy normalises.

``x - y`` and ``x/y`` come back as sub and div although SymPy holds them as Add and Mul with a negative factor or
exponent. The walk has its own stack, and equal subexpressions are one node.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from decimal import Context, Decimal
from typing import Any

from backprop_cli.circuit import Circuit, CircuitBuilder
from backprop_cli.problems import Diagnostic, Refused, Source, Span

_NOWHERE = Span(0, 0)
_PLAIN = 20  # powers of ten up to which a decimal is written out
_FUNCTIONS = {
    "exp": "exp",
    "log": "log",
    "sin": "sin",
    "cos": "cos",
    "tan": "tan",
    "cot": "cot",
    "sec": "sec",
    "csc": "csc",
    "asin": "asin",
    "acos": "acos",
    "atan": "atan",
    "atan2": "atan2",
    "sinh": "sinh",
    "cosh": "cosh",
    "tanh": "tanh",
    "sech": "sech",
    "asinh": "asinh",
    "acosh": "acosh",
    "atanh": "atanh",
    "erf": "erf",
    "erfc": "erfc",
    "gamma": "gamma",
    "loggamma": "lgamma",
    "Abs": "abs",
    "RealAbs": "abs",
    "sign": "sign",
    "Max": "max",
    "Min": "min",
    "floor": "floor",
    "ceiling": "ceil",
    "Mod": "mod",
    "StrictLessThan": "lt",
    "LessThan": "le",
    "StrictGreaterThan": "gt",
    "GreaterThan": "ge",
    "Equality": "eq",
    "Unequality": "ne",
}


def from_sympy(expression: Any) -> Circuit:
    """The circuit of a SymPy expression over real numbers, with a source text that reads back as the same circuit.

    Raises ``Refused`` for what has no gate (integrals, matrices, unevaluated derivatives, complex numbers).
    """
    from sympy import Basic

    from backprop_cli.reading import read
    from backprop_cli.reading.writing import write

    if not isinstance(expression, (int, float, Basic)):
        raise Refused(Diagnostic("sympy.form", f"a {type(expression).__name__} is no expression of numbers"))
    circuit, _ = lower([expression])
    names = [name for name in circuit.inputs if not _plain(name)]
    if names:
        raise Refused(
            Diagnostic(
                "sympy.name", f"the symbol {names[0]} has no plain name", "use Latin or Greek letters, digits and _"
            )
        )
    return read(write(circuit), name="SymPy expression", bound=circuit.inputs)


def lower(expressions: Sequence[Any]) -> tuple[Circuit, list[int]]:
    """One circuit for several expressions, which share what they have in common, and the node of each."""
    walk = _Lowering()
    nodes = [walk.node(expression) for expression in expressions]
    circuit, place = walk.builder.finish(Source("SymPy expression", ""), nodes[-1])
    return circuit, [place[node] for node in nodes]


def _plain(name: str) -> bool:
    from backprop_cli.engine.point import is_name
    from backprop_cli.reading.operators import WORDS

    return is_name(name) and name not in WORDS


class _Lowering:
    def __init__(self) -> None:
        import sympy

        self.sympy = sympy
        self.builder = CircuitBuilder()
        self.known: dict[Any, int] = {}

    def node(self, expression: Any) -> int:
        waiting = [self.sympy.Number(expression) if isinstance(expression, (int, float)) else expression]
        while waiting:
            form = waiting[-1]
            if form in self.known:
                waiting.pop()
                continue
            needed, make = self._plan(form)
            missing = [child for child in needed if child not in self.known]
            if missing:
                waiting += missing
                continue
            self.known[form] = make([self.known[child] for child in needed])
            waiting.pop()
        return self.known[expression]

    def _plan(self, form: Any) -> tuple[list[Any], Callable[[list[int]], int]]:
        """What a form is made of, and how its node is made once those have theirs."""
        if not form.args:
            return [], lambda _: self._atom(form)
        name = type(form).__name__
        if name in ("Add", "Mul", "Pow", "Piecewise", "Heaviside", "And", "Or", "Not", "ITE", "polygamma"):
            plan: tuple[list[Any], Callable[[list[int]], int]] = getattr(self, f"_{name.lower()}")(form)
            return plan
        gate = _FUNCTIONS.get(name)
        if gate is None or (gate == "log" and len(form.args) > 1):
            raise Refused(
                Diagnostic("sympy.form", f"SymPy's {name} has no gate", "`backprop gates` lists what there is")
            )
        return list(form.args), lambda nodes: self._gate(gate, *nodes)

    def _gate(self, name: str, *inputs: int) -> int:
        return self.builder.gate(name, inputs, _NOWHERE)

    def _constant(self, text: str) -> int:
        return self.builder.constant(text, _NOWHERE)

    def _atom(self, form: Any) -> int:
        if form.is_Symbol:
            return self.builder.input(form.name, _NOWHERE)
        if form in (self.sympy.true, self.sympy.false):
            return self._constant("1" if form else "0")
        if form.is_Integer:
            return self._constant(str(form))
        if form.is_Rational:
            return self._gate("div", self._constant(str(form.p)), self._constant(str(form.q)))
        if form.is_Float:
            return self._constant(_decimal(form))
        named = {self.sympy.pi: "pi", self.sympy.E: "e"}.get(form)
        if named is None:
            raise Refused(Diagnostic("sympy.form", f"{form} is not a real number here"))
        return self._constant(named)

    def _add(self, form: Any) -> tuple[list[Any], Callable[[list[int]], int]]:
        terms = [(_negated(term), -term if _negated(term) else term) for term in form.args]
        terms.sort(key=lambda term: term[0])

        def make(nodes: list[int]) -> int:
            total = nodes[0] if not terms[0][0] else self._gate("neg", nodes[0])
            for (negative, _), node in zip(terms[1:], nodes[1:], strict=True):
                total = self._gate("sub" if negative else "add", total, node)
            return total

        return [term for _, term in terms], make

    def _mul(self, form: Any) -> tuple[list[Any], Callable[[list[int]], int]]:
        above, below, negative = self._fraction(form)

        def make(nodes: list[int]) -> int:
            top, bottom = nodes[: len(above)], nodes[len(above) :]
            total = self._chain(top) if top else self._constant("1")
            if bottom:
                total = self._gate("div", total, self._chain(bottom))
            return self._gate("neg", total) if negative else total

        return above + below, make

    def _fraction(self, form: Any) -> tuple[list[Any], list[Any], bool]:
        above: list[Any] = []
        below: list[Any] = []
        negative = False
        for factor in form.args:
            if factor.is_Rational:
                negative = factor.p < 0
                above += [self.sympy.Integer(abs(factor.p))] if abs(factor.p) != 1 else []
                below += [self.sympy.Integer(factor.q)] if factor.q != 1 else []
            elif factor.is_Pow and factor.exp.is_Number and factor.exp < 0:
                below.append(factor.base ** (-factor.exp))
            else:
                above.append(factor)
        return above, below, negative

    def _chain(self, nodes: list[int]) -> int:
        total = nodes[0]
        for node in nodes[1:]:
            total = self._gate("mul", total, node)
        return total

    def _pow(self, form: Any) -> tuple[list[Any], Callable[[list[int]], int]]:
        base, exponent = form.args
        if exponent == self.sympy.Rational(1, 2):
            return [base], lambda nodes: self._gate("sqrt", nodes[0])
        if exponent.is_Number and exponent < 0:
            return [base**-exponent], lambda nodes: self._gate("div", self._constant("1"), nodes[0])
        if base == self.sympy.E:
            return [exponent], lambda nodes: self._gate("exp", nodes[0])
        return [base, exponent], lambda nodes: self._gate("pow", *nodes)

    def _heaviside(self, form: Any) -> tuple[list[Any], Callable[[list[int]], int]]:
        argument, at_zero = form.args
        if at_zero == 0:
            return [argument], lambda nodes: self._gate("step", nodes[0])

        def make(nodes: list[int]) -> int:
            zero = self._constant("0")
            return self._gate("where", self._gate("eq", nodes[0], zero), nodes[1], self._gate("step", nodes[0]))

        return [argument, at_zero], make

    def _piecewise(self, form: Any) -> tuple[list[Any], Callable[[list[int]], int]]:
        pieces = [(piece.expr, piece.cond) for piece in form.args]
        if pieces[-1][1] != self.sympy.true:
            raise Refused(Diagnostic("sympy.form", "a Piecewise without a last case that always holds has no gate"))

        def make(nodes: list[int]) -> int:
            total = nodes[-2]
            for at in range(len(nodes) - 4, -1, -2):
                total = self._gate("where", nodes[at + 1], nodes[at], total)
            return total

        return [part for piece in pieces for part in piece], make

    def _and(self, form: Any) -> tuple[list[Any], Callable[[list[int]], int]]:
        return list(form.args), lambda nodes: self._join(nodes, lambda a, b: (a, b, self._constant("0")))

    def _or(self, form: Any) -> tuple[list[Any], Callable[[list[int]], int]]:
        return list(form.args), lambda nodes: self._join(nodes, lambda a, b: (a, self._constant("1"), b))

    def _not(self, form: Any) -> tuple[list[Any], Callable[[list[int]], int]]:
        return list(form.args), lambda nodes: self._gate("where", nodes[0], self._constant("0"), self._constant("1"))

    def _ite(self, form: Any) -> tuple[list[Any], Callable[[list[int]], int]]:
        return list(form.args), lambda nodes: self._gate("where", *nodes)

    def _join(self, nodes: list[int], choose: Callable[[int, int], tuple[int, int, int]]) -> int:
        total = nodes[0]
        for node in nodes[1:]:
            total = self._gate("where", *choose(total, node))
        return total

    def _polygamma(self, form: Any) -> tuple[list[Any], Callable[[list[int]], int]]:
        order, argument = form.args
        if order == 0:
            return [argument], lambda nodes: self._gate("digamma", nodes[0])
        return [order, argument], lambda nodes: self._gate("polygamma", *nodes)


def _negated(term: Any) -> bool:
    first = term.args[0] if term.is_Mul else term
    return bool(first.is_Number and first.is_negative)


def _decimal(form: Any) -> str:
    """A SymPy Float as a decimal that reads back as the same number, to the Float's own precision."""
    precision = form._prec  # noqa: SLF001  # SymPy offers a Float's precision and digits under these names only
    if precision == 53:
        return repr(float(form))
    sign, mantissa, exponent, _ = form._mpf_
    above, below = int(mantissa) << max(exponent, 0), 1 << max(-exponent, 0)
    context = Context(prec=int(precision * math.log10(2)) + 2)  # so many digits read back as the same bits
    size = context.divide(Decimal(above), Decimal(below)).normalize(context)
    return ("-" if sign else "") + (f"{size:f}" if -_PLAIN < size.adjusted() < _PLAIN else f"{size:e}")

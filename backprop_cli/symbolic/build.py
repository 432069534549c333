"""Circuit → SymPy expression: real symbols for variables, and for literals too.

Literals become symbols so that no huge number is ever computed; only small whole exponents stay numbers. A chain of
sums or of products becomes one flat Add or Mul, because SymPy's own pairwise building is quadratic.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

from backprop_cli.circuit import CONSTANT, INPUT, Circuit
from backprop_cli.gates import COMPARISONS

_SMALL_EXPONENT = 64
_SUMS, _PRODUCTS = ("add", "sub"), ("mul", "div")
_WHOLE_INPUT = {"pow": 1, "polygamma": 0}


def symbol(name: str) -> Any:
    """The symbol of a variable or a literal: always real, because another assumption makes another symbol."""
    from sympy import Symbol

    return Symbol(name, real=True)


def literal(text: str) -> Any:
    """The symbol of a literal; that of pi or e has a name that no variable can have."""
    return symbol(f"{text}'" if text in ("pi", "e") else text)


def expression(circuit: Circuit) -> Any:
    """The SymPy expression of the circuit's output."""
    return _Build(circuit).run()


class _Build:
    def __init__(self, circuit: Circuit) -> None:
        import sympy

        self.sympy, self.circuit = sympy, circuit
        self.forms: list[Any] = [None] * len(circuit.nodes)
        self.inner = _inner(circuit)

    def run(self) -> Any:
        for index, node in enumerate(self.circuit.nodes):
            if node.op in (INPUT, CONSTANT):
                self.forms[index] = symbol(node.text) if node.op == INPUT else literal(node.text)
            elif not self.inner[index]:
                self.forms[index] = self._gate(index)
        return self.forms[self.circuit.output]

    def _gate(self, index: int) -> Any:
        node = self.circuit.nodes[index]
        if node.op in _SUMS:
            return self.sympy.Add(*self._flat(index, _SUMS, lambda form: -form))
        if node.op in _PRODUCTS:
            return self.sympy.Mul(*self._flat(index, _PRODUCTS, lambda form: 1 / form))
        inputs = [self.forms[i] for i in node.inputs]
        if node.op == "where":
            return self.sympy.Piecewise((inputs[1], self._condition(node.inputs[0])), (inputs[2], True))
        if node.op in COMPARISONS:
            return self.sympy.Piecewise((1, self._condition(index)), (0, True))
        position = _WHOLE_INPUT.get(node.op)
        if position is not None:
            inputs[position] = self._whole(node.inputs[position], inputs[position])
        return forms()[node.op](*inputs)

    def _flat(self, index: int, kinds: tuple[str, str], turned: Callable[[Any], Any]) -> list[Any]:
        """The operands of a whole chain, those after a - or / turned over."""
        nodes, found, waiting = self.circuit.nodes, [], [(index, False)]
        while waiting:
            at, turn = waiting.pop()
            node = nodes[at]
            if at == index or (self.inner[at] and node.op in kinds):
                left, right = node.inputs
                waiting += [(right, turn ^ (node.op == kinds[1])), (left, turn)]
            else:
                found.append(turned(self.forms[at]) if turn else self.forms[at])
        return found

    def _whole(self, index: int, form: Any) -> Any:
        """A small whole literal as a number, any other form as it is."""
        node = self.circuit.nodes[index]
        digits = node.text.lstrip("-") if node.op == CONSTANT else ""
        return (
            self.sympy.Integer(node.text)
            if digits.isdigit() and len(digits) < 4 and int(digits) <= _SMALL_EXPONENT
            else form
        )

    def _condition(self, index: int) -> Any:
        node = self.circuit.nodes[index]
        if node.op in COMPARISONS:
            relation = {"lt": "Lt", "le": "Le", "gt": "Gt", "ge": "Ge", "eq": "Eq", "ne": "Ne"}[node.op]
            return getattr(self.sympy, relation)(*(self.forms[i] for i in node.inputs))
        return self.sympy.Ne(self.forms[index], 0)


def _inner(circuit: Circuit) -> bytearray:
    """1 for the gates that only continue the chain of the gate they feed, and so need no form of their own.

    The output has one: it may be a stage inside a chain.
    """
    wires, inner = circuit.fan_out(), bytearray(len(circuit.nodes))
    for node in circuit.nodes:
        for kinds in (_SUMS, _PRODUCTS):
            if node.op in kinds:
                for source in node.inputs:
                    inner[source] = wires[source] == 1 and circuit.nodes[source].op in kinds
    inner[circuit.output] = 0
    return inner


@cache
def forms() -> Mapping[str, Callable[..., Any]]:
    """Every gate's SymPy counterpart, as its textbook definition and not as our rules put it."""
    import sympy as s

    from backprop_cli.symbolic.absolute import RealAbs

    def pick(test: Any, yes: Any, no: Any) -> Any:
        return s.Piecewise((yes, test), (no, True))

    alpha, scale = symbol("1.6732632423543772848170429916717"), symbol("1.0507009873554804934193349852946")
    third, half, two, ten = s.Rational(1, 3), s.Rational(1, 2), s.Integer(2), s.Integer(10)
    named = (
        "exp log sin cos tan cot sec csc asin acos atan atan2 sinh cosh tanh sech asinh acosh atanh "
        "sqrt floor erf erfc gamma polygamma"
    )
    found: dict[str, Callable[..., Any]] = {name: getattr(s, name) for name in named.split()}
    return found | {
        "neg": lambda x: -x,
        "pow": lambda x, y: x**y,
        "square": lambda x: x**2,
        "reciprocal": lambda x: 1 / x,
        "cbrt": lambda x: pick(x > 0, x**third, -((-x) ** third)),
        "identity": lambda x: x,
        "expm1": lambda x: s.exp(x) - 1,
        "log1p": lambda x: s.log(1 + x),
        "log2": lambda x: s.log(x) / s.log(two),
        "log10": lambda x: s.log(x) / s.log(ten),
        "hypot": lambda x, y: s.sqrt(x**2 + y**2),
        "sigmoid": lambda x: 1 / (1 + s.exp(-x)),
        "softplus": lambda x: s.log(1 + s.exp(x)),
        "relu": lambda x: s.Max(0, x),
        "leaky_relu": lambda x, a: pick(x > 0, x, a * x),
        "elu": lambda x, a: pick(x > 0, x, a * (s.exp(x) - 1)),
        "selu": lambda x: pick(x > 0, scale * x, scale * alpha * (s.exp(x) - 1)),
        "gelu": lambda x: x * (1 + s.erf(x / s.sqrt(two))) * half,
        "silu": lambda x: x / (1 + s.exp(-x)),
        "softsign": lambda x: x / (1 + RealAbs(x)),
        "hardtanh": lambda x: s.Max(-1, s.Min(1, x)),
        "abs": RealAbs,
        "sign": lambda x: s.Piecewise((1, x > 0), (-1, x < 0), (0, True)),
        "max": s.Max,
        "min": s.Min,
        "clip": lambda x, lo, hi: s.Min(s.Max(x, lo), hi),
        "step": lambda x: pick(x > 0, s.Integer(1), s.Integer(0)),
        "ceil": s.ceiling,
        "round": _nearest,
        "mod": lambda x, y: x - y * s.floor(x / y),
        "fmod": lambda x, y: x - y * pick(x / y > 0, s.floor(x / y), s.ceiling(x / y)),
        "lgamma": lambda x: s.log(s.gamma(x) ** 2) * half,
        "digamma": lambda x: s.polygamma(0, x),
    }


def _nearest(x: Any) -> Any:
    """The nearest whole number, a half to the even one: from 2k + 1/2 the neighbour above is one too many."""
    from sympy import Eq, Integer, Piecewise, Rational, floor

    half = Rational(1, 2)
    return floor(x + half) - Piecewise((Integer(1), Eq(x - 2 * floor(x / 2), half)), (Integer(0), True))

"""Wrong local gradients that people write, gate by gate, as text in the calculator's own language.

Each row stands beside a row of the gate table: for the same inputs (``x``, ``y`` …) and the same cached output ``z`` it
has another rule. An empty text, or none, leaves that input's rule as it is; a gate with any number of inputs has one
text for all of them. ``said`` follows the words "consistent with"; ``{gate}`` is the gate as it was typed, or "every
tanh(x)" where the rule is broken at all of them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from backprop_cli.engine.rules import Rules, rule_circuit
from backprop_cli.gates import GATES


@dataclass(frozen=True, slots=True)
class WrongSlope:
    """One wrong rule: the mistake's code, the gate, a rule for each input, and what was done in words."""

    code: str
    gate: str
    slopes: tuple[str, ...]
    said: str

    def slope(self, position: int) -> str:
        """The wrong rule of the input at that position; nothing if it is not broken."""
        if GATES[self.gate].many:
            return self.slopes[0]
        return self.slopes[position] if position < len(self.slopes) else ""


def computed(rules: Rules, gate: str, text: str, wires: Sequence[float]) -> float:
    """A rule's number, given what the gate's rules see."""
    known = dict(zip(GATES[gate].wires, wires, strict=True))
    circuit = rule_circuit(text)
    found: list[float] = []
    for node in circuit.nodes:
        if node.is_gate:
            found.append(float(rules.operation(node.op)(*[found[i] for i in node.inputs])))
        else:
            found.append(known[node.text] if node.text in known else float(rules.arithmetic.number(node.text)))
    return found[circuit.output]


def wrong(name: str, gate: str, *slopes: str, said: str) -> WrongSlope:
    """A row for one gate."""
    return WrongSlope(f"mistake.{name}", gate, slopes, said)


_UNSQUARED = "not squaring the denominator in the slope of {gate}"
_INTEGRAL = "integrating {gate} instead of differentiating it"

PRODUCTS = (
    wrong("mul-not-swapped", "mul", "x", "y", said="using each factor's own value as its slope in {gate}"),
    wrong("quotient-sign", "div", "", "z/y", said="leaving out the minus sign of the denominator's slope in {gate}"),
    wrong("quotient-sign", "div", "", "-z", said=_UNSQUARED),
    wrong("quotient-sign", "div", "", "z", said=_UNSQUARED + " and leaving out its minus sign"),
    wrong(
        "quotient-sign", "div", "", "-1/(y*y)", said="leaving the numerator out of the denominator's slope in {gate}"
    ),
    wrong("quotient-sign", "div", "", "1/y", said="treating the denominator of {gate} like the numerator"),
    wrong("quotient-sign", "div", "y", "x", said="treating {gate} like a product"),
    wrong("quotient-sign", "reciprocal", "z*z", said="leaving out the minus sign of the slope of {gate}"),
    wrong("quotient-sign", "reciprocal", "-z", said=_UNSQUARED),
    wrong("quotient-sign", "reciprocal", "z", said=_UNSQUARED + " and leaving out its minus sign"),
    wrong("elementary", "reciprocal", "log(abs(x))", said=_INTEGRAL),
)

_KEPT = "leaving the exponent as it is in the slope of {gate}"
_NOT_DOWN = "not bringing the exponent down in the slope of {gate}"
_BASE = "treating {gate} as an exponential in its base"

POWERS = (
    wrong("power-rule", "pow", "x^(y - 1)", "", said=_NOT_DOWN),
    wrong("power-rule", "pow", "y*z", "", said=_KEPT),
    wrong("power-rule", "pow", "(y - 1)*x^(y - 1)", "", said="bringing down the lowered exponent in {gate}"),
    wrong("power-rule", "pow", "y*x", "", said="lowering the exponent of {gate} to 1"),
    wrong("power-rule", "pow", "y", "", said="taking the exponent alone as the slope of {gate}"),
    wrong("power-rule", "pow", "z*log(abs(x))", "", said=_BASE),
    wrong("power-rule", "pow", "x^(y + 1)/(y + 1)", "", said=_INTEGRAL),
    wrong("power-rule", "pow", "", "y*x^(y - 1)", said="using the power rule for the exponent of {gate}"),
    wrong("power-rule", "pow", "", "z", said="leaving the logarithm out of the slope in the exponent of {gate}"),
    wrong("power-rule", "square", "x", said=_NOT_DOWN),
    wrong("power-rule", "square", "2*z", said=_KEPT),
    wrong("power-rule", "square", "z", said="taking the value of {gate} as its slope"),
    wrong("power-rule", "square", "2", said="taking the exponent alone as the slope of {gate}"),
    wrong("power-rule", "sqrt", "1/z", said="leaving out the factor 1/2 of the slope of {gate}"),
    wrong("power-rule", "sqrt", "z/2", said="leaving the exponent 1/2 as it is in the slope of {gate}"),
    wrong("power-rule", "sqrt", "1/(2*x)", said="leaving the root out of the slope of {gate}"),
    wrong("power-rule", "sqrt", "z", said="taking the value of {gate} as its slope"),
    wrong("power-rule", "cbrt", "1/(z*z)", said="leaving out the factor 1/3 of the slope of {gate}"),
    wrong("power-rule", "cbrt", "1/(3*z)", said="not squaring the root in the slope of {gate}"),
    wrong("power-rule", "cbrt", "z/3", said="leaving the exponent 1/3 as it is in the slope of {gate}"),
)

_VALUE = "using the value of {gate} as its slope"
_FROM_INPUT = "putting the input of {gate} where its output belongs in the slope"

SQUASHES = (
    wrong("sigmoid-value", "sigmoid", "z", said=_VALUE),
    wrong("sigmoid-value", "sigmoid", "1 - z", said="using 1 minus the value of {gate} as its slope"),
    wrong("sigmoid-value", "sigmoid", "x*(1 - x)", said=_FROM_INPUT),
    wrong("sigmoid-value", "sigmoid", "1 - z*z", said="using the slope of tanh for {gate}"),
    wrong("sigmoid-value", "tanh", "z", said=_VALUE),
    wrong("sigmoid-value", "tanh", "1 - z", said="not squaring the value in the slope of {gate}"),
    wrong("sigmoid-value", "tanh", "1 - x*x", said=_FROM_INPUT),
    wrong("sigmoid-value", "tanh", "z*(1 - z)", said="using the slope of the sigmoid for {gate}"),
)

_ALL = "letting {gate} pass the gradient to every input"
_ALWAYS = "taking the slope of {gate} as 1 everywhere"
_OTHER = "letting {gate} route the gradient the wrong way"

ROUTES = (
    wrong("max-both", "max", "1", said=_ALL),
    wrong("max-both", "min", "1", said=_ALL),
    wrong("max-both", "clip", "1", "", "", said=_ALWAYS),
    wrong("max-both", "hardtanh", "1", said=_ALWAYS),
    wrong("max-both", "relu", "1", said=_ALWAYS),
    wrong("max-both", "leaky_relu", "1", "", said=_ALWAYS),
    wrong("max-both", "abs", "1", said=_ALWAYS),
    wrong("max-both", "where", "", "1", "1", said="letting both branches of {gate} receive the gradient"),
    wrong("max-wrong-branch", "relu", "0", said=_OTHER),
    wrong("max-wrong-branch", "leaky_relu", "a", "", said=_OTHER),
    wrong("max-wrong-branch", "abs", "-1", said="taking the slope of {gate} as -1"),
    wrong("max-wrong-branch", "where", "", "where(c != 0, 0, 1)", "where(c != 0, 1, 0)", said=_OTHER),
)

_OWN_VALUE = (
    *("sin", "cos", "tan", "cot", "sec", "csc", "asin", "acos", "atan", "sinh", "cosh", "asinh", "acosh", "atanh"),
    *("sech", "log", "log1p", "log2", "log10", "expm1", "erf", "softplus", "silu", "gelu", "elu"),
)
_LIKE_POWER = "using the power rule for {gate}"
_OTHERS = "using the derivative of another function for {gate}"
_INNER = "leaving the inner derivative out of {gate}"
_DEGREES = "a calculator set to degrees for the slope of {gate}"
_BASE_LOST = "leaving the base out of the slope of {gate}"

ELEMENTARY = (
    *(wrong("value-as-slope", gate, "z", said=_VALUE) for gate in _OWN_VALUE),
    wrong("elementary", "exp", "x*exp(x - 1)", said=_LIKE_POWER),
    wrong("elementary", "exp", "exp(x - 1)", said="lowering the exponent of {gate}"),
    wrong("elementary", "exp", "x", said="taking the exponent as the slope of {gate}"),
    wrong("elementary", "log", "1/z", said="using 1 over the value of {gate} as its slope"),
    wrong("elementary", "log", "x", said="using the input of {gate} as its slope, not 1 over it"),
    wrong("elementary", "log", "-1/(x*x)", said="differentiating {gate} twice"),
    wrong("elementary", "log", "1/(x*log(10))", said="taking {gate} for the logarithm to base 10"),
    wrong("elementary", "log1p", "1/x", said="using 1 over the input of {gate}, without the 1 that is added"),
    wrong("elementary", "log2", "1/x", said=_BASE_LOST),
    wrong("elementary", "log10", "1/x", said=_BASE_LOST),
    wrong("degrees", "sin", "cos(x*pi/180)", said=_DEGREES),
    wrong("degrees", "cos", "-sin(x*pi/180)", said=_DEGREES),
    wrong("degrees", "tan", "sec(x*pi/180)^2", said=_DEGREES),
    wrong("elementary", "tan", "1/cos(x)", said="not squaring the cosine in the slope of {gate}"),
    wrong("elementary", "tan", "1/(1 + x*x)", said=_OTHERS),
    wrong("elementary", "asin", "1/(1 + x*x)", said=_OTHERS),
    wrong("elementary", "asin", "sqrt(1 - x*x)", said="multiplying by the root in the slope of {gate}"),
    wrong("elementary", "acos", "-1/(1 + x*x)", said=_OTHERS),
    wrong("elementary", "atan", "1/sqrt(1 - x*x)", said=_OTHERS),
    wrong("elementary", "atan", "1/(1 + x)", said="not squaring the input in the slope of {gate}"),
    wrong("elementary", "atan", "sec(x)^2", said=_OTHERS),
    wrong("elementary", "softplus", "sigmoid(x)*sigmoid(-x)", said=_OTHERS),
    wrong("elementary", "silu", "sigmoid(x)", said="leaving one term of the product rule out of {gate}"),
    wrong("elementary", "silu", "sigmoid(x)*sigmoid(-x)", said=_OTHERS),
    wrong("elementary", "erf", "exp(-x*x)", said="leaving the factor 2/√π out of {gate}"),
    wrong("elementary", "hypot", "x", "y", said="leaving the root out of the slope of {gate}"),
    wrong("elementary", "hypot", "1/(2*z)", "1/(2*z)", said=_INNER),
    wrong("elementary", "hypot", "x/(2*z)", "y/(2*z)", said="leaving the factor 2 of the squares out of {gate}"),
)

TEXTBOOK = {"sigmoid": "z*(1 - z)", "tanh": "1 - z*z"}
"""Right rules as they are worked by hand, from the output alone: they matter where that output was rounded or wrong."""

WRONG_SLOPES = (*PRODUCTS, *POWERS, *SQUASHES, *ROUTES, *ELEMENTARY)

"""Every gate by name: its function of one-sided power series, from a definition that is not the table's rule."""

from __future__ import annotations

from dataclasses import replace

from backprop_cli.check import arcs, gamma_family, pieces, smooth
from backprop_cli.check.series import NOTHING, Series, less, minus_of, over, plus, times
from backprop_cli.check.smooth import Function, Side

FUNCTIONS: dict[str, Function] = {
    "add": lambda _, x, y: plus(x, y),
    "sub": lambda _, x, y: less(x, y),
    "mul": smooth.mul,
    "div": smooth.div,
    "neg": lambda _, x: minus_of(x),
    "pow": smooth.powered,
    "square": lambda _, x: times(x, x),
    "reciprocal": lambda side, x: smooth.div(side, smooth.UNIT, x),
    "sqrt": smooth.sqrt,
    "cbrt": smooth.cbrt,
    "identity": lambda _, x: x,
    "exp": smooth.exp,
    "expm1": smooth.EXPM1,
    "log": smooth.log,
    "log1p": smooth.log1p,
    "log2": smooth.log_to("log2", 2),
    "log10": smooth.log_to("log10", 10),
    "sin": smooth.SIN,
    "cos": smooth.COS,
    "tan": smooth.tan,
    "cot": lambda side, x: smooth.div(side, smooth.COS(side, x), smooth.SIN(side, x)),
    "sec": lambda side, x: smooth.div(side, smooth.UNIT, smooth.COS(side, x)),
    "csc": lambda side, x: smooth.div(side, smooth.UNIT, smooth.SIN(side, x)),
    "asin": arcs.arc("asin"),
    "acos": arcs.arc("acos"),
    "atan": arcs.ATAN,
    "atan2": arcs.atan2,
    "hypot": smooth.hypot,
    "sinh": smooth.sinh_cosh("sinh"),
    "cosh": smooth.sinh_cosh("cosh"),
    "tanh": smooth.by_slope("tanh", smooth.tanh_slope),
    "sech": lambda side, x: smooth.div(side, smooth.UNIT, smooth.sinh_cosh("cosh")(side, x)),
    "asinh": arcs.asinh,
    "acosh": arcs.acosh,
    "atanh": arcs.atanh,
    "sigmoid": smooth.sigmoid,
    "softplus": smooth.softplus,
    "relu": lambda side, x: pieces.positive(side, x, x, NOTHING),
    "leaky_relu": lambda side, x, a: pieces.positive(side, x, x, times(a, x)),
    "elu": pieces.elu,
    "selu": pieces.selu,
    "gelu": gamma_family.gelu,
    "silu": lambda side, x: times(x, smooth.sigmoid(side, x)),
    "softsign": lambda side, x: over(x, plus(smooth.UNIT, pieces.absolute(side, x))),
    "hardtanh": lambda side, x: pieces.MAX(side, pieces.MIN(side, x, smooth.UNIT), smooth.MINUS_UNIT),
    "abs": pieces.absolute,
    "sign": pieces.signum,
    "max": pieces.MAX,
    "min": pieces.MIN,
    "clip": pieces.clip,
    "step": lambda side, x: pieces.piece(side, side.sign(x) > 0),
    "floor": pieces.floor,
    "ceil": pieces.ceil,
    "round": pieces.rounded,
    "mod": pieces.mod,
    "fmod": pieces.fmod,
    "erf": smooth.of_flint("erf"),
    "erfc": gamma_family.ERFC,
    "gamma": gamma_family.gamma,
    "lgamma": gamma_family.lgamma,
    "digamma": gamma_family.digamma,
    "polygamma": gamma_family.polygamma,
    "lt": pieces.comparison(lambda order: order < 0),
    "le": pieces.comparison(lambda order: order <= 0),
    "gt": pieces.comparison(lambda order: order > 0),
    "ge": pieces.comparison(lambda order: order >= 0),
    "eq": pieces.comparison(lambda order: order == 0),
    "ne": pieces.comparison(lambda order: order != 0),
}
"""``where`` is not among them: which branch is asked is the circuit's matter."""

_BEGINS_AS_ITS_INPUT = ("sin", "tan", "asin", "atan", "sinh", "tanh", "asinh", "atanh", "expm1", "log1p")
"""f(u) = u + O(u²)."""


def _beginning(function: Function) -> Function:
    """The function, which beside 0 begins with the very number that its input begins with: sin(q)/q is 1 there."""

    def same(side: Side, x: Series) -> Series:
        found = function(side, x)
        if x.low < 1 or not (x.terms and found.terms):
            return found
        return replace(found, terms=(x.terms[0], *found.terms[1:]))

    return same


FUNCTIONS |= {name: _beginning(FUNCTIONS[name]) for name in _BEGINS_AS_ITS_INPUT}

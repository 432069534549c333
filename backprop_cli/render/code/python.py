"""The program in Python, on floats and the standard library's ``math``; NumPy's differs in the functions it calls."""

from __future__ import annotations

import keyword
import re

from backprop_cli.printing import Piece, form
from backprop_cli.render.code.missing_functions import DIGAMMA, POLYGAMMA, SECH, SIGN
from backprop_cli.render.code.number_subject import NumberSubject
from backprop_cli.render.code.program import Program
from backprop_cli.render.code.program_page import Page
from backprop_cli.render.code.tree import CodeTree, Numeral
from backprop_cli.render.code.writer import ATOM, FORMS, MINUS, POWER, PRODUCT, FormulaWriter, Language
from backprop_cli.report.report import Report

_USED = "math abs float int range round print enumerate"
RESERVED = frozenset([*keyword.kwlist, *keyword.softkwlist, *_USED.split()])
_NAMED = (
    "sqrt cbrt exp expm1 log log1p log2 log10 sin cos tan asin acos atan sinh cosh tanh asinh acosh atanh "
    "erf erfc gamma lgamma"
)


def integer_power(writer: FormulaWriter, inputs: tuple[CodeTree, ...], otherwise: str) -> Piece:
    """``x**2`` where the exponent is a whole number as typed, else a call, because ``**`` may turn to complex."""
    base, exponent = inputs
    if isinstance(exponent, Numeral) and re.fullmatch(r"-?[0-9]{1,9}", exponent.text):
        return writer.made(f"{writer.inside(base, ATOM)}**{int(exponent.text)}", POWER)
    return writer.made(otherwise.format(writer.text(base), writer.text(exponent)))


LANGUAGE = Language(
    name="python",
    calls={name: f"math.{name}({{0}})" for name in _NAMED.split()}
    | {
        "abs": "abs({0})",
        "max": "max({all})",
        "min": "min({all})",
        "floor": "float(math.floor({0}))",
        "ceil": "float(math.ceil({0}))",
        "round": "float(round({0}))",
        "hypot": "math.hypot({0}, {1})",
        "fmod": "math.fmod({0}, {1})",
        "atan2": "math.atan2({0} + 0.0, {1})",
    },
    own={
        "digamma": DIGAMMA,
        "polygamma": POLYGAMMA,
        "sign": SIGN,
        "sech": SECH.format(exp="math.exp", abs="abs"),
    },
    uses={"polygamma": ("digamma",)},
    count="[{all}].count({0})",
    constants={"pi": "math.pi", "e": "math.e"},
    reserved=RESERVED,
    forms=FORMS | {"mod": form("#1 % #2", PRODUCT, PRODUCT, MINUS)},
    power=lambda writer, inputs: integer_power(writer, inputs, "math.pow({}, {})"),
)


def render(program: Program, report: Report | None, function: str | None) -> str:
    """The program as a script, or as a function that returns the value and the gradients."""
    return Page(NumberSubject(program, LANGUAGE, report), function).text()

"""The program in Python on NumPy's functions; what NumPy lacks comes from ``math``, so every quantity is a scalar."""

from __future__ import annotations

from dataclasses import replace

from backprop_cli.render.code import python
from backprop_cli.render.code.missing_functions import SECH
from backprop_cli.render.code.number_subject import NumberSubject
from backprop_cli.render.code.program import Program
from backprop_cli.render.code.program_page import Page
from backprop_cli.render.code.writer import FORMS
from backprop_cli.report.report import Report

_INVERSE = "asin acos atan asinh acosh atanh"
_ARC = {name: f"np.arc{name.removeprefix('a')}({{0}})" for name in _INVERSE.split()}
_SAME = "abs sign sqrt cbrt exp expm1 log log1p log2 log10 sin cos tan sinh cosh tanh floor ceil round"
_TWO = {"max": "maximum", "min": "minimum", "hypot": "hypot", "mod": "mod", "fmod": "fmod"}

LANGUAGE = replace(
    python.LANGUAGE,
    name="numpy",
    calls=dict(python.LANGUAGE.calls)
    | {name: f"np.{name}({{0}})" for name in _SAME.split()}
    | {op: f"np.{name}({{0}}, {{1}})" for op, name in _TWO.items()}
    | {"max...": "np.max([{all}])", "min...": "np.min([{all}])"}
    | _ARC
    | {"atan2": "np.arctan2({0} + 0.0, {1})"},
    own={name: text for name, text in python.LANGUAGE.own.items() if name != "sign"}
    | {"sech": SECH.format(exp="np.exp", abs="np.abs")},
    constants={"pi": "np.pi", "e": "np.e"},
    reserved=python.LANGUAGE.reserved | {"np"},
    forms=FORMS,
    power=lambda writer, inputs: python.integer_power(writer, inputs, "np.power({}, {})"),
)


class Numpy(Page):
    """Both passes, in NumPy's functions."""

    imports = ("import numpy as np",)


def render(program: Program, report: Report | None, function: str | None) -> str:
    """The program as a script, or as a function that returns the value and the gradients."""
    return Numpy(NumberSubject(program, LANGUAGE, report), function).text()

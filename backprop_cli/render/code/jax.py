"""The forward pass in JAX, the gradients by ``jax.value_and_grad``, and asserts that they equal ours."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

from backprop_cli.printing import form
from backprop_cli.render.code import numpy, python, torch
from backprop_cli.render.code.identifiers import fresh
from backprop_cli.render.code.missing_functions import SECH
from backprop_cli.render.code.number_subject import NumberSubject
from backprop_cli.render.code.program import Program
from backprop_cli.render.code.program_lines import INDENT
from backprop_cli.render.code.program_page import Library, Subject
from backprop_cli.render.code.writer import ATOM, CHOICE, FORMS
from backprop_cli.report.report import Report

OWN_CONVENTIONS = torch.OWN_CONVENTIONS | {"abs"}
# jax's own are right above 0 only: digamma loses its slope below, polygamma its value
_DIGAMMA = """\
def digamma(x):
    if x < 0:
        return digamma(1 - x) - math.pi/jnp.tan(math.pi*(x - jnp.round(x)))
    return jax.scipy.special.digamma(x)
"""
_POLYGAMMA = """\
def polygamma(n, x):
    n, total = int(n), 0.0
    while x < 1:
        total += 1/x**(n + 1)
        x = x + 1
    return jax.scipy.special.polygamma(n, x) - (-1)**n*math.factorial(n)*total
"""
_NUMPY = {
    op: template.replace("np.", "jnp.") for op, template in numpy.LANGUAGE.calls.items() if template.startswith("np.")
}

LANGUAGE = replace(
    torch.LANGUAGE,
    name="jax",
    calls=_NUMPY
    | {
        "max...": "jnp.max(jnp.array([{all}]))",
        "min...": "jnp.min(jnp.array([{all}]))",
        "sigmoid": "jax.nn.sigmoid({0})",
        "relu": "jax.nn.relu({0})",
        "erf": "jax.scipy.special.erf({0})",
        "erfc": "jax.scipy.special.erfc({0})",
        "gamma": "jax.scipy.special.gamma({0})",
        "lgamma": "jax.scipy.special.gammaln({0})",
        "softplus": "jax.nn.softplus({0})",
    },
    own={"digamma": _DIGAMMA, "polygamma": _POLYGAMMA, "sech": SECH.format(exp="jnp.exp", abs="jnp.abs")},
    wrapped="jnp.asarray({})",
    forms=FORMS | {"truth": form("jnp.where(#1, 1.0, 0.0)", ATOM, CHOICE)},
    constants={"pi": "jnp.pi", "e": "jnp.e"},
    reserved=python.LANGUAGE.reserved | {"jax", "jnp"},
)


class Jax(Library):
    """The forward pass as a function, which jax differentiates."""

    imports = ("import jax", "import jax.numpy as jnp")
    set_up = 'jax.config.update("jax_enable_x64", True)'
    by = ", by jax"

    def __init__(self, subject: Subject, function: str | None) -> None:
        super().__init__(subject, function)
        self.whole = fresh("forward", self.used)

    def ahead(self) -> list[str]:
        """The forward pass as a function."""
        _, *body = self.forward(INDENT)
        names = ", ".join(self.variables().values())
        return [f"def {self.whole}({names}):", *body, f"{INDENT}return {self.name(self.program.output)}", "", ""]


class NumberJax(Jax):
    """One number for each variable, and for the output."""

    shown = "float({})"
    returned_value = "float({})"
    returned_slope = "float({})"

    def __init__(self, subject: Subject, function: str | None) -> None:
        super().__init__(subject, function)
        self._results = tuple(fresh(word, self.used) for word in ("value", "slopes")) if function else ()

    def passes(self, indent: str) -> list[str]:
        """The call that gives the value and the gradients."""
        wanted = frozenset(self.program.wanted)
        if not wanted:
            return [] if self.function else [f"{self.value()} = {self._called(self.whole)}"]
        places = tuple(at for at, index in enumerate(self.program.variables) if index in wanted)
        call = self._called(f"jax.value_and_grad({self.whole}, argnums={places})")
        targets = self._results or (self.value(), f"({listed(self.slopes().values())})")
        return [f"{indent}{', '.join(targets)} = {call}"]

    def _called(self, function: str) -> str:
        names = self.variables().values()
        return f"{function}({', '.join(f'float({each})' if self.function else each for each in names)})"

    def value(self) -> str:
        """A name, or the call where no gradient is asked for."""
        if not self._results:
            return super().value()
        return self._results[0] if self.program.wanted else self._called(self.whole)

    def slopes(self) -> dict[int, str]:
        """Names, or places in what jax returns."""
        if not self._results:
            return super().slopes()
        return {i: f"{self._results[1]}[{place}]" for place, i in enumerate(self.program.wanted)}


def listed(names: Collection[str]) -> str:
    """Names as a tuple has them."""
    return ", ".join(names) + ("," if len(names) == 1 else "")


def render(program: Program, report: Report | None, function: str | None) -> str:
    """The program as a script, or as a function that returns the value and the gradients."""
    return NumberJax(NumberSubject(program, LANGUAGE, report, OWN_CONVENTIONS), function).text()

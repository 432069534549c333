"""The forward pass in PyTorch, the gradients by its autograd, and asserts that they equal ours."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace

from backprop_cli.printing import Piece
from backprop_cli.render.code import python
from backprop_cli.render.code.missing_functions import SECH
from backprop_cli.render.code.number_subject import NumberSubject
from backprop_cli.render.code.program import Program
from backprop_cli.render.code.program_page import Library
from backprop_cli.render.code.tree import CodeTree
from backprop_cli.render.code.writer import ATOM, COMPARISONS, FORMS, POWER, FormulaWriter
from backprop_cli.report.report import Report

OWN_CONVENTIONS = frozenset({"hardtanh", "hypot"})
_BREAKS_GRAPH = frozenset({"where", "step", *COMPARISONS})
_SAME = (
    "abs sign sqrt exp expm1 log log1p log2 log10 sin cos tan asin acos atan sinh cosh tanh asinh acosh atanh "
    "floor ceil round erf erfc lgamma digamma sigmoid relu"
)
_CBRT = """\
def cbrt(x):
    return torch.sign(x)*torch.abs(x)**(1/3)
"""
_GAMMA = """\
def gamma(x):
    size = torch.exp(torch.lgamma(x))
    return -size if x < 0 and torch.floor(x) % 2 == 1 else size
"""


def _power(writer: FormulaWriter, inputs: tuple[CodeTree, ...]) -> Piece:
    base, exponent = inputs
    written = python.integer_power(writer, inputs, "")
    text = f"{writer.inside(base, ATOM)}**{writer.inside(exponent, POWER)}"
    return written if written.text else writer.made(text, POWER)


LANGUAGE = replace(
    python.LANGUAGE,
    name="torch",
    calls={name: f"torch.{name}({{0}})" for name in _SAME.split()}
    | {
        "max": "torch.maximum({0}, {1})",
        "min": "torch.minimum({0}, {1})",
        "max...": "torch.stack([{all}]).amax()",
        "min...": "torch.stack([{all}]).amin()",
        "hypot": "torch.hypot({0}, {1})",
        "atan2": "torch.atan2({0} + 0.0, {1})",
        "mod": "torch.remainder({0}, {1})",
        "fmod": "torch.fmod({0}, {1})",
        "polygamma": "torch.polygamma(int({0}), {1})",
    },
    own={"cbrt": _CBRT, "gamma": _GAMMA, "sech": SECH.format(exp="torch.exp", abs="torch.abs")},
    uses={},
    wrapped="torch.as_tensor({})",
    reserved=python.LANGUAGE.reserved | {"torch"},
    forms=FORMS,
    power=_power,
)


class Torch(Library):
    """The forward pass; its gradients are those of autograd."""

    imports = ("import torch",)
    set_up = "torch.set_default_dtype(torch.float64)"
    by = ", by autograd"

    def given(self, literal: str, index: int) -> str:
        """A tensor, which remembers its gates if its gradient is wanted."""
        return f"torch.tensor({literal}{', requires_grad=True' if index in self.program.wanted else ''})"

    def passes(self, indent: str) -> list[str]:
        """The forward pass, and the call that goes backward."""
        output, strangers = self.name(self.program.output), self.strangers()
        lines = ["# backward pass, by torch", f"{output}.backward({self.subject.upstream})"]
        if strangers:
            every = " + ".join(strangers)
            lines.insert(0, f"{output} = {output} + 0.0*({every})  # in the graph of every variable")
        return [*self.forward(indent), *(indent + line for line in lines if self.program.wanted)]

    def strangers(self) -> Sequence[str]:
        """Numbers made of the variables that torch may not find behind the output."""
        raise NotImplementedError


class NumberTorch(Torch):
    """One number for each variable, and for the output."""

    def bare(self) -> Collection[int]:
        """What no variable reaches, and comparisons."""
        circuit = self.program.circuit
        reached = circuit.reach(self.program.variables)
        return {i for i, node in enumerate(circuit.nodes) if not reached[i] or node.op in COMPARISONS}

    def strangers(self) -> list[str]:
        """All variables, where a comparison, a branch or a part that is not used may cut one off."""
        wanted = self.program.wanted
        if _BREAKS_GRAPH.isdisjoint(self.ops) and all(self.program.needed[i] for i in wanted):
            return []
        return [self.name(i) for i in wanted]

    def value(self) -> str:
        """The output as a number of Python."""
        output = self.name(self.program.output)
        return f"{output}.item()" if self.program.wanted else f"float({output})"

    def slopes(self) -> dict[int, str]:
        """Each gradient as a number of Python."""
        return {i: f"{self.name(i)}.grad.item()" for i in self.program.wanted}

    def converted(self) -> list[str]:
        """Every argument as a tensor."""
        return [f"{name} = {self.given(f'float({name})', i)}" for i, name in self.variables().items()]


def render(program: Program, report: Report | None, function: str | None) -> str:
    """The program as a script, or as a function that returns the value and the gradients."""
    return NumberTorch(NumberSubject(program, LANGUAGE, report, OWN_CONVENTIONS), function).text()

"""Array program → text: the point, the passes, what came out; a library's own gradients are held against ours."""

from __future__ import annotations

from collections.abc import Collection

from backprop_cli import limits
from backprop_cli.circuit import CONSTANT
from backprop_cli.engine.shapes import Shaped
from backprop_cli.gates.array_table import ARRAY_GATES
from backprop_cli.problems import Diagnostic, Refused
from backprop_cli.render.code.arrays.array_languages import WORDS
from backprop_cli.render.code.arrays.array_statements import array_program
from backprop_cli.render.code.arrays.array_subject import UPSTREAM, ArraySubject
from backprop_cli.render.code.identifiers import fresh
from backprop_cli.render.code.jax import Jax, listed
from backprop_cli.render.code.numpy import Numpy
from backprop_cli.render.code.program_page import Page
from backprop_cli.render.code.torch import Torch
from backprop_cli.render.code.tree import ZERO, ArrayCall, CodeTree, assignments
from backprop_cli.render.code.writer import LackingError
from backprop_cli.report.array_report import ArrayReport

_QUIET = 'np.seterr(all="ignore")  # of branches that are not taken nothing is kept'


def render_arrays(shaped: Shaped, report: ArrayReport, language: str, function: str | None) -> str:
    """The program of an array circuit in numpy, torch or jax, at the report's point or as a function.

    Raises ``Refused`` for a gate that the language cannot write, and for a point that is too large to write down.
    """
    if function is None and sum(row.value.count for row in report.variables) > limits.CODE_ELEMENTS:
        message = f"the arrays of the point have more than {limits.CODE_ELEMENTS:,} elements to write down"
        raise Refused(Diagnostic("code.size", message, "--function NAME leaves the point out"))
    _no_gaps(report)
    wanted = tuple(row.id for row in report.variables if row.role == "parameter")
    upstream = "" if report.upstream is None else UPSTREAM if function else f"np.array({report.upstream.text})"
    subject = ArraySubject(array_program(shaped, wanted, upstream), report, WORDS[language], function is not None)
    try:
        return _PAGES[language](subject, function).text()
    except LackingError as lacking:
        hint = "numpy can write it" if language != "numpy" else ""
        raise Refused(Diagnostic("code.gate", f"{lacking.op} cannot be written in {language}", hint)) from None


def _no_gaps(report: ArrayReport) -> None:
    """Refuse a product over elements that have no value: 0 times such an element is no number in these languages."""
    gaps = {gate.id for gate in report.gates if gate.problem}
    for gate in report.gates:
        row = ARRAY_GATES.get(gate.op)
        if row is not None and not row.moves and not row.repeats and gaps.intersection(gate.inputs):
            message = f"{gate.formula} takes together elements of which some have no value here: {gate.problem}"
            raise Refused(Diagnostic("code.elements", message, "take the elements that matter first, with an index"))


class _Page(Page):
    """A program whose variables and results are arrays."""

    subject: ArraySubject

    def bare(self) -> Collection[int]:
        return [i for i, node in enumerate(self.program.circuit.nodes) if node.op == CONSTANT]

    def given(self, literal: str, index: int) -> str:
        return self.subject.words.literal(literal)

    def show(self, text: str, index: int) -> str:
        return f"{text}.tolist()"


class _Numpy(Numpy, _Page):
    """Both passes, written out gate by gate."""

    def passes(self, indent: str) -> list[str]:
        branches = any(node.op == "where" for node in self.program.circuit.nodes)
        return [*([_QUIET, ""] if branches and not indent else []), *super().passes(indent)]

    def show(self, text: str, index: int) -> str:
        report = self.subject.report
        shapes = {row.id: row.value.shape for row in report.variables} | {self.program.output: report.value.shape}
        return super().show(text, index) if shapes[index] else f"float({text})"


class _Torch(Torch, _Page):
    """The forward pass, and autograd."""

    returned_value = "{}.detach()"

    def strangers(self) -> list[str]:
        sent = (each for each in assignments(self.program.backward) if _is_zero(each.tree))
        return [f"{self.name(each.target.node)}.sum()" for each in sent]

    def slopes(self) -> dict[int, str]:
        return {i: f"{self.name(i)}.grad" for i in self.program.wanted}

    def converted(self) -> list[str]:
        return [
            f"{name} = torch.as_tensor({name}, dtype=torch.float64).detach()"
            + (".requires_grad_()" if i in self.program.wanted else "")
            for i, name in self.variables().items()
        ]


class _Jax(Jax, _Page):
    """The forward pass, and jax's pullback of it: what is held fixed is no argument of what jax differentiates."""

    def passes(self, indent: str) -> list[str]:
        names, slopes = list(self.variables().values()), self.slopes()
        wanted, call = [self.name(i) for i in slopes], f"{self.whole}({', '.join(names)})"
        if not wanted:
            return [f"{indent}{self.value()} = {call}"]
        inner = self.whole if wanted == names else f"lambda {', '.join(wanted)}: {call}"
        pull = fresh("pullback", self.used)
        given = self.subject.upstream or f"jnp.ones_like({self.value()})"
        return [
            f"{indent}{self.value()}, {pull} = jax.vjp({inner}, {', '.join(wanted)})",
            f"{indent}{listed(slopes.values())} = {pull}({given})",
        ]


_PAGES: dict[str, type[_Page]] = {"numpy": _Numpy, "torch": _Torch, "jax": _Jax}


def _is_zero(tree: CodeTree) -> bool:
    return tree == ZERO or (isinstance(tree, ArrayCall) and tree.op == "zeros")

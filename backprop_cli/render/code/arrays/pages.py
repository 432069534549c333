"""Array program → text: the point, the passes, what came out; a library's own gradients are held against ours."""

from __future__ import annotations

from collections.abc import Sequence

from backprop_cli import limits
from backprop_cli.circuit import CONSTANT
from backprop_cli.engine.shapes import Shaped
from backprop_cli.gates.array_shapes import shown
from backprop_cli.gates.arrays import ARRAY_GATES
from backprop_cli.problems import Diagnostic, Refused
from backprop_cli.render.code import python
from backprop_cli.render.code.arrays.languages import LIBRARIES, Library
from backprop_cli.render.code.arrays.program import array_program
from backprop_cli.render.code.names import fresh, identifiers
from backprop_cli.render.code.program import Program
from backprop_cli.render.code.tree import Gradient, Instruction, Value, array_calls, assignments
from backprop_cli.render.code.writer import LackingError, Writer, taken_words, used_gates
from backprop_cli.report.array_report import ArrayReport, ArrayRow, Block

_INDENT = python.INDENT
_QUIET = 'np.seterr(all="ignore")  # of branches that are not taken nothing is kept'
_RTOL = 1e-9
_OWN_CONVENTIONS = {"torch": {"hardtanh", "hypot", "norm", "std"}, "jax": {"hardtanh", "hypot", "norm", "std", "abs"}}


def render_arrays(shaped: Shaped, report: ArrayReport, language: str, function: str | None) -> str:
    """The program of an array circuit in numpy, torch or jax, at the report's point or as a function.

    Raises ``Refused`` for a gate that the language cannot write, and for a point that is too large to write down.
    """
    if function is None and sum(row.value.count for row in report.variables) > limits.CODE_ELEMENTS:
        message = f"the arrays of the point have more than {limits.CODE_ELEMENTS:,} elements to write down"
        raise Refused(Diagnostic("code.size", message, "--function NAME leaves the point out"))
    _no_gaps(report)
    wanted = tuple(row.id for row in report.variables if row.role == "parameter")
    upstream = "" if report.upstream is None else "upstream" if function else f"np.array({report.upstream.text})"
    program = array_program(shaped, wanted, upstream)
    page = {"numpy": _Numpy, "torch": _Torch, "jax": _Jax}[language]
    try:
        return page(program, report, LIBRARIES[language], language, function).text()
    except LackingError as lacking:
        hint = "numpy can write it" if language != "numpy" else ""
        raise Refused(Diagnostic("code.gate", f"{lacking.op} cannot be written in {language}", hint)) from None


def _no_gaps(report: ArrayReport) -> None:
    """Refuse a product over elements that have no value: 0 times such an element is no number in these languages."""
    gaps = {gate.id for gate in report.gates if gate.problem}
    for gate in report.gates:
        row = ARRAY_GATES.get(gate.op)
        if row is not None and not row.moves and gate.op not in ("sum", "mean") and gaps.intersection(gate.inputs):
            message = f"{gate.formula} takes together elements of which some have no value here: {gate.problem}"
            raise Refused(Diagnostic("code.elements", message, "take the elements that matter first, with an index"))


class _Page:
    """A program in one library."""

    imports: tuple[str, ...] = ()
    np = "np"

    def __init__(
        self, program: Program, report: ArrayReport, library: Library, name: str, function: str | None
    ) -> None:
        self.program, self.report, self.name, self.function = program, report, name, function
        statements = (*program.forward, *self.backward())
        ops, scalars = used_gates(library.language, statements)
        used = {call.op for each in assignments(statements) for call in array_calls(each.tree)}
        self.helpers = [python.helper(library.language, op) for op in scalars]
        self.helpers += [text for op, text in library.helpers.items() if op in used]
        taken = (
            taken_words(library.language, ops, scalars)
            | set(library.helpers)
            | ({function} if function else set())
            | {"upstream"}
        )
        names = identifiers(program, taken)
        self.used = taken | set(names.values())
        numbers = [i for i, node in enumerate(program.circuit.nodes) if node.op == CONSTANT]
        self.writer = Writer(library.language, names, numbers)

    def backward(self) -> Sequence[Instruction]:
        """The statements of the backward pass that are written."""
        return ()

    def text(self) -> str:
        """The whole program."""
        body = "\n".join(self.as_function() if self.function else self.as_script()) + "\n"
        parts = [*self.helpers, body]
        head = "\n".join(self.imports)
        if "math." in "".join(parts):
            head = "import math\n\n" + head
        gap = "\n\n\n" if len(parts) > 1 or body.startswith("def ") else "\n\n"
        return f"{head}{gap}" + "\n\n".join(parts)

    def value(self, index: int) -> str:
        """What the value of a node is called."""
        return self.writer.names[Value(index)]

    def gradient(self, index: int) -> str:
        """What its gradient is called."""
        return self.writer.names[Gradient(index)]

    @property
    def output(self) -> str:
        """What the output is called."""
        return self.value(self.program.output)

    @property
    def label(self) -> str:
        """What the user calls what is differentiated."""
        return self.report.partial

    def array(self, block: Block) -> str:
        """A value as the library's array; a number as it is."""
        return f"{self.np}.array({block.text})" if block.shape else block.text

    def point(self) -> list[str]:
        """The variables at the report's point."""
        rows = [f"{self.value(row.id)} = {self.variable(row)}" for row in self.report.variables]
        return ["# the point", *rows, ""] if rows else []

    def variable(self, row: ArrayRow) -> str:
        """A variable's value."""
        return self.array(row.value)

    def said(self, by: str = "") -> str:
        """What the function returns, and the shapes for which it is written, as its docstring."""
        name, shapes = self.program.names[self.program.output], self.shapes()
        return f'{_INDENT}"""The value of {name} and its gradients{by}. {shapes}"""'

    def lines(self, indent: str = "") -> list[str]:
        """The forward pass."""
        return [f"{indent}# forward pass", *python.section(self.program.forward, self.writer, indent)]

    def shapes(self) -> str:
        """The shapes for which the program is written, as a sentence."""
        shapes = ", ".join(f"{self.value(row.id)} {shown(row.value.shape)}" for row in self.report.variables)
        return f"For {shapes}." if shapes else ""

    def as_script(self) -> list[str]:
        """The program that runs as it is."""
        raise NotImplementedError

    def as_function(self) -> list[str]:
        """The program as a function of the variables."""
        raise NotImplementedError


class _Numpy(_Page):
    """Both passes, written out gate by gate."""

    imports = ("import numpy as np",)

    def backward(self) -> Sequence[Instruction]:
        return self.program.backward

    def _passes(self, indent: str) -> list[str]:
        quiet = [_QUIET, ""] if self._has_branches() and not indent else []
        found = [*quiet, *self.lines(indent)]
        if self.program.backward:
            found += [f"{indent}# backward pass", *python.section(self.program.backward, self.writer, indent)]
        return found

    def _has_branches(self) -> bool:
        return any(node.op == "where" for node in self.program.circuit.nodes)

    def as_script(self) -> list[str]:
        lines = [*self.point(), *self._passes("")]
        lines += [
            "",
            f'print("{self.program.names[self.program.output]} =", {_printed(self.output, self.report.value)})',
        ]
        rows = {row.id: row for row in self.report.variables}
        for index in self.program.wanted:
            slope = _printed(self.gradient(index), rows[index].value)
            lines.append(f'print("d{self.label}/d{self.program.names[index]} =", {slope})')
        return lines

    def as_function(self) -> list[str]:
        arguments = [self.value(i) for i in self.program.variables]
        if self.report.upstream is not None:
            arguments.append("upstream")
        inside = ", ".join(f'"{self.program.names[i]}": {self.gradient(i)}' for i in self.program.wanted)
        return [
            f"def {self.function}({', '.join(arguments)}):",
            self.said(),
            *self._passes(_INDENT),
            f"{_INDENT}return {self.output}, {{{inside}}}",
        ]


class _Library(_Page):
    """The forward pass; the gradients are the library's own, and are held against ours."""

    def asserts(self, gradient: dict[int, str]) -> list[str]:
        """The lines that compare."""
        found = ["# what backprop computed", self.is_close(self.output, self.report.value)]
        reason = self._reason()
        rows = {row.id: row for row in self.report.variables}
        for index, text in gradient.items():
            block = rows[index].gradient
            if reason:
                found.append(f"# no assert for {self.program.names[index]}: {reason}")
            elif block is not None:
                found.append(self.is_close(text, block))
        return found

    def _reason(self) -> str:
        """Why the library's gradients may be others."""
        own = _OWN_CONVENTIONS[self.name]
        kinks = [gate.formula for gate in self.report.gates if gate.kink and gate.op in own]
        if kinks:
            return f"{kinks[0]} stands on a kink here, where {self.name} has a convention of its own"
        if any(gate.problem for gate in self.report.gates):
            return f"{self.name} multiplies 0 by what has no value behind a branch that is not taken"
        return ""

    def is_close(self, found: str, block: Block) -> str:
        """One assert."""
        size = max(1.0, max(map(abs, block.doubles.reshape(-1).tolist())) if block.shape else abs(float(block.doubles)))
        return f"assert {self.np}.allclose({found}, {self.array(block)}, rtol={_RTOL}, atol={_RTOL * size:.1g})"


class _Torch(_Library):
    imports = ("import torch", "", "torch.set_default_dtype(torch.float64)")
    np = "torch"

    def array(self, block: Block) -> str:
        return f"torch.tensor({block.text})"

    def variable(self, row: ArrayRow) -> str:
        return f"torch.tensor({row.value.text}{', requires_grad=True' if row.id in self.program.wanted else ''})"

    def _pass_back(self, given: str) -> str:
        return f"{self.output}.backward({given})" if self.program.wanted else "# no gradient is asked for"

    def as_script(self) -> list[str]:
        given = self.report.upstream
        lines = [*self.point(), *self.lines(), "# backward pass, by torch"]
        lines += [self._pass_back("" if given is None else self.array(given)), ""]
        lines.append(f'print("{self.program.names[self.program.output]} =", {self.output}.tolist())')
        gradient = {i: f"{self.value(i)}.grad" for i in self.program.wanted}
        lines += [f'print("d{self.label}/d{self.program.names[i]} =", {text}.tolist())' for i, text in gradient.items()]
        return [*lines, "", *self.asserts(gradient)]

    def as_function(self) -> list[str]:
        arguments = [self.value(i) for i in self.program.variables]
        given = fresh("upstream", self.used) if self.report.upstream is not None else ""
        returned = ", ".join(f'"{self.program.names[i]}": {self.value(i)}.grad' for i in self.program.wanted)
        tensors = [
            f"{_INDENT}{name} = torch.as_tensor({name}, dtype=torch.float64).detach()"
            + ("" if i not in self.program.wanted else ".requires_grad_()")
            for i, name in zip(self.program.variables, arguments, strict=True)
        ]
        return [
            f"def {self.function}({', '.join([*arguments, *([given] if given else [])])}):",
            self.said(", by autograd"),
            *tensors,
            *self.lines(_INDENT),
            f"{_INDENT}{self._pass_back(given)}",
            f"{_INDENT}return {self.output}.detach(), {{{returned}}}",
        ]


class _Jax(_Library):
    imports = ("import jax", "import jax.numpy as jnp", "", 'jax.config.update("jax_enable_x64", True)')
    np = "jnp"

    def _forward(self, name: str) -> list[str]:
        return [
            f"def {name}({', '.join(self.value(i) for i in self.program.variables)}):",
            *self.lines(_INDENT)[1:],
            f"{_INDENT}return {self.output}",
        ]

    def _call(self, forward: str, given: str, slopes: Sequence[str]) -> list[str]:
        """The value and the gradients: what is held fixed is no argument of what jax differentiates."""
        names = [self.value(i) for i in self.program.variables]
        wanted = [self.value(i) for i in self.program.wanted]
        if not wanted:
            return [f"{self.output} = {forward}({', '.join(names)})"]
        inner = forward if wanted == names else f"lambda {', '.join(wanted)}: {forward}({', '.join(names)})"
        pull = fresh("pullback", self.used)
        comma = "," if len(slopes) == 1 else ""
        return [
            f"{self.output}, {pull} = jax.vjp({inner}, {', '.join(wanted)})",
            f"{', '.join(slopes)}{comma} = {pull}({given or f'jnp.ones_like({self.output})'})",
        ]

    def _slopes(self) -> dict[int, str]:
        return {i: self.gradient(i) for i in self.program.wanted}

    def as_script(self) -> list[str]:
        forward, slopes = fresh("forward", self.used), self._slopes()
        given = "" if self.report.upstream is None else self.array(self.report.upstream)
        lines = [*self._forward(forward), "", "", *self.point(), *self._call(forward, given, list(slopes.values())), ""]
        lines.append(f'print("{self.program.names[self.program.output]} =", {self.output}.tolist())')
        lines += [f'print("d{self.label}/d{self.program.names[i]} =", {text}.tolist())' for i, text in slopes.items()]
        return [*lines, "", *self.asserts(slopes)]

    def as_function(self) -> list[str]:
        forward, slopes = fresh("forward", self.used), self._slopes()
        names = [self.value(i) for i in self.program.variables]
        given = fresh("upstream", self.used) if self.report.upstream is not None else ""
        returned = ", ".join(f'"{self.program.names[i]}": {text}' for i, text in slopes.items())
        return [
            *self._forward(forward),
            "",
            "",
            f"def {self.function}({', '.join([*names, *([given] if given else [])])}):",
            self.said(", by jax"),
            *(f"{_INDENT}{line}" for line in self._call(forward, given, list(slopes.values()))),
            f"{_INDENT}return {self.output}, {{{returned}}}",
        ]


def _printed(text: str, block: Block) -> str:
    """An array with all its digits."""
    return f"{text}.tolist()" if block.shape else f"float({text})"

"""Arrays as what goes through a program: the report's point and results as literals of a library."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from backprop_cli.gates.array_shapes import shown
from backprop_cli.render.code.agreement import RTOL
from backprop_cli.render.code.arrays.array_languages import Words
from backprop_cli.render.code.program import Program
from backprop_cli.render.code.tree import ProgramLine, array_calls, assignments
from backprop_cli.render.code.writer import Language
from backprop_cli.report.array_report import ArrayQuantity, ArrayReport

UPSTREAM = "upstream"
"""What a function calls the gradient that is given at its output."""


@dataclass(frozen=True)
class ArraySubject:
    """A program of arrays and its report, in the words of a library; as a function it is told the upstream gradient."""

    program: Program
    report: ArrayReport
    words: Words
    as_function: bool

    @property
    def language(self) -> Language:
        """The library's language."""
        return self.words.language

    @property
    def taken(self) -> frozenset[str]:
        """The helper functions, and the gradient that is given."""
        return frozenset({*self.words.helpers, UPSTREAM})

    @property
    def label(self) -> str:
        """The output, or the sum that the upstream gradient makes of it."""
        return self.report.partial

    @property
    def upstream(self) -> str:
        """The gradient that is given, as an argument or as a literal."""
        given = self.report.upstream
        return "" if given is None else UPSTREAM if self.as_function else self.words.literal(given.text)

    @property
    def arguments(self) -> tuple[str, ...]:
        """The gradient that is given, if one is."""
        return (UPSTREAM,) if self.as_function and self.report.upstream is not None else ()

    def point(self) -> dict[int, str]:
        """The report's point."""
        return {row.id: row.value.text for row in self.report.variables}

    def helpers(self, statements: Sequence[ProgramLine]) -> list[str]:
        """Functions of array gates that the library lacks."""
        used = {call.op for each in assignments(statements) for call in array_calls(each.tree)}
        return [text for op, text in self.words.helpers.items() if op in used]

    def said(self, by: str, names: Mapping[int, str]) -> str:
        """The docstring of a function, with the shapes for which it is written."""
        output = self.program.names[self.program.output]
        shapes = ", ".join(f"{names[row.id]} {shown(row.value.shape)}" for row in self.report.variables)
        return f"The value of {output} and its gradients{by}. {f'For {shapes}.' if shapes else ''}"

    def asserts(self, value: str, slopes: Mapping[int, str]) -> Iterator[str]:
        """An assert for the value and each gradient, or why there is none."""
        yield self._is_close(value, self.report.value)
        reason = self._reason()
        gradients = {row.id: row.gradient for row in self.report.variables}
        for index, text in slopes.items():
            expected = gradients[index]
            if reason:
                yield f"# no assert for {self.program.names[index]}: {reason}"
            elif expected is not None:
                yield self._is_close(text, expected)

    def _reason(self) -> str:
        """Why the library's gradients may be others."""
        name = self.language.name
        kinks = [gate.formula for gate in self.report.gates if gate.kink and gate.op in self.words.conventions]
        if kinks:
            return f"{kinks[0]} stands on a kink here, where {name} has a convention of its own"
        if any(gate.problem for gate in self.report.gates):
            return f"{name} multiplies 0 by what has no value behind a branch that is not taken"
        return ""

    def _is_close(self, found: str, block: ArrayQuantity) -> str:
        size = max(1.0, max(map(abs, block.doubles.reshape(-1).tolist())) if block.shape else abs(float(block.doubles)))
        expected = self.words.literal(block.text)
        return f"assert {self.words.np}.allclose({found}, {expected}, rtol={RTOL}, atol={RTOL * size:.1g})"

    def main(self, function: str, names: Mapping[int, str]) -> tuple[str, ...]:
        """Nothing: the arrays of a point are no arguments to write down."""
        return ()

"""Numbers as what goes through a program: the report's point and results as literals."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

from backprop_cli.render.code.agreement import agreements, asserts, is_close
from backprop_cli.render.code.program import Program
from backprop_cli.render.code.program_lines import INDENT
from backprop_cli.render.code.tree import ProgramLine
from backprop_cli.render.code.writer import Language
from backprop_cli.report.report import Report


@dataclass(frozen=True)
class NumberSubject:
    """A program of numbers and its report; ``conventions`` are the gates with slopes of the library's own at kinks."""

    program: Program
    language: Language
    report: Report | None
    conventions: Collection[str] = ()
    upstream: str = ""
    arguments: tuple[str, ...] = ()
    taken: Collection[str] = ()

    @property
    def label(self) -> str:
        """The output."""
        return self.program.names[self.program.output]

    def point(self) -> dict[int, str]:
        """The report's point; nothing without a report."""
        return {row.id: row.value.text for row in self.report.variables} if self.report else {}

    def helpers(self, statements: Sequence[ProgramLine]) -> Sequence[str]:
        """None: the gate table's are enough."""
        return ()

    def said(self, by: str, names: Mapping[int, str]) -> str:
        """The docstring of a function."""
        return f"The value of {self.label} and its gradient in each variable{by}."

    def asserts(self, value: str, slopes: Mapping[int, str]) -> Iterator[str]:
        """An assert for the value and each gradient, or why there is none."""
        assert self.report is not None
        yield is_close(value, self.report.value.text)
        found = agreements(self.program, self.report, self.conventions, self.language.name)
        yield from asserts(found, slopes, self.program.names)

    def main(self, function: str, names: Mapping[int, str]) -> list[str]:
        """The function called at the report's point."""
        if self.report is None:
            return []
        arguments = ", ".join(f"{names[i]}={literal}" for i, literal in self.point().items())
        return [
            'if __name__ == "__main__":',
            f"{INDENT}value, gradient = {function}({arguments})",
            f'{INDENT}print("{self.label} =", value)',
            f"{INDENT}for name in gradient:",
            f'{INDENT * 2}print(f"d{self.label}/d{{name}} =", gradient[name])',
        ]

"""An array as lines: aligned columns under each other, shortened with … where it is large, as NumPy prints it."""

from __future__ import annotations

from collections.abc import Sequence

from backprop_cli.render import numbers
from backprop_cli.report.array_report import ArrayQuantity

_LARGE, _EDGE = 100, 3
_SHORT, _DIGITS, _LONG = 8, 6, 20
_CUT = "…"


def lines(block: ArrayQuantity, width: int | None, *, full: bool = False) -> list[str]:
    """The array in lines of at most ``width`` characters, or all of it with ``full``; a number is one line."""
    if not block.shape:
        return [block.element(0) if width is None else cell(block, 0)]
    for edge in (None, _EDGE, 2, 1):
        if full or edge is not None or block.count <= _LARGE:
            made = _Grid(block, edge if not full else None).lines()
            if full or width is None or max(map(len, made)) <= width or edge == 1:
                return made
    return made


def is_cut(block: ArrayQuantity, shown: Sequence[str]) -> bool:
    """Whether elements are left out."""
    return bool(block.shape) and any(_CUT in line for line in shown)


def cell(block: ArrayQuantity, number: int) -> str:
    """One element in six digits, a whole number without its ``.0``; longer with digits asked for, or exact."""
    text = block.element(number).removesuffix(".0")
    if len(text) <= _SHORT or text == "none":
        return text
    if block.texts is not None:
        return numbers.fitted(text, _LONG)
    rounded = f"{float(text):.{_DIGITS}g}"
    return rounded if "inf" not in rounded and rounded != "0" else numbers.rounded(text, _DIGITS)


class _Grid:
    def __init__(self, block: ArrayQuantity, edge: int | None) -> None:
        self.block, self.edge = block, edge
        self.wide = max(map(len, self._all(0, 0)))

    def lines(self) -> list[str]:
        return self._lines(0, 0)

    def _shown(self, size: int) -> list[int | None]:
        """The indices that are shown along an axis, None for those left out."""
        if self.edge is None or size <= 2 * self.edge + 1:
            return list(range(size))
        return [*range(self.edge), None, *range(size - self.edge, size)]

    def _all(self, axis: int, start: int) -> list[str]:
        """The texts of all elements that are shown."""
        if axis == len(self.block.shape):
            return [cell(self.block, start)]
        size = self.block.shape[axis]
        return [t for at in self._shown(size) if at is not None for t in self._all(axis + 1, start * size + at)]

    def _lines(self, axis: int, start: int) -> list[str]:
        size = self.block.shape[axis]
        shown = self._shown(size)
        if axis == len(self.block.shape) - 1:
            cells = [_CUT if at is None else cell(self.block, start * size + at).rjust(self.wide) for at in shown]
            return [f"[{', '.join(cells)}]"]
        parts = [[_CUT] if at is None else self._lines(axis + 1, start * size + at) for at in shown]
        made = []
        for number, part in enumerate(parts):
            opened = "[" if number == 0 else " "
            closed = "]" if number == len(parts) - 1 else "" if part == [_CUT] else ","
            block = [opened + part[0], *(f" {line}" for line in part[1:])]
            block[-1] += closed
            made += block
        return made

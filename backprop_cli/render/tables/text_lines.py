"""A line of text as plain data: pieces, each with its role. It knows nothing of where it is printed."""

from __future__ import annotations

from dataclasses import dataclass

from backprop_cli.render.tables.tabular import CellRole


@dataclass(frozen=True, slots=True)
class TextLine:
    """Pieces of text with what each is; of a line that ``wraps`` a terminal gets more lines, broken between words."""

    pieces: tuple[tuple[str, CellRole], ...] = ()
    wraps: bool = False

    @property
    def text(self) -> str:
        """The pieces without their roles."""
        return "".join(text for text, _ in self.pieces)


BLANK = TextLine()


def line(text: str, role: CellRole = "") -> TextLine:
    """One piece."""
    return TextLine(((text, role),))


def prose(text: str, role: CellRole = "") -> TextLine:
    """A sentence, which a terminal gets wrapped between words."""
    return TextLine(((text, role),), wraps=True)

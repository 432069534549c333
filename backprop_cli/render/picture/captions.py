"""What is written on the nodes and wires of a picture; whether they are numbers or arrays, its subclasses know.

Numbers are cut to four significant digits for the eye; titles hold them whole.
"""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from backprop_cli.gates import GATES
from backprop_cli.render.numbers import is_decimal
from backprop_cli.render.picture.grids import Grid
from backprop_cli.render.safe_text import shorten, visible
from backprop_cli.report.report import Quantity

BLANK = "_____"
ELLIPSIS = "…"
EXACT = 9
_WHOLE = 120
_SYMBOLS = {
    "sub": "−",
    "neg": "−x",
    "reciprocal": "1/x",
    "square": "x²",
    "sqrt": "√",
    "cbrt": "∛",
    "abs": "|x|",
    "identity": "=",
    "le": "≤",
    "ge": "≥",
    "ne": "≠",
    "eq": "=",
}

Described = TypeVar("Described")  # what a value is


@dataclass(frozen=True, slots=True)
class Term:
    """One contribution in the sum at a fork; the key is empty for the sign that some were left out."""

    key: str
    text: str


class Captions(ABC, Generic[Described]):
    """The words of one report. Without ``values`` what a student is to find is left blank.

    ``partial`` is what is differentiated; ``constants`` have a text, a title and a value by their nodes' numbers.
    """

    def __init__(self, partial: str, constants: Mapping[int, tuple[str, str, str]], *, values: bool) -> None:
        self.partial, self.constants, self.values = partial, constants, values

    @abstractmethod
    def label(self, value: Described | None, *, known: bool = False) -> str:
        """A value on a wire; ``known`` is what stands in the exercise."""

    def gradient(self, value: Described | None) -> str:
        """A gradient below a wire; nothing where none is asked for."""
        return "" if value is None else self.label(value)

    @abstractmethod
    def said(self, name: str, value: Described) -> str:
        """``x = 3`` for a title."""

    def formula(self, name: str, text: str) -> str:
        """``q = x + y``."""
        return f"{name} = {shorten(visible(text), _WHOLE)}"

    @abstractmethod
    def computed(self, formula: str, value: Described | None) -> str:
        """``q = x + y = 3`` for a title."""

    @abstractmethod
    def kink(self, gate: Any) -> str:
        """What is said of a gate on a kink, after that word."""

    @abstractmethod
    def carried(self, gate: Any, position: int) -> str:
        """The title of a wire: what it carries back; nothing if that is nothing."""

    @abstractmethod
    def results(self) -> Iterable[str]:
        """The value and the gradients for the picture's title."""

    def symbol(self, op: str) -> str:
        """What stands in a gate."""
        return _SYMBOLS.get(op) or GATES[op].symbol.strip() or op

    def grid(self, name: str, value: Described | None, *, known: bool = False) -> Grid | None:
        """The cells of an array."""
        return None

    def terms(self, number: int) -> tuple[Term, ...]:
        """The contributions to a node, where they are shown one by one."""
        return ()


def constant(text: str, value: str, figure: str) -> tuple[str, str, str]:
    """A constant's text, its title with a value that the text does not say, and its short value."""
    more = "" if value in ("", text) else f" = {value}"
    return shorten(visible(text), EXACT), visible(f"{text}{more}, a constant"), figure


def figure(quantity: Quantity | None) -> str:
    """A number in at most four significant digits; a short exact number as it is."""
    if quantity is None:
        return "none"
    text = quantity.text
    if not is_decimal(text):
        if len(text) <= EXACT:
            return text
        return _rounded(quantity.approx) if math.isfinite(quantity.approx) else text[: EXACT - 1] + ELLIPSIS
    if math.isfinite(quantity.approx) and (quantity.approx != 0 or not any(d in "123456789" for d in text)):
        return _rounded(quantity.approx)
    mantissa, _, exponent = text.partition("e")
    return f"{float(mantissa):.4g}e{int(exponent)}" if exponent else shorten(mantissa, EXACT)


def _rounded(number: float) -> str:
    text = f"{number + 0.0:.4g}"
    mantissa, _, exponent = text.partition("e")
    return f"{mantissa}e{int(exponent)}" if exponent else mantissa


def whole(quantity: Quantity | None) -> str:
    """A number as it is, cut only where it is a long formula."""
    return "none" if quantity is None else shorten(quantity.text, _WHOLE)

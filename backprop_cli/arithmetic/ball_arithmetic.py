"""The arithmetic of rationals and balls behind the protocol of number systems: that of ``--digits``, and of a check."""

from __future__ import annotations

import math

from flint import ctx

from backprop_cli.arithmetic.ball_functions import OPERATIONS
from backprop_cli.arithmetic.ball_text import decimal, to_float
from backprop_cli.arithmetic.balls import ONE, ZERO, decided, from_float, from_text, is_finite, supposing
from backprop_cli.arithmetic.protocol import Number, Operation


class Balls:
    """The arithmetic of rationals and balls with ``bits`` of precision, printed with ``digits``.

    ``of_doubles`` reads a user's literals as the doubles nearest to them, for the reference of a run with doubles; a
    rule's literals are exact always. ``supposes``: what stands on an edge as far as balls tell is taken to stand there.
    """

    name = "digits"
    doubles = exact = False
    zero, one = ZERO, ONE

    def __init__(self, bits: int, *, digits: int = 17, of_doubles: bool = False, supposes: bool = False) -> None:
        self.bits, self.digits, self.of_doubles, self.supposes = bits, digits, of_doubles, supposes
        self.operations: dict[str, Operation] = {name: self._at(operation) for name, operation in OPERATIONS.items()}

    def _at(self, operation: Operation) -> Operation:
        bits = self.bits

        def at(*arguments: Number) -> Number:
            ctx.prec = bits
            return operation(*arguments)

        def supposing_at(*arguments: Number) -> Number:
            with supposing():
                return at(*arguments)

        return supposing_at if self.supposes else at

    def number(self, text: str) -> Number:
        """A rule's literal."""
        ctx.prec = self.bits
        return from_text(text)

    def literal(self, text: str) -> Number:
        """A user's literal, π or e."""
        if not self.of_doubles:
            return self.number(text)
        return from_float(math.pi if text == "pi" else math.e if text == "e" else float(text))

    is_finite = staticmethod(is_finite)

    def truth(self, value: Number) -> bool:
        """Whether it is not 0. Raises ``Undecided``."""
        if not self.supposes:
            return decided(value) != 0
        ctx.prec = self.bits
        with supposing():
            return decided(value) != 0

    def to_float(self, value: Number) -> float:
        """The double nearest to the number, or to the middle of its ball."""
        return to_float(value)

    def text(self, value: Number) -> str:
        """The digits asked for, with a power of ten where they do not reach the point."""
        return decimal(value, self.digits)

    def absolute(self, value: Number) -> Number:
        """|value|; of a ball around 0 too."""
        return abs(value)

    def enclosed(self, value: Number, bits: int) -> Number:
        """The number itself."""
        return value

"""The value of a variable that is an array, from text, a file, JSON or Python.

The elements are kept as they were given: texts (constant expressions, which each arithmetic evaluates at its own
precision) or doubles. NumPy is loaded when the doubles are asked for.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property
from typing import TYPE_CHECKING, Any

from backprop_cli import limits
from backprop_cli.circuit import Circuit
from backprop_cli.engine.forward import forward, refuse_without_output
from backprop_cli.engine.given import Given
from backprop_cli.engine.rules import Rules
from backprop_cli.gates.array_row import Shape
from backprop_cli.problems import MORE_RANGE, Diagnostic, Refused
from backprop_cli.reading.array_files import load
from backprop_cli.reading.nested_lists import flatten, place, split, too_large
from backprop_cli.reading.notation import number_problem

if TYPE_CHECKING:
    import numpy as np

    Array = np.ndarray[Any, np.dtype[np.float64]]

_NUMBER = re.compile(r"[-+]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?")


@dataclass(frozen=True)
class GivenArray(Given):
    """An array's value: its shape, and its elements row by row as texts or as doubles."""

    shape: Shape = ()
    elements: Any = field(default=(), compare=False)

    @cached_property
    def circuit(self) -> Circuit:
        """An array is no single number: refused, in the words of whoever needs one."""
        message = f"{self.name} is an array of shape {self.shape}, and a number is needed here"
        raise Refused(Diagnostic("value.array", message))

    @property
    def count(self) -> int:
        """The number of elements."""
        return math.prod(self.shape)

    def element(self, number: int) -> Given:
        """One element, row by row, as a value of its own."""
        one = self.elements[number]
        return Given(place(self.name, self.shape, number), one if isinstance(one, str) else repr(float(one)))

    def each(self) -> Iterator[Given]:
        """All elements, row by row."""
        return map(self.element, range(self.count))

    def doubles(self, rules: Rules) -> Array:
        """The elements as an array of doubles; ``rules`` are those of doubles."""
        import numpy as np

        if isinstance(self.elements, np.ndarray):
            return self.elements.reshape(self.shape)
        numbers = [
            float(one) if _NUMBER.fullmatch(one) else self._worked_out(i, rules) for i, one in enumerate(self.elements)
        ]
        array = np.array(numbers, dtype=np.float64).reshape(self.shape)
        if not np.isfinite(array).all():
            number = int(np.flatnonzero(~np.isfinite(array))[0])
            message = f"{place(self.name, self.shape, number)} is too large for a double"
            raise Refused(Diagnostic("overflow.constant", message, MORE_RANGE))
        return array

    def _worked_out(self, number: int, rules: Rules) -> float:
        circuit = self.element(number).circuit
        run = forward(circuit, {}, rules)
        refuse_without_output(run)
        return float(run.values[circuit.output])


def from_text(name: str, text: str) -> GivenArray:
    """An array as typed, ``[[1, 2], [pi/3, 1e-3]]``. Raises ``Refused``, also for an element that is no constant."""
    return _checked(name, text, *split(name, text))


def from_nested(name: str, nested: Sequence[object]) -> GivenArray:
    """An array of JSON: lists of numbers as written and of texts."""
    for number, one in _leaves(nested, ()):
        if not isinstance(one, str):
            kind = {dict: "an object", bool: "true or false", type(None): "null"}.get(type(one), "no number")
            message = f"{name}[{', '.join(map(str, number))}] must be a number, and is {kind}"
            raise Refused(Diagnostic("point.value", message))
    return _checked(name, "", *flatten(name, nested))


def _leaves(nested: Sequence[object], before: tuple[int, ...]) -> Iterator[tuple[tuple[int, ...], object]]:
    if len(before) > limits.ARRAY_DIMENSIONS:
        return
    for number, one in enumerate(nested):
        if isinstance(one, list):
            yield from _leaves(one, (*before, number))
        else:
            yield (*before, number), one


def from_file(name: str, path: str) -> GivenArray:
    """An array from a file. Raises ``Refused`` for what is none."""
    if not path:
        raise Refused(Diagnostic("value.missing", f"{name} has no file after @"))
    shape, elements = load(name, path)
    if isinstance(elements, list):
        return _checked(name, "", shape, elements)
    return _of_doubles(name, elements)


def from_python(name: str, value: object) -> GivenArray:
    """An array of Python: nested lists or tuples of numbers and texts, or an object with NumPy's interface."""
    if isinstance(value, (list, tuple)):
        return _checked(name, "", *flatten(name, _texts(name, value)))
    import numpy as np

    try:
        array = np.asarray(value)
    except (TypeError, ValueError, RuntimeError) as error:
        raise Refused(Diagnostic("array.kind", f"{name} is no array of numbers: {error}")) from None
    if array.dtype.kind not in "fiub":
        raise Refused(Diagnostic("array.kind", f"{name} holds {array.dtype}, and an array must hold real numbers"))
    return _of_doubles(name, np.asarray(array, dtype=np.float64))


def _texts(name: str, values: Sequence[Any]) -> list[Any]:
    found: list[Any] = []
    for value in values:
        if isinstance(value, (list, tuple)) or getattr(value, "shape", None):
            found.append(_texts(name, value if isinstance(value, (list, tuple)) else value.tolist()))
        elif isinstance(value, Fraction):
            found.append(f"{value.numerator}/{value.denominator}")
        elif isinstance(value, complex):
            raise Refused(Diagnostic("array.kind", f"{name} holds {value}, and an array must hold real numbers"))
        else:
            found.append(repr(float(value)) if isinstance(value, float) else str(value))
    return found


def _of_doubles(name: str, array: Array) -> GivenArray:
    import numpy as np

    if array.size == 0:
        raise Refused(Diagnostic("array.empty", f"{name} has no elements", "an array needs at least one"))
    if array.size > limits.ARRAY_ELEMENTS:
        raise Refused(too_large(name, array.size))
    if array.ndim > limits.ARRAY_DIMENSIONS:
        raise Refused(
            Diagnostic("limit.array", f"{name} has {array.ndim} dimensions; the limit is {limits.ARRAY_DIMENSIONS}")
        )
    if array.ndim == 0:
        raise Refused(Diagnostic("array.kind", f"{name} holds a single number", f"write it down: {name}={array!r}"))
    finite = np.isfinite(array)
    if not finite.all():
        number = int(np.flatnonzero(~finite)[0])
        message = f"{place(name, array.shape, number)} is {array.flat[number]}, and must be a finite number"
        raise Refused(Diagnostic("value.finite", message))
    return GivenArray(name, "", array.shape, array.reshape(-1))


def _checked(name: str, text: str, shape: Shape, elements: list[str]) -> GivenArray:
    """The array, once every element is known to be a finite constant; plain numbers need no look by the reader."""
    if len(elements) > limits.ARRAY_ELEMENTS:
        raise Refused(too_large(name, len(elements)))
    array = GivenArray(name, text, shape, elements)
    for number, one in enumerate(elements):
        if not _NUMBER.fullmatch(one):
            _ = array.element(number).circuit
        elif len(one) > limits.LABEL_CHARACTERS or "e" in one or "E" in one:
            problem = number_problem(one)
            if problem is not None:
                raise Refused(Diagnostic(problem.code, f"{place(name, shape, number)}: {problem.message}"))
    return array

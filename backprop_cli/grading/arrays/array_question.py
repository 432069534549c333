"""A question about arrays, prepared once: the array circuit, and the question of its components written out as numbers.

``elements`` is an ordinary question about the scalar circuit, in which ``dW[0, 1]`` is a number: facts, tolerances,
formulas and the mistakes of numbers come from there.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from functools import cached_property
from math import prod

import numpy as np

from backprop_cli.array_calculation import Prepared, elements_of, prepared, written
from backprop_cli.choices import Method
from backprop_cli.circuit import Circuit
from backprop_cli.engine.given import Given
from backprop_cli.engine.point import Point
from backprop_cli.engine.written_out import WrittenOut, element_name
from backprop_cli.gates.array_row import Shape
from backprop_cli.gates.array_shapes import shown
from backprop_cli.grading.arrays.array_mistakes import ArrayMistakes
from backprop_cli.grading.arrays.array_names import ArrayAsked, ArrayNames, Index, component
from backprop_cli.grading.arrays.reader import ElementReader
from backprop_cli.grading.arrays.whole_answers import WholeAnswers
from backprop_cli.grading.arrays.whole_formulas import one_hot
from backprop_cli.grading.files.answers import Answer
from backprop_cli.grading.levels import Accept
from backprop_cli.grading.names import Asked, Names
from backprop_cli.grading.question import Ask, Question, prepare
from backprop_cli.grading.tolerance import Tolerance
from backprop_cli.grading.truth import Fact
from backprop_cli.problems import Diagnostic, Refused
from backprop_cli.settings import Settings

_PLAIN = frozenset("0123456789.,+-/eE[] \t\n")
_SMALL = 100
_LOGARITHMS = frozenset({"log", "log2", "log10", "logsoftmax"})


@dataclass(frozen=True, slots=True)
class ArrayAsk:
    """One quantity that is asked for: its name as it was asked, what it is, its shape, its part in the score.

    ``cells`` are its components, row by row, as questions of the circuit written out.
    """

    name: str
    asked: ArrayAsked
    shape: Shape
    cells: tuple[Ask, ...]
    weight: Fraction = Fraction(1)

    def cell(self, index: Index) -> Ask | None:
        """A component; None outside the shape."""
        if len(index) != len(self.shape) or not all(-n <= at < n for at, n in zip(index, self.shape, strict=True)):
            return None
        return self.cells[
            int(np.ravel_multi_index(tuple(at % n for at, n in zip(index, self.shape, strict=True)), self.shape))
        ]


@dataclass(frozen=True)
class ArrayQuestion:
    """A prepared question about arrays at a point."""

    ready: Prepared
    out: WrittenOut
    asks: tuple[ArrayAsk, ...]
    elements: Question
    reader: ElementReader
    warnings: tuple[Diagnostic, ...] = ()
    _meant: dict[str, ArrayAsked | None] = field(default_factory=dict)

    @property
    def circuit(self) -> Circuit:
        """The array circuit."""
        return self.ready.circuit

    @property
    def facts(self) -> Mapping[Asked, Fact]:
        """The fact of each component."""
        return self.elements.facts

    @cached_property
    def names(self) -> ArrayNames:
        """What the quantities are called."""
        return ArrayNames(self.circuit)

    def meant(self, name: str) -> ArrayAsked | None:
        """The quantity that a student's name means: that which was asked for as a whole, if a component of it is."""
        if name not in self._meant:
            self._meant[name] = self.names.read(name)
        return self._meant[name]

    @cached_property
    def whole(self) -> WholeAnswers:
        """What is known of formulas for whole arrays."""
        shapes = self.ready.run.program.shaped.shapes
        parameters = {ask.asked.whole.by for ask in self.asks}
        moving = [
            element_name(name, index)
            for name, node in self.circuit.inputs.items()
            if node in parameters
            for index in np.ndindex(*shapes[node])
        ]
        return WholeAnswers(self.elements, self.reader, moving, tuple(self._labels()))

    def _labels(self) -> Iterator[tuple[str, ...]]:
        """The rows or columns with a single 1 of arrays that weight logarithms, and of which no gradient is asked."""
        here, parameters = self.elements.here or {}, {ask.asked.whole.by for ask in self.asks}
        shapes = self.ready.run.program.shaped.shapes
        for name, node in self.circuit.inputs.items():
            if not shapes[node] or node in parameters or not _weights_logarithms(self.circuit, node):
                continue
            names = np.array([element_name(name, index) for index in np.ndindex(*shapes[node])]).reshape(shapes[node])
            for axis in (-1, 0):
                rows = [tuple(row) for row in np.moveaxis(names, axis, -1).reshape(-1, shapes[node][axis]).tolist()]
                if all(one_hot(row, [here[one] for one in row]) for row in rows):
                    yield from rows
                    break

    def unasked(self, name: str) -> ArrayAsk | None:
        """What a name means that nobody asked for; None where it means nothing, or a derivative of an array."""
        meant = self.meant(name)
        try:
            return None if meant is None else _ask(self.ready, self.out, name, meant, Fraction(0))
        except Refused:
            return None

    def is_quick(self, answers: Sequence[Answer]) -> bool:
        """Whether these answers are numbers of a small circuit, which take no time worth a watch."""
        small = len(self.elements.circuit.nodes) <= _SMALL and self.elements.accept != "formula"
        return small and all(_numbers(answer.text) for answer in answers)

    def warm(self, answers: Sequence[Answer]) -> None:
        """Make what these answers need and others will need again, so that none of them pays for it."""
        _ = self.elements.mistakes
        for ask in self.asks if self.formulas_among(answers) else ():
            if any(self.meant(answer.name) == ask.asked and not _numbers(answer.text) for answer in answers):
                self._warm(ask)

    def _warm(self, ask: ArrayAsk) -> None:
        if self.whole.is_large(ask):
            self.whole.warm()
            return
        for cell in ask.cells:
            self.elements.formulas(cell.asked).warm()

    def formulas_among(self, answers: Sequence[Answer]) -> int:
        """How many components may have to be judged as functions."""
        formulas = self.elements.accept == "formula" or not all(_numbers(answer.text) for answer in answers)
        return len(self.elements.asks) if formulas else 0

    @cached_property
    def mistakes(self) -> ArrayMistakes:
        """What known mistakes of arrays give."""
        return ArrayMistakes(self.ready, self.out)


def _weights_logarithms(circuit: Circuit, node: int) -> bool:
    """Whether an array is nothing but the factor of logarithms, as the labels of a cross-entropy are."""
    same = {node}  # and its negatives
    factors = 0
    for index in range(circuit.first_gate, len(circuit.nodes)):
        gate = circuit.nodes[index]
        others = [circuit.nodes[i].op for i in gate.inputs if i not in same]
        if len(others) == len(gate.inputs):
            continue
        if gate.op == "neg":
            same.add(index)
        elif gate.op not in ("mul", "matmul") or not others or not _LOGARITHMS.issuperset(others):
            return False
        else:
            factors += 1
    return factors > 0


def _numbers(text: str) -> bool:
    """Whether a text is nothing but numbers."""
    return _PLAIN.issuperset(text)


def prepare_arrays(
    circuit: Circuit,
    point: Point,
    wanted: Sequence[str] | None,
    tolerance: Tolerance,
    accept: Accept = "any",
    method: Method = "forward",
    weights: Mapping[str, Fraction] | None = None,
    upstream: Given | None = None,
) -> ArrayQuestion:
    """A question with its facts. Raises ``Refused`` if the point lacks a value, or shapes do not fit.

    ``wanted`` None asks for the gradient of every variable that is no index.
    """
    ready = prepared(circuit, point, Settings(check="none"), upstream)
    out = written(ready, "grading")
    asks = _asks(ready, out, wanted, weights or {})
    cells = tuple(cell for ask in asks for cell in ask.cells)
    scalar = prepare(out.circuit, elements_of(ready, out), cells, tolerance, accept, method)
    reader = ElementReader(ready, out.upstream)
    return ArrayQuestion(ready, out, asks, replace(scalar, circuit_of=reader), reader, ready.warnings)


def _asks(
    ready: Prepared, out: WrittenOut, wanted: Sequence[str] | None, weights: Mapping[str, Fraction]
) -> tuple[ArrayAsk, ...]:
    """What is asked for. Raises ``Refused`` for a name that means nothing, twice the same, a weight of nothing."""
    names = ArrayNames(ready.circuit)
    problems: list[Diagnostic] = []
    meant = _meant(
        names,
        wanted if wanted is not None else [f"d{name}" for name in ready.targets if name in ready.circuit.inputs],
        problems,
    )
    heavy = _meant(names, list(weights), problems)
    problems += [
        Diagnostic("ask.weight", f"{name} has a weight and is not asked for")
        for asked, name in heavy.items()
        if asked not in meant
    ]
    found = []
    for asked, name in meant.items():
        try:
            found.append(_ask(ready, out, name, asked, weights.get(heavy.get(asked, ""), Fraction(1))))
        except Refused as refused:
            problems += refused.problems
    if problems:
        raise Refused(*problems)
    return tuple(found)


def answered(circuit: Circuit, given: Sequence[str]) -> list[str]:
    """What is asked where only answers are given: each array as a whole, also if a component of it was answered."""
    names = ArrayNames(circuit)
    found: dict[ArrayAsked, str] = {}
    for name in given:
        asked = names.read(name)
        if asked is not None:
            whole = replace(asked, index=None)
            found.setdefault(whole, name if asked.index is None else names.stem(name))
    return list(found.values())


def _meant(names: ArrayNames, wanted: Sequence[str], problems: list[Diagnostic]) -> dict[ArrayAsked, str]:
    found: dict[ArrayAsked, str] = {}
    for name in wanted:
        asked = names.read(name)
        if asked is None:
            problems.append(unknown(names, name))
            continue
        same = [
            other
            for other in found
            if other.whole == asked.whole and (None in (other.index, asked.index) or other == asked)
        ]
        if same:
            problems.append(Diagnostic("ask.twice", f"{name} and {found[same[0]]} are the same quantity"))
        found[asked] = name
    return found


def unknown(names: ArrayNames, name: str) -> Diagnostic:
    """A name that means no quantity of the circuit."""
    near = names.near(name)
    hint = (
        f"did you mean {near}?" if near else "dW is the gradient of W, dW[0, 1] a component, s the value of the stage s"
    )
    return Diagnostic("ask.name", f"{name} is no quantity of this expression", hint)


def _ask(ready: Prepared, out: WrittenOut, name: str, asked: ArrayAsked, weight: Fraction) -> ArrayAsk:
    """One quantity with its components. Raises ``Refused`` for the derivative of an array that is not the output."""
    shapes, whole = ready.run.program.shaped.shapes, asked.whole
    node = whole.of if whole.by is None else whole.by
    of = out.circuit.output if whole.of == ready.circuit.output and whole.by is not None else None
    if of is None and whole.by is not None:
        if shapes[whole.of]:
            stage = f"{ready.circuit.names[whole.of]} is {shown(shapes[whole.of])}"
            message = f"{name}: {stage}, and a gradient is that of one number"
            raise Refused(Diagnostic("ask.name", message))
        of = int(out.cells[whole.of])
    shape, share = shapes[node], weight / prod(shapes[node])
    cells = tuple(
        Ask(component(name, index), Asked(int(cell)) if of is None else Asked(of, int(cell)), share)
        for index, cell in zip(np.ndindex(*shape), out.cells[node].ravel().tolist(), strict=True)
    )
    ask = ArrayAsk(name, replace(asked, index=None), shape, cells, weight)
    if asked.index is None:
        return ask
    one = ask.cell(asked.index)
    if one is None:
        raise Refused(Diagnostic("ask.name", f"{name}: there is no such component, the shape is {shown(shape)}"))
    return ArrayAsk(name, asked, (), (replace(one, name=name, weight=weight),), weight)


def canonical(question: Question, ask: Ask) -> str:
    """A name that means this component in the circuit written out."""
    return Names(question.circuit).label(ask.asked)

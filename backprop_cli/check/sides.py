"""A circuit followed along one side of a point: every node as a number there and as a power series beside it.

The numbers at the point are the same walk without a direction. Where every gate stands on the same piece on the side
and at the point, a series begins with that number; so jumps are seen without any numerical test, and a removable gap is
none. What stands in the way of one node is kept as its ``Gap`` and spoils only what asks for it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from flint import arb, fmpq

from backprop_cli.arithmetic.balls import HALF, ZERO, UnknownSign, floor, is_finite, mul, sign, sub, working
from backprop_cli.arithmetic.protocol import Number
from backprop_cli.check.composed import function
from backprop_cli.check.likeness import SAME, UNKNOWN, compared, followed, on_an_axis
from backprop_cli.check.numbering import sameness
from backprop_cli.check.series import (
    MOST_DEGREE,
    Gap,
    MoreTermsError,
    NearEdgeError,
    NoSeriesError,
    NotKnownError,
    NoValueError,
    RootError,
    Series,
    constant,
    leading,
    less,
    moving,
    on_zero,
    refuse_a_pole,
    series,
    with_constant,
)
from backprop_cli.circuit import Circuit

SideWord = Literal["slope", "infinite", "jump", "no value", "no power series", "undecided", "not known"]

_TERMS = (2, 3, 6, 14, 30)  # tried one after the other while all that are known are exactly 0
_HUGE = arb(2) ** 100


@dataclass(frozen=True, slots=True)
class OneSided:
    """What the output does on one side: its ``slope``, or a word; an infinite slope has the sign of ``slope``.

    ``smooth``: nothing on the way stands on an edge, so the other side has the same slope. ``edge`` is the gate whose
    decision could not be told.
    """

    word: SideWord
    slope: Number = None
    smooth: bool = False
    edge: int | None = None


class Walk:
    """Every node's series and what stands in its way, made gate by gate; it is the ``Side`` that the functions ask."""

    def __init__(self, circuit: Circuit, forced: Mapping[int, int]) -> None:
        count = len(circuit.nodes)
        self.circuit, self.forced = circuit, forced
        self.series: list[Series | None] = [None] * count
        self.gaps: list[Gap | None] = [None] * count
        self.pieces: list[tuple[int, ...]] = [()] * count
        self.edges: set[int] = set()
        self.undone: Mapping[int, int] = {}
        self.fixed: Mapping[int, int] = {}
        self._gate, self._noted = -1, list[int]()
        self._most_degree = 1

    def sign(self, x: Series) -> int:
        """-1, 0 or 1 on this side of the point."""
        here = x.terms[0] if x.low == 0 and x.terms else None
        found = sign(here) if here is not None else self._moving_sign(x)
        return self._supposed(x) if found is None else found

    def _moving_sign(self, x: Series) -> int:
        if not x.is_constant:
            self.edges.add(self._gate)
        return leading(x)

    def _supposed(self, x: Series) -> int:
        """The sign that is supposed where the ball does not tell."""
        if not is_finite(x.terms[0]):
            raise NotKnownError
        supposed = self.forced.get(self._gate)
        if supposed is None:
            raise NearEdgeError(self._gate, x.terms[0])
        return supposed or self._moving_sign(series(0, [ZERO, *x.terms[1:]], exact=x.exact))

    def compare(self, x: Series, y: Series) -> int:
        """The sign of x - y."""
        return self.sign(less(x, y))

    def below(self, x: Series) -> fmpq:
        """⌊x⌋ on this side."""
        return self.whole(x)[0]

    def whole(self, x: Series) -> tuple[fmpq, bool]:
        """⌊x⌋ on this side, and whether x stays on that whole number."""
        refuse_a_pole(x)
        here = x.term(0)
        found = floor(here)
        if found is None:
            found = _nearest(here)
            side = self.sign(series(0, [sub(here, found), *x.terms[1:]], exact=x.exact))
        elif found == here:
            side = self.sign(less(x, constant(found)))
        else:
            return found, False
        return (found - 1 if side < 0 else found), side == 0

    def has_roots(self, degree: int) -> bool:
        """Whether u may become the power of another variable, with so many times the terms."""
        return degree <= self._most_degree

    def note(self, piece: int) -> None:
        """On which piece of a function that jumps the gate stands."""
        self._noted.append(piece)

    def asked(self, index: int) -> tuple[int, ...]:
        """The inputs that a gate asks: of ``where`` the condition and the branch it takes."""
        node = self.circuit.nodes[index]
        if node.op != "where":
            return node.inputs
        condition, yes, no = node.inputs
        taken = self.sign(self._known(condition)) != 0
        self.note(taken)
        return condition, yes if taken else no

    def step(self, index: int) -> tuple[int, ...]:
        """Work out a gate; returns the inputs that it asked."""
        self._gate, self._noted = index, []
        op, asked = self.circuit.nodes[index].op, self.circuit.nodes[index].inputs
        try:
            asked = self.asked(index)
            inputs = [self._known(i) for i in asked]
            if self.forced.get(index) == 0 and (len(inputs) == 1 or op == "pow"):
                inputs[0] = on_zero(inputs[0])
            self.series[index] = self._value(index, op, inputs)
        except NearEdgeError as gap:
            self.gaps[index], self.series[index] = gap if gap.gate >= 0 else NearEdgeError(index, gap.away), None
        except Gap as gap:
            self.gaps[index], self.series[index] = gap, None
        except UnknownSign:  # a number's own function, where its sign is only supposed
            self.gaps[index], self.series[index] = NotKnownError(), None
        self.pieces[index] = tuple(self._noted)
        return asked

    def _value(self, index: int, op: str, inputs: Sequence[Series]) -> Series:
        same = self.undone.get(index)
        if same is not None:
            return self._known(same)
        if index in self.fixed:
            return constant(fmpq(self.fixed[index]))
        return inputs[-1] if op == "where" else function(op)(self, *inputs)

    def _known(self, index: int) -> Series:
        found, gap = self.series[index], self.gaps[index]
        if gap is not None:
            raise gap
        assert found is not None
        return found


def _nearest(here: Number) -> fmpq:
    """The whole number in a small ball."""
    if not here.is_finite() or not abs(here) < _HUGE or not here.rad() < arb(0.25):
        raise NotKnownError
    found = floor(here.mid() + HALF)
    assert found is not None
    return found


class Here(Walk):
    """The circuit at the point: every node's number, with ``bits`` of precision.

    ``numbers`` has those of the inputs and literals, by node; None where a literal has none. ``forced`` supposes a sign
    for a gate's decision that cannot be told.
    """

    def __init__(
        self, circuit: Circuit, numbers: Sequence[Number], bits: int, forced: Mapping[int, int] | None = None
    ) -> None:
        super().__init__(circuit, forced or {})
        self.bits = bits
        alike = sameness(circuit)
        self.same, self.undone, self.fixed = alike.same, alike.undone, alike.fixed
        with working(bits):
            for index, number in enumerate(numbers):
                if number is None:
                    self.gaps[index] = NoValueError()
                else:
                    self.series[index] = constant(number)
            for index in range(circuit.first_gate, len(circuit.nodes)):
                known = self.same[index]
                if known != index:
                    self.series[index], self.gaps[index] = self.series[known], self.gaps[known]
                    self.pieces[index] = self.pieces[known]
                else:
                    self.step(index)

    def number(self, index: int) -> Number | None:
        """A node's value; None where there is a gap."""
        found = self.series[index]
        return None if found is None else found.term(0)

    def side(self, seeds: Mapping[int, Number], direction: int) -> OneSided:
        """The output on one side of the point, along a direction in some nodes."""
        degree, attempt, most = 1, 0, MOST_DEGREE
        while attempt < len(_TERMS):
            with working(self.bits, max(_TERMS[attempt], degree + 1)):
                walk = Beside(self, seeds, direction, degree, most // degree)
                try:
                    return walk.outcome()
                except RootError as root:
                    degree *= root.degree
                except MoreTermsError:
                    attempt += 1
        return OneSided("no power series")


class Beside(Walk):
    """The circuit on one side: the seeds move as x₀ ± w·u^q, and all that depends on them with them."""

    def __init__(self, here: Here, seeds: Mapping[int, Number], direction: int, degree: int, roots: int = 1) -> None:
        super().__init__(here.circuit, here.forced)
        self._most_degree = roots
        self.here, self.direction, self.degree = here, direction, degree
        self.series, self.gaps, self.pieces = [*here.series], [*here.gaps], [*here.pieces]
        gates = [seed for seed in seeds if seed >= self.circuit.first_gate]
        alike = sameness(self.circuit, gates)
        same, self.undone, self.fixed = alike.same, alike.undone, alike.fixed
        marks = self.circuit.reach(seeds)
        self.likeness = [SAME] * len(marks)
        for seed, weight in seeds.items():
            start = here.number(seed)
            self.series[seed] = moving(start, mul(weight, fmpq(direction)), degree)
        for index in range(self.circuit.first_gate, self.circuit.output + 1):
            if not marks[index] or index in seeds:
                continue
            known = same[index]
            if known != index:
                self._repeat(index, known)
            else:
                self._follow(index)

    def _repeat(self, index: int, known: int) -> None:
        self.series[index], self.gaps[index] = self.series[known], self.gaps[known]
        self.likeness[index] = self.likeness[known]
        if known in self.edges:
            self.edges.add(index)

    def _follow(self, index: int) -> None:
        self.gaps[index] = None
        asked = self.step(index)
        found, here = self.series[index], self.here.series[index]
        if found is None:
            return
        try:
            self.likeness[index] = UNKNOWN if here is None else self._like(index, asked, found, here)
            if here is not None and self.likeness[index] == SAME:
                self.series[index] = with_constant(found, here.term(0))
        except Gap as gap:
            self.gaps[index], self.series[index] = gap, None

    def _like(self, index: int, asked: Sequence[int], found: Series, here: Series) -> int:
        """Whether the gate's limit is its value at the point."""
        op, exponent = self.circuit.nodes[index].op, self.here.number(asked[-1])
        if self.pieces[index] == self.here.pieces[index]:
            like = followed(op, [self.likeness[i] for i in asked], exponent)
            if like != UNKNOWN:
                return like
        if found.low < 0:
            return UNKNOWN
        places = ([self.here.number(i) for i in asked], [self._limit(i) for i in asked])
        return compared(op, found.term(0), here.term(0), op == "atan2" and all(map(on_an_axis, places)))

    def _limit(self, index: int) -> Number | None:
        found = self.series[index]
        return found.term(0) if found is not None and found.low >= 0 and (found.terms or found.exact) else None

    def outcome(self) -> OneSided:
        """What the output does. Raises ``RootError`` and ``MoreTermsError``, which another run answers."""
        output = self.circuit.output
        gap, found = self.gaps[output], self.series[output]
        if isinstance(gap, (RootError, MoreTermsError)):
            raise gap
        if gap is not None:
            return _gap(gap, self.here.bits)
        assert found is not None
        jump = None if self.likeness[self.circuit.output] == SAME else self._jump(found)
        return jump or self._slope(found)

    def _jump(self, found: Series) -> OneSided | None:
        here = self.here.number(self.circuit.output)
        if here is None or found.low < 0:
            return OneSided("jump" if here is not None else "no value")
        step = sign(sub(found.term(0), here))
        return None if step == 0 else OneSided("jump" if step else "not known")

    def _slope(self, found: Series) -> OneSided:
        for power in range(1, min(self.degree, found.end)):
            steep = sign(found.term(power))
            if steep:
                return OneSided("infinite", fmpq(steep * self.direction))
            if steep is None:
                return OneSided("not known")
        if found.end <= self.degree and found.rest and found.rest.is_steeper_than(self.degree):
            return OneSided("infinite", fmpq(found.rest.sign * self.direction))
        slope = mul(found.term(self.degree), fmpq(self.direction))
        if not is_finite(slope):
            return OneSided("not known")
        return OneSided("slope", slope, smooth=self.degree == 1 and not (self.edges and self._meets_an_edge()))

    def _meets_an_edge(self) -> bool:
        """Whether a gate from which the output's value flows stands on an edge."""
        waiting, seen = [self.circuit.output], set[int]()
        while waiting:
            index = waiting.pop()
            if index in seen or not self.circuit.nodes[index].is_gate:
                continue
            if index in self.edges:
                return True
            seen.add(index)
            self._gate = index
            waiting += self.asked(index)
        return False


def _gap(gap: Gap, bits: int) -> OneSided:
    if isinstance(gap, NearEdgeError):
        return OneSided("undecided" if near(gap, bits) else "not known", edge=gap.gate)
    if isinstance(gap, NoValueError):
        return OneSided("no value")
    return OneSided("no power series" if isinstance(gap, NoSeriesError) else "not known")


def near(gap: NearEdgeError, bits: int) -> bool:
    """Whether a gate stands on its edge as far as anyone can tell: the ball around 0 shrinks with its bits."""
    return bool(gap.away.rad() < arb(2) ** (-bits // 3))

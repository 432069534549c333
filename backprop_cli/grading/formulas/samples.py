"""The points at which formulas are held against a question: found once, and the same for every answer."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from backprop_cli.arithmetic.ball_text import to_float
from backprop_cli.arithmetic.balls import from_text
from backprop_cli.arithmetic.protocol import Number
from backprop_cli.circuit import Circuit
from backprop_cli.grading.formulas.borders import Border, borders, sides
from backprop_cli.grading.formulas.candidates import At, around, between, plainness, traits
from backprop_cli.grading.formulas.quantity_function import BITS, Location, QuantityFunction, RunPoint, Sample
from backprop_cli.grading.formulas.search import BorderSide, Search, Seen

LEAST, _FEW, _MOST = 12, 16, 40
_POOL = 120
_WORK = 30_000  # gates run in doubles to find the points of a question
_REMEMBERED = 1_000


class Samples:
    """``samples`` in order of their plainness, ``pool`` more spots to start from; ``near`` is a point of the question.

    Of a ``component`` there are fewer, for all components of an array are held against one formula.
    ``unseen`` are the gates, as typed, that were not met on both sides of a border.
    """

    def __init__(
        self, quantity: QuantityFunction, near: Mapping[str, float] | None, *, component: bool = False
    ) -> None:
        self.quantity = quantity
        self._most = _FEW if component else _MOST
        self.literals = literals(quantity.circuit)
        start = {name: near[name] for name in quantity.variables} if near is not None else None
        self._borders = borders(quantity.circuit)
        self._known: dict[tuple[object, ...], Sample | None] = {}
        self._seen: set[BorderSide] = set()
        self._close: list[RunPoint] = []
        search = self._found(start)
        self.pool = tuple(search.pool)
        found = [*self._chosen(), *self._on_kinks(search.kinked)]
        self.samples = sorted(found, key=lambda sample: plainness(shown(sample.at)))
        self.unseen = missing(self._borders, quantity.circuit, self._seen)

    def _found(self, near: At | None) -> Search:
        """Spots of every kind, then as many as it takes, then on the far sides of borders."""
        search = Search(self.quantity, (), _WORK + 100 * self.quantity.cost, self.quantity.cost)
        if not self.quantity.variables:
            search.attempt({})
            return search
        special = around(self.literals)
        search.scatter(_POOL)
        if near is not None:
            search.near(near, _POOL // 5)
        search.walk(special, _POOL // 4)
        while len(search.pool) < _POOL // 2 and search.left > _WORK // 3:
            search.scatter(_POOL // 4)
            search.walk(special, _POOL // 4)
        search.place(between(self.literals))
        self._cross(search)
        return search

    def _cross(self, search: Search) -> None:
        met: set[BorderSide] = set()

        def note(spot: RunPoint) -> bool:
            met.update(self.pattern(spot))
            return False

        def away(number: int, spot: RunPoint) -> Number:
            border = self._borders[number]
            return border.distance(spot.run) if spot.run.live[border.gate] else None

        for spot in search.pool:
            note(spot)
        search.cross(Seen(met, len(self._borders), away, note))
        search.left = max(search.left, _WORK)
        self._close += search.straddles(len(self._borders), away, self.pattern)

    def pattern(self, spot: RunPoint) -> frozenset[BorderSide]:
        """On which sides of the question's borders a spot is."""
        return sides(self._borders, spot.run)

    def _chosen(self) -> list[Sample]:
        """Samples close to borders, at spots with something new in them, and at as many more as are needed."""
        known: set[object] = set()
        found: list[Sample] = []
        close = {id(spot) for spot in self._close}
        for spot in sorted(_distinct((*self.pool, *self._close)), key=lambda spot: plainness(spot.at)):
            crossed, new = self.pattern(spot) - self._seen, traits(spot.at) - known
            if id(spot) not in close and not crossed and len(found) >= (self._most if new else _FEW):
                continue
            sample = self.sample(place(spot.at))
            if sample is not None:
                found.append(sample)
                self._seen |= crossed
                known |= new
        return found

    def _on_kinks(self, points: list[At]) -> list[Sample]:
        """Where all points are on a kink, as in relu(x - x), the slopes on both sides are what is compared."""
        found = (self.quantity.sample(place(at)) for at in points)
        return [sample for sample in found if sample is not None]

    def sample(self, at: Location, bits: int = BITS) -> Sample | None:
        """The truth at a point, remembered."""
        key = (bits, *((int(value.p), int(value.q)) for value in at.values()))
        if key not in self._known:
            if len(self._known) >= _REMEMBERED:
                self._known.clear()
            self._known[key] = self.quantity.sample(at, bits)
        return self._known[key]


def _distinct(spots: Iterable[RunPoint]) -> list[RunPoint]:
    """Each point once; of two spots there the last."""
    return list({tuple(spot.at.values()): spot for spot in spots}.values())


def place(at: Mapping[str, float]) -> Location:
    """A point of doubles as what its decimals say, exactly."""
    return {name: from_text(repr(value)) for name, value in at.items()}


def shown(at: Location) -> dict[str, float]:
    """A point as doubles."""
    return {name: to_float(value) for name, value in at.items()}


def literals(circuit: Circuit) -> tuple[float, ...]:
    """The numbers that stand in a circuit."""
    return tuple(float(node.text) for node in circuit.constants if node.text not in ("pi", "e"))


def missing(found: tuple[Border, ...], circuit: Circuit, seen: set[BorderSide]) -> tuple[str, ...]:
    """The gates, as typed, with a border of which only one side or none was seen."""
    gates = [border.gate for number, border in enumerate(found) if not {(number, 1), (number, -1)} <= seen]
    return tuple(dict.fromkeys(circuit.typed(gate, 60) for gate in gates))

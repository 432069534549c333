"""The search for points: inside a question's domain, and across each border of its circuit or of a formula over it.

It runs in doubles, in a fixed order, and is bounded in work. What is done with the points is not known here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice, product

from backprop_cli.arithmetic.protocol import Number
from backprop_cli.grading.formulas.candidates import At, Dice, aside, beside, mixed, rounded, walked
from backprop_cli.grading.formulas.quantity_function import QuantityFunction, RunPoint

_STARTS, _ROUNDS = 3, 8
_ENDS, _PATTERNS, _HALVINGS, _PARTS = 20, 5, 12, (0.5, 0.37, 0.68)
_STEPS = (1.2, 1.02, 2.0, 6.0)
_FARTHEST = 1e7
_KINKED, _NEAR = 18, 8

BorderSide = tuple[int, int]
Away = Callable[[int, RunPoint], Number]


@dataclass(slots=True)
class Seen:
    """The sides that were met, and how a spot's are found; ``away`` is its distance from a border, None if not met.

    ``note`` takes a spot and returns whether the search may end.
    """

    sides: set[BorderSide]
    count: int
    away: Away
    note: Callable[[RunPoint], bool]


class Search:
    """Spots that were found so far, and the work (in gates) that may still be done."""

    def __init__(self, quantity: QuantityFunction, pool: Iterable[RunPoint], work: int, cost: int) -> None:
        self.quantity, self.pool, self.left, self.cost = quantity, list(pool), work, cost
        self.kinked: list[At] = []
        self._tried = {tuple(spot.at.values()) for spot in self.pool}
        self._dice = Dice()

    def probe(self, at: At) -> RunPoint | None:
        """A candidate's spot, not kept; None if it is outside, or nothing is left to spend."""
        self.left -= self.cost
        return self.quantity.spot(at) if self.left >= 0 else None

    def attempt(self, at: At) -> None:
        """Keep a candidate that is inside; of those on kinks a few, for another look."""
        key = tuple(at.values())
        if key in self._tried:
            self.left -= self.cost  # looking without end for what is new is work too
            return
        self._tried.add(key)
        spot = self.probe(at)
        if spot is not None:
            self.pool.append(spot)
        elif len(self.kinked) < _KINKED and self.left > 0 and self._inside_kinks(at):
            self.kinked.append(at)

    def _inside_kinks(self, at: At) -> bool:
        """Whether a point is on a kink and so are those around it, as in max(x, x): such a kink is no border."""
        if max(map(abs, at.values()), default=0) > _NEAR:
            return False
        moved = aside(at, 2.0**-20)
        self.left -= 2 * self.cost
        return self.quantity.spot(moved) is None and self.quantity.spot(moved, kinks=True) is not None

    def scatter(self, count: int) -> None:
        """Try candidates of every kind."""
        for at in islice(mixed(self.quantity.variables, self._dice), count):
            self.attempt(at)
        if self.pool:
            self.near(self.pool[self._dice.below(len(self.pool))].at, count // 4)

    def near(self, at: Mapping[str, float], count: int) -> None:
        """Try candidates near a point."""
        for moved in islice(beside(at, self._dice), count):
            self.attempt(moved)

    def place(self, values: tuple[float, ...]) -> None:
        """Try each variable at each of the values, the others as they are at the first spot."""
        for at in [spot.at for spot in self.pool[:1]]:
            for name, value in product(at, values):
                self.attempt({**at, name: value})

    def walk(self, special: tuple[float, ...], count: int) -> None:
        """Try spots (or what is no spot yet) with one coordinate replaced, now and then by a special one."""
        anywhere = mixed(self.quantity.variables, self._dice)
        for _ in range(count if self.quantity.variables else 0):
            at = self.pool[self._dice.below(len(self.pool))].at if self.pool else next(anywhere)
            self.attempt(walked(at, special, self._dice))

    def cross(self, seen: Seen) -> None:
        """Go after every side that no spot is on, from those on the other side."""
        again = True
        while again and self.left > 0:
            again = False
            for number in range(seen.count):
                for sign in (1, -1):
                    if (number, sign) in seen.sides or (number, -sign) not in seen.sides:
                        continue
                    spot = self._reach(number, seen.away, sign)
                    if spot is None:
                        continue
                    self.pool.append(spot)
                    if seen.note(spot):
                        return
                    again = again or (number, sign) in seen.sides

    def straddles(
        self, count: int, away: Away, pattern: Callable[[RunPoint], frozenset[BorderSide]]
    ) -> Iterator[RunPoint]:
        """Pairs of spots close to each border, one on each side, with the same pattern of other sides if there are."""
        patterns = [(spot, pattern(spot)) for spot in self.pool]
        for number in range(count):
            yield from self._straddle(number, away, patterns)

    def _straddle(
        self, number: int, away: Away, patterns: list[tuple[RunPoint, frozenset[BorderSide]]]
    ) -> Iterator[RunPoint]:
        groups: dict[frozenset[BorderSide], tuple[list[RunPoint], list[RunPoint]]] = {}
        whole: tuple[list[RunPoint], list[RunPoint]] = ([], [])
        for spot, pattern in patterns:
            distance = away(number, spot)
            if distance is not None and distance:
                others = pattern - {(number, 1), (number, -1)}
                for sides in (groups.setdefault(others, ([], [])), whole):
                    sides[distance > 0].append(spot)
        both = [sides for sides in groups.values() if sides[0] and sides[1]][:_PATTERNS]
        for sides in both or [whole]:
            pairs = product(sides[0][:_ENDS], sides[1][:_ENDS])
            nearest = min(pairs, key=lambda pair: _apart(pair[0].at, pair[1].at), default=None)
            if nearest is not None:
                yield from self._halved(*nearest, number, away)

    def _halved(self, below: RunPoint, above: RunPoint, number: int, away: Away) -> tuple[RunPoint, RunPoint]:
        """Two spots, the border between them, brought together; a middle that is outside is moved a little."""
        for _ in range(_HALVINGS):
            for part in _PARTS:
                at = {name: _between(value, above.at[name], part) for name, value in below.at.items()}
                middle = self.probe(at)
                distance = away(number, middle) if middle is not None else None
                if middle is not None and distance:
                    below, above = (middle, above) if distance < 0 else (below, middle)
                    break
            else:
                break
        return below, above

    def _reach(self, number: int, away: Away, sign: int) -> RunPoint | None:
        """A spot on the other side: by steps along the distance's slope, from where the border is nearest."""
        self.left -= len(self.pool)
        measured = [(abs(d), n) for n, spot in enumerate(self.pool) if (d := away(number, spot)) is not None and d]
        for _, start in sorted(measured)[:_STARTS]:
            spot = self.pool[start]
            for _ in range(_ROUNDS):
                nearer = None
                for moved in self._closer(spot, number, away):
                    if away(number, moved) * sign > 0:
                        return moved
                    nearer = moved
                if nearer is None or self.left <= 0:
                    break
                spot = nearer
        return None

    def _closer(self, spot: RunPoint, number: int, away: Away) -> Iterator[RunPoint]:
        """Spots beyond the border as they are found, and at last the one that came nearest to it."""
        here = away(number, spot)
        best, least = spot, abs(here)
        for at in self._moves(spot, number, away):
            moved = self.probe(at)
            distance = away(number, moved) if moved is not None else None
            if moved is None or not distance:
                continue
            if distance * here < 0:
                yield moved
            elif abs(distance) < least:
                best, least = moved, abs(distance)
        if best is not spot:
            yield best

    def _moves(self, spot: RunPoint, number: int, away: Away) -> Iterator[At]:
        """Each coordinate moved by Newton's step, and beyond."""
        here = away(number, spot)
        for name, value in spot.at.items():
            step = 1e-5 * max(abs(value), 0.01)
            moved = self.probe({**spot.at, name: value + step})
            there = away(number, moved) if moved is not None else None
            if there is None or there == here:
                continue
            way = -here * step / (there - here)
            targets = (rounded(value + way * factor, abs(way) / 100) for factor in _STEPS)
            yield from ({**spot.at, name: target} for target in targets if target and abs(target) <= _FARTHEST)


def _apart(one: At, other: At) -> tuple[int, float]:
    """In how many coordinates two points differ, and how far."""
    ways = [abs(value - other[name]) for name, value in one.items() if value != other[name]]
    return len(ways), sum(ways)


def _between(one: float, other: float, part: float) -> float:
    """A short decimal about so far on the way."""
    return rounded(one + part * (other - one), abs(one - other) / 10)

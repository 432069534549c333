"""What is kept of a descent while it goes: its ends, every value, its first steps, and points along the way."""

from __future__ import annotations

from array import array
from collections import deque
from collections.abc import Sequence

from backprop_cli.descent.loop import Visit

FIRST = 10
_LAST = 8
_POINTS, _NUMBERS = 2_000, 1_000_000


class Course:
    """Fed with every visit, in order; its memory does not grow with the points, only by a double a step.

    Of points with large arrays fewer are kept.
    """

    def __init__(self) -> None:
        self.values = array("d")
        self.early: list[Visit] = []
        self._late: deque[Visit] = deque(maxlen=_LAST)
        self._moves: list[tuple[Visit, Visit]] = []
        self._stride, self._most = 1, _POINTS

    def see(self, visit: Visit) -> None:
        """One more point was reached."""
        if self._late:
            self._moved(self._late[-1], visit)
        else:
            elements = sum(getattr(value, "size", 1) for value in visit.point.values())
            self._most = min(_POINTS, _NUMBERS // elements)
            self._late = deque(maxlen=max(1, min(_LAST, self._most)))
        self.values.append(visit.value)
        self._late.append(visit)
        if visit.step <= min(FIRST, self._most):
            self.early.append(visit)

    def _moved(self, before: Visit, after: Visit) -> None:
        if self._most and before.step % self._stride == 0:
            self._moves.append((before, after))
            if len(self._moves) > 2 * self._most:
                self._moves, self._stride = self._moves[::2], 2 * self._stride

    @property
    def start(self) -> Visit:
        """Where it began."""
        return self.early[0]

    @property
    def end(self) -> Visit:
        """The last point reached."""
        return self._late[-1]

    @property
    def late(self) -> Sequence[Visit]:
        """The last points, in order."""
        return tuple(self._late)

    @property
    def moves(self) -> Sequence[tuple[Visit, Visit]]:
        """Steps at even distances, at most some thousand: where each begins, and where it leads to."""
        return self._moves

    @property
    def trail(self) -> Sequence[Visit]:
        """The points where these steps begin, and the last one."""
        return [*(before for before, _ in self._moves), self.end]

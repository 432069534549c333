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
    """Fed with every visit, in order; its memory does not grow with the points, only by a double a step."""

    def __init__(self) -> None:
        self.values = array("d")
        self.early: list[Visit] = []
        self._late: deque[Visit] = deque(maxlen=_LAST)
        self._trail: list[Visit] = []
        self._stride, self._most = 1, _POINTS

    def see(self, visit: Visit) -> None:
        """One more point was reached."""
        self.values.append(visit.value)
        self._late.append(visit)
        if visit.step == 0:
            elements = sum(getattr(value, "size", 1) for value in visit.point.values())
            self._most = max(2, min(_POINTS, _NUMBERS // elements))
        if visit.step <= FIRST:
            self.early.append(visit)
        if visit.step % self._stride == 0:
            self._trail.append(visit)
            if len(self._trail) > 2 * self._most:
                self._trail, self._stride = self._trail[::2], 2 * self._stride

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
    def trail(self) -> Sequence[Visit]:
        """Points along the way at even distances, at most some thousand, and the last one."""
        return self._trail if self._trail[-1] is self.end else [*self._trail, self.end]

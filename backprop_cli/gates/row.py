"""What one row of the gate table holds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypedDict, Unpack

MANY = "..."


@dataclass(frozen=True, slots=True)
class Slope:
    """A local gradient ∂z/∂(input) as text, and the condition (and words) where it exists if narrower than the domain.

    An empty ``text`` means that the gate has no gradient in this input at all.
    """

    text: str
    where: str = ""
    need: str = ""


class Extra(TypedDict, total=False):
    """What a row may have besides its form, intuition and slopes: fields of ``Gate``, by keyword."""

    value: str
    written: str
    domain: str
    need: str
    kink: str
    convention: str
    routes: bool
    edge: str
    silent: bool
    defaults: tuple[str, ...]
    aliases: tuple[str, ...]
    example: str
    symbol: str
    quick: str
    quick_slopes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Gate:
    """One row. ``value`` is empty for a primitive, which every arithmetic provides under the gate's name.

    The one slope of a gate with any number of inputs is a rule over this input ``x``, the output ``z`` and the number
    ``n`` of inputs that equal it. ``routes`` says that an input whose local gradient is 0 away from a kink takes no
    part at all, so that nothing behind it is asked for.

    Where the value itself jumps at the kink, ``edge`` is a rule that is 0 there and measures the way to it.
    ``silent`` says that doubles outside the domain may give a number all the same, so that whoever looks at results
    alone would miss it.

    ``quick`` and ``quick_slopes`` are texts for many rows at once, with little or no ``where``: right wherever no
    floating-point status flag rises, and used only there. Those of a gate with any number of inputs are for two of
    them: this input ``x`` and the other one ``y``.
    """

    name: str
    params: tuple[str, ...]
    slopes: tuple[Slope, ...]
    intuition: str
    value: str = ""
    written: str = ""
    domain: str = ""
    need: str = ""
    kink: str = ""
    convention: str = ""
    routes: bool = False
    edge: str = ""
    silent: bool = False
    defaults: tuple[str, ...] = ()
    aliases: tuple[str, ...] = ()
    example: str = ""
    symbol: str = ""
    quick: str = ""
    quick_slopes: tuple[str, ...] = ()

    @property
    def many(self) -> bool:
        """Whether it takes any number of inputs."""
        return self.params[-1] == MANY

    @property
    def wires(self) -> tuple[str, ...]:
        """The names of what a rule of its local gradients sees."""
        return ("x", "z", "n") if self.many else (*self.params, "z")

    @property
    def form(self) -> str:
        """How it is written, over its inputs' names."""
        return self.written or f"{self.name}({', '.join(self.params)})"

    @property
    def least(self) -> int:
        """The fewest arguments it is called with."""
        return 1 if self.many else len(self.params) - len(self.defaults)

    def slope(self, position: int) -> Slope:
        """The local gradient of the input at that position."""
        return self.slopes[0] if self.many else self.slopes[position]


def row(form: str, intuition: str, *slopes: str | Slope, **extra: Unpack[Extra]) -> Gate:
    """A row from its form ``name(inputs)``, its intuition, the local gradient of each input, and what else it has."""
    name, _, rest = form.partition("(")
    params = tuple(part.strip() for part in rest.rstrip(")").split(","))
    rules = tuple(Slope(slope) if isinstance(slope, str) else slope for slope in slopes)
    return Gate(name, params, rules, intuition, **extra)

"""What people call a quantity: ``dx``, ``df/dx``, ``dfdx``, ``df_dx``, ``x.grad``, ``∂f/∂x``, ``grad x``, ``q``.

A stage's bare name is its value, the output's name (or ``f``, where nothing else is called so) the output's value.
``dq/dx`` is the derivative of the stage q. A name that a stage has always means the stage.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from backprop_cli.circuit import Circuit
from backprop_cli.nearest import nearest
from backprop_cli.reading.latex_words import GREEK, in_latin

_LONGEST = 200
_FRACTION = re.compile(r"\\d?frac\s*\{([^{}]*)\}\s*\{([^{}]*)\}")
_SPELLED = (("\\partial", "∂"), ("{", ""), ("}", ""), ("$", ""), ("\u00b5", "\u03bc"))
_COMMAND = re.compile(r"\\([A-Za-z]+)\s*")
_OVER = re.compile(r"[d∂]\s*(?P<of>\([^()/]+\)|[^()/]*?)\s*/\s*[d∂]\s*(?P<by>\([^()/]+\)|[^()/]+)")
_UNDER = re.compile(r"[d∂]_?(?P<of>.+?)_[d∂](?P<by>.+)")
_BY = (
    re.compile(r"(?P<by>.+?)\s*[._]\s*(?:grad|gradient)"),
    re.compile(r"(?:grad|gradient|∇)(?:\s+|\s*_\s*|\s*\.\s*)(?:of\s+)?(?P<by>.+)"),
    re.compile(r"(?:grad|gradient|∇)\s*[\[(]\s*(?P<by>[^()\[\]]+?)\s*[\])]"),
    re.compile(r"[d∂]_?\s*(?P<by>.+)"),
)
_PRIME = re.compile(r"(?P<of>.+?)\s*['′]\s*(?:\(\s*(?P<by>[^()]+?)\s*\))?")  # the prime is the sign for it
_VALUES = frozenset({"output", "value", "out"})


@dataclass(frozen=True, slots=True)
class Asked:
    """A quantity of a circuit: the value of ``of``, or its derivative in ``by``, both as node numbers."""

    of: int
    by: int | None = None

    @property
    def is_value(self) -> bool:
        """Whether it is a value and no derivative."""
        return self.by is None


@dataclass(frozen=True)
class Names:
    """The quantities of one circuit by what they are called."""

    circuit: Circuit

    @cached_property
    def _stages(self) -> dict[str, int]:
        return {stage.name: stage.node for stage in self.circuit.stages}

    @cached_property
    def _known(self) -> dict[str, int]:
        return self.circuit.inputs | self._stages

    @cached_property
    def _wholes(self) -> dict[str, int]:
        """What can have a derivative: the stages and the output, which may always be called f."""
        known = {self.circuit.output_name: self.circuit.output} | self._stages
        return known if "f" in self._known else {"f": self.circuit.output} | known

    def label(self, asked: Asked) -> str:
        """The name in full: ``q``, ``df/dx``."""
        names = self.circuit.names
        of = self.circuit.output_name if asked.of == self.circuit.output else names[asked.of]
        return of if asked.by is None else f"d{of}/d{names[asked.by]}"

    def gradients(self) -> tuple[Asked, ...]:
        """The gradient of every variable."""
        return tuple(Asked(self.circuit.output, node) for node in self.circuit.inputs.values())

    def read(self, text: str) -> Asked | None:
        """The quantity that a name means; None if it means nothing here."""
        if len(text) > _LONGEST:
            return None
        name = _plain(text)
        whole = _meant(self._wholes, name)
        if whole is not None:
            return Asked(whole)
        if name.lower() in _VALUES and name not in self._known:
            return Asked(self.circuit.output)
        return next(self._derivatives(name), None)

    def _derivatives(self, name: str) -> Iterator[Asked]:
        """Readings of a name as a derivative, the likeliest first."""
        for pattern in (_OVER, _UNDER):
            match = pattern.fullmatch(name)
            if match:
                yield from self._derivative(match["of"], match["by"])
        for pattern in _BY:
            match = pattern.fullmatch(name)
            if match:
                yield from self._derivative("", match["by"])
        yield from self._run_together(name)
        match = _PRIME.fullmatch(name)
        if match and (match["by"] or len(self.circuit.inputs) == 1):
            yield from self._derivative(match["of"], match["by"] or next(iter(self.circuit.inputs)))

    def _run_together(self, name: str) -> Iterator[Asked]:
        """``dfdx``: every place where the second d may stand."""
        if name[:1] in "d∂":
            for at in range(2, len(name) - 1):
                if name[at] in "d∂":
                    yield from self._derivative(name[1:at], name[at + 1 :])

    def _derivative(self, of: str, by: str) -> Iterator[Asked]:
        of, by = of.strip(" ()"), by.strip(" ()")
        whole = _meant(self._wholes, of) if of else self.circuit.output
        node = _meant(self._known, by)
        if node is None and by == self.circuit.output_name:
            node = self.circuit.output
        if whole is not None and node is not None and node <= whole:
            yield Asked(whole, node)

    def near(self, text: str) -> str:
        """The nearest name that means something, or nothing."""
        offered = {_folded(name): name for name in (*self._stages, *(f"d{name}" for name in self._known))}
        near = nearest(_folded(_plain(text)), offered)
        return offered[near] if near else ""


def _meant(known: Mapping[str, int], name: str) -> int | None:
    """The node of a name; Greek letters may be spelled, or not, where that can mean one thing."""
    if name in known:
        return known[name]
    nodes = {node for own, node in known.items() if in_latin(own) == in_latin(name)}
    return nodes.pop() if len(nodes) == 1 else None


def _folded(name: str) -> str:
    """A name without what people write in two ways: capitals, low digits, and what stands between the two."""
    return unicodedata.normalize("NFKC", name).lower().replace("_", "")


def _plain(text: str) -> str:
    """A name without the marks of other notations: LaTeX's, blanks at the ends, the micro sign."""
    text = _FRACTION.sub(r"\1/\2", text)
    for mark, plain in _SPELLED:
        text = text.replace(mark, plain)
    return _COMMAND.sub(lambda found: GREEK.get(found[1], found[0]), text).strip()

"""Naming the mistakes of arrays: broken pullbacks, what was transposed, what was not summed after broadcasting.

As for numbers: a mistake explains every wrong component and spoils no right one, two are named at most, and it is
"consistent with", never claimed.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import chain, combinations
from typing import TYPE_CHECKING, Any

import numpy as np

from backprop_cli.array_calculation import Prepared
from backprop_cli.engine.written_out import WrittenOut
from backprop_cli.grading.arrays.answer_grid import AnswerGrid
from backprop_cli.grading.arrays.broken import Breakage, Breakages, BrokenSweep
from backprop_cli.grading.mistakes.explanation import Explanation, NumericAnswer
from backprop_cli.grading.mistakes.naming import Ranked, chosen
from backprop_cli.grading.opinion import Opinion, Said
from backprop_cli.grading.tolerance import Typed

if TYPE_CHECKING:
    from backprop_cli.grading.arrays.array_question import ArrayAsk
    from backprop_cli.grading.question import Question

_WORK = 20_000_000
"""Elements of all arrays, times the gates whose rules may be broken."""
_NAMED = 4


@dataclass(frozen=True)
class _ArrayMutant:
    broken: Breakage
    gradients: Mapping[int, Any]

    @property
    def numbers(self) -> bytes:
        """All its gradients to about eleven digits, to tell it from others."""
        return b"".join(
            one.astype(np.float64).view(np.int64).__add__(1 << 15).__rshift__(16).tobytes()
            for one in self.gradients.values()
        )


class ArrayMistakes:
    """The mistakes of one circuit at one point. The broken passes are made when first needed, and kept."""

    def __init__(self, ready: Prepared, out: WrittenOut) -> None:
        self._ready, self._out = ready, out

    def explain(
        self, elements: Question, parts: Sequence[Opinion], misshapen: Sequence[tuple[ArrayAsk, AnswerGrid]]
    ) -> tuple[Said, ...]:
        """What the wrong answers are consistent with: first those of another shape, then components."""
        found = [said for ask, grid in misshapen if (said := _of_shape(elements, ask, grid)) is not None]
        entries = [one.entry for one in parts if one.entry is not None]
        wrong = [entry for entry in entries if not entry.right]
        if wrong and not any(entry.is_value for entry in wrong):
            named = chosen(list(self._ranked(wrong, [entry for entry in entries if entry.right])))
            found += [Said(one.code, one.message, one.detail, "hint") for one in named]
        return tuple(found)

    def _ranked(self, wrong: Sequence[NumericAnswer], right: Sequence[NumericAnswer]) -> Iterator[Ranked]:
        names = tuple(dict.fromkeys(entry.name.partition("[")[0] for entry in wrong))
        kinds: dict[tuple[int, str], list[str]] = {}
        for mutant in chain(self._mutants, self._transposed):
            if self._fits(mutant, wrong) and self._spares(mutant, right):
                kinds.setdefault((mutant.broken.ideas, mutant.broken.code), []).append(mutant.broken.said)
        for (ideas, code), said in kinds.items():
            where = list(dict.fromkeys(said))
            more = f", or {where[1]}" if len(where) == 2 else ", or the like at another gate" if len(where) > 2 else ""
            message = f"consistent with {where[0]}{more}"
            yield ideas, Explanation(code, message, message, names)
        if all(entry.fits(-self._number(self._truth, entry)) for entry in wrong):
            message = f"consistent with a turned sign in {', '.join(names[:_NAMED])}"
            yield 2, Explanation("mistake.sign", message, message, names)

    def _fits(self, mutant: _ArrayMutant, wrong: Sequence[NumericAnswer]) -> bool:
        return all(not entry.is_value and _is(entry, self._number(mutant, entry)) for entry in wrong)

    def _spares(self, mutant: _ArrayMutant, right: Sequence[NumericAnswer]) -> bool:
        return all(entry.is_value or _is(entry, self._number(mutant, entry)) for entry in right)

    def _number(self, mutant: _ArrayMutant, entry: NumericAnswer) -> float:
        node, at = self._places[entry.node]
        return float(mutant.gradients[node].flat[at])

    @cached_property
    def _places(self) -> dict[int, tuple[int, int]]:
        """For each component's node in the circuit written out, the array's node and the number of the element."""
        return {
            cell: (node, at) for node in self._nodes for at, cell in enumerate(self._out.cells[node].ravel().tolist())
        }

    @cached_property
    def _nodes(self) -> tuple[int, ...]:
        """Variables and stages that have a gradient, and the output."""
        circuit = self._ready.circuit
        marks = circuit.reach(self._ready.targets.values())
        stages = [stage.node for stage in circuit.stages if marks[stage.node]]
        return tuple(dict.fromkeys([*self._ready.targets.values(), *stages, circuit.output]))

    @cached_property
    def _mutants(self) -> list[_ArrayMutant]:
        run, circuit = self._ready.run, self._ready.circuit
        marks = circuit.reach(self._ready.targets.values())
        size = sum(map(run.program.shaped.count, range(len(circuit.nodes))))
        if run.failed or size * (len(circuit.nodes) - circuit.first_gate) > _WORK:
            return []
        broken = Breakages(run, marks)
        special = [one for each in broken.special() if (one := self._made(each, marks)) is not None]
        known = {one.numbers for one in special}
        general = [one for each in broken.general() if (one := self._made(each, marks)) is not None]
        return special + [one for one in general if one.numbers not in known]

    def _made(self, broken: Breakage, marks: bytearray) -> _ArrayMutant | None:
        """What comes of it; None where the shapes do not fit, or nothing changes."""
        try:
            with np.errstate(all="ignore"):
                found = BrokenSweep(self._ready.run, marks, broken).all(self._ready.seed).gradients
                gradients = {node: np.asarray(found[node]) for node in self._nodes}
        except (ValueError, IndexError, np.linalg.LinAlgError):
            return None
        shapes = self._ready.run.program.shaped.shapes
        return (
            _ArrayMutant(broken, gradients)
            if all(one.shape == shapes[node] for node, one in gradients.items())
            else None
        )

    @cached_property
    def _truth(self) -> _ArrayMutant:
        marks = self._ready.circuit.reach(self._ready.targets.values())
        found = self._made(Breakage("", ""), marks)
        assert found is not None
        return found

    @cached_property
    def _transposed(self) -> list[_ArrayMutant]:
        """Each square gradient turned over, where no rule of the table says so already."""
        truth = self._truth.gradients
        square = [node for node, one in truth.items() if one.ndim == 2 and one.shape[0] == one.shape[1] > 1]
        found = []
        for node in square:
            turned = {**truth, node: truth[node].T}
            said = f"a transposed gradient of {self._ready.circuit.names[node]}"
            known = any(np.allclose(one.gradients[node], turned[node]) for one in self._mutants)
            found += [] if known else [_ArrayMutant(Breakage("mistake.transposed", said), turned)]
        return found


def _is(entry: NumericAnswer, number: float) -> bool:
    return bool(np.isfinite(number)) and entry.fits(number)


def _of_shape(elements: Question, ask: ArrayAsk, grid: AnswerGrid) -> Said | None:
    """What an answer of another shape is consistent with: a transposed array, or one that was not summed."""
    numbers = _numbers(elements, grid)
    if numbers is None:
        return None
    if numbers.shape == ask.shape[::-1] and _agree(elements, ask, numbers.T):
        return _said("transposed", f"a transposed {ask.name}")
    extra = numbers.ndim - len(ask.shape)
    for axes in combinations(range(numbers.ndim), extra) if extra > 0 else ():
        if numbers.sum(axes).shape == ask.shape and _agree(elements, ask, numbers.sum(axes)):
            return _said(
                "broadcast",
                f"{ask.name} not summed over axis {', '.join(map(str, axes))}, along which broadcasting repeats it",
            )
    return None


def _said(name: str, what: str) -> Said:
    return Said(f"mistake.{name}", f"consistent with {what}", least="hint")


def _numbers(elements: Question, grid: AnswerGrid) -> Any:
    typed = [elements.reading(text).typed for text in grid.texts]
    if any(one is None for one in typed):
        return None
    return np.array([one.value for one in typed if one is not None]).reshape(grid.shape)


def _agree(elements: Question, ask: ArrayAsk, numbers: Any) -> bool:
    """Whether all numbers are those of the components."""
    for cell, number in zip(ask.cells, numbers.ravel().tolist(), strict=True):
        fact = elements.facts.get(cell.asked)
        if fact is None or fact.value is None:
            return False
        if not elements.tolerance.right(Typed(number), fact.value, elements.doubt(cell.asked)):
            return False
    return True

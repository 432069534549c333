"""One run as plain data: the only thing that renderers read, and what Python users get.

Every number is a ``Quantity``: the text as the user reads it (shortest round-trip, all digits asked for, or exact) and
the nearest double. Nothing here computes a gradient or knows a format.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Literal

from backprop_cli.arithmetic.float64 import Float64
from backprop_cli.arithmetic.protocol import Arithmetic, Number
from backprop_cli.engine.backward import Backward
from backprop_cli.engine.forward import Forward
from backprop_cli.problems import Diagnostic
from backprop_cli.reading.own_notation import gate_text

if TYPE_CHECKING:
    from backprop_cli.check.verdict import Check, Verdict

VariableRole = Literal["parameter", "data"]
EXCERPT = 200


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number as text and as the nearest double (infinite if it is beyond a double's range)."""

    text: str
    approx: float


@dataclass(frozen=True, slots=True)
class Variable:
    """A variable's row. Data, which is held fixed, has no gradient; ``symbolic`` is SymPy's derivative as a formula."""

    id: int
    name: str
    role: VariableRole
    value: Quantity
    gradient: Quantity | None = None
    symbolic: str | None = None
    verdict: Verdict | None = None


@dataclass(frozen=True, slots=True)
class StageRow:
    """A named stage: ``formula`` is its right side as typed; ``problem`` says why it has no value, or no gradient.

    Without a problem there is no gradient where the stage is made of data alone.
    """

    id: int
    name: str
    formula: str
    value: Quantity | None
    gradient: Quantity | None
    verdict: Verdict | None
    problem: Diagnostic | None


@dataclass(frozen=True, slots=True)
class Constant:
    """A literal of the expression."""

    id: int
    text: str
    value: Quantity | None


@dataclass(frozen=True, slots=True)
class GateRow:
    """One gate: what it computed, its local gradient in each input, and what each wire carried backward.

    ``formula`` is the gate over its operands' names (``q*z``), ``expression`` the text it was read from. An input that
    needs no gradient (a constant, data) has None.
    """

    id: int
    name: str
    op: str
    inputs: tuple[int, ...]
    operands: tuple[str, ...]
    formula: str
    expression: str
    value: Quantity | None
    gradient: Quantity | None
    local: tuple[Quantity | None, ...]
    contributions: tuple[Quantity | None, ...]
    kink: bool


@dataclass(frozen=True)
class Report:
    """A value, every variable's gradient, and the proof beside it.

    ``arithmetic`` is ``float64``, ``digits`` or ``exact``; ``asked`` names the gradients asked for; ``check`` is None
    if there was none.
    """

    expression: str
    arithmetic: str
    output: str
    value: Quantity
    variables: tuple[Variable, ...]
    stages: tuple[StageRow, ...]
    constants: tuple[Constant, ...]
    asked: tuple[str, ...]
    check: Check | None
    warnings: tuple[Diagnostic, ...]
    _run: Forward
    _sweep: Backward

    @property
    def output_id(self) -> int:
        """The number of the node that is the output."""
        return self._run.circuit.output

    @property
    def made_of(self) -> str:
        """The output as typed; nothing where it is a stage, whose row has it."""
        named = any(stage.name == self.output for stage in self.stages)
        return "" if named else self._run.circuit.made_of

    @property
    def in_doubles(self) -> bool:
        """Whether its numbers are doubles, so that a double says all of each."""
        return self.arithmetic == Float64.name

    @property
    def parameters(self) -> tuple[Variable, ...]:
        """The variables whose gradients were asked for."""
        return tuple(variable for variable in self.variables if variable.role == "parameter")

    @property
    def gradients(self) -> Mapping[str, Quantity]:
        """Each asked gradient by name, in the order asked: all variables', or those of --wrt, stages among them."""
        rows: list[Variable | StageRow] = [*self.variables, *self.stages]
        known = {row.name: row.gradient for row in rows}
        return {name: gradient for name in self.asked if (gradient := known[name]) is not None}

    @property
    def gradient(self) -> Mapping[str, float]:
        """The asked gradients as the nearest doubles."""
        return {name: gradient.approx for name, gradient in self.gradients.items()}

    @cached_property
    def formulas(self) -> Mapping[str, str]:
        """The derivative in each parameter, by name: SymPy's, or where it was not asked the circuit's own if short."""
        if self.check is not None and self.check.symbolic:
            return self.check.symbolic
        from backprop_cli.report.formulas import short

        return short(self._run.circuit, [variable.name for variable in self.parameters])

    @property
    def trace(self) -> tuple[Forward, Backward]:
        """The sweeps behind the rows, for what goes through the circuit again step by step."""
        return self._run, self._sweep

    @property
    def ok(self) -> bool:
        """Whether no gradient was found wrong; True where nothing was checked."""
        return self.check is None or self.check.ok is not False

    @cached_property
    def near_kinks(self) -> frozenset[str]:
        """The variables that feed a gate on a kink: only a check tells what their slopes are."""
        feeding = self._run.circuit.feeding(self._run.live_kinks if self._run.kinks else ())
        return frozenset(name for name, node in self._run.circuit.inputs.items() if feeding[node])

    @cached_property
    def gates(self) -> tuple[GateRow, ...]:
        """Every gate in forward order; made when first asked for."""
        run, sweep = self._run, self._sweep
        kinks = frozenset(run.kinks)
        return tuple(
            _gate(run, sweep, index, index in kinks) for index in range(run.circuit.first_gate, len(run.circuit.nodes))
        )


def quantity(arithmetic: Arithmetic, value: Number) -> Quantity | None:
    """A number of an arithmetic as text and double; None stays None."""
    return None if value is None else Quantity(arithmetic.text(value), arithmetic.to_float(value))


def _gate(run: Forward, sweep: Backward, index: int, kink: bool) -> GateRow:
    circuit, arithmetic = run.circuit, run.arithmetic
    node, names = circuit.nodes[index], circuit.names
    operands = tuple(names[i] for i in node.inputs)
    return GateRow(
        index,
        names[index],
        node.op,
        node.inputs,
        operands,
        gate_text(node.op, operands),
        circuit.typed(index, EXCERPT),
        quantity(arithmetic, run.values[index]),
        quantity(arithmetic, sweep.gradients[index]),
        tuple(quantity(arithmetic, local) for local in sweep.locals[index]),
        tuple(quantity(arithmetic, carried) for carried in sweep.contributions(index)) if sweep.locals[index] else (),
        kink,
    )

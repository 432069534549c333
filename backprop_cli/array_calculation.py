"""The whole way for arrays: shapes first, then the vectorised sweeps, then the check on the circuit written out.

With more digits or exact numbers the circuit itself runs written out, and its elements are gathered into arrays.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np

from backprop_cli import limits
from backprop_cli.arithmetic.float64 import Float64
from backprop_cli.calculation import checked, run, sweep, targets_of
from backprop_cli.check.array_check import ArrayCheck, by_components, gathered
from backprop_cli.check.array_directions import SlopeAlong, along_directions
from backprop_cli.check.array_slopes import slope_along
from backprop_cli.check.blame import not_rounding
from backprop_cli.check.verdict import Check
from backprop_cli.circuit import Circuit
from backprop_cli.engine.array_values import GivenArray
from backprop_cli.engine.backward import Backward
from backprop_cli.engine.forward import Forward, forward, refuse_without_output
from backprop_cli.engine.given import Given
from backprop_cli.engine.point import Point, complete
from backprop_cli.engine.pullback import VectorGradients, run_backward
from backprop_cli.engine.rules import Rules
from backprop_cli.engine.shapes import Shaped, one_number, shaped
from backprop_cli.engine.vectorised import ArrayProgram, VectorRun, run_forward
from backprop_cli.engine.written_out import TooLargeError, WrittenOut, element_name, refuse_too_large, written_out
from backprop_cli.gates.array_row import WIRE
from backprop_cli.gates.array_shapes import shown
from backprop_cli.number_systems import system_of
from backprop_cli.problems import Diagnostic, Refused
from backprop_cli.report.array_assembly import ScalarNumbers, VectorNumbers, assembled_arrays
from backprop_cli.report.array_remarks import array_remarks
from backprop_cli.settings import Settings

if TYPE_CHECKING:
    from backprop_cli.report.array_report import ArrayReport
    from backprop_cli.report.report import Report


@dataclass(frozen=True)
class Prepared:
    """A circuit whose shapes are known, run forward; ``seed`` is the gradient that arrives at its output."""

    run: VectorRun
    point: Point
    numbers: Mapping[str, Any]
    targets: Mapping[str, int]
    seed: Any
    upstream: GivenArray | None
    warnings: tuple[Diagnostic, ...]

    @property
    def circuit(self) -> Circuit:
        """The array circuit."""
        return self.run.program.circuit


def run_arrays(circuit: Circuit, point: Point, settings: Settings, upstream: Given | None = None) -> ArrayReport:
    """An array circuit at a point. ``upstream`` is the gradient at an output that is an array, of its shape."""
    ready = prepared(circuit, point, settings, upstream)
    system = system_of(settings)
    if not system.whole_arrays:
        return _written_out(ready, settings, system.option)
    _output_exists(ready)
    gradients = run_backward(ready.run, circuit.reach(ready.targets.values()), ready.seed)
    watched = _watched(ready, settings)
    check = None if settings.check == "none" else _check(ready, gradients, watched, settings)
    numbers = VectorNumbers(ready.run, gradients)
    warnings = (*ready.warnings, *array_remarks(ready.run, numbers, check))
    return assembled_arrays(numbers, ready.targets, settings.wrt, check, warnings, _seed_given(ready))


def shapes_of(circuit: Circuit, point: Point) -> Shaped:
    """The shapes of an array circuit at a point."""
    shapes = {name: one.shape if isinstance(one, GivenArray) else () for name, one in point.items()}
    return shaped(circuit, shapes)


def written_circuit(
    circuit: Circuit, point: Point, settings: Settings, upstream: Given | None, most: int
) -> tuple[Circuit, dict[str, Given], Settings]:
    """The circuit written out, its point, and the settings for it. Raises ``Refused`` beyond ``most`` gates."""
    ready = prepared(circuit, point, settings, upstream)
    out = written(ready, "this")
    gates = len(out.circuit.nodes) - out.circuit.first_gate
    if gates > most:
        raise refuse_too_large(TooLargeError(f"that is {gates:,} gates; the limit here is {most:,}"), circuit, "this")
    return out.circuit, elements_of(ready, out), _element_settings(ready, out, settings)


def run_scalars(circuit: Circuit, point: Point, settings: Settings, upstream: Given | None = None) -> Report:
    """The same circuit written out, as a circuit of numbers."""
    ready = prepared(circuit, point, settings, upstream)
    out = written(ready, "--scalars")
    return run(out.circuit, elements_of(ready, out), _element_settings(ready, out, settings))


def prepared(circuit: Circuit, point: Point, settings: Settings, upstream: Given | None) -> Prepared:
    """Shapes, forward run and targets, before any gradient. Raises ``Refused`` where shapes or values do not fit."""
    warnings = complete(circuit, point)
    rules = Rules(Float64())
    arrays = {name: point[name] for name in circuit.inputs}
    shapes = {name: one.shape if isinstance(one, GivenArray) else () for name, one in arrays.items()}
    ready = shaped(circuit, shapes)
    if upstream is None:
        one_number(ready)
    seed, given = _seed(circuit, ready.output, upstream, rules)
    numbers = {name: doubles_of(one, rules) for name, one in arrays.items()}
    targets = targets_of(circuit, settings.wrt)
    if settings.wrt is None:
        targets = {name: node for name, node in targets.items() if node not in index_variables(circuit)}
    return Prepared(run_forward(ArrayProgram(ready), numbers), point, numbers, targets, seed, given, warnings)


def doubles_of(given: Given, rules: Rules) -> Any:
    """A variable's value as NumPy's double, or an array of them; ``rules`` are those of doubles."""
    if isinstance(given, GivenArray):
        return given.doubles(rules)
    ran = forward(given.circuit, {}, rules)
    refuse_without_output(ran)
    return np.float64(ran.values[given.circuit.output])


def _seed(
    circuit: Circuit, shape: tuple[int, ...], upstream: Given | None, rules: Rules
) -> tuple[Any, GivenArray | None]:
    if upstream is None:
        return np.float64(1.0), None
    seed = doubles_of(upstream, rules)
    if np.shape(seed) != shape:
        message = f"--upstream is {shown(np.shape(seed))}, and {circuit.output_name} is {shown(shape)}"
        raise Refused(Diagnostic("shape.upstream", message, "the gradient at the output has the output's shape"))
    if not isinstance(upstream, GivenArray):
        hint = "it is for an output that is an array; the gradient of one number begins with 1"
        raise Refused(Diagnostic("usage.upstream", "--upstream, and the output is one number", hint))
    return seed, upstream


def index_variables(circuit: Circuit) -> set[int]:
    """The nodes of variables that are used as an index only: they are held fixed without being asked."""
    used: dict[int, bool] = {}
    for node in circuit.nodes:
        for position, source in enumerate(node.inputs):
            index = node.op == "index" and position > 0 and WIRE in dict(node.statics)["index"]  # type: ignore[operator]  # a tuple
            used[source] = used.get(source, True) and index
    return {node for node in circuit.inputs.values() if used.get(node, False)}


def _output_exists(ready: Prepared) -> None:
    problem = ready.run.failed.get(ready.circuit.output)
    if problem is not None:
        raise Refused(problem)


def _watched(ready: Prepared, settings: Settings) -> dict[str, int]:
    """Whose gradients are checked: the targets, and every stage on the way that has all its values."""
    circuit = ready.circuit
    marks = circuit.reach(ready.targets.values())
    watched = {**ready.targets, **{stage.name: stage.node for stage in circuit.stages if marks[stage.node]}}
    return {name: node for name, node in watched.items() if node not in ready.run.failed}


def _check(ready: Prepared, gradients: VectorGradients, watched: Mapping[str, int], settings: Settings) -> ArrayCheck:
    series: SlopeAlong | None = None
    try:
        out = written_out(ready.run)
        series = _series(ready, out)
        _few_enough(out)
        return by_components(out, watched, gradients, _value(ready), settings.check, _judge(ready, out, settings))
    except TooLargeError as error:
        why = str(error)
    except Refused as refused:
        why = f"written out, the circuit cannot be run: {refused.problems[0].message}"
    return along_directions(ready.run, ready.numbers, watched, gradients, ready.seed, why, series)


def _series(ready: Prepared, out: WrittenOut) -> SlopeAlong | None:
    """The slopes of the circuit written out, which is run when the first one is asked for."""
    if ready.upstream is not None:
        return None

    @cache
    def run_once() -> tuple[Forward, Backward]:
        return sweep(out.circuit, elements_of(ready, out), Float64(), out.circuit.reach(out.circuit.inputs.values()))

    def slope(node: int, direction: Any) -> tuple[float, float] | None:
        try:
            return slope_along(out, elements_of(ready, out), run_once(), node, direction)
        except Refused:
            return None

    return slope


def _few_enough(out: WrittenOut) -> None:
    gates = len(out.circuit.nodes) - out.circuit.first_gate
    if gates > limits.FORWARD_SCALARS:
        raise TooLargeError(f"written out, the circuit has {gates:,} gates")


def _value(ready: Prepared) -> float | None:
    """The output's value, where it is one number and so the value of the circuit written out."""
    return None if ready.upstream is not None else float(ready.run.values[ready.circuit.output])


def _judge(ready: Prepared, out: WrittenOut, settings: Settings) -> Any:
    def judge(gradients: Mapping[int, float], value: float | None, method: str) -> Check:
        circuit, point = out.circuit, elements_of(ready, out)
        marks = circuit.reach(gradients)
        forth, back = sweep(circuit, point, Float64(), marks)
        if value is not None:
            forth.values[circuit.output] = value
        found = [gradients.get(node, gradient) for node, gradient in enumerate(back.gradients)]
        names = {circuit.names[node]: node for node in gradients}
        replaced = Backward(found, back.locals, back.multiply, {})
        made = checked(forth, replaced, point, names, replace(settings, check=method))  # type: ignore[arg-type]  # a method's name
        assert made is not None
        return not_rounding(made, found, back.gradients)

    return judge


def elements_of(ready: Prepared, out: WrittenOut) -> dict[str, Given]:
    """The point of the circuit written out."""
    found: dict[str, Given] = {}
    arrays = {name: ready.point[name] for name in ready.circuit.inputs}
    if ready.upstream is not None:
        arrays[out.upstream[0].partition("[")[0]] = ready.upstream
    for name, given in arrays.items():
        if not isinstance(given, GivenArray):
            found[name] = given
            continue
        names = (element_name(name, indices) for indices in np.ndindex(*given.shape))
        found |= {one: Given(one, element.text) for one, element in zip(names, given.each(), strict=True)}
    return {name: given for name, given in found.items() if name in out.circuit.inputs}


def _element_settings(ready: Prepared, out: WrittenOut, settings: Settings) -> Settings:
    """The settings for the circuit written out: of every target its elements."""
    names = out.circuit.names
    wanted = [names[cell] for node in ready.targets.values() for cell in out.cells[node].ravel().tolist()]
    gates, symbolic = len(out.circuit.nodes) - out.circuit.first_gate, settings.check == "symbolic"
    large = len(wanted) > limits.SYMBOLIC_COMPONENTS or gates > limits.SYMBOLIC_SCALARS
    return replace(settings, wrt=tuple(wanted), check="forward" if symbolic and large else settings.check)


def written(ready: Prepared, what: str) -> WrittenOut:
    """The circuit written out; ``what`` needs it. Raises ``Refused`` where it would be too large."""
    try:
        return written_out(ready.run)
    except TooLargeError as error:
        raise refuse_too_large(error, ready.circuit, what) from None


def _written_out(ready: Prepared, settings: Settings, option: str) -> ArrayReport:
    out = written(ready, option)
    report = run(out.circuit, elements_of(ready, out), _element_settings(ready, out, settings))
    watched = _watched(ready, settings)
    check = gathered(out, watched, report.check) if report.check is not None else None
    numbers = ScalarNumbers(ready.run, report, out, ready.upstream is not None)
    warnings = (*ready.warnings, *array_remarks(ready.run, numbers, check))
    return assembled_arrays(numbers, ready.targets, settings.wrt, check, warnings, _seed_given(ready))


def _seed_given(ready: Prepared) -> Any:
    return None if ready.upstream is None else ready.seed

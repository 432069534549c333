"""Which reference is asked, and what its verdicts are.

``symbolic`` is SymPy's derivative of the whole expression, evaluated in balls; where that would swell or SymPy leaves
something undone, each gate's local gradient is compared with SymPy's derivative of that gate (``gatewise``). Power
series in balls say for every target whether it stands on an edge and what its slopes are; ``forward`` is those alone,
without SymPy. The method that was used is always said.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from backprop_cli import limits
from backprop_cli.arithmetic.protocol import Number
from backprop_cli.check import gatewise, mixed, symbolic_reference
from backprop_cli.check.blame import Blame
from backprop_cli.check.judging import CheckTolerance, Judging
from backprop_cli.check.patience import OutOfPatienceError, patience
from backprop_cli.check.reference import Reference, scales
from backprop_cli.check.tracing import Trace, Tracing
from backprop_cli.check.verdict import Check, Verdict
from backprop_cli.engine.backward import Backward
from backprop_cli.engine.forward import Forward
from backprop_cli.engine.point import Point


def check(
    run: Forward, sweep: Backward, point: Point, targets: Mapping[str, int], method: str, tolerance: CheckTolerance
) -> Check:
    """A verdict for every target, a name and its node, and the formula of each that is a variable."""
    return _Checking(run, sweep, point, targets, tolerance).run(method)


class _Checking:
    def __init__(
        self, run: Forward, sweep: Backward, point: Point, targets: Mapping[str, int], tolerance: CheckTolerance
    ) -> None:
        self.forth, self.back, self.targets, self.tolerance = run, sweep, targets, tolerance
        self.circuit = run.circuit
        self.reference = Reference(run, point)
        self.scales = scales(run, sweep)
        self.blame = Blame(self.reference, targets)
        self.symbolic: dict[str, str] = {}
        self.notes: list[str] = []
        self.broken = ""

    def run(self, method: str) -> Check:
        """The verdicts, and the method by which most were found."""
        large = len(self.targets) * len(self.circuit.nodes) > limits.CHECK_WORK
        variables = {name: node for name, node in self.targets.items() if name in self.circuit.inputs}
        tracing = Tracing(self.reference, self.scales, self.tolerance.bits)
        here, traces = tracing.run({} if large else self.targets)
        smooth = {name: node for name, node in variables.items() if node in traces and traces[node].smooth}
        expected: dict[int, Number] = {}
        if method == "symbolic":
            method = self._symbolic(list(variables), smooth, traces, expected)
        if method == "gatewise":
            self._gatewise()
        if method == "symbolic" and variables and not smooth:
            method = "forward"
        judging = Judging(self.reference, self.back, here, self.scales, self.blame, self.tolerance)
        verdicts = (
            self._mixed(judging, here.bits)
            if large
            else {node: judging.gradient(node, traces.get(node), expected.get(node)) for node in self.targets.values()}
        )
        self._machine(judging)
        value = judging.value()
        return Check(
            method, verdicts, self.symbolic, value, judging.answers, (*self.notes, *judging.notes), self.broken
        )

    def _symbolic(
        self,
        variables: Sequence[str],
        smooth: Mapping[str, int],
        traces: Mapping[int, Trace],
        expected: dict[int, Number],
    ) -> str:
        """Fill in SymPy's references and formulas; returns the method that must go on."""
        reason = symbolic_reference.too_large(self.circuit, variables)
        if not reason:
            try:
                with patience(limits.SYMBOLIC_SECONDS):
                    derivatives = symbolic_reference.derive(self.circuit, variables)
                    self.symbolic = symbolic_reference.shown(self.circuit, derivatives)
                    slopes = [traces[node].left.slope for node in smooth.values()]
                    of = derivatives.of(list(smooth))
                    values = symbolic_reference.evaluate(of, self.reference, slopes, self.tolerance.bits)
                expected |= dict(zip(smooth.values(), values, strict=True))
                return "symbolic"
            except symbolic_reference.NotThisWayError as error:
                reason = str(error)
            except OutOfPatienceError:
                reason = f"SymPy takes more than {limits.SYMBOLIC_SECONDS} s over the formula"
        self.notes.append(f"checked gate by gate: {reason}")
        return "gatewise"

    def _gatewise(self) -> None:
        """Note the first gate whose local gradient is not SymPy's."""
        index = gatewise.wrong_gate(self.forth, self.back, max(self.tolerance.relative, 1e-12))
        if index is not None:
            self.broken = self.circuit.typed(index, 60)
            self.notes.append(f"the local gradient of {self.broken} is not SymPy's")

    def _mixed(self, judging: Judging, bits: int) -> dict[int, Verdict]:
        """In a large circuit: the sweeps in balls, once two mixed directions confirm that they add up."""
        confirmed = mixed.confirmed(self.reference, self.targets, bits)
        self.notes += confirmed.notes
        self.broken = self.broken or confirmed.broken
        return {
            node: judging.against(node, reference) if reference is not None else confirmed.unknown(node)
            for node, reference in confirmed.gradients.items()
        }

    def _machine(self, judging: Judging) -> None:
        """Where rounding is said to have made a difference, look whether a function of the machine did."""
        if judging.rounded and not self.broken:
            index = self.blame.machine
            if index is not None:
                self.broken = self.circuit.typed(index, 60)
                self.notes.append(f"the machine's value of {self.broken} is not its function of the numbers before it")


__all__ = ["CheckTolerance", "check"]

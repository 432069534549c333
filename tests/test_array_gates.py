"""Every row of the array table three ways: the vectorised pullback, differences, the scalars it is written out in."""

from __future__ import annotations

import numpy as np
import pytest
from autograd import grad as autograd_grad
from autograd import numpy as anp
from hypothesis import given
from hypothesis import strategies as st

from backprop_cli import Refused, differentiate, read
from backprop_cli.arithmetic.array_arithmetic import Arrays
from backprop_cli.arithmetic.float64 import Float64
from backprop_cli.engine.array_rules import ArrayRules
from backprop_cli.engine.backward import backward
from backprop_cli.engine.forward import forward
from backprop_cli.engine.pullback import run_backward
from backprop_cli.engine.rules import Rules
from backprop_cli.engine.shapes import shaped
from backprop_cli.engine.vectorised import ArrayProgram, run_forward
from backprop_cli.engine.written_out import element_name, written_out
from backprop_cli.gates import GATES
from backprop_cli.gates.array_table import ARRAY_GATES

RANDOM = np.random.default_rng(7)
POINT = {
    "W": RANDOM.normal(size=(2, 3)),
    "x": np.array([1.2, -1.0]),
    "y": RANDOM.normal(size=3),
    "a": np.float64(2),
    "A": RANDOM.normal(size=(2, 2)),
    "i": np.float64(1),
    "X": RANDOM.normal(size=(4, 3)),
    "b": RANDOM.normal(size=4),
    "B": RANDOM.normal(size=(2, 3, 2)),
    "C": RANDOM.normal(size=(3, 3)),
}
SHAPES = {name: np.shape(value) for name, value in POINT.items()}

EXPRESSIONS = """
W @ y | x @ W | W @ W.T | x @ x | W.dot(y) | A @ (A @ (A @ x)) | outer(x, y)
sum(W, 0) | sum(B, axis=(0, -1)) | mean(W, axis=(0, 1)) | mean(B, axis=(0, 2), keepdims=true) | prod(W, 0) | prod(W)
prod(B, axis=(0, 2)) | var(y) | var(B, 1) | std(W, 1) | std(B, axis=(1, 2)) | norm(b) | norm(W, 0)
norm(B, axis=(0, 1), keepdims=true) | norm([a])
amax(W, 1) | amin(W) | amax(B, axis=(0, 2)) | max(x, axis=0)
argmax(x)*x | argmax(W, 0)*W | logsumexp(W) | logsumexp(W, axis=1, keepdims=true)
softmax(W) | softmax(W, 0) | softmax(B, 1) | logsoftmax(W, 0) | cumsum(W) | cumsum(W, axis=0) | cumsum(B, 1)
trace(A) | det(A) | det(C) | det([[a]]) | inv(A) | inv(C) | inv([[a]]) | solve(A, x) | solve(A, W)
B.T | W[::-1, None, 0] | y[i] | B[0, :, i] | reshape(W, 3, -1) | flatten(B) | flip(W) | flip(W, 1)
concat([W, A], 1) | concat([b, y]) | stack([x, x^2], axis=1) | [a, 2a, 3] | [x, x*2] | diag(x) | diag(A)
zeros(2) + x | ones(2, 3)*W | eye(2) @ x
X + b[:, None] | W*y + a | x/b[:2] | a^x | max(W, y, 0.1) | max(x, 0) | clip(W, -0.3, 0.2) | hypot(x, a) | mod(b, a)
relu(b) | abs(W) | gelu(W) | silu(W) | sigmoid(1000*x) | exp(x)^0.5 | x^2 | where(W > 0, W, y)
where(x > 0, log(x), 0) | sum(where(x > 0, log(x), 0)) | log(x)[0] | (log([[1, 2, 3], [-1, 1, 1]] + 0*W) @ y)[0]
sqrt(where(W > 0, W, 1))
D = W.T; sum(D @ D.T) | p = y[i]; q = p*p; q*p | E = [a, a]; E[0]*E[1]
o = ones(2); sum(o*o*x) | t = sum([a]); t*t*a | z = zeros(2) + x; u = z; u*z | s = softmax(y); s*s
""".replace("\n", " | ").split(" | ")
EXPRESSIONS = [text for text in EXPRESSIONS if text]


def test_every_row_is_tried():
    tried = set()
    for text in EXPRESSIONS:
        found = shaped(read(text, arrays=True), SHAPES)
        tried |= {row.name for row in found.rows if row is not None}
    assert tried == set(ARRAY_GATES)


class Run:
    """An expression at the point, forward and back, with a random gradient at its output."""

    def __init__(self, text: str, point=None) -> None:
        self.point = point or POINT
        self.circuit = read(text, arrays=True)
        self.program = ArrayProgram(shaped(self.circuit, {name: np.shape(v) for name, v in self.point.items()}))
        self.forth = run_forward(self.program, self.point)
        self.names = [name for name in self.circuit.inputs if name != "i"]
        self.seed = np.random.default_rng(3).normal(size=self.program.shaped.output)[()]
        self.marks = self.circuit.reach([self.circuit.inputs[name] for name in self.names])
        self.back = run_backward(self.forth, self.marks, self.seed)

    def value(self, name: str, moved) -> float:
        forth = run_forward(self.program, {**self.point, name: moved})
        return float(np.sum(self.seed * forth.values[self.circuit.output]))


@pytest.mark.parametrize("text", EXPRESSIONS)
def test_pullbacks_against_differences(text):
    run = Run(text)
    for name in run.names:
        gradient = run.back.gradients[run.circuit.inputs[name]]
        assert np.shape(gradient) == SHAPES[name]
        direction = RANDOM.normal(size=SHAPES[name])[()]
        ahead, behind = (run.value(name, POINT[name] + step * direction) for step in (1e-6, -1e-6))
        assert np.sum(gradient * direction) == pytest.approx((ahead - behind) / 2e-6, rel=2e-6, abs=2e-7)


@pytest.mark.parametrize("text", EXPRESSIONS)
def test_pullbacks_against_the_scalars_written_out(text):
    run = Run(text)
    out = written_out(run.forth)
    point = {
        element_name(name, indices): float(POINT[name][indices])
        for name in run.circuit.inputs
        for indices in np.ndindex(*SHAPES[name])
    }
    point |= dict(zip(out.upstream, np.ravel(run.seed).tolist(), strict=False))
    scalars = forward(out.circuit, point, Rules(Float64()))
    wanted = [cell for name in run.names for cell in out.cells[run.circuit.inputs[name]].flat]
    back = backward(scalars, out.circuit.reach(wanted))
    scale = 1.0 if out.upstream else run.seed
    watched = {*map(run.circuit.inputs.get, run.names), *(stage.node for stage in run.circuit.stages)}
    for node, cells in enumerate(out.cells):
        values = np.array([np.nan if scalars.values[c] is None else scalars.values[c] for c in cells.flat])
        assert np.allclose(values.reshape(cells.shape), run.forth.values[node], rtol=1e-11, atol=1e-13, equal_nan=True)
        if node in watched and run.back.gradients[node] is not None:
            found = scale * np.array([back.gradients[c] or 0.0 for c in cells.flat]).reshape(cells.shape)
            assert np.allclose(found, run.back.gradients[node], rtol=1e-10, atol=1e-12)


SYMBOLIC = [
    "sum((W @ y)^2)",
    "sum(softmax(x)*x)",
    "logsumexp(x)*a",
    "norm(x)",
    "std(x)",
    "det(A)",
    "sum(inv(A)^2)",
    "sum(solve(A, x)^2)",
    "prod(x)",
    "sum(cumsum(x)^2)",
    "var(y)",
    "logsoftmax(x)[0]",
    "trace(A @ A)",
]


@pytest.mark.parametrize("text", SYMBOLIC)
def test_rows_are_proved_by_sympy(text):
    report = differentiate(text, {n: v for n, v in POINT.items() if n in read(text, arrays=True).inputs})
    assert report.check.method == "symbolic"
    assert {verdict.word for verdict in report.check.verdicts.values()} == {"ok"}


# Where doubles leave a domain, the result is not finite, or the row says that it is silent: else it would be missed.
BREACHES = {
    "div": (1.0, 0.0),
    "pow": (-8.0, 1 / 3),
    "reciprocal": (0.0,),
    "sqrt": (-1.0,),
    "log": (0.0,),
    "log1p": (-1.0,),
    "log2": (-1.0,),
    "log10": (0.0,),
    "asin": (1.5,),
    "acos": (-1.5,),
    "acosh": (0.5,),
    "atanh": (1.0,),
    "mod": (1.0, 0.0),
    "fmod": (1.0, 0.0),
    "gamma": (-1.0,),
    "lgamma": (-1.0,),
    "sec": None,
    "tan": None,
    "cot": (0.0,),
    "csc": (0.0,),
    "atan2": (0.0, 0.0),
    "clip": (0.0, 1.0, 1.0),
    "digamma": (-1.0,),
    "polygamma": (1.5, 1.0),
}


def test_every_primitive_works_on_arrays():
    assert {name for name, gate in GATES.items() if not gate.value} == set(Arrays.operations)


def test_every_domain_has_a_breach():
    assert set(BREACHES) == {name for name, gate in GATES.items() if gate.domain}


@pytest.mark.parametrize("name", [name for name, at in BREACHES.items() if at is not None])
def test_a_breach_is_seen(name):
    point = {p: np.array([v]) for p, v in zip(GATES[name].params, BREACHES[name], strict=True)}
    circuit = read(GATES[name].form, arrays=True)
    program = ArrayProgram(shaped(circuit, dict.fromkeys(point, (1,))))
    forth = run_forward(program, point)
    assert np.isnan(forth.values[circuit.output]).all()
    assert forth.failed[circuit.output].code in (f"domain.{name}", *(["domain.div"] if "/" in GATES[name].form else []))


def test_both_branches_of_a_rule_are_computed_and_each_element_takes_its_own():
    sigmoid = ArrayRules()["sigmoid"].value
    with np.errstate(all="ignore"):
        assert sigmoid(np.array([-1000.0, 0.0, 1000.0])).tolist() == [0.0, 0.5, 1.0]


UNARY = {
    "tanh(E)": anp.tanh,
    "exp(-E^2)": lambda e: anp.exp(-(e**2)),
    "softmax(E)": None,
    "E.T": anp.transpose,
    "sigmoid(E)": lambda e: 1 / (1 + anp.exp(-e)),
    "cumsum(E, 0)": lambda e: anp.cumsum(e, 0),
    "2*E": lambda e: 2 * e,
    "E - mean(E)": lambda e: e - anp.mean(e),
    "sum(E, 0)": lambda e: anp.sum(e, 0),
    "E[::-1]": lambda e: e[::-1],
}
UNARY["softmax(E)"] = lambda e: anp.exp(e) / anp.sum(anp.exp(e), axis=-1, keepdims=True)
BINARY = {
    "E + F": lambda e, f: e + f,
    "E*F": lambda e, f: e * f,
    "E @ F": lambda e, f: e @ f,
    "E - F": lambda e, f: e - f,
    "E/(1 + F^2)": lambda e, f: e / (1 + f**2),
}


@st.composite
def programs(draw):
    """A program of a few stages over arrays that may broadcast and are used again, for us and for autograd."""
    rank = draw(st.integers(1, 3))
    shape = tuple(draw(st.lists(st.integers(1, 3), min_size=rank, max_size=rank)))
    small = tuple(draw(st.sampled_from([size, 1])) for size in shape)[draw(st.integers(0, rank)) :]
    stages, functions = [], []
    for number in range(draw(st.integers(1, 4))):
        known = ["x", "w", *(f"s{at}" for at in range(number))]
        one, other = draw(st.sampled_from(known)), draw(st.sampled_from(known))
        form, function = draw(st.sampled_from([*UNARY.items(), *BINARY.items()]))
        stages.append(f"s{number} = {form.replace('E', one).replace('F', other)}")
        functions.append((function, one, other if form in BINARY else None))
    return shape, small, stages, functions


@given(programs(), st.integers(0, 2**16))
def test_random_programs_against_autograd(program, seed):
    shape, small, stages, functions = program
    random = np.random.default_rng(seed)
    point = {"x": random.normal(size=shape), "w": random.normal(size=small)[()]}

    def loss(x, w):
        values = {"x": x, "w": w}
        for number, (function, one, other) in enumerate(functions):
            arguments = [values[one]] + ([values[other]] if other else [])
            if function is BINARY["E @ F"]:
                assert all(1 <= anp.ndim(a) <= 2 for a in arguments)
            if function in (UNARY["softmax(E)"], UNARY["E[::-1]"], UNARY["sum(E, 0)"], UNARY["cumsum(E, 0)"]):
                assert anp.ndim(arguments[0]) > 0
            values[f"s{number}"] = function(*arguments)
        return anp.sum(values[f"s{len(functions) - 1}"]) + anp.sum(x * w)

    try:
        expected = [autograd_grad(loss, at)(point["x"], point["w"]) for at in (0, 1)]
    except (ValueError, AssertionError, IndexError):
        expected = None
    text = "; ".join([*stages, f"L = sum(s{len(stages) - 1}) + sum(x*w)"])
    try:
        report = differentiate(text, point, check="none")
    except Refused as refused:
        code = refused.problems[0].code
    else:
        code = ""
    assert code == ("shape.misfit" if expected is None else "")
    if expected is None:
        return
    for name, known in zip("xw", expected, strict=True):
        assert np.shape(report.gradient[name]) == np.shape(point[name])
        assert np.allclose(report.gradient[name], known, rtol=1e-8, atol=1e-10)

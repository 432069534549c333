"""Gradients of arrays as formulas: they read back, give the numbers, and are proved against the scalars written out."""

from __future__ import annotations

import numpy as np
import pytest
import sympy
from command import backprop
from hypothesis import given
from hypothesis import strategies as st
from test_array_gates import EXPRESSIONS, POINT

from backprop_cli import differentiate, read
from backprop_cli.engine.array_derivative import array_derivatives
from backprop_cli.engine.shapes import shaped
from backprop_cli.engine.vectorised import ArrayProgram, run_forward
from backprop_cli.engine.written_out import written_out
from backprop_cli.gates.array_table import ARRAY_GATES
from backprop_cli.reading.writing import write
from backprop_cli.symbolic.build import expression

FIXED = ("i",)


def formulas(text: str, point: dict = POINT) -> dict[str, str]:
    """The gradient of each variable, with u for what arrives at the output."""
    circuit = read(text, arrays=True)
    shapes = shaped(circuit, {name: np.shape(point[name]) for name in circuit.inputs})
    targets = {name: node for name, node in circuit.inputs.items() if name not in FIXED}
    return {name: write(one) for name, one in array_derivatives(shapes, targets, "u").items()}


def value(text: str, point: dict) -> np.ndarray:
    circuit = read(text, arrays=True)
    ready = shaped(circuit, {name: np.shape(point[name]) for name in circuit.inputs})
    return run_forward(ArrayProgram(ready), {name: point[name] for name in circuit.inputs}).values[circuit.output]


NO_VALUE = "(log([[1, 2, 3], [-1, 1, 1]] + 0*W) @ y)[0]"  # in some elements; the report has no formula then
COMPOSED = [text for text in EXPRESSIONS if formulas(text) and text != NO_VALUE]


@pytest.mark.parametrize("text", COMPOSED)
def test_the_formula_reads_back_as_the_gradient(text):
    u = np.random.default_rng(3).normal(size=np.shape(value(text, POINT)))[()]
    circuit = read(text, arrays=True)
    at = {name: POINT[name] for name in circuit.inputs}
    wrt = [name for name in circuit.inputs if name not in FIXED]
    upstream = u if np.shape(u) else None
    report = differentiate(text, at, wrt=wrt, check="none", upstream=upstream)
    for name, formula in formulas(text).items():
        found = value(formula, {**POINT, "u": u if np.shape(u) else np.float64(1)})
        assert np.shape(found) == np.shape(POINT[name]), (name, formula)
        np.testing.assert_allclose(found, report.gradient[name], rtol=1e-12, atol=1e-12, err_msg=formula)


# rows that no formula of the language can say: proved by numbers in test_array_gates.py
WORDLESS = {"prod", "cumsum"}


def test_nearly_every_row_is_composed_somewhere():
    composed = set()
    for text in COMPOSED:
        ready = shaped(read(text, arrays=True), {name: np.shape(value_) for name, value_ in POINT.items()})
        composed |= {row.name for row in ready.rows if row is not None and row.params}
    assert {gate.name for gate in ARRAY_GATES.values() if gate.params} - composed <= WORDLESS


SMALL = {
    "W": (2, 2), "V": (2, 3), "x": (2,), "y": (3,), "a": (),
}  # fmt: skip
PROVED = """
W @ x | x @ W | x @ x | outer(x, y) | sum(V, 0) | sum(V) | mean(V, 1) | var(y) | std(x) | norm(y)
norm(V, axis=0) | logsumexp(y) | softmax(y) | logsoftmax(y) | softmax(V, 0) | trace(W) | det(W) | inv(W)
solve(W, x) | solve(W, V) | V.T | V[0] | V[1, 2] | reshape(V, 3, 2) | flatten(V) | flip(y) | concat([x, y])
stack([x, x^2]) | diag(x) | diag(W) | V + y | V*a | exp(V)/a | x^3*a | tanh(W @ x) | sigmoid(x)*a | cumsum(x)
""".replace("\n", " | ").split(" | ")


@pytest.mark.parametrize("text", [text for text in PROVED if text])
def test_each_pullback_is_proved_against_the_scalars_written_out(text):
    """∂Σu·z/∂x by SymPy on the scalars is the composed pullback written out, as expressions."""
    chance = np.random.default_rng(1)
    point = {name: chance.uniform(0.5, 1.5, size=shape)[()] for name, shape in SMALL.items()}
    circuit = read(text, arrays=True)
    ready = shaped(circuit, {name: SMALL[name] for name in circuit.inputs})
    out = written_out(run_forward(ArrayProgram(ready), point))
    whole, symbols = _expression(out.circuit)
    scalar = not ready.output
    for name, formula in formulas(text, point).items():
        gradient = read(f"{formula}", arrays=True)
        shapes = {one: ready.output if one == "u" else SMALL[one] for one in gradient.inputs}
        places = list(np.ndindex(*SMALL[name])) or [()]
        for place in places:
            element = read(f"({formula})[{', '.join(map(str, place))}]" if place else formula, arrays=True)
            at = {one: np.ones(shapes[one])[()] if one == "u" else point[one] for one in element.inputs}
            cell = written_out(run_forward(ArrayProgram(shaped(element, {k: shapes[k] for k in element.inputs})), at))
            found, names = _expression(cell.circuit)
            given_ = {names[one]: sympy.Integer(1) for one in names if scalar and one == "u"}
            arriving = {one: sympy.Symbol(one.replace("u[", "upstream["), real=True) for one in names if "u[" in one}
            found = found.subs(given_ | {names[one]: other for one, other in arriving.items()})
            variable = f"{name}[{','.join(map(str, place))}]" if place else name
            wanted = sympy.diff(whole, symbols[variable])
            assert _simplified(found - wanted) == 0, (variable, formula)


def _simplified(difference: sympy.Expr) -> sympy.Expr:
    """With literals, which are symbols, as the numbers that they are; variables are above 0, and no kink is met."""
    names = {one: one.name for one in difference.free_symbols}
    numbers = {one: sympy.Rational(name) for one, name in names.items() if name[0].isdigit()}
    above = {one: sympy.Symbol(f"p{at}", positive=True) for at, one in enumerate(names) if one not in numbers}
    smooth = difference.subs(numbers | above).replace(lambda one: isinstance(one, sympy.Eq), lambda _: sympy.false)
    return sympy.simplify(smooth.rewrite(sympy.exp))


def _expression(circuit) -> tuple[sympy.Expr, dict[str, sympy.Symbol]]:
    found = expression(circuit)
    return found, {name: sympy.Symbol(name, real=True) for name in circuit.inputs}


@given(st.integers(0, 10_000))
def test_composed_gradients_of_random_layers(seed):
    chance = np.random.default_rng(seed)
    rows, columns = (int(n) for n in chance.integers(1, 4, size=2))
    act = chance.choice(["tanh", "sigmoid", "exp", "relu", ""])
    loss = chance.choice(["sum({})", "mean({}^2)", "norm({})", "logsumexp({})", "{}[0]"])
    text = loss.format(f"{act}(W @ x + b)" if act else "(W @ x + b)")
    at = {"W": chance.normal(size=(rows, columns)), "x": chance.normal(size=columns), "b": chance.normal(size=rows)}
    report = differentiate(text, at, check="none")
    found = formulas(text, at)
    assert found.keys() == at.keys()
    for name, formula in found.items():
        again = value(formula, {**at, "u": np.float64(1)})
        np.testing.assert_allclose(again, report.gradient[name], rtol=1e-9, atol=1e-12, err_msg=formula)


def test_where_and_long_ones_have_none():
    assert formulas("where(x > 0, log(x), 0)") == {}
    ran = backprop("sum(where(x > 0, log(x), 0))", "x=[1, -1]")
    assert "symbolic " not in ran.out.partition("✓")[0]


def test_in_the_table_and_json():
    ran = backprop("L = sum((W @ x + b - t)^2)", "W=[[1, 2], [3, 4]]", "x=[5, 6]", "b=[0, 1]", "t=[1, 1]")
    assert "  symbolic  outer(2*(W @ x + b - t), x)\n" in ran.out
    ran = backprop("D = W @ x", "W=[[1, 2]]", "x=[5, 6]", "--upstream", "[3]", "--json")
    assert '"symbolic": "outer(dD, x)"' in ran.out

"""Powers that are not whole, beside 0: what the series say of sums, products and functions, against tiny steps."""

from __future__ import annotations

import mpmath
from hypothesis import given
from hypothesis import strategies as st
from test_sides import here, slopes

_STEPS = "1e-200", "1e-400"
_DIGITS = 1_700
_EXPONENTS = [k / 16 + k / 10_007 for k in range(1, 40)]  # none near a whole number, few sums of two near another

_atoms = st.one_of(
    st.sampled_from(["x", "2", "(-3)"]),
    st.sampled_from(_EXPONENTS).map(lambda exponent: f"x^{exponent!r}"),
)
_FUNCTIONS = (
    "sin",
    "cos",
    "exp",
    "tanh",
    "asinh",
    "square",
    "relu",
    "abs",
    "atan",
    "sigmoid",
    "expm1",
    "-",
    "1/(3+cos(x))*",
)


def _joined(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    pair = st.tuples(inner, inner)
    return st.one_of(
        st.tuples(pair, st.sampled_from("+-*")).map(lambda both: f"({both[0][0]} {both[1]} {both[0][1]})"),
        pair.map(lambda both: f"hypot({both[0]}, {both[1]})"),
        st.tuples(st.sampled_from(_FUNCTIONS), inner).map(lambda one: f"{one[0]}({one[1]})"),
        st.tuples(inner, st.sampled_from(_EXPONENTS)).map(lambda one: f"abs({one[0]})^{one[1]!r}"),
    )


CIRCUITS = st.recursive(_atoms, _joined, max_leaves=4)

NAMES = {
    "hypot": lambda x, y: mpmath.sqrt(x * x + y * y),
    "square": lambda x: x * x,
    "relu": lambda x: max(x, mpmath.mpf(0)),
    "abs": abs,
    "sigmoid": lambda x: 1 / (1 + mpmath.exp(-x)),
}


def _at(text: str, x: mpmath.mpf) -> mpmath.mpf:
    """The text by mpmath: a test's own text, and no stranger's."""
    names = {name: getattr(mpmath, name) for name in ("sin", "cos", "exp", "tanh", "asinh", "atan", "expm1")} | NAMES
    return eval(text.replace("^", "**"), {"__builtins__": {}}, names | {"x": x})


@given(text=CIRCUITS)
def test_a_slope_beside_0_is_that_of_a_tiny_step(text):
    circuit = here(f"x*0 + {text}", "x=0")
    node = circuit.circuit.inputs["x"]
    told = slopes(circuit, node)[1]
    if isinstance(told, str):
        assert told == "no power series"
        return
    with mpmath.workdps(_DIGITS):
        start = _at(text, mpmath.mpf(0))
        near, nearer = ((_at(text, mpmath.mpf(step)) - start) / mpmath.mpf(step) for step in _STEPS)
    if abs(told) == float("inf"):
        assert nearer * told > 0
        assert abs(nearer) > abs(near)
    else:
        assert abs(nearer - told) < max(abs(near - told), 1e-12)

"""Random circuits for Hypothesis: over every gate of the table, with every value inside its domain by construction.

An argument that could leave a gate's domain is wrapped first (``log(1 + x*x)``, ``asin(x/hypot(1, x))``), and one that
could grow is squashed, so that a circuit of any depth has values and slopes that doubles hold. ``WILD`` are those that
heed nothing.
"""

from __future__ import annotations

import re

from hypothesis import strategies as st

from backprop_cli.circuit import Circuit, CircuitBuilder
from backprop_cli.gates import GATES
from backprop_cli.problems import Source, Span
from backprop_cli.reading.conditions import Conditions
from backprop_cli.reading.own_notation import gate_text

NAMES = ("x", "y", "w", "b1")
NOWHERE = Span(0, 0)

# How an argument is brought inside the domain: text over the argument a, and the gate's remaining arguments.
_SAFE = {
    "div": "a/(1 + b*b)",
    "pow": "(1 + a*a)^tanh(b)",
    "reciprocal": "reciprocal(2 + sin(a))",
    "sqrt": "sqrt(1 + a*a)",
    "cbrt": "cbrt(2 + tanh(a))",
    "exp": "exp(tanh(a))",
    "expm1": "expm1(tanh(a))",
    "log": "log(1 + a*a)",
    "log1p": "log1p(a*a)",
    "log2": "log2(1 + a*a)",
    "log10": "log10(1 + a*a)",
    "tan": "tan(tanh(a))",
    "cot": "cot(2 + tanh(a)/2)",
    "sec": "sec(tanh(a))",
    "csc": "csc(2 + tanh(a)/2)",
    "asin": "asin(a/hypot(2, a))",
    "acos": "acos(a/hypot(2, a))",
    "atan2": "atan2(a, 1 + b*b)",
    "sinh": "sinh(tanh(a))",
    "cosh": "cosh(tanh(a))",
    "acosh": "acosh(2 + a*a)",
    "atanh": "atanh(a/hypot(2, a))",
    "leaky_relu": "leaky_relu(a, 0.125)",
    "elu": "elu(a, 1.5)",
    "clip": "clip(a, -1.0625, 2.0625)",
    "mod": "mod(a, 3.0625 + tanh(b)/4)",
    "fmod": "fmod(a, 3.0625 + tanh(b)/4)",
    "gamma": "gamma(2 + tanh(a))",
    "lgamma": "lgamma(2 + tanh(a))",
    "digamma": "digamma(2 + tanh(a))",
    "polygamma": "polygamma(1, 2 + tanh(a))",
    "square": "square(tanh(a))",
    "mul": "a*tanh(b)",
    "where": "where(a < b, a - 1, b*2)",
    "max": "max(a, b, 0.375)",
    "min": "min(a, b, 0.375)",
}
# What SymPy's derivative leaves undone, and flat gates: their jumps are met in test_gates.py.
JUMPS = ("sign", "step", "floor", "ceil", "round", "mod", "fmod", "lt", "le", "gt", "ge", "eq", "ne")
SMOOTH = tuple(name for name in GATES if name not in JUMPS)


def safe(name: str, first: str, second: str) -> str:
    """The gate as text over two operands, inside its domain."""
    gate = GATES[name]
    text = _SAFE.get(name) or "(" + gate_text(gate.name, ("a", "b")[: len(gate.params)]) + ")"
    return re.sub(r"\b[ab]\b", lambda match: first if match[0] == "a" else second, text)


@st.composite
def programs(draw: st.DrawFn, gates: tuple[str, ...] = SMOOTH, most: int = 6) -> str:
    """A staged program: each stage applies one gate to variables or earlier stages."""
    known = list(NAMES[: draw(st.integers(1, len(NAMES)))])
    statements = []
    for number in range(draw(st.integers(1, most))):
        name = draw(st.sampled_from(gates))
        first, second = draw(st.sampled_from(known)), draw(st.sampled_from(known))
        statements.append(f"s{number} = {safe(name, first, second)}")
        known.append(f"s{number}")
    used = " + ".join(f"s{number}" for number in range(len(statements)))
    return "; ".join([*statements, used])


@st.composite
def values(draw: st.DrawFn) -> dict[str, float]:
    """A value for every name; odd 64ths, so that no kink of a gate on a plain variable is met."""
    return {name: (2 * draw(st.integers(-96, 96)) + 1) / 64 for name in NAMES}


@st.composite
def built(draw: st.DrawFn, *, share: bool = True) -> Circuit:
    """Any circuit at all, made by the builder and not from text: domains do not matter, stages and forks do."""
    builder = CircuitBuilder(share)
    conditions = Conditions(builder)
    nodes = [builder.input(name, NOWHERE) for name in NAMES[: draw(st.integers(1, 4))]]
    nodes += [builder.constant(text, NOWHERE) for text in draw(st.lists(_LITERALS, max_size=3))]
    for number in range(draw(st.integers(1, 12))):
        gate = GATES[draw(st.sampled_from(sorted(GATES)))]
        count = draw(st.integers(1, 4)) if gate.many else len(gate.params)
        inputs = [draw(st.sampled_from(nodes)) for _ in range(count)]
        if gate.name == "where":
            inputs[0] = conditions.made(inputs[0], NOWHERE)
        index = builder.gate(gate.name, tuple(inputs), NOWHERE)
        if draw(st.booleans()) and draw(st.booleans()):
            index = builder.stage(f"s{number}", index, NOWHERE)
        nodes.append(index)
    return builder.finish(Source("test", ""), nodes[-1])[0]


_LITERALS = st.sampled_from(["2", "0.5", "-3", "1e-7", "pi", "e", "-0.25", "10", "123456789.125"])


# Wild ones, which keep to no domain: texts over x, w and numbers of every size.
_OPERATORS = ("+", "-", "*", "/", "^")
_COMPARISONS = ("<", "<=", "==", "!=", ">")
_CALLED = [gate for gate in GATES.values() if gate.name not in ("where", "neg") and gate.form.startswith(gate.name)]
_NUMBERS = ("2", "0", "-1", "0.5", "1e300", "1e-300", "pi", "10", "1/3", "-2.5")
_ATOMS = st.sampled_from(["x", "x", "w", *_NUMBERS])


def _larger(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    pair = st.tuples(inner, inner)
    calls = st.sampled_from(_CALLED).flatmap(
        lambda gate: st.tuples(*[inner] * (len(gate.params) or 2)).map(lambda wires: f"{gate.name}({', '.join(wires)})")
    )
    joined = st.tuples(pair, st.sampled_from(_OPERATORS)).map(lambda made: f"({made[0][0]} {made[1]} {made[0][1]})")
    branched = st.tuples(pair, st.sampled_from(_COMPARISONS), pair).map(
        lambda made: f"where({made[0][0]} {made[1]} {made[0][1]}, {made[2][0]}, {made[2][1]})"
    )
    return calls | joined | branched


WILD = st.recursive(_ATOMS, _larger, max_leaves=6)

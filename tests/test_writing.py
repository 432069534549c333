"""Circuit → text → the same circuit."""

from __future__ import annotations

import pytest
from circuits import built
from hypothesis import given

from backprop_cli import Circuit, read
from backprop_cli.circuit import CircuitBuilder
from backprop_cli.problems import Source, Span
from backprop_cli.reading.writing import write

WRITTEN = {
    "x-y-z": "x - y - z",
    "x-(y-z)": "x - (y - z)",
    "x+(y+z)": "x + (y + z)",
    "(x*y)/z": "x*y/z",
    "x*(y/z)": "x*(y/z)",
    "-(x^2)": "-x^2",
    "(-x)^2": "(-x)^2",
    "(-2)^2": "(-2)^2",
    "-(2^2)": "-2^2",
    "-(2)": "-(2)",
    "-pi": "-pi",
    "-(.5)": "-(.5)",
    "-(-2)": "-(-2)",
    "x - (-2)": "x - (-2)",
    "-2 + x": "-2 + x",
    "x*(-y)": "x*-y",
    "(-x)*y": "-x*y",
    "-(x*y)": "-(x*y)",
    "(x^y)^z": "(x^y)^z",
    "x^y^z": "x^y^z",
    "x^(-y)": "x^-y",
    "x^(-2)": "x^(-2)",
    "(x < y) + 1": "(x < y) + 1",
    "(x < y) < z": "(x < y) < z",
    "not x": "where(x != 0, 0, 1)",
    "where(x, x^2, 3)": "where(x != 0, x^2, 3)",
    "where(x and y > 1, x, 3)": "where(where(x != 0, y > 1, 0), x, 3)",
    "c = x - y; where(c, x, not c)": "c = x - y; where(c != 0, x, where(c != 0, 0, 1))",
    "√x": "sqrt(x)",
    "x²": "x^2",
    "σ(α)": "sigmoid(α)",
    "max(x, y + 1)": "max(x, y + 1)",
    "leaky_relu(x)": "leaky_relu(x, 0.01)",
    "q = x + y; q*z": "q = x + y; q*z",
    "f = x*x": "f = x*x",
    "a = x; b = a; b + a": "a = identity(x); b = identity(a); b + a",
    "(x + y)*(x + y)": "(x + y)*(x + y)",
}


def circuit_part(circuit: Circuit) -> set[int]:
    """The nodes that the output or a stage needs."""
    needed = {circuit.output, *(stage.node for stage in circuit.stages)}
    for index in range(len(circuit.nodes) - 1, -1, -1):
        if index in needed:
            needed.update(circuit.nodes[index].inputs)
    return needed


def tree(circuit: Circuit) -> tuple[str, dict[str, str]]:
    """The output, and every stage by name, written out in full over stages' names."""
    named = {stage.node: stage.name for stage in circuit.stages}
    made: list[str] = []
    bodies: dict[str, str] = {}
    for index, node in enumerate(circuit.nodes):
        text = f"{node.op}({', '.join(made[i] for i in node.inputs)})" if node.is_gate else node.text
        if index in named:
            bodies[named[index]] = text
            text = named[index]
        made.append(text)
    return made[circuit.output], bodies


@pytest.mark.parametrize(("text", "expected"), WRITTEN.items(), ids=WRITTEN)
def test_written_with_the_fewest_parentheses(text, expected):
    assert write(read(text)) == expected


@pytest.mark.parametrize("text", WRITTEN)
def test_what_is_written_reads_back(text):
    circuit = read(text)
    again = read(write(circuit))
    assert tree(again) == tree(circuit)
    assert write(again) == write(circuit)


@given(built())
def test_any_circuit_reads_back(circuit):
    assert tree(read(write(circuit))) == tree(circuit)


@given(built())
def test_forks_stay_forks(circuit):
    again = read(write(circuit))
    assert len(again.nodes) == len(circuit_part(circuit))


def test_a_circuit_whose_tree_would_explode_gets_stages():
    doubling = "; ".join(["s0 = x + x", *(f"s{i} = s{i - 1} + s{i - 1}" for i in range(1, 60))])
    circuit = read(doubling)
    assert write(circuit) == doubling
    builder = CircuitBuilder()
    node = builder.input("g1", Span(0, 0))
    for _ in range(60):
        node = builder.gate("add", (node, node), Span(0, 0))
    unnamed, _ = builder.finish(Source("test", ""), node)
    text = write(unnamed)
    assert len(text) < 2_000
    assert sum(node.op == "add" for node in read(text).nodes) == 60

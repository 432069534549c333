"""The forward pass in PyTorch, the gradients by its autograd, and asserts that they equal ours."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

from backprop_cli.render.code import python
from backprop_cli.render.code.agreement import agreements, asserts, is_close
from backprop_cli.render.code.names import identifiers
from backprop_cli.render.code.program import Program
from backprop_cli.render.code.special import SECH
from backprop_cli.render.code.tree import Tree, Value
from backprop_cli.render.code.writer import ATOM, COMPARISONS, INFIX, POWER, Piece, Writer, taken_words, used_gates
from backprop_cli.report.report import Report

OWN_CONVENTIONS = frozenset({"hardtanh", "hypot"})
_BREAKS_GRAPH = frozenset({"where", "step", *COMPARISONS})
_SAME = (
    "abs sign sqrt exp expm1 log log1p log2 log10 sin cos tan asin acos atan sinh cosh tanh asinh acosh atanh "
    "floor ceil round erf erfc lgamma digamma sigmoid relu"
)
_CBRT = """\
def cbrt(x):
    return torch.sign(x)*torch.abs(x)**(1/3)
"""
_GAMMA = """\
def gamma(x):
    size = torch.exp(torch.lgamma(x))
    return -size if x < 0 and torch.floor(x) % 2 == 1 else size
"""
_SET_UP = "torch.set_default_dtype(torch.float64)"


def _power(writer: Writer, inputs: tuple[Tree, ...]) -> Piece:
    base, exponent = inputs
    written = python.integer_power(writer, inputs, "")
    text = f"{writer.inside(base, ATOM)}**{writer.inside(exponent, POWER)}"
    return written if written[0] else (text, POWER)


LANGUAGE = replace(
    python.LANGUAGE,
    name="torch",
    calls={name: f"torch.{name}({{0}})" for name in _SAME.split()}
    | {
        "max": "torch.maximum({0}, {1})",
        "min": "torch.minimum({0}, {1})",
        "max...": "torch.stack([{all}]).amax()",
        "min...": "torch.stack([{all}]).amin()",
        "hypot": "torch.hypot({0}, {1})",
        "atan2": "torch.atan2({0} + 0.0, {1})",
        "mod": "torch.remainder({0}, {1})",
        "fmod": "torch.fmod({0}, {1})",
        "polygamma": "torch.polygamma(int({0}), {1})",
    },
    own={"cbrt": _CBRT, "gamma": _GAMMA, "sech": SECH.format(exp="torch.exp", abs="torch.abs")},
    uses={},
    wrapped="torch.as_tensor({})",
    reserved=python.LANGUAGE.reserved | {"torch"},
    infix=INFIX,
    power=_power,
)


def render(program: Program, report: Report | None, function: str | None) -> str:
    """The program as a script, or as a function that returns the value and the gradients."""
    ops, helpers = used_gates(LANGUAGE, program.forward)
    taken = taken_words(LANGUAGE, ops, helpers) | ({function} if function else set())
    writer = Writer(LANGUAGE, identifiers(program, taken), _bare(program))
    joins = not _BREAKS_GRAPH.isdisjoint(ops) or any(not program.needed[i] for i in program.wanted)
    lines = (
        _function(program, report, function, writer, joins=joins)
        if function
        else _script(program, report, writer, joins=joins)
    )
    texts = [python.helper(LANGUAGE, op) for op in helpers]
    body = "\n".join(lines) + "\n"
    needs_math = "math." in body or any("math." in text for text in texts)
    head = f"{'import math' + chr(10) * 2 if needs_math else ''}import torch\n\n{_SET_UP}\n"
    return "\n\n".join([head, *texts, body]) if texts or function else f"{head}\n{body}"


def _bare(program: Program) -> Collection[int]:
    """The nodes that are Python numbers: what no variable reaches, and comparisons."""
    circuit = program.circuit
    reached = circuit.reach(program.variables)
    return {i for i, node in enumerate(circuit.nodes) if not reached[i] or node.op in COMPARISONS}


def _forward(program: Program, writer: Writer, indent: str, *, joins: bool) -> list[str]:
    names, output = writer.names, writer.names[Value(program.output)]
    lines = [f"{indent}# forward pass", *python.section(program.forward, writer, indent)]
    if program.wanted:
        if joins:
            every = " + ".join(names[Value(i)] for i in program.wanted)
            lines.append(f"{indent}{output} = {output} + 0.0*({every})  # in the graph of every variable")
        lines += [f"{indent}# backward pass, by torch", f"{indent}{output}.backward()"]
    return lines


def _result(program: Program, writer: Writer) -> str:
    output = writer.names[Value(program.output)]
    return f"{output}.item()" if program.wanted else f"float({output})"


def _script(program: Program, report: Report | None, writer: Writer, *, joins: bool) -> list[str]:
    assert report is not None
    names, label = writer.names, program.names
    wanted = frozenset(program.wanted)
    point = [f"{names[Value(v.id)]} = {_tensor(v.value.text, v.id in wanted)}" for v in report.variables]
    lines = [*(["# the point", *point, ""] if point else []), *_forward(program, writer, "", joins=joins), ""]
    gradient = {i: f"{names[Value(i)]}.grad.item()" for i in program.wanted}
    lines.append(f'print("{label[program.output]} =", {_result(program, writer)})')
    lines += [f'print("d{label[program.output]}/d{label[i]} =", {text})' for i, text in gradient.items()]
    return [*lines, "", *_asserts(program, report, _result(program, writer), gradient)]


def _asserts(program: Program, report: Report, result: str, gradient: dict[int, str]) -> list[str]:
    held = agreements(program, report, OWN_CONVENTIONS, "torch")
    return [
        "# what backprop computed",
        is_close(result, report.value.text),
        *asserts(held, gradient, program.names),
    ]


def _tensor(text: str, wanted: bool) -> str:
    return f"torch.tensor({text}, requires_grad=True)" if wanted else f"torch.tensor({text})"


def _function(program: Program, report: Report | None, name: str, writer: Writer, *, joins: bool) -> list[str]:
    names, indent = writer.names, python.INDENT
    inputs = [names[Value(i)] for i in program.variables]
    returned = ", ".join(f'"{program.names[i]}": {names[Value(i)]}.grad.item()' for i in program.wanted)
    lines = [
        f"def {name}({', '.join(inputs)}):",
        f'{indent}"""The value of {program.names[program.output]} and its gradient in each variable, by autograd."""',
        *(
            f"{indent}{names[Value(i)]} = {_tensor(f'float({names[Value(i)]})', i in program.wanted)}"
            for i in program.variables
        ),
        *_forward(program, writer, indent, joins=joins),
        f"{indent}return {_result(program, writer)}, {{{returned}}}",
    ]
    if report is None:
        return lines
    gradient = {i: f'gradient["{program.names[i]}"]' for i in program.wanted}
    main = python.main(program, report, name, writer)
    return [*lines, "", "", *main, *(indent + line for line in _asserts(program, report, "value", gradient))]

"""The forward pass in JAX, the gradients by ``jax.value_and_grad``, and asserts that they equal ours."""

from __future__ import annotations

from dataclasses import replace

from backprop_cli.render.code import numpy, python, torch
from backprop_cli.render.code.agreement import agreements, asserts, is_close
from backprop_cli.render.code.names import fresh, identifiers
from backprop_cli.render.code.program import Program
from backprop_cli.render.code.special import SECH
from backprop_cli.render.code.tree import Gradient, Value
from backprop_cli.render.code.writer import Writer, taken_words, used_gates
from backprop_cli.report.report import Report

OWN_CONVENTIONS = torch.OWN_CONVENTIONS | {"abs"}
# jax's own are right above 0 only: digamma loses its slope below, polygamma its value
_DIGAMMA = """\
def digamma(x):
    if x < 0:
        return digamma(1 - x) - math.pi/jnp.tan(math.pi*(x - jnp.round(x)))
    return jax.scipy.special.digamma(x)
"""
_POLYGAMMA = """\
def polygamma(n, x):
    n, total = int(n), 0.0
    while x < 1:
        total += 1/x**(n + 1)
        x = x + 1
    return jax.scipy.special.polygamma(n, x) - (-1)**n*math.factorial(n)*total
"""
_NUMPY = {
    op: template.replace("np.", "jnp.") for op, template in numpy.LANGUAGE.calls.items() if template.startswith("np.")
}

LANGUAGE = replace(
    torch.LANGUAGE,
    name="jax",
    calls=_NUMPY
    | {
        "max...": "jnp.max(jnp.array([{all}]))",
        "min...": "jnp.min(jnp.array([{all}]))",
        "sigmoid": "jax.nn.sigmoid({0})",
        "relu": "jax.nn.relu({0})",
        "erf": "jax.scipy.special.erf({0})",
        "erfc": "jax.scipy.special.erfc({0})",
        "gamma": "jax.scipy.special.gamma({0})",
        "lgamma": "jax.scipy.special.gammaln({0})",
        "softplus": "jax.nn.softplus({0})",
    },
    own={"digamma": _DIGAMMA, "polygamma": _POLYGAMMA, "sech": SECH.format(exp="jnp.exp", abs="jnp.abs")},
    wrapped="jnp.asarray({})",
    truth="jnp.where({}, 1.0, 0.0)",
    constants={"pi": "jnp.pi", "e": "jnp.e"},
    reserved=python.LANGUAGE.reserved | {"jax", "jnp"},
)
_HEAD = 'import jax\nimport jax.numpy as jnp\n\njax.config.update("jax_enable_x64", True)\n'
_IMPORT_MATH = "import math\n\n"


def render(program: Program, report: Report | None, function: str | None) -> str:
    """The program as a script, or as a function that returns the value and the gradients."""
    ops, helpers = used_gates(LANGUAGE, program.forward)
    taken = taken_words(LANGUAGE, ops, helpers) | ({function} if function else set())
    names = identifiers(program, taken)
    used = taken | set(names.values())
    writer = Writer(LANGUAGE, names)
    forward = fresh("forward", used)
    texts = [*(python.helper(LANGUAGE, op) for op in helpers), _forward(program, writer, forward)]
    if function:
        texts.append(_function(program, report, function, writer, forward, used))
    else:
        assert report is not None
        texts.append(_script(program, report, writer, forward))
    body = "\n\n".join(texts)
    head = _HEAD if "jnp." in body else _HEAD.replace("import jax.numpy as jnp\n", "")
    return f"{_IMPORT_MATH if 'math.' in body else ''}{head}\n\n{body}"


def _forward(program: Program, writer: Writer, name: str) -> str:
    indent = python.INDENT
    lines = [
        f"def {name}({', '.join(writer.names[Value(i)] for i in program.variables)}):",
        *python.section(program.forward, writer, indent),
        f"{indent}return {writer.names[Value(program.output)]}",
    ]
    return "\n".join(lines) + "\n"


def _call(program: Program, forward: str, arguments: list[str]) -> str:
    """The call that gives the value and the gradients of the wanted variables."""
    wanted = frozenset(program.wanted)
    places = [at for at, index in enumerate(program.variables) if index in wanted]
    numbers = ", ".join(map(str, places)) + ("," if len(places) == 1 else "")
    return f"jax.value_and_grad({forward}, argnums=({numbers}))({', '.join(arguments)})"


def _script(program: Program, report: Report, writer: Writer, forward: str) -> str:
    names, label = writer.names, program.names
    inputs = [names[Value(v.id)] for v in report.variables]
    output = names[Value(program.output)]
    lines = ["# the point", *(f"{names[Value(v.id)]} = {v.value.text}" for v in report.variables), ""] if inputs else []
    gradient = {i: names[Gradient(i)] for i in program.wanted}
    if program.wanted:
        slopes = ", ".join(gradient.values()) + ("," if len(gradient) == 1 else "")
        lines.append(f"{output}, ({slopes}) = {_call(program, forward, inputs)}")
    else:
        lines.append(f"{output} = {forward}({', '.join(inputs)})")
    lines += ["", f'print("{label[program.output]} =", float({output}))']
    lines += [f'print("d{label[program.output]}/d{label[i]} =", float({text}))' for i, text in gradient.items()]
    return "\n".join([*lines, "", *_asserts(program, report, output, gradient)]) + "\n"


def _asserts(program: Program, report: Report, result: str, gradient: dict[int, str]) -> list[str]:
    held = agreements(program, report, OWN_CONVENTIONS, "jax")
    return ["# what backprop computed", is_close(result, report.value.text), *asserts(held, gradient, program.names)]


def _function(program: Program, report: Report | None, name: str, writer: Writer, forward: str, used: set[str]) -> str:
    names, indent = writer.names, python.INDENT
    inputs = [names[Value(i)] for i in program.variables]
    value, slopes = fresh("value", used), fresh("slopes", used)
    arguments = [f"float({each})" for each in inputs]
    lines = [
        f"def {name}({', '.join(inputs)}):",
        f'{indent}"""The value of {program.names[program.output]} and its gradient in each variable, by jax."""',
    ]
    if program.wanted:
        returned = ", ".join(
            f'"{program.names[i]}": float({slopes}[{place}])' for place, i in enumerate(program.wanted)
        )
        lines += [
            f"{indent}{value}, {slopes} = {_call(program, forward, arguments)}",
            f"{indent}return float({value}), {{{returned}}}",
        ]
    else:
        lines.append(f"{indent}return float({forward}({', '.join(arguments)})), {{}}")
    if report is not None:
        gradient = {i: f'gradient["{program.names[i]}"]' for i in program.wanted}
        lines += ["", "", *python.main(program, report, name, writer)]
        lines += [indent + line for line in _asserts(program, report, "value", gradient)]
    return "\n".join(lines) + "\n"

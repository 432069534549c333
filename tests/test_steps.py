"""``--steps``: the forward and backward work, as data against the published numbers and as lines a student reads."""

from __future__ import annotations

import math
import re
import shutil
import subprocess
from pathlib import Path

import pytest
from command import backprop

from backprop_cli import differentiate
from backprop_cli.reading import read
from backprop_cli.report.step_by_step import steps

GOLDENS = Path(__file__).parent / "goldens"
CHAIN = ("q = x + y; f = q*z", "x=-2", "y=5", "z=-4")
NEURON = ("1/(1 + exp(-(w0*x0 + w1*x1 + w2)))", "w0=2", "x0=-1", "w1=-3", "x1=-2", "w2=-3")
STAGED = (
    "sigy = 1/(1 + exp(-y)); num = x + sigy; sigx = 1/(1 + exp(-x)); xpy = x + y; xpysqr = xpy**2; "
    "den = sigx + xpysqr; invden = 1/den; f = num*invden",
    "x=3",
    "y=-4",
)


def made(expression: str, **at: object):
    return steps(differentiate(expression, at, check="none"))


def near(one: float, other: float) -> bool:
    return math.isclose(one, other, rel_tol=1e-9, abs_tol=1e-12)


def test_the_last_total_of_every_node_is_its_gradient(published_case):
    report = differentiate(published_case["expr"], published_case["at"], check="none")
    totals = {wire.source: wire.total.approx for step in steps(report).backward for wire in step.wires if wire.total}
    gradients = {row.id: row.gradient.approx for row in (*report.variables, *report.gates) if row.gradient}
    assert totals
    for node, total in totals.items():
        assert near(total, gradients[node])


def test_every_rule_evaluates_to_its_local_gradient(published_case):
    """The rule shown over the circuit's names is an expression, and its value there is the number shown."""
    report = differentiate(published_case["expr"], published_case["at"], check="none")
    names = {row.name: row.value.text for row in (*report.variables, *report.gates) if row.value}
    for step in steps(report).backward:
        for wire in step.wires:
            if wire.idle:
                continue
            point = {name: names[name] for name in read(wire.rule, bound=names).inputs}
            assert near(differentiate(wire.rule, point, check="none").value.approx, wire.local.approx), wire.rule


def test_forks_begin_with_an_equals_sign_and_go_on_with_plus(published_case):
    seen: set[int] = set()
    for step in steps(differentiate(published_case["expr"], published_case["at"], check="none")).backward:
        for wire in step.wires:
            if not wire.idle:
                assert wire.first == (wire.source not in seen)
                seen.add(wire.source)


def test_constants_and_data_are_said_to_need_no_gradient():
    report = differentiate("3*w*x", {"w": 2, "x": 5}, wrt=["w"], check="none")
    idle = {wire.name: wire.idle for step in steps(report).backward for wire in step.wires if wire.idle}
    assert idle == {"3": "a constant", "x": "data"}


def test_a_gate_that_receives_nothing_is_named():
    assert made("where(x > 0, x, log(y))", x=1, y=2).silent == ("g1", "g2")


@pytest.mark.parametrize(
    ("expression", "at", "rules"),
    [
        ("x^3", {"x": 2}, ["3*x^2"]),
        ("x^1", {"x": 2}, ["1"]),
        ("x^0.5", {"x": 4}, ["0.5*x^(-0.5)"]),
        ("x^-1.25", {"x": 4}, ["(-1.25)*x^(-2.25)"]),
        ("where(x > 0, x^2, x)", {"x": 2}, ["0", "1", "0", "2*x"]),
        ("max(x, y)", {"x": 1, "y": 1}, ["1/2", "1/2"]),
        ("x*-3", {"x": 1}, ["-3"]),
        ("tanh(x)", {"x": 1}, ["sech(x)^2"]),
        ("sigmoid(x)", {"x": 1}, ["f*sigmoid(-x)"]),
    ],
)
def test_rules_are_shown_over_the_names_with_their_choices_made(expression, at, rules):
    assert [wire.rule for step in made(expression, **at).backward for wire in step.wires if not wire.idle] == rules


@pytest.mark.parametrize(
    ("name", "argv"),
    [
        ("steps-chain", CHAIN),
        ("steps-neuron", (*NEURON, "--wrt", "w0,w1,w2")),
        ("steps-staged", STAGED),
        ("steps-kink", ("max(x, y)*relu(x)", "x=0", "y=0", "--explain")),
        ("steps-exact", ("x*relu(x)", "x=1/3", "--exact")),
        ("steps-markdown", (*CHAIN, "--format", "markdown")),
        ("steps-latex", (*STAGED, "--format", "latex")),
        ("steps-none", ("x", "x=3")),
        ("steps-constant", ("2 + 3",)),
    ],
)
def test_golden_steps(name, argv):
    outcome = backprop("grad", *argv, "--steps", "--no-check")
    assert outcome.code == 0
    assert outcome.err.count("warning[kink.") == (2 if "kink" in name else 0)
    assert outcome.out == (GOLDENS / f"{name}.txt").read_text(encoding="utf-8")


def test_sixty_gates_are_tidy_lines_of_eighty_columns():
    terms = "; ".join(f"a{i} = a{i - 1}*w{i % 3} + tanh(a{i - 1})" for i in range(1, 21))
    outcome = backprop(f"a0 = x; {terms}", "x=0.3", "w0=1.1", "w1=-0.7", "w2=0.4", "--steps", "--no-check")
    forward, backward = outcome.out.split("\n\n")[:2]
    assert forward.count("\n") == 61
    assert backward.count("\n") <= 3 * 60
    assert max(len(line) for line in [*forward.split("\n"), *backward.split("\n")]) <= 80


def test_steps_are_ascii_where_the_terminal_is():
    from command import process

    outcome = process(*CHAIN, "--steps", env={"PYTHONIOENCODING": "ascii"})
    assert outcome.code == 0
    assert outcome.out.isascii()
    assert "df/dq = z * df/df = -4 * 1 = -4" in outcome.out


@pytest.mark.parametrize(
    ("argv", "said"),
    [(("--quiet",), "--steps and --quiet exclude"), (("--format", "csv"), "--steps and --format csv exclude")],
)
def test_steps_exclude(argv, said):
    outcome = backprop("x*y", "x=1", "y=2", "--steps", *argv)
    assert outcome.code == 2
    assert said in outcome.err


def test_json_has_the_same_with_and_without_steps():
    assert backprop(*CHAIN, "--json", "--steps") == backprop(*CHAIN, "--json")


def latex_problems(text: str) -> list[str]:
    """What a reader of LaTeX would stumble over: unbalanced braces, environments, ``\\left`` and ``\\right``."""
    found = []
    if text.count("{") - text.count("\\{") != text.count("}") - text.count("\\}"):
        found.append("braces")
    if text.count(r"\left") - text.count(r"\leftarrow") != text.count(r"\right"):
        found.append("left and right")
    if sorted(re.findall(r"\\begin\{(\w+\*?)\}", text)) != sorted(re.findall(r"\\end\{(\w+\*?)\}", text)):
        found.append("environments")
    lines = [line for line in text.split("\n") if line.startswith("  ")]
    found += [line for line in lines if len(re.findall(r"(?<!\\)&", line.split(r"\begin{cases}")[0])) != 1]
    return found


def test_latex_derivations_are_well_formed(published_case):
    at = [f"{name}={value}" for name, value in published_case["at"].items()]
    outcome = backprop(published_case["expr"], *at, "--steps", "--format", "latex", "--no-check")
    assert outcome.code == 0
    assert all(line.startswith(("warning[kink.", " ")) for line in outcome.err.splitlines())
    assert latex_problems(outcome.out) == []


@pytest.mark.skipif(
    shutil.which("pdflatex") is None, reason="no pdflatex here: the derivation is parsed instead, above"
)
def test_a_latex_derivation_compiles(tmp_path):
    cases = [STAGED, (*NEURON, "--exact"), ("where(x > 0, relu(β1*x), lambda)^2", "x=1", "β1=2", "lambda=3")]
    body = "\n".join(backprop(*case, "--steps", "--format", "latex").out for case in cases)
    document = f"\\documentclass{{article}}\\usepackage{{amsmath}}\\begin{{document}}\n{body}\n\\end{{document}}\n"
    (tmp_path / "work.tex").write_text(document)
    run = ["pdflatex", "-interaction=nonstopmode", "-halt-on-error", "work.tex"]
    done = subprocess.run(run, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[-2000:]

"""``--json``: every output keeps to its own schema, is RFC 8259, one line, the same bytes twice, and loses no digit."""

from __future__ import annotations

import json
from importlib.resources import files
from typing import Any, NoReturn

import jsonschema
import pytest
from command import backprop, process
from conftest import published

from backprop_cli.gates import GATES

VALIDATORS = {
    name: jsonschema.Draft202012Validator(
        json.loads(files("backprop_cli").joinpath("schemas", f"{name}.json").read_text("utf-8"))
    )
    for name in ("grad", "error", "gates", "check", "grade", "batch", "descend")
}


def _no_such_number(text: str) -> NoReturn:
    raise AssertionError(f"JSON has no {text}")


def parsed(text: str, schema: str = "grad") -> Any:
    """One object on one line, valid by its schema, the schema's name first."""
    assert text.endswith("}\n")
    assert text.count("\n") == 1
    found = json.loads(text, parse_constant=_no_such_number)
    VALIDATORS[schema].validate(found)
    assert next(iter(found.items())) == ("schema", f"backprop.{schema}/1")
    return found


def run(*argv: str) -> Any:
    ran = backprop(*argv, "--json")
    assert (ran.code, ran.err) == (0, "")
    return parsed(ran.out)


@pytest.mark.parametrize("name", VALIDATORS)
def test_the_schema_command_prints_a_valid_schema(name):
    ran = backprop("schema", name)
    assert (ran.code, ran.err) == (0, "")
    jsonschema.Draft202012Validator.check_schema(json.loads(ran.out))


PUBLISHED = [case for case in published() if len(case["expr"]) < 2_000]


@pytest.mark.parametrize("case", PUBLISHED, ids=[case["id"] for case in PUBLISHED])
def test_published_cases(case):
    values = [f"{name}={value!r}" for name, value in case["at"].items()]
    found = run(case["expr"], *values, "--check", "forward")
    assert found["value"] == pytest.approx(case["value_full"], rel=1e-9, abs=1e-15)
    assert set(case["grad_full"]) <= set(found["gradient"])
    assert (found["check"]["method"], found["check"]["ok"]) == ("forward", True)
    assert found["check"]["value"]["verdict"] == "ok"


CASES = {
    "kink": ["relu(x)", "x=0"],
    "a jump": ["floor(x)", "x=1"],
    "tie": ["max(x, y, 3)", "x=3", "y=3"],
    "digits": ["sin(x)*y", "x=pi/3", "y=2/7", "--digits", "50"],
    "exact": ["sin(x)*y", "x=pi/3", "y=2/7", "--exact"],
    "stages": ["q = x + y; f = q*z", "x=-2", "y=5", "z=-4"],
    "data": ["w*x + b", "w=2", "x=3", "b=1", "--wrt", "w"],
    "a stage without a value": ["q = log(x); y", "x=-1", "y=1"],
    "beyond doubles": ["exp(x)", "x=1000", "--digits", "20"],
    "below zero and beyond doubles": ["-exp(x)", "x=1000", "--digits", "20", "--no-check"],
    "beyond doubles, exact": ["10^400*x", "x=2", "--exact"],
    "more digits than Python prints": ["(10^400)^20*x", "x=1/3", "--exact"],
    "lost digits": ["(1 + x) - 1", "x=1e-12"],
    "no check": ["x*y", "x=1", "y=2", "--no-check"],
    "gatewise": ["x*y", "x=1", "y=2", "--check", "gatewise"],
    "sentences": ["x*y", "x=1", "y=2", "--explain"],
    "no variable": ["1 + 1"],
    "no gate": ["(x)", "x=1"],
    "where": ["where(x > 0, log(x), x)", "x=-1"],
    "Greek": ["σ(μ·x)", "μ=1", "x=2"],
    "a comment with an escape": ["x # \x1b[31m \u202e \x9b", "x=1"],
}


@pytest.mark.parametrize("argv", CASES.values(), ids=CASES)
def test_outputs_keep_to_the_schema(argv):
    found = run(*argv)
    assert found["expression"] == (argv[0] if argv[0] != "-" else found["expression"])


CHECKS = {
    "wrong": ["q = x + y; f = q*z", "x=-2", "y=5", "z=-4", "-a", "dx=5", "-a", "q=3", "-a", "dz=2*q"],
    "kink": ["relu(x)", "x=0", "-a", "dx=0.5"],
    "nothing there": ["log(x)", "x=-1", "-a", "dx=-1"],
    "huge": ["x*y", "x=1", "y=2", "-a", "dx=1e308", "-a", "dy=-1e308"],
    "evil": ["x*y", "x=1", "y=2", "-a", "dx=\x1b[31m\u202e\x9b", "-a", "\x1b]0;d=3"],
    "exact": ["x*y", "x=1/3", "y=2", "-a", "dy=1/3", "--exact", "--feedback", "full"],
}


@pytest.mark.parametrize("level", ["none", "verdict", "hint", "full"])
@pytest.mark.parametrize("argv", CHECKS.values(), ids=CHECKS)
def test_checks_keep_to_the_schema(argv, level):
    found = parsed(backprop("check", *argv, "--feedback", level, "--json").out, "check")
    assert len(found["answers"]) >= sum(word == "-a" for word in argv)


def test_numbers_beyond_doubles_are_strings():
    found = run(*CASES["beyond doubles"])
    assert (found["value"], found["gradient"]) == ("Infinity", {"x": "Infinity"})
    assert found["value_text"] == found["gradient_text"]["x"] == "1.9700711140170469939e+434"
    assert run(*CASES["below zero and beyond doubles"])["value"] == "-Infinity"
    assert run(*CASES["beyond doubles, exact"])["gradient_text"]["x"] == str(10**400)


def test_floats_are_never_rounded():
    ran = backprop("x/3 + y", "x=0.1", "y=1e-17", "--json")
    found = parsed(ran.out)
    assert found["value"] == 0.1 / 3 + 1e-17
    assert f'"gradient": {{"x": {1 / 3!r}, "y": 1.0}}' in ran.out


def test_a_kink_has_both_slopes():
    assert run(*CASES["kink"])["variables"][0]["kink"] == {"left": 0.0, "right": 1.0}
    assert run(*CASES["a jump"])["variables"][0]["kink"] == {"left": "jump", "right": 0.0}
    assert [row["verdict"] for row in run(*CASES["tie"])["variables"]] == ["kink", "kink"]


def test_gates_are_listed_in_forward_order_with_what_each_wire_carried():
    found = run(*CASES["stages"])
    assert [(gate["op"], gate["inputs"], gate["local"], gate["contributions"]) for gate in found["gates"]] == [
        ("add", [0, 1], [1.0, 1.0], [-4.0, -4.0]),
        ("mul", [3, 2], [-4.0, 3.0], [-4.0, 3.0]),
    ]
    assert [(stage["name"], stage["value"], stage["gradient"]) for stage in found["stages"]] == [
        ("q", 3.0, -4.0),
        ("f", -12.0, 1.0),
    ]


def test_data_has_a_role_and_no_gradient():
    found = run(*CASES["data"])
    assert found["gradient"] == {"w": 3.0}
    assert [(row["name"], row["role"], row["gradient"]) for row in found["variables"]] == [
        ("w", "parameter", 3.0),
        ("x", "data", None),
        ("b", "data", None),
    ]


def test_a_long_formula_is_whole():
    expression = "*".join(f"sin(a{i})" for i in range(1, 13))
    found = run(expression, *(f"a{i}=0.{i}" for i in range(1, 13)))
    symbolic = found["variables"][0]["symbolic"]
    assert "…" not in symbolic
    assert all(f"a{i})" in symbolic for i in range(1, 13))


def test_nothing_acts_on_a_terminal():
    ran = backprop(*CASES["a comment with an escape"], "--json")
    assert ran.out.removesuffix("\n").isprintable()


def test_two_runs_give_the_same_bytes():
    argv = ("q = x*y + sin(z); f = q^2 + max(x, y, z)", "x=1", "y=2", "z=3", "--json")
    seeds = [process(*argv, env={"PYTHONHASHSEED": seed}) for seed in ("1", "2")]
    assert seeds[0] == seeds[1] == backprop(*argv)


def test_every_gate_as_json():
    ran = backprop("gates", "--json")
    assert (ran.code, ran.err) == (0, "")
    assert [gate["name"] for gate in parsed(ran.out, "gates")["gates"]] == list(GATES)


@pytest.mark.parametrize("name", ["tanh", "σ", "ln", "max", "where"])
def test_one_gate_as_json(name):
    assert len(parsed(backprop("gates", name, "--json").out, "gates")["gates"]) == 1


def test_errors_keep_to_their_schema():
    ran = backprop("gates", "tanhh", "--json")
    assert parsed(ran.out, "error")["error"]["hint"] == "did you mean tanh?"
    assert ran.code == 2

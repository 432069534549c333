"""The judge beside an independent reference: random loaded circuits and every gate at special points.

A few hundred are run here; ``independent_run.py`` and ``independent_table.py`` go through many thousand by hand. The
reference is itself tested: by truths known by hand, and by its two ways (limits with slopes, differences) that share
only the gates' definitions. And the judge of the judge must be able to fail: planted faults are found.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from fractions import Fraction

import independent_judge
import pytest
from independent_circuits import Garden, call
from independent_judge import FAULTS, judged, real, truth_of
from independent_numbers import UnknownError
from independent_reference import Reference, Side
from independent_run import one
from independent_shrink import smallest
from independent_table import one as one_gate
from independent_table import programs
from independent_trees import Program, Tree, Var, ops

from backprop_cli.gates import GATES, Slope

X, Y = Var("x"), Var("y")
BLOCKS, CIRCUITS, EVERY = 8, 15, 90
# Times are for a machine of one's own; the unchecked ones are counted.
JUDGED = tuple(kind for kind in FAULTS if kind not in ("slow", "hang", "unchecked"))

TRUTHS = {
    # tree: (point, value, left, right)
    "relu": (call("relu", X), "0", 0, 0, 1),
    "floor": (call("mul", call("floor", X), X), "3", 9, "jump", 3),
    "tan*cos": (call("mul", call("tan", X), call("cos", X)), "1.5707963267948966", 1, 6.123233995736766e-17, 0),
    "tie behind exp(log)": (call("max", call("exp", call("log", X)), "10"), "10", 10, 0, 1),
    "sqrt(x^4)": (call("sqrt", call("pow", X, "4")), "0", 0, 0, 0),
    "sqrt(x^2)": (call("sqrt", call("pow", X, "2")), "0", 0, -1, 1),
    "cbrt(x)^3": (call("pow", call("cbrt", X), "3"), "0", 0, 1, 1),
    "sqrt(abs(x))": (call("sqrt", call("abs", X)), "0", 0, "infinite", "infinite"),
    "sqrt(x)^2": (call("pow", call("sqrt", X), "2"), "0", 0, "none", 1),
    "x^1.5": (call("pow", X, "1.5"), "0", 0, "none", 0),
    "x^x": (call("pow", X, X), "0", 1, "none", "unknown"),
    "sinc": (call("where", call("eq", X, "0"), "1", call("div", call("sin", X), X)), "0", 1, 0, 0),
    "round": (call("round", X), "2.5", 2, 0, "jump"),
    "mod": (call("mod", X, "2"), "6", 0, "jump", 1),
    "mod of a power": (call("mod", call("pow", X, X), "1600"), "40", 0, "jump", 5.668507437138886e64),
    "fmod": (call("fmod", X, "3"), "-6", 0, 1, "jump"),
    "acosh(cosh(x))": (call("acosh", call("cosh", X)), "0", 0, -1, 1),
    "atan2": (call("atan2", X, "-2"), "0", 3.141592653589793, "jump", -0.5),
    "tanh far out": (call("tanh", X), "74", 1, 2.120687466436929e-64, 2.120687466436929e-64),
    "inside an asin": (call("asin", X), "1", 1.5707963267948966, "infinite", "none"),
    "ceil above 1": (call("ceil", call("cosh", X)), "-1e-8", 2, 0, 0),
    "softsign": (call("softsign", X), "0", 0, 1, 1),
    "a step at 1e300": (call("floor", X), "1e300", 1e300, "jump", 0),
}


@pytest.mark.parametrize(("tree", "at", "value", "left", "right"), TRUTHS.values(), ids=TRUTHS)
def test_the_reference_knows_what_is_known_by_hand(tree, at, value, left, right):
    truth = Reference(Program((("f", tree),), {"x": at}), "float64").truth(["x"])
    assert float(real(truth.value)) == pytest.approx(value, rel=1e-15)
    right = left if right == 0 and isinstance(left, float) else right
    for side, expected in zip(truth.sides["x"], (left, right), strict=True):
        found = float(real(side.slope)) if side.word == "slope" else side.word
        assert found == (expected if isinstance(expected, str) else pytest.approx(expected, rel=1e-14))


@pytest.mark.parametrize("block", range(4))
def test_limits_and_differences_agree(block):
    """Two ways to a slope that share the gates' values and nothing else."""
    compared = 0
    for seed in range(block * 10, block * 10 + 10):
        program = Garden(seed, without=("erf", "erfc", "gelu")).program()
        truth = truth_of(program, exact=False)
        if truth is None or truth.guessed:
            continue
        for name, sides in truth.sides.items():
            for side, found in zip((-1, 1), sides, strict=True):
                other = Reference(program, "float64").differences(name, side)
                if "unknown" not in (found.word, other.word):
                    assert alike(found, other), (program.command, name, side, found, other)
                    compared += 1
    assert compared > 20


def alike(found: Side, other: Side) -> bool:
    if found.word != other.word or found.word != "slope":
        return found.word == other.word
    apart = abs(real(found.slope) - real(other.slope))
    return bool(apart <= abs(real(found.slope)) * 2.0**-60 or apart <= 4 * real(found.error) + real(other.error))


@pytest.mark.parametrize("block", range(BLOCKS))
def test_random_circuits_are_judged_rightly(block):
    faults, seen = [], Counter()
    for seed in range(5_000 + block * CIRCUITS, 5_000 + (block + 1) * CIRCUITS):
        for setting, finding, program in one(seed, few=block > 0, leave="exact" if block > 0 else "-"):
            seen[finding.kind] += 1
            if finding.kind in JUDGED:
                faults.append(f"[{finding.kind}] {setting} seed {seed}: {program.command}\n{finding}")
    assert not faults, "\n".join(faults)
    assert seen["ok"] > CIRCUITS
    assert seen["unchecked"] <= 4
    assert seen["value right"] > CIRCUITS / 2


SAMPLE = list(programs())[7::EVERY]


@pytest.mark.parametrize("program", SAMPLE, ids=[program.command for program in SAMPLE])
def test_gates_at_special_points(program):
    faults = [f"{way}: {finding}" for way, finding, _ in one_gate(program) if finding.kind in JUDGED]
    assert not faults, "\n".join([program.command, *faults])


def test_the_table_of_special_points_has_every_gate():
    found = {op for program in programs() for _, tree in program.stages for op in ops(tree)}
    assert found >= set(GATES)


# The judge of the judge can fail.


def kinds(program: Program, setting: str = "forward") -> set[str]:
    return {finding.kind for finding in judged(program, setting)}


def lone(tree: Tree, **point: str) -> Program:
    return Program((("f", tree),), point)


@pytest.mark.parametrize("setting", ["symbolic", "gatewise", "forward", "digits", "exact"])
@pytest.mark.parametrize(("op", "rule"), [("sin", "cos(x)*(1 + 1/1000000)"), ("square", "2*x + x/500000")])
def test_a_rule_off_by_a_millionth_is_called_wrong(monkeypatch, op, rule, setting):
    program = lone(call("mul", call(op, X), Y), x="1", y="2")
    assert "false wrong" not in kinds(program, setting)
    monkeypatch.setitem(GATES, op, replace(GATES[op], slopes=(Slope(rule),)))
    assert "false wrong" in kinds(program, setting)


def flatter(monkeypatch, **changes) -> None:
    """The program's report with every verdict, and perhaps every gradient, replaced."""
    true = independent_judge.differentiate

    def flattered(*args, **settings):
        report = true(*args, **settings)
        rows = [[row for row in rows if row.verdict] for rows in (report.variables, report.stages)]
        variables, stages = (tuple(changed(row, **changes) for row in part) for part in rows)
        return replace(report, variables=variables, stages=stages, warnings=())

    monkeypatch.setattr(independent_judge, "differentiate", flattered)


def changed(row, word: str | None = None, factor: float = 1.0):
    gradient = replace(row.gradient, approx=row.gradient.approx * factor)
    return replace(row, gradient=gradient, verdict=replace(row.verdict, word=word or row.verdict.word))


def test_an_ok_beside_a_wrong_gradient_is_found(monkeypatch):
    program = lone(call("mul", call("sin", X), Y), x="1", y="2")
    assert kinds(program) == {"ok", "value right"}
    flatter(monkeypatch, factor=1 + 1e-6)
    assert kinds(program) == {"ok and wrong", "value right"}


@pytest.mark.parametrize(
    "tree", [call("relu", X), call("floor", call("add", X, "1")), call("hypot", X, call("mul", X, "2"))]
)
def test_an_ok_on_a_kink_is_found(monkeypatch, tree):
    program = lone(tree, x="0")
    assert "missed kink" not in kinds(program)
    flatter(monkeypatch, word="ok")
    assert "missed kink" in kinds(program)


def test_a_kink_where_none_is_is_found(monkeypatch):
    program = lone(call("mul", call("sin", X), Y), x="1", y="2")
    flatter(monkeypatch, word="kink")
    assert "false kink" in kinds(program)


def test_a_limit_that_is_none_is_found(monkeypatch):
    flatter(monkeypatch, word="limit")
    assert "wrong limit" in kinds(lone(call("relu", X), x="0"))


def test_an_unchecked_gradient_is_found(monkeypatch):
    flatter(monkeypatch, word="unchecked")
    assert "unchecked" in kinds(lone(call("mul", X, Y), x="1", y="2"))


def test_a_wrong_value_without_a_word_is_found(monkeypatch):
    true = independent_judge.differentiate

    def shifted(*args, **settings):
        report = true(*args, **settings)
        return replace(report, value=replace(report.value, approx=report.value.approx * (1 + 1e-8)), warnings=())

    monkeypatch.setattr(independent_judge, "differentiate", shifted)
    assert "silent value" in kinds(lone(call("mul", X, Y), x="1", y="2"))


def test_a_crash_is_found(monkeypatch):
    def crash(*args, **settings):
        raise ZeroDivisionError

    monkeypatch.setattr(independent_judge, "differentiate", crash)
    assert kinds(lone(call("mul", X, Y), x="1", y="2")) == {"crash"}


def test_a_value_where_there_is_none_is_found(monkeypatch):
    program = lone(call("mul", X, Y), x="1", y="2")
    truth = replace(Reference(program, "float64").truth(["x"]), value=None, sides={})
    assert {found.kind for found in judged(program, "forward", truth=truth)} == {"value where none"}


def test_a_fault_is_made_small():
    big = Program(
        (("q", call("add", call("sin", X), "3")), ("f", call("mul", call("relu", call("sub", X, "1")), Var("q")))),
        {"x": "1"},
    )
    small = smallest(big, lambda program: "kink" in kinds(program))
    assert small.text in ("f = relu(x)", "f = relu(x - 1)", "f = relu(0)")


def test_a_program_is_written_as_it_is_meant():
    tree = call("sub", call("pow", call("neg", X), "2"), call("mul", call("sub", X, Y), "-3"))
    assert lone(tree, x="1", y="2").text == "f = ((-x)^2) - ((x - y)*(-3))"


def test_unknown_is_said_and_not_guessed():
    with pytest.raises(UnknownError):
        Reference(lone(call("exp", call("exp", call("exp", call("exp", X)))), x="100"), "float64").value()
    assert Reference(lone(call("pow", X, X), x="0"), "float64").truth(["x"]).sides["x"][1].word == "unknown"


def test_small_fractions_stay_fractions():
    truth = Reference(lone(call("mul", call("div", X, "49"), "49"), x="0.3"), "float64").truth(["x"])
    assert truth.value == Fraction(0.3)
    assert truth.sides["x"][0].slope == 1

"""SymPy counts with FLINT or with Python's own integers: no command says anything else for it, nor for what else the
environment holds for SymPy.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest
from command import MODULE, process

PLAIN = [
    *("x^2*sin(x)", "(x + y)*z", "log(x)/y", "x^y*y", "tanh(x*y)^3", "max(x, y)*x", "mod(x*7, y)", "fmod(x*7, y)"),
    *("round(x)*y", "gamma(x)*digamma(y)", "polygamma(2, 1)*x", "1/(1 + exp(-x))", "sqrt(x^2 + y^2)", "erf(x)^2"),
]
COMMANDS = [
    *([text, "--json"] for text in PLAIN),
    *([text, "--exact", "--format", "plain"] for text in PLAIN),
    *([text, "--digits", "30", "--check", "forward", "--format", "plain"] for text in PLAIN[::2]),
    ["(sqrt(2) - 1)*(sqrt(2) + x)", "--exact", "--steps"],
    ["sin(x)^2 + cos(x)^2", "--exact", "--format", "latex"],
    ["sqrt(x)*log(25)", "--exact", "--json"],
    ["x*10^400", "--exact", "--format", "plain"],
    ["x/(y - y)", "--exact"],
]
ALL = """
import contextlib, io, json, sys
from backprop_cli.cli.main import main
found = []
for words in json.loads(sys.argv[1]):
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        code = main(words)
    found.append([words, code, out.getvalue(), err.getvalue()])
print(json.dumps(found))
"""


def told(ground: str) -> list[object]:
    """What every command says with one kind of integers, in one process."""
    words = [
        [*command, *(f"{n}={v}" for n, v in (("x", "3/4"), ("y", "2"), ("z", "-4")) if n in command[0])]
        for command in COMMANDS
    ]
    program = f"import sympy.external.gmpy as g; assert g.GROUND_TYPES == {ground!r}" + ALL
    environment = os.environ | {"SYMPY_GROUND_TYPES": ground, "COLUMNS": "100"}
    ran = subprocess.run(
        [sys.executable, "-c", program, json.dumps(words)],
        env=environment,
        capture_output=True,
        check=True,
        timeout=300,
    )
    found: list[object] = json.loads(ran.stdout)
    return found


def test_the_same_is_said_with_either_kind_of_integers():
    assert len(COMMANDS) >= 40
    assert told("python") == told("flint")


@pytest.mark.parametrize("name", ["SYMPY_DEBUG", "SYMPY_USE_CACHE", "SYMPY_CACHE_SIZE", "SYMPY_GROUND_TYPES"])
def test_what_sympy_would_not_take_from_the_environment_is_passed_over(name):
    ran = process("-q", "x^2*sin(x)", "x=1", start=MODULE, env={name: "bogus"})
    assert (ran.out, ran.err, ran.code) == ("2.2232442754839328\n", "", 0)

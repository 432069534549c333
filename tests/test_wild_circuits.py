"""No circuit at any point makes a command fail by itself: any gates, outside their domains, on edges, at 1e300 or 0."""

from __future__ import annotations

import re
from collections.abc import Sequence

import pytest
from circuits import WILD
from command import Outcome, backprop
from hypothesis import given
from hypothesis import strategies as st

from backprop_cli.render import numbers

POINTS = ("0", "1", "-1", "2", "1e300", "-1e-300", "1e-320", "0.3", "1e200", "1/3", "pi/2", "10^-2000", "-745.2", "40")
STAGED = st.tuples(WILD, WILD).map(lambda both: f"q = {both[0]}; f = {both[1].replace('w', 'q')}")

COMMANDS = {
    "table": ("grad", "--check", "forward"),
    "steps": ("grad", "--steps", "--no-check"),
    "digits": ("grad", "--digits", "20", "--check", "forward"),
    "explain": ("grad", "--explain", "--check", "gatewise"),
    "json": ("grad", "--json", "--check", "forward"),
    "steps in latex": ("grad", "--steps", "--format", "latex", "--no-check"),
    "picture": ("draw", "--format", "svg"),
    "picture in text": ("draw", "--format", "txt"),
    "check": ("check", "-a", "dx=1", "-a", "f=0"),
    "descend": ("descend", "--steps", "3"),
    "show work": ("descend", "--steps", "2", "--show-work", "--no-check"),
}


@pytest.mark.parametrize("command", COMMANDS.values(), ids=COMMANDS)
@given(text=WILD | STAGED, x=st.sampled_from(POINTS), w=st.sampled_from(POINTS))
def test_no_circuit_makes_a_command_fail_by_itself(command: Sequence[str], text: str, x: str, w: str):
    ran: Outcome = backprop(command[0], text, f"x={x}", f"w={w}", *command[1:], "--max-seconds", "20")
    allowed = {0, 1, 2, 3, 4} if command[0] in ("check", "descend") else {0, 3, 4}
    assert ran.code in allowed, ran.err
    assert "Traceback" not in ran.err


SAID = {
    # circuits with a gradient that no double, or no Decimal, holds: a line of the output, and the codes of the warnings
    "a stage without a gradient is not data": (
        ("q = 1e-300; f = 10/tanh(q)", "--no-check"),
        "q 1e-300 none 1e-300",
        ["stage.slope"],
    ),
    "data is": (("q = x + 1; f = q*y", "x=1", "y=2", "--wrt", "y", "--no-check"), "q 2.0 data x + 1", []),
    "a stage that has no slope has a verdict": (
        ("q = x - x; f = sqrt(q)", "x=1"),
        "q 0.0 none x - x ▲ kink",
        ["stage.slope", "kink.smooth"],
    ),
    "a stage with a slope on one side": (
        ("q = x - x; f = q^1.5 + acosh(q + 1)^2", "x=1"),
        "q 0.0 2.0 x - x ▲ kink",
        ["kink.smooth", "kink.middle"],
    ),
    "the steps go round a gate whose gradient is too large": (
        ("erfc(x)/where(where(0 != pi, x, -1) < 0, 10, 1e-300)", "x=1.9", "--steps", "--no-check"),
        "∂f/∂g5 = -f/g5 × ∂f/∂f = -inf × 1 = -inf",
        [],
    ),
    "an element whose power of ten has 200 digits": (
        ("s = sigmoid(sigmoid(A)); sum(s*s)", "A=[[1e200,2],[3,1e-200]]", "--digits", "20", "--no-check"),
        "gradient [[ 4.83e-(200 digits), 0.030754056941640698],",
        [],
    ),
}


@pytest.mark.parametrize(("argv", "line", "codes"), SAID.values(), ids=SAID)
def test_what_no_number_holds_is_said(argv: Sequence[str], line: str, codes: list[str]):
    ran = backprop("grad", *argv)
    assert ran.code == 0, ran.err
    assert line in [" ".join(one.split()) for one in ran.out.splitlines()]
    assert re.findall(r"^warning\[(.*)\]", ran.err, re.MULTILINE) == codes


_DECIMALS = st.from_regex(r"-?[1-9]\.[0-9]{0,25}(e[+-][1-9][0-9]{0,30})?", fullmatch=True)


@given(text=_DECIMALS, digits=st.integers(1, 20))
def test_any_decimal_is_rounded_for_a_table(text: str, digits: int):
    found = numbers.rounded(text, digits)
    power = text.partition("e")[2]
    assert (f"({len(power) - 1:,} digits)" in found) == (len(power) > 17)
    assert len(numbers.fitted(text, 12)) <= 20

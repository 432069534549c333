"""What a terminal shows: widths, colour, characters, closed pipes, Ctrl-C; and whole tables held as golden files.

``python tests/test_cli_terminal.py`` writes the golden files anew.
"""

from __future__ import annotations

import fcntl
import os
import pty
import re
import signal
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Mapping
from pathlib import Path

import pytest
from command import MODULE, Outcome, backprop, clean, process

GOLDENS = Path(__file__).parent / "goldens"
SIGMOID = ["1/(1 + exp(-(w0*x0 + w1*x1 + w2)))", "w0=2", "x0=-1", "w1=-3", "x1=-2", "w2=-3"]
TABLES = {
    "product": ["(x + y)*z", "x=-2", "y=5", "z=-4"],
    "neuron": SIGMOID,
    "stages": ["q = x + y; f = q*z", "x=-2", "y=5", "z=-4", "--explain"],
    "kinks": ["max(x, y) + relu(x - y)", "x=3", "y=3"],
    "digits": ["sin(x)*y", "x=pi/3", "y=2/7", "--digits", "50"],
    "exact": ["sin(x)*y", "x=pi/3", "y=2/7", "--exact"],
    "data": ["w*x + b", "w=2", "x=3", "b=1", "--wrt", "w,b"],
    "lost": ["(1 + x) - (x + 0.5)^2/x", "x=1e9", "--rtol", "1e-30"],
}
SAID: dict[str, str] = {
    "kinks": "warning[kink.max]: max stands on a kink here (a tie shares the gradient equally)",
    "lost": "warning[digits.lost]: the value lost about 16 of its 16 digits to cancellation or underflow",
}
ESCAPE = re.compile(r"\x1b\[[0-9;]*m")


def terminal(*argv: str, columns: int, env: Mapping[str, str] | None = None) -> Outcome:
    """Run in a terminal of that width; standard error goes to a pipe."""
    main, side = pty.openpty()
    fcntl.ioctl(side, termios.TIOCSWINSZ, struct.pack("HHHH", 50, columns, 0, 0))
    with subprocess.Popen([*MODULE, *argv], stdin=side, stdout=side, stderr=subprocess.PIPE, env=clean(env)) as running:
        os.close(side)
        chunks = []
        while True:
            try:
                chunk = os.read(main, 65536)
            except OSError:  # Linux says so when the other side is closed
                break
            if not chunk:
                break
            chunks.append(chunk)
        assert running.stderr is not None
        err = running.stderr.read().decode()
    os.close(main)
    return Outcome(b"".join(chunks).decode().replace("\r\n", "\n"), err, running.returncode)


@pytest.mark.parametrize("columns", [60, 80, 120, 200])
@pytest.mark.parametrize("name", TABLES)
def test_no_line_is_wider_than_the_terminal(name, columns):
    ran = backprop(*TABLES[name], columns=columns)
    assert (ran.code, ran.said) == (0, SAID.get(name, ""))
    longest = max((ESCAPE.sub("", line) for line in ran.out.splitlines()), key=len)
    assert len(longest) <= columns, longest


@pytest.mark.parametrize("columns", [60, 80, 120, 200])
def test_the_width_is_the_terminals_own(columns):
    ran = terminal(*TABLES["neuron"], columns=columns)
    assert ran == backprop(*TABLES["neuron"], columns=columns)
    wide = [len(ESCAPE.sub("", line)) for line in ran.out.splitlines()]
    assert min(columns, 120) - 20 < max(wide) <= columns


@pytest.mark.parametrize("columns", [20, 40])
def test_a_very_narrow_terminal_still_gets_every_row(columns):
    ran = backprop(*TABLES["product"], columns=columns)
    assert ran.code == 0
    assert [line[0] for line in ESCAPE.sub("", ran.out).splitlines() if re.match(r"[xyz] ", line)] == ["x", "y", "z"]


COLOUR = [
    # id, in a terminal, options, environment, whether there is colour
    ("terminal", True, [], {}, True),
    ("pipe", False, [], {}, False),
    ("NO_COLOR", True, [], {"NO_COLOR": "1"}, False),
    ("NO_COLOR empty", True, [], {"NO_COLOR": ""}, True),
    ("FORCE_COLOR", False, [], {"FORCE_COLOR": "1"}, True),
    ("NO_COLOR wins", False, [], {"FORCE_COLOR": "1", "NO_COLOR": "1"}, False),
    ("dumb terminal", True, [], {"TERM": "dumb"}, False),
    ("--color never", True, ["--color", "never"], {"FORCE_COLOR": "1"}, False),
    ("--color always", False, ["--color", "always"], {"NO_COLOR": "1"}, True),
    ("--color auto", False, ["--color=auto"], {}, False),
]


@pytest.mark.parametrize(("tty", "options", "env", "coloured"), [c[1:] for c in COLOUR], ids=[c[0] for c in COLOUR])
def test_colour(tty, options, env, coloured):
    argv = [*TABLES["product"], *options]
    ran = terminal(*argv, columns=80, env=env) if tty else backprop(*argv, env=env)
    assert ("\x1b[" in ran.out) is coloured
    assert "✓ ok" in ESCAPE.sub("", ran.out)


def test_colour_changes_nothing_but_the_colour():
    coloured, plain = backprop(*TABLES["kinks"], "--color", "always"), backprop(*TABLES["kinks"])
    shown = ESCAPE.sub("", coloured.out)
    assert [line.rstrip() for line in shown.splitlines()] == plain.out.splitlines()
    assert coloured.err == plain.err


def test_values_and_gradients_are_blue_and_orange():
    coloured = backprop(*TABLES["product"], "--color", "always").out
    assert "\x1b[38;2;86;180;233m" in coloured


@pytest.mark.parametrize("more", [[], ["--format", "plain"], ["--format", "markdown"], ["--steps"]], ids=" ".join)
@pytest.mark.parametrize("name", ["kinks", "stages", "digits"])
def test_an_ascii_terminal_gets_ascii(name, more):
    ran = process(*TABLES[name], *more, env={"PYTHONIOENCODING": "ascii"})
    assert ran.out.isascii()
    assert ran.err.isascii()
    assert ran.code == 0


def test_an_ascii_terminal_gets_errors_too():
    ran = process("σ(漢", env={"PYTHONIOENCODING": "ascii"})
    assert ran.err.isascii()
    assert ran.code == 3


def test_gates_fit_the_terminal():
    ran = backprop("gates", columns=100)
    assert max(len(ESCAPE.sub("", line)) for line in ran.out.splitlines()) <= 100
    page = backprop("gates", "relu", columns=60)
    assert max(len(ESCAPE.sub("", line)) for line in page.out.splitlines()) <= 60


def test_a_pipe_gets_whole_lines():
    rows = [line for line in backprop(*SIGMOID).out.splitlines() if line.startswith("w0 ")]
    assert len(rows) == 1
    assert rows[0].endswith("✓ ok")


def test_a_long_formula_is_shortened_in_the_table():
    expression = "*".join(f"sin(a{i})" for i in range(1, 30))
    ran = backprop(expression, *(f"a{i}=0.{i}" for i in range(1, 30)))
    rows = [line for line in ran.out.splitlines() if line.startswith("a1 ")]
    assert "…" in rows[0]
    assert len(rows[0]) < 160


def test_a_long_expression_is_shortened_in_the_head():
    ran = backprop("+".join(["x"] * 3000), "x=1", "--no-check", columns=80)
    assert ran.out.splitlines()[0].endswith("…")
    assert max(len(ESCAPE.sub("", line)) for line in ran.out.splitlines()) <= 80


CLOSED = {
    "more than fits a pipe": ["+".join(["x*y"] * 3000), "x=1", "y=2", "--json", "--no-check", "--no-share"],
    "a table": TABLES["product"],
    "gates": ["gates"],
    "help": ["--help"],
}


@pytest.mark.parametrize("argv", CLOSED.values(), ids=CLOSED)
def test_a_closed_pipe_ends_quietly(argv):
    with subprocess.Popen([*MODULE, *argv], stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=clean()) as running:
        assert running.stdout is not None
        assert running.stderr is not None
        running.stdout.close()
        err = running.stderr.read()
    assert (err, running.returncode) == (b"", 0)


@pytest.mark.parametrize("name", ["product", "stages"])
def test_head_ends_quietly(name):
    words = " ".join(f"'{word}'" for word in (*MODULE, *TABLES[name]))
    ran = process("-c", f"{words} | head -1", start=("sh",))
    assert (len(ran.out.splitlines()), ran.err, ran.code) == (1, "", 0)


def test_ctrl_c():
    argv = [*MODULE, "-", "--json"]
    with subprocess.Popen(
        argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=clean()
    ) as running:
        time.sleep(1.0)  # it waits for its standard input
        running.send_signal(signal.SIGINT)
        out, err = running.communicate(timeout=20)
    assert (out, err, running.returncode) == (b"", b"interrupted\n", 130)


@pytest.mark.parametrize(
    ("redirected", "code"), [(">&-", 0), ("2>&-", 0), (">&- 2>&- <&-", 0), ("--at - <&-", 3), ("--at - 2>&- <&-", 3)]
)
def test_closed_streams(redirected, code):
    words = " ".join(f"'{word}'" for word in (*MODULE, *TABLES["product"]))
    ran = process("-c", f"{words} {redirected}", start=("sh",))
    assert "Traceback" not in ran.err
    assert ran.code == code


@pytest.mark.parametrize("name", TABLES)
def test_golden(name):
    ran = backprop(*TABLES[name])
    assert ran.out == (GOLDENS / f"table-{name}.txt").read_text("utf-8")
    assert ran.said == SAID.get(name, "")


if __name__ == "__main__":
    for table, words in TABLES.items():
        (GOLDENS / f"table-{table}.txt").write_text(backprop(*words).out, "utf-8")
    sys.exit()

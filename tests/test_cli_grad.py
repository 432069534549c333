"""``backprop grad``: every option, with the whole outcome (standard output, standard error, exit code) held at once."""

from __future__ import annotations

import json
import textwrap
from pathlib import Path

import pytest
from command import MODULE, SCRIPT, Outcome, backprop, process

PRODUCT = ("x*y", "x=4", "y=-3")
RULE = "─" * 59
TABLE = f"""\
f = x*y
  = -12.0

variable   value   gradient   symbolic   rel. error   check
{RULE}
x            4.0       -3.0   y                   0   ✓ ok
y           -3.0        4.0   x                   0   ✓ ok

✓ 2 gradients agree with symbolic differentiation
"""


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "point.json").write_text('{"x": 4, "y": "-6/2"}')
    (tmp_path / "formula.txt").write_text("# the area\nq = x + y\nf = q*z # and more\n")
    return tmp_path


@pytest.mark.parametrize("start", [MODULE, SCRIPT], ids=["python -m", "script"])
def test_the_installed_command(start):
    assert process(*PRODUCT, start=start) == Outcome(TABLE, "", 0)


QUIET = [
    # id, arguments, the gradients
    ("all variables", ["x*y", "x=4", "y=-3"], "-3.0\n4.0\n"),
    ("one of them", ["x*y", "x=4", "y=-3", "--wrt", "x"], "-3.0\n"),
    ("in the order asked for", ["x*y*z", "x=1", "y=2", "z=3", "--wrt", "z,x"], "2.0\n6.0\n"),
    ("asked for in two options", ["x*y*z", "x=1", "y=2", "z=3", "--wrt", "z", "--wrt", "x"], "2.0\n6.0\n"),
    ("a stage", ["q = x + y; q*z", "x=1", "y=2", "z=3", "--wrt", "q,z"], "3.0\n3.0\n"),
    ("blanks in the names", ["x*y", "x=4", "y=-3", "--wrt", " x , y "], "-3.0\n4.0\n"),
    ("the command's name", ["grad", "x*y", "x=4", "y=-3"], "-3.0\n4.0\n"),
    ("a word needs it", ["grad", "x", "x=4"], "1.0\n"),
    ("options first", ["--wrt", "x", "x*y", "x=4", "y=-3"], "-3.0\n"),
    ("options between", ["x*y", "--wrt=x", "x=4", "--no-check", "y=-3"], "-3.0\n"),
    ("a leading minus", ["-x*y", "x=4", "y=-3"], "3.0\n-4.0\n"),
    ("a minus and a function", ["-sin(x)", "x=0"], "-1.0\n"),
    ("a minus and a short flag's letter", ["-q*2", "q=1"], "-2.0\n"),
    ("after --", ["--", "-q", "q=1"], "-1.0\n"),
    ("-- before the values", ["x*y", "--", "x=4", "y=-3"], "-3.0\n4.0\n"),
    ("spaces around =", ["x*y", "x", "=", "4", "y", "=-3"], "-3.0\n4.0\n"),
    ("spaces after =", ["x*y", "x=", "4", "y=", "-3"], "-3.0\n4.0\n"),
    ("one word with spaces", ["x*y", "x = 4", " y = -3 "], "-3.0\n4.0\n"),
    ("constants as values", ["x*y", "x=pi/pi", "y=2^0.5"], f"{2**0.5!r}\n1.0\n"),
    ("Greek names", ["σ*μ", "σ=1", "μ=2"], "2.0\n1.0\n"),
    ("the micro sign is a mu", ["µ*2", "μ=2"], "2.0\n"),
    ("a variable called e", ["e*x", "e=3", "x=1"], "1.0\n3.0\n"),
    ("equal parts apart", ["x*y + x*y", "x=4", "y=-3", "--no-share"], "-6.0\n8.0\n"),
    ("many digits", ["1/x", "x=3", "--digits", "20"], "-0.11111111111111111111\n"),
    ("exact", ["x^2/2", "x=1/3", "--exact"], "1/3\n"),
    ("0.1 is a tenth when exact", ["x^2", "x=0.1", "--exact"], "1/5\n"),
    ("unchecked", ["x*y", "x=4", "y=-3", "--no-check"], "-3.0\n4.0\n"),
    ("forward", ["x*y", "x=4", "y=-3", "--check", "forward"], "-3.0\n4.0\n"),
    ("gate by gate", ["x*y", "x=4", "y=-3", "--check", "gatewise"], "-3.0\n4.0\n"),
    ("no variable", ["1 + 1"], ""),
]


@pytest.mark.parametrize(("argv", "out"), [case[1:] for case in QUIET], ids=[case[0] for case in QUIET])
def test_quiet_prints_the_gradients_alone(argv, out):
    words = [*argv, "-q"] if argv[0] == "grad" else ["-q", *argv]
    assert backprop(*words) == Outcome(out, "", 0)


PLAIN = [
    # id, arguments, standard input, output
    ("the point in a file", ["x*y", "--at", "point.json"], "", "f = -12.0\ndf/dx = -3.0\ndf/dy = 4.0\n"),
    ("a word overrides it", ["x*y", "--at", "point.json", "x=5"], "", "f = -15.0\ndf/dx = -3.0\ndf/dy = 5.0\n"),
    ("the point from a pipe", ["x*y", "--at", "-", "y=1"], '{"x": 2}', "f = 2.0\ndf/dx = 1.0\ndf/dy = 2.0\n"),
    ("with a byte order mark", ["x*2", "--at", "-"], '\ufeff{"x": 2}', "f = 4.0\ndf/dx = 2.0\n"),
    ("the expression from a pipe", ["-", "x=4"], "x^2\n", "f = 16.0\ndf/dx = 8.0\n"),
    (
        "the expression in a file",
        ["@formula.txt", "x=-2", "y=5", "z=-4"],
        "",
        "f = -12.0\ndf/dx = -4.0\ndf/dy = -4.0\ndf/dz = 3.0\nq = 3.0\ndf/dq = -4.0\ndf/df = 1.0\n",
    ),
    (
        "stages",
        ["q = x + y; f = q*z", "x=-2", "y=5", "z=-4", "--wrt", "q,z"],
        "",
        "f = -12.0\ndf/dz = 3.0\nq = 3.0\ndf/dq = -4.0\ndf/df = 1.0\n",
    ),
    ("the output has a name", ["loss = x^2", "x=3"], "", "loss = 9.0\ndloss/dx = 6.0\ndloss/dloss = 1.0\n"),
]


@pytest.mark.usefixtures("here")
@pytest.mark.parametrize(("argv", "stdin", "out"), [case[1:] for case in PLAIN], ids=[case[0] for case in PLAIN])
def test_where_the_text_and_the_point_come_from(argv, stdin, out):
    ran = backprop(*argv, "--format", "plain", "--no-check", stdin=stdin)
    assert ran == Outcome(out + "# not checked (--no-check)\n", "", 0)


def test_standard_input_is_read_only_when_it_is_asked_for():
    assert backprop("-q", *PRODUCT, stdin="x=9 ) not read").out == "-3.0\n4.0\n"


FORMATS = {
    "table": TABLE,
    "plain": """
        f = -12.0
        df/dx = -3.0  # ok
        df/dy = 4.0  # ok
        # 2 gradients agree with symbolic differentiation
        """,
    "csv": """
        kind,name,value,gradient,formula,expected,rel_error,verdict
        output,f,-12.0,,,,,
        parameter,x,4.0,-3.0,y,-3.0,0.0,ok
        parameter,y,-3.0,4.0,x,4.0,0.0,ok
        """,
    "markdown": """
        **f** = `x*y` = `-12.0`

        | variable | value | gradient | symbolic | rel. error | check |
        | --- | ---: | ---: | --- | ---: | --- |
        | `x` | `4.0` | `-3.0` | `y` | 0 | ✓ ok |
        | `y` | `-3.0` | `4.0` | `x` | 0 | ✓ ok |

        2 gradients agree with symbolic differentiation.
        """,
    "latex": r"""
        \begin{align*}
          f &= x \cdot y = -12.0 \\
          \frac{\partial f}{\partial x} &= y = -3.0 \\
          \frac{\partial f}{\partial y} &= x = 4.0
        \end{align*}
        """,
}


@pytest.mark.parametrize("name", FORMATS)
def test_formats(name):
    expected = textwrap.dedent(FORMATS[name]).removeprefix("\n")
    assert backprop(*PRODUCT, "--format", name) == Outcome(expected, "", 0)


@pytest.mark.parametrize("asked", [["--json"], ["--format", "json"], ["--format=json"]], ids=" ".join)
def test_json_is_a_format(asked):
    ran = backprop(*PRODUCT, *asked)
    assert (ran.err, ran.code, json.loads(ran.out)["gradient"]) == ("", 0, {"x": -3.0, "y": 4.0})


METHODS = {
    "symbolic": "symbolic differentiation",
    "gatewise": "symbolic differentiation of each gate and power series",
    "forward": "power series",
}


@pytest.mark.parametrize("method", METHODS)
def test_the_check_says_how_it_was_done(method):
    ran = backprop("sin(x)*y", "x=1", "y=2", "--check", method)
    assert ran.out.endswith(f"\n\n✓ 2 gradients agree with {METHODS[method]}\n")
    assert (ran.err, ran.code) == ("", 0)
    assert "y*cos(x)" in ran.out  # SymPy's derivative or, where SymPy is not asked for it, the circuit's own


def test_without_a_check_the_table_says_so():
    ran = backprop(*PRODUCT, "--no-check")
    assert ran.out.endswith("\n\nnot checked (--no-check)\n")
    assert "✓" not in ran.out


@pytest.mark.parametrize(
    ("words", "shown"),
    [
        ((*PRODUCT,), {"x": "y", "y": "x"}),
        (("x*y", "x=3", "y=4", "--wrt", "x"), {"x": "y", "y": None}),
        (("polygamma(n, x)", "n=1", "x=2", "--wrt", "x"), {"n": None, "x": "polygamma(n + 1, x)"}),
        (("+".join(f"sin(x*{i})" for i in range(30)), "x=1"), {"x": None}),
    ],
    ids=["both", "data", "no gradient", "long"],
)
def test_without_sympy_short_derivatives_are_the_circuits_own(words, shown):
    ran = backprop(*words, "--no-check", "--json")
    assert {one["name"]: one["symbolic"] for one in json.loads(ran.out)["variables"]} == shown


def test_the_tolerance_decides_between_ok_and_lost_digits():
    argv = ("sin(x)*y", "x=1", "y=3", "--json")
    found = [json.loads(backprop(*argv, "--rtol", rtol).out) for rtol in ("0", "1e-6")]
    assert [run["variables"][0]["verdict"] for run in found] == ["imprecise", "ok"]
    assert [run["check"]["ok"] for run in found] == [True, True]


def test_data_is_listed_and_has_no_gradient():
    ran = backprop("w*x + b", "w=2", "x=3", "b=1", "--wrt", "w,b")
    assert [line.split()[:3] for line in ran.out.splitlines()[5:8]] == [
        ["w", "2.0", "3.0"],
        ["x", "3.0", "data"],
        ["b", "1.0", "1.0"],
    ]


def test_words_for_each_variable():
    ran = backprop("x*y", "x=4", "y=-3", "--explain")
    assert ran.out == TABLE + (
        "\nx: raising x by 0.01 would lower f by about 0.03.\ny: raising y by 0.01 would raise f by about 0.04.\n"
    )


KINKED = {
    "checked": (
        ["abs(x)*y", "x=0", "y=2"],
        "x: f has a kink here, with slope -2.0 to the left, 2.0 to the right; 0.0 is",
    ),
    "unchecked": (["abs(x)*y", "x=0", "y=2", "--no-check"], "x: f may have a kink here, where 0.0 is a convention; a"),
    "with a slope": (["relu(x) + x", "x=0", "--no-check"], "x: f may have a kink here, where 1.0 is a convention; a"),
    "not through it": (["abs(x)*y", "x=0", "y=2", "--no-check"], "y: moving y a little leaves f where it is, to"),
    "behind a branch": (
        ["where(y > 1, x, abs(x))", "x=0", "y=2", "--no-check"],
        "x: raising x by 0.01 would raise f by",
    ),
    "arrays": (
        ["sum(abs(x))", "x=[0, 0]"],
        "x[0]: f has a kink here, with slope -1.0 to the left, 1.0 to the right; 0",
    ),
    "arrays, unchecked": (
        ["sum(abs(x))", "x=[0, 0]", "--no-check"],
        "x: f may have a kink here, where 0 is a convention",
    ),
}


@pytest.mark.parametrize("case", KINKED)
def test_explain_says_of_a_kink_that_it_is_one(case):
    argv, sentence = KINKED[case]
    done = backprop("grad", *argv, "--explain")
    assert f"\n{sentence} " in done.out or f"\n{sentence};" in done.out
    assert done.codes == [] if case == "behind a branch" else all(code.startswith("kink.") for code in done.codes)
    assert done.code == 0


def test_a_kink_is_said_in_the_table_and_on_standard_error():
    ran = backprop("relu(x)", "x=0")
    assert ran.code == 0
    assert ran.out.splitlines()[-2:] == [
        "✓ 1 gradient stands on a kink, where a convention answers",
        "  x: slope 0.0 to the left, 1.0 to the right",
    ]
    assert ran.err == (
        "warning[kink.relu]: relu stands on a kink here (0 at 0)\n  expression:\n    relu(x)\n    ^^^^^^^\n"
    )


def test_an_unused_value_is_a_warning():
    ran = backprop("-q", "x*2", "x=1", "yy=2")
    assert ran.out == "2.0\n"
    assert ran.err == "warning[value.unused]: yy is given a value, and the expression does not use it\n"
    assert ran.code == 0


def test_many_unused_values_are_one_warning():
    ran = backprop("-q", "x*2", "--at", "-", stdin=json.dumps({"x": 1} | {f"y{i}": i for i in range(1000)}))
    assert ran.err == (
        "warning[value.unused]: y0, y1, y2 and 997 more are given values, and the expression does not use them\n"
    )


def test_short_columns_round_the_number_itself_and_not_its_double():
    ran = backprop("sin(x)*y", "x=pi/3", "y=2/7", "--digits", "50")
    assert "= 0.24743582965269675621820662021512462384897217911577\n" in ran.out
    assert " 0.142857142857142857 " in ran.out
    assert " 0.866025403784438647 " in ran.out


@pytest.mark.parametrize(
    "argv", [[], ["--help"], ["-h"], ["--debug", "--help"]], ids=lambda argv: " ".join(argv) or "-"
)
def test_help(argv):
    ran = backprop(*argv)
    assert ran.out.startswith("Usage: backprop")
    assert "\n  backprop '(x + y)*z' x=-2 y=5 z=-4\n" in ran.out
    assert (ran.err, ran.code) == ("", 0)


def test_help_of_the_command():
    ran = backprop("grad", "--help")
    assert "\n  backprop 'sin(x)*y' x=pi/3 y=2/7 --exact\n" in ran.out
    assert (ran.err, ran.code) == ("", 0)


@pytest.mark.parametrize("flag", ["--version", "-V"])
def test_version(flag):
    from backprop_cli import __version__

    assert backprop(flag) == Outcome(f"backprop {__version__}\n", "", 0)


def test_the_value_of_an_option_is_no_commands_name():
    assert backprop("-q", "--wrt", "check", "x*check", "x=3", "check=2").out == "3.0\n"


BEHIND_STAGES = {
    "a number": (["z = x*2; z^2 + 1", "x=2"], "f = z^2 + 1\n  = 17.0\n"),
    "over lines": (["z = x*2\n(z^2 +\n 1)", "x=2"], "f = z^2 + 1\n  = 17.0\n"),
    "an array": (["Z = X*2; sum(Z)", "X=[1, 2]"], "f = sum(Z)\n  = 6.0\n"),
    "a stage": (["z = x*2; f = z^2", "x=2"], "f = 16.0\n"),
    "markdown": (["z = x*2; z^2", "x=2", "--format", "markdown"], "**f** = `z^2` = `16.0`\n"),
    "latex": (["z = x*2; z^2", "x=2", "--format", "latex"], "\\begin{align*}\n  f &= {z}^{2} = 16.0 \\\\\n"),
}


@pytest.mark.parametrize("case", BEHIND_STAGES)
def test_what_stands_behind_the_stages_is_shown(case):
    argv, head = BEHIND_STAGES[case]
    ran = backprop("grad", *argv)
    assert ran.out.startswith(head)
    assert (ran.err, ran.code) == ("", 0)


def test_latex_leaves_out_what_is_long():
    ran = backprop("grad", "+".join(["x"] * 300), "x=1", "--format", "latex")
    assert "\n  f &= 300.0 " in ran.out
    assert (ran.err, ran.code) == ("", 0)

"""Every error: its code, its exit code, what it says and where its carets stand; as text and as JSON alike."""

from __future__ import annotations

import ast
import json
import re
import time
from importlib.resources import files
from itertools import pairwise
from pathlib import Path

import jsonschema
import pytest
from command import MODULE, backprop, process

import backprop_cli
from backprop_cli.catalogue.topics import codes

PACKAGE = Path(backprop_cli.__file__).parent
SCHEMA = json.loads(files("backprop_cli").joinpath("schemas", "error.json").read_text("utf-8"))

SURDS = [(2, 3), (5, 7), (11, 13), (17, 19), (23, 29), (31, 37), (41, 43), (47, 53)]
SQUARES = "+".join(f"(sqrt({p}) + sqrt({q}))^2" for p, q in SURDS)
EXPANDED = "+".join([*(f"2*sqrt({p * q})" for p, q in SURDS), str(sum(map(sum, SURDS)))])

# code, arguments, exit code, the beginning of the message, what stands over the carets (None: no place)
ERRORS = [
    ("usage.option", ["x*y", "--jsno"], 2, "there is no option --jsno", None),
    ("usage.option", ["x*y", "--check", "no"], 2, "--check takes symbolic, gatewise or forward, and got no", None),
    ("usage.option", ["x*y", "--digits", "0"], 2, "Invalid value for '--digits'", None),
    ("usage.option", ["x*y", "--wrt"], 2, "--wrt needs a value after it", None),
    ("usage.option", ["x*y", "--digits", "5", "--exact"], 2, "--digits and --exact exclude each other", None),
    ("usage.option", ["x*y", "--check", "forward", "--no-check"], 2, "--check and --no-check exclude", None),
    ("usage.option", ["x*y", "--format", "csv", "-q"], 2, "--format and --quiet exclude each other", None),
    ("usage.expression", ["grad"], 2, "the expression is missing", None),
    ("usage.option", ["--no-share", "check", "x*y", "x=1", "y=2"], 2, "options stand after the command's name", None),
    ("usage.option", ["grda", "x=1"], 2, "there is no command `grda`", None),
    ("usage.option", ["-", "--at", "-"], 2, "standard input cannot be both", None),
    ("usage.value", ["x*y", "x=1", "y"], 2, "`y` is not NAME=VALUE", None),
    ("usage.value", ["x*y", "1=1"], 2, "`1=1` is not NAME=VALUE", None),
    ("usage.value", ["grad", "x*y", "x=1", "-o", "f.txt"], 2, "`-o` is not NAME=VALUE", None),
    ("usage.missing", ["x*y*z", "y=2"], 2, "no value for x, z", "x"),
    ("usage.twice", ["x*y", "x=1", "y=2", "x=1"], 2, "x is given two values", None),
    ("usage.stage", ["q = x; q*2", "x=1", "q=2"], 2, "q is a stage with a value of its own", None),
    ("usage.wrt", ["x*y", "x=1", "y=2", "--wrt", "x,z"], 2, "--wrt names z, which is not in the expression", None),
    ("usage.rtol", ["x*y", "x=1", "y=2", "--rtol", "-1"], 2, "--rtol must be 0 or more, and got -1.0", None),
    ("usage.rtol", ["x*y", "x=1", "y=2", "--rtol", "nan"], 2, "--rtol must be 0 or more, and got nan", None),
    ("usage.topic", ["explain", "domain.lgo"], 2, "there is no code domain.lgo", None),
    ("usage.topic", ["gates", "tahn"], 2, "there is no gate tahn", None),
    ("text.empty", [""], 3, "the expression is empty", None),
    ("text.empty", [" ; # nothing\n;"], 3, "the expression is empty", None),
    ("text.encoding", ["@latin"], 3, "latin is not UTF-8 text: byte 5 is 0xe9", "\ufffd"),
    ("text.control", ["x +\x1b[31m y"], 3, "an invisible character (U+001B, a control character)", "␛"),
    ("text.control", ["x + \u202ey"], 3, "an invisible character (U+202E, right-to-left override)", "<U+202E>"),
    ("text.character", ["x.y"], 3, "the character . (U+002E) has no meaning here", "."),
    ("text.character", ["漢 + x"], 3, "the letter 漢 (U+6F22", "漢"),
    ("syntax.unexpected", ["x + 1, 2"], 3, "a comma outside a function's arguments", ","),
    ("syntax.operand", ["x + * y"], 3, "a value is missing after +: found `*`", "*"),
    ("syntax.operand", ["sin()"], 3, "sin() without an argument", "sin()"),
    ("syntax.operator", ["x y"], 3, "an operator is missing before `y`", "y"),
    ("syntax.operator", ["sin x"], 3, "an operator is missing before `x`", "x"),
    ("syntax.parenthesis", ["2*(x + 1"], 3, "this ( is never closed", "("),
    ("syntax.parenthesis", ["2*x + 1)"], 3, "a ) that closes nothing", ")"),
    ("syntax.ambiguous", ["1/2x"], 3, "a product without a sign that can be read in two ways", "1/2x"),
    ("syntax.choice", ["x if x > 0", "x=1"], 3, "an if without its else", "if"),
    ("syntax.choice", ["max(x else 2, 1)", "x=1"], 3, "an else without its if", "else"),
    ("latex.command", [r"\foo{x} + 1", "x=1"], 3, r"the command \foo is not read", r"\foo"),
    ("latex.braces", [r"\frac{x}{2", "x=1"], 3, "this { is never closed", "{"),
    ("syntax.comparison", ["where(1 < x < 2, x, 0)"], 3, "two comparisons in a chain", "< x <"),
    ("syntax.assignment", ["x + 1 = 2"], 3, "only a name can stand before =", "="),
    ("syntax.unnamed", ["x + 1; y"], 3, "this statement's value is never used", "x + 1"),
    (
        "syntax.matrix",
        ["x*x", "x=2 @ 3"],
        3,
        "@ multiplies arrays, and these are single numbers",
        "@",
    ),
    ("name.function", ["2*snh(x)"], 3, "there is no function `snh`", "snh"),
    ("name.arguments", ["sin(x, y)"], 3, "sin takes 1 value, and got 2", "sin(x, y)"),
    ("name.reserved", ["and = 1; x"], 3, "`and` joins conditions and cannot be a name", "and"),
    ("name.redefined", ["q = x; q = 2; q"], 3, "`q` is defined twice", "q"),
    ("name.order", ["f = q*2; q = 1; f"], 3, "`q` is used above before it is defined here", "q"),
    ("value.missing", ["x^2", "x="], 3, "x has no value after =", None),
    ("value.name", ["x^2", "x=2*y"], 3, "the value of x must be a number, and y is a name", "y"),
    ("value.finite", ["x^2", "x=nan"], 3, "nan is not a value; x must be a finite number", "nan"),
    ("value.finite", ["x^2", "--at", "nan.json"], 3, "NaN is not a value", None),
    ("point.json", ["x^2", "--at", "comma.json"], 3, "comma.json is not valid JSON", None),
    ("point.json", ["x^2", "--at", "array.json"], 3, "array.json must be one JSON object", None),
    ("point.name", ["x^2", "--at", "name.json"], 3, "`a b` in name.json is not a variable's name", None),
    (
        "point.value",
        ["x^2", "--at", "value.json"],
        3,
        "x in value.json must be a number or a list, and is an object",
        None,
    ),
    ("point.twice", ["x^2", "--at", "twice.json"], 3, "`x` stands twice in the JSON object", None),
    ("input.file", ["@nothing.txt"], 3, "nothing.txt cannot be read: no such file", None),
    ("input.file", ["x^2", "--at", "."], 3, ". cannot be read: is a directory", None),
    ("limit.size", ["x + x + x", "--max-size", "5"], 3, "the expression has 9 characters; the limit is 5", None),
    ("limit.tokens", ["+".join("x" * 250_000)], 3, "more than 400,000 symbols", "x"),
    ("limit.nesting", ["(" * 20_001], 3, "nested deeper than 20,000", "("),
    ("limit.name", ["2*" + "x" * 65], 3, "a name of 65 characters; the limit is 64", "x" * 65),
    ("limit.number", ["2*" + "1" * 401], 3, "a number of 401 characters; the limit is 400", None),
    ("limit.exponent", ["1e401"], 3, "the exponent 401 is out of range; the limit is ±400", "1e401"),
    ("limit.digits", ["+".join("x" * 3000), "x=1", "--digits", "10000"], 3, "2,999 gates with 10,000 digits", None),
    (
        "digits.undecided",
        ["mod(log(x)/log(3), y)", "x=59049", "y=2", "--digits", "30"],
        4,
        "mod stands so near its kink",
        None,
    ),
    (
        "limit.time",
        ["+".join(f"sin(x*{i})" for i in range(30_000)), "x=1", "--max-seconds", "1", "--check", "gatewise"],
        3,
        "the calculation took longer than 1 s",
        None,
    ),
    ("limit.special", ["gamma(x)", "x=1/3", "--digits", "10000"], 3, "gamma with 10,000 digits", None),
    (
        "digits.undecided",
        ["floor(log(x)/log(3))", "x=59049", "--digits", "20"],
        4,
        "floor stands so near its kink",
        "floor(log(x)/log(3))",
    ),
    ("limit.precision", ["sin(10^(10^9)*x)", "x=1", "--digits", "5"], 3, "the digits of f do not settle", None),
    ("exact.size", ["x^x", "x=99999", "--exact"], 4, "an exact number here grows too large", "x^x"),
    ("exact.undecided", [f"where({SQUARES} == {EXPANDED}, x, 1)", "x=2", "--exact"], 4, "whether two exact", None),
    ("overflow.constant", ["x + 1e400", "x=1"], 4, "1e400 is too large for a double", "1e400"),
    ("overflow.gradient", ["2 + 1/x", "x=1e-200"], 4, "the local gradient of div is too large", "1/x"),
    ("overflow.exp", ["2 + exp(x)", "x=800"], 4, "exp overflows a double, with x = 800.0", "exp(x)"),
    ("domain.log", ["2 + log(x - 1)", "x=-2"], 4, "log needs x > 0, and got -3.0", "log(x - 1)"),
    ("domain.div", ["y/(x - 1)", "x=1", "y=2"], 4, "div needs x - 1 ≠ 0, and got y = 2.0, x - 1 = 0.0", "y/(x - 1)"),
    ("slope.sqrt", ["2*sqrt(x)", "x=0"], 4, "sqrt has a value but no finite slope here", "sqrt(x)"),
]
# commands whose errors are text only
TEXT_ONLY = [
    ("usage.option", ["code", "x*y"], 2, "--lang takes python, numpy, torch, jax or c, and is missing"),
    ("usage.option", ["schema"], 2, "name takes grad, check, grade, batch, descend, error or gates, and is"),
    (
        "output.file",
        ["draw", "x*y", "x=1", "y=2", "-o", "nowhere/picture.svg"],
        3,
        "nowhere/picture.svg cannot be written",
    ),
    ("usage.suffix", ["draw", "x*y", "x=1", "y=2", "-o", "picture.foo"], 2, "the ending .foo of picture.foo names no"),
    (
        "usage.function",
        ["code", "x*y", "--lang", "python", "--function", "a b"],
        2,
        "`a b` cannot be a function's name",
    ),
]
# code, arguments, the beginning of the message; the answer is given all the same
WARNINGS = [
    ("value.unused", ["x^2", "x=1", "y=2"], "y is given a value, and the expression does not use it"),
    ("digits.lost", ["(1 + x) - 1", "x=1e-12"], "the value lost about 12 of its 16 digits"),
    ("digits.zero", ["sin(pi*x)", "x=1", "--digits", "20"], "the value of f is 0 as far as could be followed"),
    ("stage.slope", ["q = clip(x, 0, 1); sqrt(q)", "x=-1"], "the stage q has no gradient here: sqrt has a value"),
    ("kink.middle", ["sqrt(x^2)", "x=0"], "no gate answers for x here"),
    (
        "check.undecided",
        ["where(sin(2*x) - 2*sin(x)*cos(x) >= 0, y*x, 2*y)", "x=0.3", "y=5"],
        "the gradient of x is undecided",
    ),
    ("stage.value", ["q = log(x); y", "x=-1", "y=1"], "the stage q has no value here: log needs x > 0"),
    ("kink.relu", ["relu(x)", "x=0"], "relu stands on a kink here (0 at 0)"),
    ("kink.smooth", ["relu(x) - relu(-x)", "x=0"], "both one-sided slopes in x are 1.0"),
    ("check.note", ["floor(x)", "x=1.5"], "checked gate by gate"),
]
ELSEWHERE = {
    "usage.digits": "the option's own range comes first; for Python users",
    "usage.arithmetic": "the contradiction of options comes first; for Python users",
    "sympy.form": "for Python users: from_sympy",
    "sympy.name": "for Python users: from_sympy",
    "output.write": "test_an_output_that_cannot_be_written",
    "check.wrong": "test_a_wrong_gradient",
    "latex.read": "tests/test_latex.py",
    "output.exists": "tests/test_sheets.py",
    "sheet.students": "tests/test_sheets.py",
    "internal": "test_a_bug_of_our_own",
    "usage.compare": "test_class_reports",
    **dict.fromkeys(("descent.rises", "descent.jumps"), "test_descend"),
    **dict.fromkeys((f"usage.{name}" for name in ("lr", "decay", "setting", "steps", "tol")), "test_descend"),
    **dict.fromkeys(
        ("usage.parameters", "usage.optimizer", "plot.library", "limit.history", "limit.rows"), "test_descend"
    ),
} | dict.fromkeys(
    (
        *("array.list", "array.ragged", "array.empty", "array.file", "array.number", "array.pickle", "array.kind"),
        *("value.array", "limit.array", "limit.scalars", "shape.misfit", "shape.output", "shape.upstream"),
        *("usage.upstream", "index.value", "syntax.static", "syntax.slice", "name.keyword"),
    ),
    "test_array_reading.py, test_array_values.py, test_array_shapes.py, test_arrays.py",
)
FAMILIES = ("domain.", "slope.", "overflow.", "kink.")  # a code for each gate: tests/test_gates.py
ROWS = (
    "data.",
    "cluster.",
    "output.form",
    "usage.data",
    "usage.column",
    "limit.line",
    "limit.files",
)  # tests/test_batch_errors.py


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "latin").write_bytes(b"x + \xe9")
    points = {"nan": '{"x": NaN}', "comma": '{"x": 1,}', "array": "[1]", "name": '{"a b": 1}', "value": '{"x": {}}'}
    for name, text in (points | {"twice": '{"x": 1, "x": 2}'}).items():
        (tmp_path / f"{name}.json").write_text(text)
    return tmp_path


def over_carets(err: str) -> str | None:
    """What stands above the first carets."""
    lines = err.splitlines()
    for above, line in pairwise(lines):
        carets = re.fullmatch(r"( {4,})(\^+)", line)
        if carets:
            wide = "".join(c * (2 if "\u2e80" < c < "\u9fff" else 1) for c in above)
            return wide[carets.start(2) : carets.end(2)]
    return None


@pytest.mark.parametrize(
    ("code", "argv", "exit_code", "message", "under"), ERRORS, ids=[f"{e[0]}-{i}" for i, e in enumerate(ERRORS)]
)
def test_an_error_as_text_and_as_json(code, argv, exit_code, message, under):
    ran = backprop(*argv)
    assert (ran.out, ran.code) == ("", exit_code)
    assert ran.said.startswith(f"error[{code}]: {message}")
    if under is not None:
        assert over_carets(ran.err) in (under, under * 2)
    if argv[0] == "explain" or argv[-1] in ("-q", "--wrt"):  # these have no JSON
        return
    as_json = backprop(*argv, "--json")
    found = json.loads(as_json.out)
    jsonschema.validate(found, SCHEMA)
    assert (found["error"]["code"], as_json.code) == (code, exit_code)
    assert as_json.out.count("\n") == 1
    assert as_json.err == ran.err


@pytest.mark.parametrize(("code", "argv", "exit_code", "message"), TEXT_ONLY, ids=[t[0] for t in TEXT_ONLY])
def test_an_error_as_text(code, argv, exit_code, message):
    ran = backprop(*argv)
    assert (ran.out, ran.code) == ("", exit_code)
    assert ran.said.startswith(f"error[{code}]: {message}")


@pytest.mark.parametrize(("code", "argv", "message"), WARNINGS, ids=[w[0] for w in WARNINGS])
def test_a_warning_leaves_the_answer_alone(code, argv, message):
    ran = backprop(*argv)
    assert ran.out
    assert ran.code == 0
    assert any(
        line.startswith((f"warning[{code}]: {message}", f"note[{code}]: {message}")) for line in ran.err.splitlines()
    )
    as_json = backprop(*argv, "--json")
    assert code in [warning["code"] for warning in json.loads(as_json.out)["warnings"]]
    assert as_json.err == ""


HINTS = [
    (["x*y", "--jsno"], "did you mean --json?"),
    (["grda", "x=1"], "did you mean `backprop grad`? as an expression it is `backprop grad grda …`"),
    (["x", "+", "y"], "the expression is one argument: put it in quotes"),
    (["x*y", "x=1", "+"], "the expression is one argument: put it in quotes; values are written NAME=VALUE"),
    (["xy", "x=1", "y=2"], "as an expression it is `backprop grad xy …`; the product is x*y"),
    (["xy + 1", "x=1", "y=2"], "xy is one name; the product is x*y"),
    (["speed^2", "sped=1"], "sped is given a value, and the expression has speed"),
    (["x*y", "x=1", "y=2", "--wrt", "Z"], "the expression has x, y"),
    (["snh(x)", "x=1"], "did you mean sinh?"),
    (["x(y + 1)", "x=1", "y=2"], "for the product write x*(y + 1)"),
    (["1/2x", "x=1"], "write 1/(2*x) or (1/2)*x"),
    (["sin x", "x=1"], "write sin(x) for the function's value"),
    (["x!", "x=1"], "a factorial n! is gamma(n + 1)"),
    (["explain", "kink.rlu"], "did you mean kink.relu?"),
    (["gates", "tanhh"], "did you mean tanh?"),
]


@pytest.mark.parametrize(("argv", "hint"), HINTS, ids=[" ".join(h[0]) for h in HINTS])
def test_the_hint_says_what_to_do(argv, hint):
    assert f"  = {hint}" in backprop(*argv).err


def test_several_problems_come_out_together():
    ran = backprop("a = 1 +; b = sin(x, y); c = 2 3; a + b", "x=1", "y=2", "--json")
    assert [problem["code"] for problem in json.loads(ran.out)["errors"]] == [
        "syntax.operand",
        "name.arguments",
        "syntax.operator",
    ]
    assert ran.err.count("error[") == 3
    values = backprop("x*y", "x=nan", "y=", "z=a")
    assert re.findall(r"error\[(.*?)\]", values.err) == ["value.finite", "value.missing", "value.name"]


def test_the_place_is_counted_in_lines_and_columns():
    ran = backprop("a = 1\nb = a + *\nb", "--json")
    error = json.loads(ran.out)["error"]
    assert (error["line"], error["column"], error["end_column"]) == (2, 9, 10)
    assert "  expression, line 2:\n    b = a + *\n            ^\n" in ran.err


IN_WORDS = {
    "y/x at x=0 y=3": "div needs x ≠ 0, and got y = 3.0, x = 0.0",
    "1/x at x=0": "div needs x ≠ 0, and got x = 0.0",
    "1/0 at": "div needs y ≠ 0, and got y = 0.0",
    "x*y/z at x=1 y=2 z=0": "div needs z ≠ 0, and got x*y = 2.0, z = 0.0",
    "a/(b - c) at a=1 b=2 c=2": "div needs b - c ≠ 0, and got a = 1.0, b - c = 0.0",
    "1/(x_of_the_first_layer - 1) at x_of_the_first_layer=1": "div needs y ≠ 0, and got y = 0.0",
    "b^t at b=-8 t=0.5": "pow needs b > 0, or a whole t (b ≠ 0 if t < 0), and got b = -8.0, t = 0.5",
    "(-8)^y at y=0.5": "pow needs x > 0, or a whole y (x ≠ 0 if y < 0), and got x = -8.0, y = 0.5",
    "t^b at t=-2 b=3": "pow has a value but no finite slope in b here: it needs t > 0, and got t = -2.0, b = 3.0",
    "x^x at x=0": "pow has a value but no finite slope in x here: it needs x > 0, and got x = 0.0",
    "log(b) at b=-1": "log needs x > 0, and got -1.0",
}


@pytest.mark.parametrize(("case", "says"), IN_WORDS.items(), ids=IN_WORDS)
def test_a_gate_of_two_names_what_the_user_named(case, says):
    expression, _, point = case.partition(" at")
    ran = backprop(expression, *point.split(), "--no-check")
    assert (ran.out, ran.code) == ("", 4)
    assert ran.said.partition("]: ")[2] == says


def test_what_rounding_made_is_named_as_the_refusal_names_it():
    ran = backprop("y/((x + 1e-20) - x)", "x=1", "y=2")
    assert (ran.out, ran.code) == ("", 4)
    assert ran.said == (
        "error[domain.div]: div needs (x + 1e-20) - x ≠ 0, and got y = 2.0, (x + 1e-20) - x = 0.0; "
        "rounding put it there: exactly (x + 1e-20) - x = 9.9999999999999994515e-21"
    )


def test_an_overflow_is_not_said_to_be_rounding():
    ran = backprop("exp(exp(x))", "x=7")
    assert ran.said == "error[overflow.exp]: exp overflows a double, with x = 1096.6331584284585"
    assert ran.code == 4


def test_a_wrong_gradient(monkeypatch):
    from backprop_cli.engine.backward import _BackwardSweep

    honest = _BackwardSweep.run

    def lying(sweep):
        swept = honest(sweep)
        swept.gradients[0] = swept.gradients[0] * 3 / 2
        return swept

    monkeypatch.setattr(_BackwardSweep, "run", lying)
    ran = backprop("x*y", "x=4", "y=-3")
    assert ran.code == 1
    assert "✗ wrong" in ran.out
    assert "✗ 1 of 2 gradients do not agree with symbolic differentiation" in ran.out
    assert ran.said == "error[check.wrong]: the gradient of x came out as -4.5, and the check says -3.0"
    assert "please report" in ran.err
    as_json = backprop("x*y", "x=4", "y=-3", "--json")
    assert (as_json.code, json.loads(as_json.out)["check"]["ok"]) == (1, False)
    assert as_json.err == ""
    for more, code in ((["-q"], 1), (["--check", "forward"], 1), (["--no-check"], 0)):
        again = backprop("x*y", "x=4", "y=-3", *more)
        assert (again.code, again.said) == (code, ran.said if code else "")


def test_a_bug_of_our_own(monkeypatch):
    from backprop_cli import calculation

    def broken(*arguments):
        raise ZeroDivisionError("a state nobody \x1b[31m expected")

    monkeypatch.setattr(calculation, "run", broken)
    ran = backprop("x*y", "x=4", "y=-3", "--json")
    assert ran.code == 70
    assert ran.said == "error[internal]: a bug of backprop's own: ZeroDivisionError: a state nobody ␛[31m expected"
    assert "please report" in ran.err
    assert json.loads(ran.out)["error"]["code"] == "internal"
    with pytest.raises(ZeroDivisionError):
        backprop("x*y", "x=4", "y=-3", "--debug")


def test_interrupted(monkeypatch):
    from backprop_cli import calculation

    def slow(*arguments):
        raise KeyboardInterrupt

    monkeypatch.setattr(calculation, "run", slow)
    ran = backprop("x*y", "x=4", "y=-3", "--json")
    assert (ran.out, ran.err, ran.code) == ("", "interrupted\n", 130)


@pytest.mark.parametrize("words", [("grad",), ("draw",), ("code", "--lang", "c"), ("check", "-a", "dx=1")], ids=str)
@pytest.mark.parametrize("at", ["x=2", "x=[1, 2]"], ids=["numbers", "arrays"])
def test_every_command_that_calculates_obeys_max_seconds(monkeypatch, words, at):
    from backprop_cli.reading import statements

    def slow(*_, **__):
        time.sleep(20)

    monkeypatch.setattr(statements, "tokens", slow)
    command, *more = words
    began = time.monotonic()
    ran = backprop(command, "sum(x*x)" if at[-1] == "]" else "x*x", at, *more, "--max-seconds", "1")
    assert (ran.out, ran.code, time.monotonic() - began < 10) == ("", 3, True)
    assert re.match(r"error\[limit.time\]: .* longer than 1 s", ran.said)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
def test_an_output_that_cannot_be_written():
    ran = process("-c", f'{" ".join(MODULE)} "x*y" x=4 y=-3 >/dev/full', start=("sh",))
    assert (ran.err, ran.code) == ("error[output.write]: the output cannot be written: no space left on device\n", 3)


def literal_codes() -> set[str]:
    """Every code written in the source."""
    found = set()
    for path in PACKAGE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and node.args and isinstance(node.args[0], ast.Constant):
                name = getattr(node.func, "id", getattr(node.func, "attr", ""))
                if name in ("Diagnostic", "_fail", "_refused") and isinstance(node.args[0].value, str):
                    found.add(node.args[0].value)
            if isinstance(node, ast.Call) and getattr(node.func, "attr", "") == "fail" and len(node.args) > 1:
                found |= {node.args[1].value} if isinstance(node.args[1], ast.Constant) else set()
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and HOMEWORK.fullmatch(node.value):
                found.add(node.value)
    return found


HOMEWORK = re.compile(
    r"(answers?|ask|submission|key|mistake|class)\.[a-z-]+|limit\.(formula|process)|usage\.(answer|atol|report|encoding)"
)
HOMEWORK_TESTS = (
    "concessions",
    "latex",
    "homework_arrays",
    "descent_homework",
    "answers",
    "staged_answers",
    "formulas",
    "homework_check",
    "homework_grade",
    "key",
    "class_files",
    "handwriting",
    "one_door",
    "mistakes",
    "reports",
    "submissions",
)


IN_WORDS = {
    *("key.secret", "key.vary", "class.absent", "class.roster"),  # test_varying.py, likewise
    # test_class_files.py and test_submissions.py meet these by what is said, not by their codes
    *("answers.sheet", "answers.sheets", "submission.again", "usage.encoding"),
    *(f"class.{name}" for name in ("attempts", "columns", "decimal", "encoding", "invalid", "missing")),
    *(f"class.{name}" for name in ("student", "time", "title")),
}


def test_every_code_of_homework_is_met_in_a_test():
    texts = [(Path(__file__).parent / f"test_{name}.py").read_text("utf-8") for name in HOMEWORK_TESTS]
    known = [code for code in codes() if HOMEWORK.fullmatch(code)]
    assert len(known) > 60
    known = [
        code for code in known if code not in IN_WORDS and not code.startswith("mistake.")
    ]  # test_mistakes.py has all of them in a table
    assert [code for code in known if not any(f'"{code}"' in text for text in texts)] == []


def test_every_code_in_the_source_has_a_page():
    assert len(literal_codes()) > 40
    assert literal_codes() - set(codes()) == set()


def test_every_page_is_of_a_code_that_can_happen():
    provoked = {case[0] for case in (*ERRORS, *WARNINGS, *TEXT_ONLY)} | set(ELSEWHERE)
    rest = {code for code in set(codes()) - provoked if not code.startswith((*FAMILIES, *ROWS))}
    assert {code for code in rest if not code.startswith(("draw.", "code.")) and not HOMEWORK.fullmatch(code)} == set()


@pytest.mark.parametrize("code", codes())
def test_explain(code):
    ran = backprop("explain", code)
    assert ran.out.startswith(f"{code}: ")
    assert ran.out.count("\n") >= 3
    assert not re.search(r"\{[A-Z]", ran.out)
    assert (ran.err, ran.code) == ("", 0)


def test_explain_lists_them_all():
    assert [line.split()[0] for line in backprop("explain").out.splitlines()] == list(codes())

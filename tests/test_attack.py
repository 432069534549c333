"""Attack texts: what strangers may write. Nothing is evaluated, hangs, fills the memory or prints a traceback.

Each text comes as an expression, as a value and as a name in JSON, in each arithmetic. Time and memory are measured in
processes of their own, against the time that loading SymPy takes on the same machine at the same moment.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import unicodedata
from collections.abc import Callable
from pathlib import Path

import pytest
from command import MODULE, Outcome, backprop, clean

CANARY = "canary.txt"
MEMORY = 500 * 1024**2
TIMES_SYMPY = 14
LEAST_SECONDS = 3.0
TRIES = 4
FOUR = {0, 2, 3, 4}

TEXTS = {
    "attribute": "x.__class__",
    "dunder name": "__import__('os').system('touch canary.txt')",
    "dunder chain": "().__class__.__bases__[0].__subclasses__()",
    "builtins": "__builtins__",
    "open": "open('canary.txt', 'w')",
    "open without quotes": "open(canary)",
    "eval": "eval(x)",
    "exec": "exec(open)",
    "lambda": "(lambda: 1)()",
    "comprehension": "[x for x in (1, 2)]",
    "generator": "sum(i for i in range(9))",
    "f-string": 'f\'{open("canary.txt", "w")}\'',
    "walrus": "(y := 1)",
    "import": "import os",
    "statement": "import os; os.system('touch canary.txt')",
    "print": "print(1)",
    "string": "'x'",
    "triple string": '"""x"""',
    "bytes": "b'x'",
    "backtick": "`touch canary.txt`",
    "dollar": "$(touch canary.txt)",
    "format": "{x.__class__}",
    "percent": "%s%n%x",
    "decorator": "@x",
    "star": "*x, y",
    "conditional": "1 if x else 2",
    "await": "await x",
    "yield": "(yield)",
    "assert": "assert x",
    "del": "del x",
    "global": "global x",
    "sympy symbol": "Symbol('x')",
    "sympy S": "S(x)",
    "sympy lambdify": "x if __import__('os').system('touch canary.txt') else x",
    "null": "x\0y",
    "bidi": "x + \u202ey\u202c",
    "zero width": "x\u200b + 1",
    "escape": "x\x1b[31m",
    "title": "\x1b]0;pwned\x07x",
    "control sequence of one byte": "x\x9b31m",
    "backspace": "x\b\b\b\by",
    "carriage return": "y\rx + 1",
    "markup": "a[red]",
    "closing markup": "x[/]",
    "link markup": "[link=file:///]x[/link]",
    "emoji markup": ":pile_of_poo:",
    "homoglyph": "х + 1",
    "full width": "ｘ＋１",
    "combining": "x\u0301",
    "private use": "\ue000",
    "surrogate": "x\udcff",
    "big power": "9**9**9**9",
    "big power of x": "x^x^x^x^x^x",
    "power tower": "^".join(["9"] * 200),
    "power of one": "1^(2^(2^39)) + (x/x)^(9^9^9)",
    "negative tower": "2^-2^-2^-9^9^9",
    "factorial": "gamma(1e9)",
    "factorial of a factorial": "gamma(gamma(gamma(10)))",
    "huge exponent": "1e999999999",
    "huge negative exponent": "1e-999999999",
    "exponent of many digits": "1e" + "9" * 300,
    "exponent at the limit": "(1e400)^(1e400)",
    "nan": "nan",
    "infinity": "Infinity",
    "minus infinity": "-inf",
    "infinity sign": "∞",
    "exp of exp": "exp(exp(exp(exp(x + 9))))",
    "far sine": "sin(10^(10^5))",
    "far modulus": "mod(10^300, 3e-300)",
    "tiny": "1e-400*1e-400",
    "zero to the zero": "0^0",
    "zero over zero": "0/0",
    "equals": "=",
    "semicolons": ";" * 1000,
    "comment": "# nothing",
    "at": "@",
    "at at": "@@@",
    "dash": "-",
    "dashes": "--",
    "option": "--debug",
    "equals option": "--debug=1",
    "path": "../../../../etc/passwd",
    "at path": "@../../../../etc/passwd",
    "json": '{"x": 1}',
    "xml": "<!DOCTYPE x [<!ENTITY a 'b'>]>",
    "empty": "",
    "space": " ",
    "tabs": "\t\t",
    "newlines": "\n" * 500,
}
LONG = {
    "open parentheses": "(" * 1_000_000,
    "closed parentheses": "(" * 500_000 + ")" * 500_000,
    "beyond the limit": "x" * 1_000_001,
    "minus signs": "-" * 999_999 + "x",
    "powers": "x" + "^x" * 499_999,
    "nested sines": "sin(" * 19_000 + "x" + ")" * 19_000,
    "a long name": "x" * 999_999,
    "a number of a million digits": "9" * 1_000_000,
    "decimals": "0." + "1" * 999_997,
    "points": "1." * 400_000,
    "spaces": " " * 1_000_000,
    "statements": "a=x;" * 200_000,
    "comments": "#\n" * 400_000,
    "bad characters": "$" * 1_000_000,
    "commas": "max(" + "x," * 199_000 + "x)",
    "equalities": "x" + "==x" * 150_000,
    "square roots": "√" * 999_000 + "x",
    "products without signs": "2" + "(x)" * 130_000,
    "not": "not " * 240_000 + "x",
    "a sum": "x" + "+x" * 190_000,
    "escapes": "\x1b[31m" * 200_000,
}
MODES = {"float64": [], "digits": ["--digits", "20"], "exact": ["--exact"]}


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def assert_harmless(ran: Outcome) -> None:
    assert ran.code in FOUR, ran.err
    assert "Traceback" not in ran.err
    assert "a bug of backprop" not in ran.err
    acting = {c for c in ran.err + ran.out if c != "\n" and unicodedata.category(c) in ("Cc", "Cf", "Cs", "Zl", "Zp")}
    assert acting == set()
    assert len(ran.err) < 20_000
    assert not Path(CANARY).exists()


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)
def test_as_an_expression(text, mode):
    assert_harmless(backprop("grad", *MODES[mode], "--", text, "x=2", "y=3"))


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)
def test_as_a_value(text, mode):
    assert_harmless(backprop("x^2", f"x={text}", *MODES[mode], "--json"))


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)
def test_as_a_name(text):
    ran = backprop("x^2", "--at", "-", stdin=json.dumps({text: 1, "x": 2}))
    assert_harmless(ran)
    assert_harmless(backprop("x^2", f"{text}=1", "x=2"))


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)
def test_as_a_value_in_json(text):
    assert_harmless(backprop("x^2", "--at", "-", stdin=json.dumps({"x": text})))


@pytest.mark.parametrize("form", ["table", "plain", "json", "csv", "markdown", "latex"])
def test_in_a_comment(form):
    hidden = "q = (x + # \x1b[31m \u202e \udcff [red] |`<b>\n 1); q^2"
    assert_harmless(backprop(hidden, "x=2", "--format", form))


@pytest.mark.parametrize(
    "option", ["--wrt", "--at", "--check", "--format", "--rtol", "--digits", "--color", "--nothing"]
)
@pytest.mark.parametrize("name", ["escape", "bidi", "markup", "null", "surrogate", "at path"])
def test_as_an_option(option, name):
    assert_harmless(backprop("x^2", "x=2", option, TEXTS[name]))


@pytest.mark.parametrize("command", ["gates", "explain", "schema", "completion"])
@pytest.mark.parametrize("name", ["escape", "bidi", "markup", "null", "surrogate", "path"])
def test_as_an_argument_of_other_commands(command, name):
    assert_harmless(backprop(command, TEXTS[name]))


JSONS = {
    "deep arrays": "[" * 200_000,
    "deep objects": '{"x":' * 100_000,
    "closed deep arrays": '{"x":' + "[" * 5_000 + "]" * 5_000 + "}",
    "two values": '{"x": 1, "x": 2}',
    "not a number": '{"x": NaN}',
    "minus infinity": '{"x": -Infinity}',
    "a huge number": '{"x": 1e999999999}',
    "a long number": '{"x": ' + "9" * 1_000_000 + "}",
    "garbage at the end": '{"x": 1} x',
    "a surrogate": '{"\\ud800": 1}',
    "an escape in a name": '{"\\u001b[31m": 1}',
    "an escape in a value": '{"x": "\\u001b[31m"}',
    "a prototype": '{"__proto__": 1, "x": 2}',
    "a class": '{"__class__": 1, "x": 2}',
    "a null byte": '{"x\\u0000": 1}',
    "beyond the limit": " " * 10_000_001,
}


@pytest.mark.parametrize("text", JSONS.values(), ids=JSONS)
def test_json(text):
    assert_harmless(backprop("x^2", "--at", "-", stdin=text))


def test_bytes_that_are_no_text():
    for data in (b"\xff\xfe", bytes(range(256)), b"\x00" * 1000, b"x + \xed\xa0\x80"):
        assert_harmless(backprop("-", "x=1", stdin=data))
        assert_harmless(backprop("x", "--at", "-", stdin=data))


def spent(argv: list[str | bytes], folder: Path, stdin: bytes) -> tuple[Outcome, float, int]:
    """A run, the seconds of the processor that it took, and the bytes of memory."""
    (folder / "stdin").write_bytes(stdin)
    with (folder / "stdin").open("rb") as given, (folder / "out").open("wb") as out, (folder / "err").open("wb") as err:
        running = subprocess.Popen(argv, stdin=given, stdout=out, stderr=err, env=clean())
        _, status, usage = os.wait4(running.pid, 0)
    running.returncode = os.waitstatus_to_exitcode(status)
    texts = [(folder / name).read_bytes().decode() for name in ("out", "err")]
    return Outcome(*texts, running.returncode), usage.ru_utime + usage.ru_stime, usage.ru_maxrss * 1024


def in_time(seconds: float, folder: Path) -> bool:
    """Whether a text took no more than 3 s where loading SymPy takes a quarter of a second; slower machines scale."""
    return seconds < LEAST_SECONDS or (
        seconds < TIMES_SYMPY * spent([sys.executable, "-c", "import sympy"], folder, b"")[1]
    )


@pytest.fixture
def measured(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Outcome]:
    """Run in a process that must keep to the memory and, in the best of a few tries, to the time.

    A machine that others use slows down for seconds at a time, so each try has a yardstick of its own.
    """
    folder = tmp_path_factory.mktemp("measured")

    def run(*argv: str | bytes, stdin: bytes = b"") -> Outcome:
        tries = []
        for _ in range(TRIES):
            ran, seconds, size = spent([*MODULE, *argv], folder, stdin)
            assert size < MEMORY
            if in_time(seconds, folder):
                return ran
            tries.append(f"{seconds:.1f} s")
        pytest.fail(f"took {', '.join(tries)}, each time more than it may take")

    return run


@pytest.mark.parametrize("text", LONG.values(), ids=LONG)
def test_long_texts(text, measured):
    assert_harmless(measured("-", "--no-check", "-q", "x=0.5", stdin=text.encode()))


@pytest.mark.parametrize("name", ["open parentheses", "powers", "a number of a million digits", "escapes"])
def test_long_values(name, measured):
    assert_harmless(measured("x^2", "--at", "-", stdin=json.dumps({"x": LONG[name]}).encode()))


HEAVY = [
    "big power",
    "big power of x",
    "power of one",
    "factorial of a factorial",
    "far sine",
    "exponent at the limit",
    "far modulus",
]


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("name", HEAVY)
def test_heavy_texts_with_the_check(name, mode, measured):
    assert_harmless(measured(TEXTS[name], "x=9", *MODES[mode]))


def test_surrogates_among_the_arguments(measured):
    for argv in ((b"x + \xff", b"x=1"), (b"x^2", b"x=\xff"), (b"x^2", b"\xff=1"), (b"x^2", b"--wrt", b"\xff", b"x=1")):
        assert_harmless(measured(*argv))


def test_many_names(measured):
    point = {f"x{i}": i for i in range(50_000)}
    assert_harmless(measured("x7^2", "--at", "-", "--no-check", stdin=json.dumps(point).encode()))


def test_a_huge_file(tmp_path, measured):
    with (tmp_path / "huge").open("wb") as file:
        file.truncate(10 * 1024**3)
    assert_harmless(measured("@huge", "x=1"))
    assert_harmless(measured("x^2", "--at", "huge"))

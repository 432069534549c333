"""The faults that the judge once had, each with the truth: the table behind ``test_judge_cases.py``.

The truths come from exact arithmetic by hand or from mpmath at thousands of bits, never from the program. Where more
than one answer is honest, all of them are listed (``"undecided|imprecise"``).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Case:
    """A command line and what must come of it.

    ``words`` has the verdict words that are honest for a name, ``gradient`` the number that must stand beside ``ok``
    and ``limit``, ``expected`` the reference that must be shown if one is shown, ``slopes`` the two sides (None: no
    number), ``value`` the value as the first digits of its text; with ``told``, another value may stand there if a
    warning says that it is not right. ``lost`` names gradients that must not be ``ok`` without lost digits.
    """

    expression: str
    point: str = ""
    flags: str = ""
    words: Mapping[str, str] = field(default_factory=dict)
    gradient: Mapping[str, float] = field(default_factory=dict)
    expected: Mapping[str, float] = field(default_factory=dict)
    slopes: Mapping[str, tuple[float | None, float | None]] = field(default_factory=dict)
    value: str | None = None
    told: bool = False
    lost: tuple[str, ...] = ()
    codes: tuple[int, ...] = (0,)
    says: str = ""
    seconds: float = 0.0
    env: Mapping[str, str] = field(default_factory=dict)


DIGITS = "--digits 20"
OK, EDGE, OPEN = "ok", "kink", "undecided"
UNSURE = "undecided|kink|imprecise"

FALSE_WRONG = {
    "cube at 0": Case(
        "z = w*x + b; f = z^3", "w=2 x=3 b=-6", words=dict.fromkeys("wxbz", OK), gradient=dict.fromkeys("wxbz", 0.0)
    ),
    "power at base 0": Case("x^y", "x=0 y=3", words={"x": OK, "y": OK}, gradient={"x": 0.0, "y": 0.0}),
    "cube at 0, forward": Case("x^3", "x=0", "--check forward", words={"x": OK}, gradient={"x": 0.0}),
    "saturated tanh stage": Case(
        "q = x*w; f = tanh(q)",
        "x=74 w=1",
        words=dict.fromkeys("xwq", OK),
        gradient={"x": 2.120687466436929434682603e-64, "q": 2.120687466436929434682603e-64},
    ),
    "saturated sigmoid stage": Case(
        "q = x*w; f = sigmoid(q)",
        "x=146 w=1",
        words=dict.fromkeys("xwq", OK),
        gradient={"x": 3.917469664450395511065358e-64, "q": 3.917469664450395511065358e-64},
    ),
    "saturated sigmoid stage, below": Case(
        "q = x*w; f = sigmoid(q)",
        "x=-146 w=1",
        words=dict.fromkeys("xwq", OK),
        gradient={"q": 3.917469664450395511065358e-64},
    ),
    "saturated erf stage": Case(
        "q = x*w; f = erf(q)",
        "x=12 w=1",
        words=dict.fromkeys("xwq", OK),
        gradient={"q": 3.266251823898804013912936e-63},
    ),
    "tanh far out, digits": Case("tanh(x)", "x=2000", DIGITS, words={"x": OK}, value="1.0000000000000000000"),
    "1 - tanh farther out, digits": Case(
        "1-tanh(x)", "x=5000", DIGITS, words={"x": OK}, value="2.270967730629472197e-4343"
    ),
    "gelu in its tail, digits": Case(
        "gelu(x)", "x=-1e5", DIGITS, words={"x": OK}, value="-1.2152088606880733457e-2171472410"
    ),
    "cosh just above 1": Case(
        "a = cosh(x); f = max(a, a*a)",
        "x=-2.9e-11",
        words={"x": "imprecise|undecided", "a": "imprecise|undecided"},
        expected={"a": 2.0, "x": -5.8e-11},
    ),
    "tie behind an inverse pair": Case("max(exp(log(x)), 10)", "x=10", words={"x": UNSURE}),
    "tie behind an inverse pair, digits": Case(
        "max(exp(log(x)), 10)", "x=10", DIGITS, words={"x": UNSURE}, codes=(0, 4)
    ),
    "tie behind an inverse pair, exact": Case(
        "max(exp(log(x)), 10)", "x=10", "--exact", words={"x": EDGE}, slopes={"x": (0.0, 1.0)}
    ),
    "corner behind an inverse pair": Case(
        "hardtanh(sqrt(x)^2-1)", "x=2", "--exact", words={"x": EDGE}, slopes={"x": (1.0, 0.0)}, value="1"
    ),
    "corner behind an inverse pair, doubles": Case("hardtanh(sqrt(x)^2-1)", "x=2", words={"x": UNSURE}),
    "round at a half": Case(
        "round(x)*y",
        "x=2.5 y=3",
        words={"x": EDGE, "y": OK},
        gradient={"y": 2.0},
        slopes={"x": (0.0, None)},
        value="6.0",
    ),
    "a power in a power": Case(
        "hypot(x, tanh(1/x))^y",
        "x=0.01 y=3",
        words={"x": "ok|imprecise", "y": "ok|imprecise"},
        expected={"x": 0.03000149996250187550741483, "y": 5.000499997916666877218633e-05},
    ),
}
for _flags in ("", DIGITS, "--exact"):
    for _gate in ("softsign", "elu"):
        FALSE_WRONG[f"{_gate} stage at 0 {_flags}".strip()] = Case(
            f"q = x*y; f = {_gate}(q)",
            "x=0 y=3",
            _flags,
            words={"x": OK, "y": OK, "q": OK},
            gradient={"x": 3.0, "y": 0.0, "q": 1.0},
        )
    FALSE_WRONG[f"angle of equal vectors {_flags}".strip()] = Case(
        "acos((a*c + b*d)/(hypot(a, b)*hypot(c, d)))", "a=0.3 b=0.7 c=0.3 d=0.7", _flags, codes=(0, 4)
    )

SILENT = {
    "tan*cos near its pole": Case(
        "tan(x)*cos(x)", "x=pi/2", expected={"x": 6.12323399573676588613033e-17}, lost=("x",)
    ),
    "cancelling cubes": Case(
        "x^3*1e30 + x - x*x*x*1e30", "x=100", expected={"x": 1.0}, lost=("x",), told=True, value="100"
    ),
    "stage on a kink": Case(
        "q = x + 1; f = relu(q)", "x=-1", words={"x": EDGE, "q": EDGE}, slopes={"x": (0.0, 1.0), "q": (0.0, 1.0)}
    ),
    "stage on a tie": Case(
        "q = x*y; r = x + y; f = max(q, r)",
        "x=2 y=2",
        words=dict.fromkeys("xyqr", EDGE),
        slopes={"q": (0.0, 1.0), "r": (0.0, 1.0), "x": (1.0, 2.0), "y": (1.0, 2.0)},
    ),
    "stage on a jump": Case(
        "q = 2*x; f = floor(q)*x", "x=1.5", words={"x": EDGE, "q": EDGE}, slopes={"x": (None, 3.0), "q": (None, 0.0)}
    ),
    "floor of a square root squared": Case(
        "floor(sqrt(x)^2)*y", "x=3 y=3", words={"x": UNSURE, "y": "undecided|imprecise"}, value="9.0", told=True
    ),
    "floor of log base 3": Case(
        "floor(log(x)/log(3))*y",
        "x=59049 y=2",
        words={"x": UNSURE, "y": "undecided|imprecise"},
        value="20.0",
        told=True,
    ),
    "floor of log base 2, right": Case(
        "floor(log(x)/log(2))*y",
        "x=32 y=3",
        words={"x": UNSURE, "y": "undecided|ok"},
        expected={"y": 5.0},
        value="15.0",
    ),
    "mod of a huge power": Case("mod(x^x, 1600)", "x=40", words={"x": UNSURE}, value="0.0", told=True),
    "mod of a huge power, digits": Case("mod(x^x, 1600)", "x=40", DIGITS, words={"x": EDGE}, value="0", told=True),
    "mod of a huge power, exact": Case("mod(x^x, 1600)", "x=40", "--exact", words={"x": EDGE}, value="0"),
    "erf - 1, digits": Case("erf(x)-1", "x=100", DIGITS, words={"x": OK}, value="-6.4059614249217320390e-4346"),
    "x - 1, digits": Case("x-1", "x=1+10^-2000", DIGITS, words={"x": OK}, value="1.0000000000000000000e-2000"),
    "softplus by hand, digits": Case(
        "log(1+exp(-x))", "x=1e5", DIGITS, value="3.5629495653093731211e-43430", told=True, codes=(0, 3, 4)
    ),
    "saturated base, huge exponent": Case(
        "sigmoid(x)^y", "x=40 y=1e30", words={"x": "imprecise|undecided"}, expected={"x": 0.0}, value="0.0", told=True
    ),
    "ceil just above 1": Case(
        "ceil(cosh(x))", "x=-1e-8", value="2.0", told=True, words={"x": "ok|undecided|imprecise"}
    ),
    "domain end beside the path": Case(
        "max(silu(y), acosh(x))",
        "x=1 y=2",
        words={"x": EDGE, "y": OK},
        slopes={"x": (None, 0.0)},
        codes=(0,),
    ),
}

CRASHES = {
    "4,300 digits": Case(
        "exp(x)", "x=20000", "--digits 300", words={"x": OK}, value="7.756004725986861045832040679263501960168e+8685"
    ),
    "gamma after a cancellation": Case(
        "gamma((x+y)-y)",
        "x=1.1 y=0.1",
        words={"x": "ok", "y": "ok"},
        gradient={"x": -0.4031395887949687431917792},
        value="0.951350769866873",
        seconds=12,
    ),
    "digamma with 500 digits": Case(
        "digamma(x)",
        "x=-1001.5",
        "--digits 500",
        words={"x": OK},
        value="6.909753323145301544444207787795156399",
        seconds=20,
    ),
    "nested where": Case(
        "a = where(x > y, x*y, y - x); b = where(a > x, where(a > y, a*x, a + y), where(a < x, a/y, a*a));"
        " c = where(b > a, where(b > x, b*a, b - a), where(b < y, b + x, a));"
        " f = where(where(c > b, a, x) > where(c < a, b, y), where(c > a, c*b, c + a), where(c < a, c - b, b*a))",
        "x=1.5 y=-2.25",
        words={"x": OK, "y": OK},
        seconds=20,
    ),
    "nested where, conditions in conditions": Case(
        "a = where(where(x > 1, y, x) > where(y > 1, x, y), where(x < y, x*x, y*y), where(x > y, x, y));"
        " b = where(where(a > x, a, y) > where(a < y, x, a), where(where(a > 1, x, y) < a, a*y, a - y), x*a);"
        " f = where(where(b > a, where(b > x, a, x), y) < where(a > b, b, where(x > b, y, a)), a*b,"
        " where(b < a, b, x))",
        "x=0.5 y=1.75",
        words={"x": OK, "y": OK},
        seconds=20,
    ),
    "rtol 0": Case("sin(x)*exp(y)", "x=1 y=0.3", "--rtol 0", words={"x": "ok|imprecise", "y": "ok|imprecise"}),
    "domain found late": Case("log(digamma(x))", "x=0.5", "--digits 2", codes=(4,), seconds=12),
    "gamma of gamma, doubles": Case("gamma(gamma(x))", "x=12", codes=(0, 4), seconds=20),
    "gamma of gamma, digits": Case("gamma(gamma(x))", "x=12", DIGITS, codes=(0, 3, 4), seconds=30),
    "polygamma of a tiny number": Case("polygamma(50,x)", "x=1e-300", "--digits 500", codes=(0, 3, 4), seconds=30),
    "15,000 sines, exact": Case("sin(" * 15000 + "x" + ")" * 15000, "x=1", "--exact", codes=(3, 4), seconds=30),
    "SYMPY_DEBUG": Case("x*y", "x=1 y=2", env={"SYMPY_DEBUG": "bogus"}, codes=(0, 2, 3), seconds=20),
    "root of a product of primes": Case("sqrt(x)", "x=(10^49+9)*(10^49+33)", "--exact", words={"x": OK}, seconds=30),
    "floor beyond all digits": Case("floor(2^x)*y", "x=10^12 y=1", DIGITS, codes=(0, 3, 4), seconds=30),
    "floor beyond all digits, doubles": Case("floor(2^x)*y", "x=10^12 y=1", codes=(4,), seconds=30),
    "floor beyond all digits, unseen": Case("y + step(-floor(2^(x*x)))", "x=10^6 y=1", codes=(0, 4), seconds=30),
    "0 to a huge power": Case("x^(1e8)", "x=0", words={"x": OK}, gradient={"x": 0.0}, seconds=20),
}

UNCHECKED = {
    "another term underflows": Case(
        "y*y + exp(-x)", "x=1e20 y=2", words={"x": OK, "y": OK}, gradient={"x": 0.0, "y": 4.0}, value="4.0"
    ),
    "a dead stage": Case("a = x; b = a^a; f = 2*a", "x=-3", words={"x": OK, "a": OK}, gradient={"x": 2.0, "a": 2.0}),
    "no jump, floor and ceil": Case(
        "floor(x) + ceil(-x) + x", "x=3", words={"x": OK}, gradient={"x": 1.0}, value="3.0"
    ),
    "no jump, equal branches": Case("where(x > 5, x, x)", "x=5", words={"x": OK}, gradient={"x": 1.0}),
    "no jump, a point filled in": Case("where(x == 1, 1, x)", "x=1", words={"x": "limit"}, gradient={"x": 1.0}),
    "no jump, sinc": Case("where(x == 0, 1, sin(x)/x)", "x=0", words={"x": "ok|limit"}, gradient={"x": 0.0}),
    "no jump at 1e300": Case(
        "abs(x)*y + round(x/1e300)", "x=1e300 y=2", words={"x": OK, "y": OK}, gradient={"x": 2.0, "y": 1e300}
    ),
    "a tie of equal lines": Case("max(x, x*1)", "x=3", words={"x": "ok|limit"}, gradient={"x": 1.0}),
    "fmod is C's": Case(
        "fmod(x, y)", "x=-7 y=3", words={"x": OK, "y": OK}, gradient={"x": 1.0, "y": 2.0}, value="-1.0"
    ),
    "fmod of a negative divisor": Case(
        "fmod(x, y)", "x=7.5 y=-2", words={"x": OK, "y": OK}, gradient={"x": 1.0, "y": 3.0}, value="1.5"
    ),
    "mod is floored": Case(
        "mod(x, y)", "x=-7 y=3", words={"x": OK, "y": OK}, gradient={"x": 1.0, "y": 3.0}, value="2.0"
    ),
    "exact, roots": Case(
        "(sqrt(2)-1)*(sqrt(2)+1)*x", "x=3", "--exact", words={"x": OK}, value="3", gradient={"x": 1.0}
    ),
    "exact, logs": Case(
        "(log(25) - 2*log(5))*x + x", "x=3", "--exact", words={"x": OK}, value="3", gradient={"x": 1.0}
    ),
    "exact, circle": Case("sin(x)^2 + cos(x)^2", "x=1", "--exact", words={"x": OK}, value="1", gradient={"x": 0.0}),
    "exact, tanh(log 2)": Case("tanh(log(x))", "x=2", "--exact", words={"x": OK}, value="3/5", gradient={"x": 8 / 25}),
}

HOSTILE = {
    "mod by a tiny number, digits": Case(
        "mod(x, 2^(-20000))",
        "x=1/3",
        DIGITS,
        words={"x": OK},
        value="8.374626858995815283933e-6022",
        told=True,
        codes=(0, 3, 4),
    ),
    "mod by a tiny number, exact": Case("mod(x, 2^(-20000))", "x=1/3", "--exact", codes=(0, 3, 4)),
    "huge factors, digits": Case(
        "(x-y)*10^5000*10^5000",
        "x=1/3 y=1/3+10^-9000",
        DIGITS,
        words={"x": OK, "y": OK},
        value="-1.0000000000000000000e+1000",
    ),
    "tan at its pole in doubles": Case(
        "tan(2*atan(x))", "x=1", words={"x": "undecided|unchecked|imprecise"}, codes=(0, 4)
    ),
    "tanh far out, exact": Case("tanh(x)", "x=71000", "--exact", words={"x": OK}, seconds=30),
    "tanh far out, doubles": Case("tanh(x)", "x=71000", words={"x": OK}, gradient={"x": 0.0}),
}
for _flags in ("", DIGITS, "--exact"):
    for _check in ("symbolic", "gatewise", "forward"):
        HOSTILE[f"round of a literal half {_flags} {_check}"] = Case(
            "round(2.5)*x", "x=3", f"{_flags} --check {_check}", words={"x": OK}, gradient={"x": 2.0}
        )
        HOSTILE[f"round of a literal half as exponent {_flags} {_check}"] = Case(
            "x^round(0.5)", "x=3", f"{_flags} --check {_check}", words={"x": OK}, gradient={"x": 0.0}
        )
        FALSE_WRONG[f"round at a half {_flags} {_check}"] = Case(
            "round(x)*y", "x=2.5 y=3", f"{_flags} --check {_check}", words={"x": EDGE, "y": OK}, gradient={"y": 2.0}
        )

_SIGMA = 2**0.5 / 3
LIMITS = {
    "sqrt(clip) below": Case("sqrt(clip(x, 0, 1))", "x=-1", words={"x": "ok|limit"}, gradient={"x": 0.0}),
    "sqrt(x^4)": Case("sqrt(x^4)", "x=0", words={"x": "limit"}, gradient={"x": 0.0}),
    "cbrt(x)^3": Case("cbrt(x)^3", "x=0", words={"x": "limit"}, gradient={"x": 1.0}),
    "a root squared": Case(
        "sqrt((x-m)^2)^2", "x=2 m=2", words={"x": "limit", "m": "limit"}, gradient={"x": 0.0, "m": 0.0}
    ),
    "cbrt(relu) below": Case("cbrt(relu(x))", "x=-1", words={"x": "ok|limit"}, gradient={"x": 0.0}),
    "sqrt(x - x)": Case("sqrt(x-x)", "x=2", words={"x": "limit"}, gradient={"x": 0.0}),
    "relu(x) - relu(-x)": Case("relu(x) - relu(-x)", "x=0", words={"x": "limit"}, gradient={"x": 1.0}),
    "distance of equal points": Case(
        "((a-b)^2 + (c-d)^2)^0.5",
        "a=1 b=1 c=2 d=2",
        words=dict.fromkeys("abcd", EDGE),
        slopes=dict.fromkeys("abcd", (-1.0, 1.0)),
        value="0.0",
    ),
    "deviation of equal numbers": Case(
        "m = (a+b+c)/3; f = sqrt(((a-m)^2 + (b-m)^2 + (c-m)^2)/3)",
        "a=0.5 b=0.5 c=0.5",
        words=dict.fromkeys("abcm", EDGE),
        slopes={"a": (-_SIGMA, _SIGMA), "b": (-_SIGMA, _SIGMA), "c": (-_SIGMA, _SIGMA), "m": (-1.0, 1.0)},
        value="0.0",
    ),
    "deviation of equal tenths": Case(
        "m = (a+b+c)/3; f = sqrt(((a-m)^2 + (b-m)^2 + (c-m)^2)/3)",
        "a=0.1 b=0.1 c=0.1",
        words=dict.fromkeys("abcm", "kink|undecided"),
    ),
    "acosh(cosh(x))": Case("acosh(cosh(x))", "x=0", words={"x": EDGE}, slopes={"x": (-1.0, 1.0)}),
    "sqrt(x)^2 at 0": Case("sqrt(x)^2", "x=0", words={"x": "kink"}, slopes={"x": (None, 1.0)}, codes=(0, 4)),
    "x^1.5 at 0": Case("x^1.5", "x=0", words={"x": "kink"}, slopes={"x": (None, 0.0)}),
    "no check, no limit": Case("sqrt(x^4)", "x=0", "--no-check", codes=(4,), says="check"),
}

ROUNDED_AWAY = {
    "sigmoid rounds to 1": Case("log(1-sigmoid(x))", "x=40", codes=(4,), says="--digits"),
    "sigmoid rounds to 1, digits": Case(
        "log(1-sigmoid(x))", "x=40", DIGITS, words={"x": OK}, value="-40.000000000000000004"
    ),
    "square underflows": Case(
        "sqrt(x*x)", "x=1e-200", codes=(0, 4), words={"x": "limit|undecided|imprecise"}, expected={"x": 1.0}
    ),
    "square does not underflow, digits": Case("sqrt(x*x)", "x=1e-200", DIGITS, words={"x": OK}, gradient={"x": 1.0}),
    "cosh rounds to 1": Case(
        "acosh(cosh(x))", "x=1e-9", codes=(0, 4), words={"x": "limit|undecided|imprecise"}, expected={"x": 1.0}
    ),
    "parallel vectors": Case(
        "acos((a*c + b*d)/(sqrt(a*a + b*b)*sqrt(c*c + d*d)))",
        "a=0.1 b=0.3 c=0.2 d=0.6",
        codes=(0, 4),
        words=dict.fromkeys("abcd", UNSURE),
    ),
    "parallel vectors, a quotient above 1": Case(
        "acos((a*b + c*d)/sqrt((a*a + c*c)*(b*b + d*d)))",
        "a=1 c=3 b=3 d=9",
        codes=(0, 4),
        words=dict.fromkeys("abcd", UNSURE),
    ),
}

BEHIND_EQUAL_NUMBERS = {
    "tie behind exp(log), digits": Case(
        "max(exp(log(x)), 10)", "x=10", DIGITS, words={"x": EDGE}, slopes={"x": (0.0, 1.0)}, value="10.0000"
    ),
    "tie behind exp(log), no check": Case("max(exp(log(x)), 10)", "x=10", f"{DIGITS} --no-check", codes=(4,)),
    "tie behind a quotient of logarithms, digits": Case(
        "max(log(x)/log(3), 10)", "x=59049", DIGITS, words={"x": OPEN}, value="10.0000"
    ),
    "corner behind a quotient of logarithms, digits": Case(
        "abs(log(x)/log(3) - 10)", "x=59049", DIGITS, words={"x": OPEN}, value="0.0"
    ),
    "floor of a square root squared, digits": Case(
        "floor(sqrt(x)^2)*y", "x=3 y=3", DIGITS, words={"x": EDGE, "y": OK}, gradient={"y": 3.0}, value="9.0000"
    ),
    "half of a square root squared, digits": Case(
        "round(sqrt(x)^2)*y", "x=2.5 y=3", DIGITS, words={"x": EDGE, "y": OK}, gradient={"y": 2.0}, value="6.0000"
    ),
    "floor of a quotient of logarithms, digits": Case(
        "floor(log(x)/log(3))*y", "x=59049 y=2", DIGITS, codes=(4,), says="--exact"
    ),
    "floor of a quotient of logarithms, exact": Case(
        "floor(log(x)/log(3))*y", "x=59049 y=2", "--exact", words={"x": EDGE, "y": OK}, gradient={"y": 10.0}, value="20"
    ),
    "domain behind a quotient of logarithms": Case("log(log(x)/log(3) - 10)", "x=59049", DIGITS, codes=(4,)),
    "the end of asin's domain, of literals": Case(
        "asin(square(sin(1)) + square(cos(1))) + y", "y=1", words={"y": "ok|undecided"}, gradient={"y": 1.0}
    ),
    "the end of asin's domain": Case(
        "asin(log(x)/log(3) - 9) + y", "x=59049 y=1", words={"x": "kink|undecided", "y": OK}, gradient={"y": 1.0}
    ),
    "sine of the end of asin's domain": Case(
        "sin(asin(x))", "x=1", words={"x": EDGE}, gradient={"x": 1.0}, slopes={"x": (1.0, None)}
    ),
    "a root of what is 0 by an identity": Case(
        "q = square(sin(0.5)) + square(cos(0.5)); f = cbrt(q - 1)^4 + y",
        "y=0.1",
        words={"q": "limit|undecided|ok", "y": OK},
        gradient={"q": 0.0, "y": 1.0},
    ),
    "a slope that is 0 on both sides": Case(
        "q = erf(cbrt(y - 12)^3); f = leaky_relu(square(cosh(q)) - square(sinh(q)))",
        "y=12",
        DIGITS,
        words={"y": "limit"},
        gradient={"y": 0.0},
    ),
    "a domain left behind an inverse pair": Case("y + exp(log(x))", "x=-3 y=3", codes=(4,), says="log needs x > 0"),
}

EXACT_SPEED = {
    f"{name}({at})": Case(f"{name}(x)", f"x={at}", "--exact", words={"x": OK}, seconds=12)
    for name in ("gamma", "lgamma", "digamma")
    for at in ("1.5707963267948966", "7/2", "1/3", "1e-3", "12.345")
}

TABLES = {
    "false wrong": FALSE_WRONG,
    "silent": SILENT,
    "crash": CRASHES,
    "unchecked": UNCHECKED,
    "hostile": HOSTILE,
    "limit": LIMITS,
    "rounded away": ROUNDED_AWAY,
    "behind equal numbers": BEHIND_EQUAL_NUMBERS,
    "exact in time": EXACT_SPEED,
}

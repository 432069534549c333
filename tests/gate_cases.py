"""The tables behind ``test_gates.py``: for every gate points inside its domain, its kinks, its edges, and outside.

Arguments are fractions, separated by spaces, in the order of the gate's inputs. A new row of the gate table needs its
own rows here: ``test_gates.py`` compares the names.
"""

from __future__ import annotations

_LINE = "-5/2; -1/3; 1/7; 3/4; 2; 17/5"
_POSITIVE = "1/9; 3/4; 2; 17/5; 1000"
_INSIDE_ONE = "-9/10; -1/3; 0; 1/7; 99/100"
_WIDE = _LINE + "; 40; -40; 800; -800"
_PAIRS = "3 5; -2 7/3; 1/4 -6; -3/2 -1/5; 40 1/800; -800 40"
_PAIRS_APART = "3 5; 5 3; -2 7/3; 1/4 -6; 40 -800"

INSIDE = {
    "add": _PAIRS,
    "sub": _PAIRS,
    "mul": _PAIRS,
    "div": _PAIRS,
    "neg": _WIDE,
    "pow": "2 3; 1/3 -5/2; 7/2 1/4; 40 40; 1/40 -40; 3/2 800",
    "square": _WIDE,
    "reciprocal": _WIDE,
    "sqrt": _POSITIVE + "; 40; 800; 1/1000000",
    "cbrt": _WIDE,
    "identity": _WIDE,
    "exp": _WIDE,
    "expm1": _WIDE + "; 1/1000000000",
    "log": _POSITIVE + "; 40; 800; 1/1000000",
    "log1p": _POSITIVE + "; -1/2; -999/1000; 40; 800; 1/1000000000",
    "log2": _POSITIVE + "; 40; 800; 1/1000000",
    "log10": _POSITIVE + "; 40; 800; 1/1000000",
    "sin": _WIDE,
    "cos": _WIDE,
    "tan": _WIDE,
    "cot": _WIDE,
    "sec": _WIDE,
    "csc": _WIDE,
    "asin": _INSIDE_ONE,
    "acos": _INSIDE_ONE,
    "atan": _WIDE,
    "atan2": _PAIRS + "; 0 3; 1 0; -1 0",
    "hypot": _PAIRS + "; 0 3; -2 0",
    "sinh": _WIDE,
    "cosh": _WIDE,
    "tanh": _WIDE + "; 18",
    "sech": _WIDE,
    "asinh": _WIDE,
    "acosh": "1001/1000; 3/2; 2; 40; 800",
    "atanh": _INSIDE_ONE + "; 999999/1000000",
    "sigmoid": _WIDE,
    "softplus": _WIDE,
    "relu": _WIDE,
    "leaky_relu": "2 1/100; -2 1/100; -40 3; 800 1/5; -800 1/5",
    "elu": "2 1; -2 1; -1/3 7/4; -40 1; 800 2; -800 2",
    "selu": _WIDE,
    "gelu": "-5/2; -1/3; 1/7; 3/4; 2; 17/5; 40; -12; 800",
    "silu": _WIDE,
    "softsign": _WIDE + "; 0",
    "hardtanh": _WIDE,
    "abs": _WIDE,
    "sign": _WIDE,
    "max": "3 5 -1; 5 3 9; 7 -2 1; 40 800 -800",
    "min": "3 5 -1; 5 3 9; -7 -2 1; 40 800 -800",
    "clip": "1/2 -1 3; -2 -1 3; 9 -1 3; 800 -40 40; -800 -40 40",
    "step": _WIDE,
    "floor": "-5/2; -1/3; 1/7; 3/4; 17/5; 81/2; -1601/2",
    "ceil": "-5/2; -1/3; 1/7; 3/4; 17/5; 81/2; -1601/2",
    "round": "-7/3; -1/3; 1/7; 3/4; 2; 17/5; 40; -800",
    "mod": "7/2 2; -7/2 2; 7/2 -2; 1/3 5; 801/2 40; -40 801/2",
    "fmod": "7/2 2; -7/2 2; 7/2 -2; 1/3 5; 801/2 40; -40 801/2; 0 3",
    "erf": _LINE + "; 6; -6; 40; -40; 800",
    "erfc": _LINE + "; 6; 20; 40; -40; 800",
    "gamma": "1/7; 3/4; 2; 17/5; 40; 800; -1/3; -5/2; -81/2",
    "lgamma": "1/7; 3/4; 17/5; 40; 800; -1/3; -5/2; -81/2",
    "digamma": "1/7; 3/4; 2; 17/5; 40; 800; -1/3; -5/2; -81/2",
    "polygamma": "0 3/4; 1 1/7; 1 17/5; 2 3/4; 5 2; 1 40; 3 800; 1 -5/2; 2 -1/3",
    "lt": _PAIRS_APART,
    "le": _PAIRS_APART,
    "gt": _PAIRS_APART,
    "ge": _PAIRS_APART,
    "eq": _PAIRS_APART,
    "ne": _PAIRS_APART,
    "where": "1 3 5; 0 3 5; -2 40 800; 0 40 -800",
}

# gate: (arguments, the local gradients by convention, the slopes to the left and right of each input)
JUMP = ("jump", "jump")
KINKS = {
    "atan2": [("0 -2", (-0.5, 0.0), [("jump", -0.5), (0.0, 0.0)])],
    "hypot": [("0 0", (0.0, 0.0), [(-1.0, 1.0)] * 2)],
    "relu": [("0", (0.0,), [(0.0, 1.0)])],
    "leaky_relu": [("0 1/4", (0.25, 0.0), [(0.25, 1.0), (0.0, 0.0)])],
    "elu": [("0 3", (3.0, 0.0), [(3.0, 1.0), (0.0, 0.0)])],
    "selu": [("0", (1.7580993408473766,), [(1.7580993408473766, 1.0507009873554805)])],
    "hardtanh": [("1", (0.0,), [(1.0, 0.0)]), ("-1", (0.0,), [(0.0, 1.0)])],
    "abs": [("0", (0.0,), [(-1.0, 1.0)])],
    "sign": [("0", (0.0,), [JUMP])],
    "max": [("3 3", (0.5, 0.5), [(0.0, 1.0)] * 2), ("2 2 2", (1 / 3,) * 3, [(0.0, 1.0)] * 3)],
    "min": [("3 3", (0.5, 0.5), [(1.0, 0.0)] * 2), ("2 9 2", (0.5, 0.0, 0.5), [(1.0, 0.0), (0.0, 0.0), (1.0, 0.0)])],
    "clip": [
        ("-1 -1 3", (0.5, 0.5, 0.0), [(0.0, 1.0), (0.0, 1.0), (0.0, 0.0)]),
        ("3 -1 3", (0.5, 0.0, 0.5), [(1.0, 0.0), (0.0, 0.0), (1.0, 0.0)]),
    ],
    "step": [("0", (0.0,), [(0.0, "jump")])],
    "floor": [("3", (0.0,), [("jump", 0.0)]), ("-2", (0.0,), [("jump", 0.0)])],
    "ceil": [("3", (0.0,), [(0.0, "jump")])],
    "round": [("5/2", (0.0,), [(0.0, "jump")]), ("7/2", (0.0,), [("jump", 0.0)])],
    "mod": [("6 2", (1.0, -3.0), [("jump", 1.0), (-3.0, "jump")])],
    "fmod": [
        ("6 2", (1.0, -3.0), [("jump", 1.0), (-3.0, "jump")]),
        ("-6 2", (1.0, 3.0), [(1.0, "jump"), (3.0, "jump")]),
    ],
    "lt": [("2 2", (0.0, 0.0), [("jump", 0.0), (0.0, "jump")])],
    "le": [("2 2", (0.0, 0.0), [(0.0, "jump"), ("jump", 0.0)])],
    "gt": [("2 2", (0.0, 0.0), [(0.0, "jump"), ("jump", 0.0)])],
    "ge": [("2 2", (0.0, 0.0), [("jump", 0.0), (0.0, "jump")])],
    "eq": [("2 2", (0.0, 0.0), [JUMP] * 2)],
    "ne": [("2 2", (0.0, 0.0), [JUMP] * 2)],
}

OUTSIDE = {
    "div": "1 0; 0 0",
    "pow": "-8 1/3; 0 -1; -2 1/2; 0 -1/2",
    "reciprocal": "0",
    "sqrt": "-1; -1/1000000",
    "log": "0; -3",
    "log1p": "-1; -2",
    "log2": "0; -3",
    "log10": "0; -3",
    "cot": "0",
    "csc": "0",
    "tan": "",  # its poles are irrational: see test_poles_that_only_exact_meets
    "sec": "",
    "asin": "2; -11/10",
    "acos": "2; -11/10",
    "atan2": "0 0",
    "acosh": "1/2; -3",
    "atanh": "1; -1; 2",
    "clip": "0 3 3; 0 3 1",
    "mod": "5 0",
    "fmod": "5 0",
    "gamma": "0; -1; -7",
    "lgamma": "0; -1; -7",
    "digamma": "0; -1; -7",
    "polygamma": "-1 2; 1/2 2; 51 2; 1 0; 1 -3",
}

# gate: (arguments, the input that has no slope although the gate has a value)
EDGES = {
    "pow": [("0 1/2", 0), ("-2 3", 1), ("0 0", 1)],
    "sqrt": [("0", 0)],
    "cbrt": [("0", 0)],
    "asin": [("1", 0), ("-1", 0)],
    "acos": [("1", 0), ("-1", 0)],
    "acosh": [("1", 0)],
    "polygamma": [("2 3", 0)],
}

# gate: (expression, point, gradients), for what a row's flags say and no other table asks: sqrt(x) has no slope at 0,
# and a gate that routes never comes to it where x takes no part; a kink that is none for some parameters.
_SHUT = {"x": "0"}
FLAGS = {
    "sign": [("sign(sqrt(x) - 2)", _SHUT, (0.0,))],
    "step": [("step(sqrt(x) - 2)", _SHUT, (0.0,))],
    "floor": [("floor(sqrt(x) + 1/2)", _SHUT, (0.0,))],
    "ceil": [("ceil(sqrt(x) + 1/2)", _SHUT, (0.0,))],
    "round": [("round(sqrt(x) + 1/3)", _SHUT, (0.0,))],
    "relu": [("relu(sqrt(x) - 2)", _SHUT, (0.0,))],
    "hardtanh": [("hardtanh(sqrt(x) - 2)", _SHUT, (0.0,))],
    "max": [("max(sqrt(x) - 2, 1)", _SHUT, (0.0,))],
    "min": [("min(sqrt(x) + 2, 1)", _SHUT, (0.0,))],
    "clip": [("clip(sqrt(x) - 2, -1, 1)", _SHUT, (0.0,)), ("clip(5, -1, sqrt(x) + 9)", _SHUT, (0.0,))],
    "where": [("where(x > 1, sqrt(x), 2*x)", _SHUT, (2.0,)), ("where(x < 1, 2*x, sqrt(x))", _SHUT, (2.0,))],
    "lt": [("(sqrt(x) + 1 < 3)*x", _SHUT, (1.0,))],
    "le": [("(sqrt(x) + 1 <= 3)*x", _SHUT, (1.0,))],
    "ne": [("(sqrt(x) + 1 != 3)*x", _SHUT, (1.0,))],
    "gt": [("(sqrt(x) + 1 > 3)*x", _SHUT, (0.0,))],
    "ge": [("(sqrt(x) + 1 >= 3)*x", _SHUT, (0.0,))],
    "eq": [("(sqrt(x) + 1 == 3)*x", _SHUT, (0.0,))],
    "pow": [
        ("x^y + 0*x", {"x": "0", "y": "2"}, (0.0, 0.0)),  # 0^y is 0 around y = 2, though log(0) is no number
        ("x^y", {"x": "0", "y": "1"}, (1.0, 0.0)),
        ("x^0", {"x": "0"}, (0.0,)),
        ("x^y", {"x": "2", "y": "0"}, (0.0, 0.6931471805599453)),
    ],
    "elu": [("elu(x, a)", {"x": "0", "a": "1"}, (1.0, 0.0))],
    "leaky_relu": [("leaky_relu(x, a)", {"x": "0", "a": "1"}, (1.0, 0.0))],
    "hypot": [("hypot(x, y)", {"x": "0", "y": "2"}, (0.0, 1.0))],
}
# gate: a point at which its value is smaller than any number of the many-digit arithmetic: 0 would be no answer
NEVER_ZERO = {"exp": "-1e40", "sigmoid": "-1e40", "erfc": "1e30", "sech": "1e40"}

"""Rows of the gate table: arithmetic, powers and roots, exponentials, trigonometric and hyperbolic functions."""

from __future__ import annotations

from backprop_cli.gates.row import Slope, row

ARITHMETIC = (
    row("add(x, y)", "distributes the gradient to all its inputs", "1", "1", written="x + y", symbol=" + "),
    row(
        "sub(x, y)",
        "distributes the gradient, turning its sign for the second input",
        "1",
        "-1",
        written="x - y",
        symbol=" - ",
    ),
    row(
        "mul(x, y)",
        "swaps: each input receives the gradient times the other input",
        "y",
        "x",
        written="x*y",
        symbol="*",
    ),
    row(
        "div(x, y)",
        "scales by 1/y; the denominator pulls the other way",
        "1/y",
        "-z/y",
        written="x/y",
        symbol="/",
        domain="y != 0",
        need="y ≠ 0",
    ),
    row("neg(x)", "turns the sign", "-1", written="-x", symbol="-"),
    row(
        "pow(x, y)",
        "brings the exponent down: y·x^(y-1)",
        Slope("where(y == 0, 0, y*x^(y - 1))", "x != 0 or y >= 1 or y == 0", "x ≠ 0, or y ≥ 1"),
        Slope("where(x == 0, 0, z*log(x))", "x > 0 or x == 0 and y > 0", "x > 0"),
        written="x^y",
        symbol="^",
        domain="x > 0 or x == 0 and y >= 0 or x < 0 and floor(y) == y",
        need="x > 0, or a whole y (x ≠ 0 if y < 0)",
        example="x^3",
    ),
    row("square(x)", "doubles and scales by its input", "2*x", value="x*x"),
    row("reciprocal(x)", "scales by minus its output squared", "-z*z", value="1/x", domain="x != 0", need="x ≠ 0"),
    row(
        "sqrt(x)",
        "halves and divides by its output: steep near 0",
        Slope("1/(2*z)", "x > 0", "x > 0"),
        domain="x >= 0",
        need="x ≥ 0",
        aliases=("√",),
    ),
    row("cbrt(x)", "the real cube root, for negative inputs too", Slope("1/(3*z*z)", "x != 0", "x ≠ 0")),
    row("identity(x)", "passes the gradient on unchanged (a stage that only renames)", "1", value="x"),
)

EXPONENTIAL = (
    row("exp(x)", "scales by its own output", "z"),
    row("expm1(x)", "e^x - 1 without cancellation near 0", "exp(x)"),
    row("log(x)", "scales by 1/x: small inputs are steep", "1/x", domain="x > 0", need="x > 0", aliases=("ln",)),
    row("log1p(x)", "log(1 + x) without cancellation near 0", "1/(1 + x)", domain="x > -1", need="x > -1"),
    row(
        "log2(x)", "the logarithm that counts doublings", "1/(x*log(2))", domain="x > 0", need="x > 0", aliases=("lb",)
    ),
    row("log10(x)", "the logarithm that counts digits", "1/(x*log(10))", domain="x > 0", need="x > 0", aliases=("lg",)),
)

TRIGONOMETRIC = (
    row("sin(x)", "scales by cos(x)", "cos(x)"),
    row("cos(x)", "scales by -sin(x)", "-sin(x)"),
    row(
        "tan(x)", "scales by sec(x)^2, at least 1", "sec(x)^2", domain="cos(x) != 0", need="cos(x) ≠ 0", aliases=("tg",)
    ),
    row(
        "cot(x)",
        "scales by -csc(x)^2",
        "-csc(x)^2",
        value="cos(x)/sin(x)",
        domain="sin(x) != 0",
        need="sin(x) ≠ 0",
        aliases=("ctg",),
    ),
    row("sec(x)", "1/cos(x)", "z*tan(x)", value="1/cos(x)", domain="cos(x) != 0", need="cos(x) ≠ 0"),
    row(
        "csc(x)", "1/sin(x)", "-z*cot(x)", value="1/sin(x)", domain="sin(x) != 0", need="sin(x) ≠ 0", aliases=("cosec",)
    ),
    row(
        "asin(x)",
        "steep near -1 and 1",
        Slope("1/sqrt((1 - x)*(1 + x))", "abs(x) < 1", "-1 < x < 1"),
        domain="abs(x) <= 1",
        need="-1 ≤ x ≤ 1",
        aliases=("arcsin",),
    ),
    row(
        "acos(x)",
        "asin turned over",
        Slope("-1/sqrt((1 - x)*(1 + x))", "abs(x) < 1", "-1 < x < 1"),
        domain="abs(x) <= 1",
        need="-1 ≤ x ≤ 1",
        aliases=("arccos",),
    ),
    row("atan(x)", "squashes to ±π/2; flat far out", "(1/hypot(1, x))^2", aliases=("arctan", "arctg")),
    row(
        "atan2(y, x)",
        "the angle of the point (x, y)",
        "x/hypot(x, y)/hypot(x, y)",
        "-y/hypot(x, y)/hypot(x, y)",
        domain="x != 0 or y != 0",
        need="a point other than (0, 0)",
        silent=True,
        kink="y == 0 and x < 0",
        convention="the angle jumps by 2π across the negative x axis; the slope is the one on either side",
        aliases=("arctan2",),
    ),
    row(
        "hypot(x, y)",
        "the length of (x, y): shares the gradient by direction",
        "where(z == 0, 0, x/z)",
        "where(z == 0, 0, y/z)",
        kink="z == 0",
        convention="0 at the tip of the cone",
    ),
)

HYPERBOLIC = (
    row("sinh(x)", "scales by cosh(x)", "cosh(x)", aliases=("sh",)),
    row("cosh(x)", "scales by sinh(x)", "sinh(x)", aliases=("ch",)),
    row("tanh(x)", "squashes to ±1; saturates: the gradient dies far from 0", "sech(x)^2", aliases=("th",)),
    row("sech(x)", "1/cosh(x)", "-z*tanh(x)", value="1/cosh(x)"),
    row("asinh(x)", "a logarithm that takes both signs", "1/hypot(1, x)", aliases=("arcsinh", "arsinh")),
    row(
        "acosh(x)",
        "steep near 1",
        Slope("1/(sqrt(x - 1)*sqrt(x + 1))", "x > 1", "x > 1"),
        domain="x >= 1",
        need="x ≥ 1",
        aliases=("arccosh", "arcosh"),
        example="acosh(x + 2)",
    ),
    row(
        "atanh(x)",
        "steep near -1 and 1",
        "1/((1 - x)*(1 + x))",
        domain="abs(x) < 1",
        need="-1 < x < 1",
        aliases=("arctanh", "artanh"),
    ),
)

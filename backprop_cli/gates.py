"""The gate table: one row a gate, and the only calculus in the project.

Each rule is text in the calculator's own language over the gate's inputs (``x``, ``y`` …) and its cached output ``z``;
``rules.py`` compiles it once for each arithmetic, the steps and ``backprop gates`` print it, and the tests prove every
row against SymPy. Because the rules use gates of this table only, the table is closed under differentiation. This
module walks no graph and computes nothing.

Conventions at kinks (a value, but no single slope): relu, abs and the step-like gates take 0, a tie in max or min is
shared equally (as PyTorch's amax, JAX and SymPy's Heaviside do), leaky_relu, elu and selu take the left slope (as
PyTorch does).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

MANY = "..."


@dataclass(frozen=True, slots=True)
class Slope:
    """A local gradient ∂z/∂(input) as text, and the condition (and words) where it exists if narrower than the domain.

    An empty ``text`` means that the gate has no gradient in this input at all.
    """

    text: str
    where: str = ""
    need: str = ""


@dataclass(frozen=True, slots=True)
class Gate:
    """One row. ``value`` is empty for a primitive, which every arithmetic provides under the gate's name.

    The one slope of a gate with any number of inputs is a rule over this input ``x``, the output ``z`` and the number
    ``n`` of inputs that equal it. ``routes`` says that an input whose local gradient is 0 away from a kink takes no
    part at all, so that nothing behind it is asked for.
    """

    name: str
    params: tuple[str, ...]
    slopes: tuple[Slope, ...]
    intuition: str
    value: str = ""
    written: str = ""
    domain: str = ""
    need: str = ""
    kink: str = ""
    convention: str = ""
    routes: bool = False
    defaults: tuple[str, ...] = ()
    aliases: tuple[str, ...] = ()
    example: str = ""
    symbol: str = ""

    @property
    def many(self) -> bool:
        """Whether it takes any number of inputs."""
        return self.params[-1] == MANY

    @property
    def form(self) -> str:
        """How it is written, over its inputs' names."""
        return self.written or f"{self.name}({', '.join(self.params)})"

    @property
    def least(self) -> int:
        """The fewest arguments it is called with."""
        return 1 if self.many else len(self.params) - len(self.defaults)

    def slope(self, position: int) -> Slope:
        """The local gradient of the input at that position."""
        return self.slopes[0] if self.many else self.slopes[position]

    def call(self, arguments: tuple[str, ...]) -> str:
        """The gate written over operands that are names or numbers."""
        if not self.written:
            return f"{self.name}({', '.join(arguments)})"
        first, *rest = (self._operand(position, argument) for position, argument in enumerate(arguments))
        return f"{self.symbol}{first}" if not rest else f"{first}{self.symbol}{rest[0]}"

    def _operand(self, position: int, text: str) -> str:
        """An operand, in parentheses where it would be read differently without: a sign, a fraction in a product."""
        signed = text.startswith("-") and (position > 0 or self.name in ("pow", "neg"))
        fraction = " " not in self.symbol and any(sign in text for sign in ("/", "*", " "))
        return f"({text})" if signed or fraction else text


def _row(form: str, intuition: str, *slopes: str | Slope, **extra: object) -> Gate:
    name, _, rest = form.partition("(")
    params = tuple(part.strip() for part in rest.rstrip(")").split(","))
    rules = tuple(Slope(slope) if isinstance(slope, str) else slope for slope in slopes)
    return Gate(name, params, rules, intuition, **extra)  # type: ignore[arg-type]  # each row's keywords are its fields


_NOT_POLE = "x > 0 or floor(x) != x"
_NOT_POLE_NEED = "x other than 0, -1, -2 …"
_SELU = ("1.0507009873554804934193349852946", "1.6732632423543772848170429916717")  # Klambauer et al. 2017, λ and α
_FLAT = "its output does not move: 0 wherever it has a slope"

_ARITHMETIC = (
    _row("add(x, y)", "distributes the gradient to all its inputs", "1", "1", written="x + y", symbol=" + "),
    _row(
        "sub(x, y)",
        "distributes the gradient, turning its sign for the second input",
        "1",
        "-1",
        written="x - y",
        symbol=" - ",
    ),
    _row(
        "mul(x, y)",
        "swaps: each input receives the gradient times the other input",
        "y",
        "x",
        written="x*y",
        symbol="*",
    ),
    _row(
        "div(x, y)",
        "scales by 1/y; the denominator pulls the other way",
        "1/y",
        "-z/y",
        written="x/y",
        symbol="/",
        domain="y != 0",
        need="y ≠ 0",
    ),
    _row("neg(x)", "turns the sign", "-1", written="-x", symbol="-"),
    _row(
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
    _row("square(x)", "doubles and scales by its input", "2*x", value="x*x"),
    _row("reciprocal(x)", "scales by minus its output squared", "-z*z", value="1/x", domain="x != 0", need="x ≠ 0"),
    _row(
        "sqrt(x)",
        "halves and divides by its output: steep near 0",
        Slope("1/(2*z)", "x > 0", "x > 0"),
        domain="x >= 0",
        need="x ≥ 0",
        aliases=("√",),
    ),
    _row("cbrt(x)", "the real cube root, for negative inputs too", Slope("1/(3*z*z)", "x != 0", "x ≠ 0")),
    _row("identity(x)", "passes the gradient on unchanged (a stage that only renames)", "1", value="x"),
)

_EXPONENTIAL = (
    _row("exp(x)", "scales by its own output", "z"),
    _row("expm1(x)", "e^x - 1 without cancellation near 0", "exp(x)"),
    _row("log(x)", "scales by 1/x: small inputs are steep", "1/x", domain="x > 0", need="x > 0", aliases=("ln",)),
    _row("log1p(x)", "log(1 + x) without cancellation near 0", "1/(1 + x)", domain="x > -1", need="x > -1"),
    _row(
        "log2(x)", "the logarithm that counts doublings", "1/(x*log(2))", domain="x > 0", need="x > 0", aliases=("lb",)
    ),
    _row(
        "log10(x)", "the logarithm that counts digits", "1/(x*log(10))", domain="x > 0", need="x > 0", aliases=("lg",)
    ),
)

_TRIGONOMETRIC = (
    _row("sin(x)", "scales by cos(x)", "cos(x)"),
    _row("cos(x)", "scales by -sin(x)", "-sin(x)"),
    _row(
        "tan(x)", "scales by sec(x)^2, at least 1", "sec(x)^2", domain="cos(x) != 0", need="cos(x) ≠ 0", aliases=("tg",)
    ),
    _row(
        "cot(x)",
        "scales by -csc(x)^2",
        "-csc(x)^2",
        value="cos(x)/sin(x)",
        domain="sin(x) != 0",
        need="sin(x) ≠ 0",
        aliases=("ctg",),
    ),
    _row("sec(x)", "1/cos(x)", "z*tan(x)", value="1/cos(x)", domain="cos(x) != 0", need="cos(x) ≠ 0"),
    _row(
        "csc(x)", "1/sin(x)", "-z*cot(x)", value="1/sin(x)", domain="sin(x) != 0", need="sin(x) ≠ 0", aliases=("cosec",)
    ),
    _row(
        "asin(x)",
        "steep near -1 and 1",
        Slope("1/sqrt((1 - x)*(1 + x))", "abs(x) < 1", "-1 < x < 1"),
        domain="abs(x) <= 1",
        need="-1 ≤ x ≤ 1",
        aliases=("arcsin",),
    ),
    _row(
        "acos(x)",
        "asin turned over",
        Slope("-1/sqrt((1 - x)*(1 + x))", "abs(x) < 1", "-1 < x < 1"),
        domain="abs(x) <= 1",
        need="-1 ≤ x ≤ 1",
        aliases=("arccos",),
    ),
    _row("atan(x)", "squashes to ±π/2; flat far out", "(1/hypot(1, x))^2", aliases=("arctan", "arctg")),
    _row(
        "atan2(y, x)",
        "the angle of the point (x, y)",
        "x/hypot(x, y)/hypot(x, y)",
        "-y/hypot(x, y)/hypot(x, y)",
        domain="x != 0 or y != 0",
        need="a point other than (0, 0)",
        kink="y == 0 and x < 0",
        convention="the angle jumps by 2π across the negative x axis; the slope is the one on either side",
        aliases=("arctan2",),
    ),
    _row(
        "hypot(x, y)",
        "the length of (x, y): shares the gradient by direction",
        "where(z == 0, 0, x/z)",
        "where(z == 0, 0, y/z)",
        kink="z == 0",
        convention="0 at the tip of the cone",
    ),
)

_HYPERBOLIC = (
    _row("sinh(x)", "scales by cosh(x)", "cosh(x)", aliases=("sh",)),
    _row("cosh(x)", "scales by sinh(x)", "sinh(x)", aliases=("ch",)),
    _row("tanh(x)", "squashes to ±1; saturates: the gradient dies far from 0", "sech(x)^2", aliases=("th",)),
    _row("sech(x)", "1/cosh(x)", "-z*tanh(x)", value="1/cosh(x)"),
    _row("asinh(x)", "a logarithm that takes both signs", "1/hypot(1, x)", aliases=("arcsinh", "arsinh")),
    _row(
        "acosh(x)",
        "steep near 1",
        Slope("1/(sqrt(x - 1)*sqrt(x + 1))", "x > 1", "x > 1"),
        domain="x >= 1",
        need="x ≥ 1",
        aliases=("arccosh", "arcosh"),
        example="acosh(x + 2)",
    ),
    _row(
        "atanh(x)",
        "steep near -1 and 1",
        "1/((1 - x)*(1 + x))",
        domain="abs(x) < 1",
        need="-1 < x < 1",
        aliases=("arctanh", "artanh"),
    ),
)

_AT_ZERO = "x == 0"
_NEURAL = (
    _row(
        "sigmoid(x)",
        "squashes to (0, 1); scales by at most 1/4",
        "z*sigmoid(-x)",
        value="where(x >= 0, 1/(1 + exp(-x)), exp(x)/(1 + exp(x)))",
        aliases=("logistic", "expit", "σ"),
    ),
    _row(
        "softplus(x)",
        "a smooth relu, whose slope is the sigmoid",
        "sigmoid(x)",
        value="max(x, 0) + log1p(exp(-abs(x)))",
    ),
    _row(
        "relu(x)",
        "routes: passes the gradient where x > 0, blocks it elsewhere",
        "step(x)",
        value="where(x > 0, x, 0)",
        kink=_AT_ZERO,
        convention="0 at 0",
        routes=True,
    ),
    _row(
        "leaky_relu(x, a)",
        "passes the gradient where x > 0, a fraction a of it elsewhere",
        "where(x > 0, 1, a)",
        "where(x > 0, 0, x)",
        value="where(x > 0, x, a*x)",
        kink="x == 0 and a != 1",
        convention="the left slope, a, at 0",
        defaults=("0.01",),
        aliases=("lrelu",),
    ),
    _row(
        "elu(x, a)",
        "passes the gradient where x > 0, bends to -a below",
        "where(x > 0, 1, a*exp(x))",
        "where(x > 0, 0, expm1(x))",
        value="where(x > 0, x, a*expm1(x))",
        kink="x == 0 and a != 1",
        convention="the left slope, a, at 0",
        defaults=("1",),
    ),
    _row(
        "selu(x)",
        "an elu scaled so that activations keep their spread",
        f"{_SELU[0]}*where(x > 0, 1, {_SELU[1]}*exp(x))",
        value=f"{_SELU[0]}*where(x > 0, x, {_SELU[1]}*expm1(x))",
        kink=_AT_ZERO,
        convention="the left slope, about 1.758, at 0",
    ),
    _row(
        "gelu(x)",
        "weighs x by the normal probability below it",
        "erfc(-x/sqrt(2))/2 + x*exp(-x^2/2)/sqrt(2*pi)",
        value="x*erfc(-x/sqrt(2))/2",
    ),
    _row(
        "silu(x)",
        "weighs x by its own sigmoid",
        "sigmoid(x)*(1 + x*sigmoid(-x))",
        value="x*sigmoid(x)",
        aliases=("swish",),
    ),
    _row("softsign(x)", "squashes to ±1 gently", "(1/(1 + abs(x)))^2", value="x/(1 + abs(x))"),
    _row(
        "hardtanh(x)",
        "routes: passes the gradient between -1 and 1, blocks it elsewhere",
        "where(abs(x) < 1, 1, 0)",
        value="max(min(x, 1), -1)",
        kink="abs(x) == 1",
        convention="0 at -1 and 1",
        routes=True,
    ),
)

_PIECEWISE = (
    _row(
        "abs(x)",
        "passes the gradient with the sign of x",
        "sign(x)",
        kink=_AT_ZERO,
        convention="0 at 0",
        aliases=("fabs",),
    ),
    _row("sign(x)", _FLAT, "0", kink=_AT_ZERO, convention="0 at the jump", routes=True, aliases=("sgn",)),
    _row(
        "max(x, ...)",
        "routes: the largest input receives the whole gradient, the others none",
        "where(x == z, 1/n, 0)",
        kink="n > 1",
        convention="a tie shares the gradient equally",
        routes=True,
        aliases=("maximum",),
        example="max(x, y)",
    ),
    _row(
        "min(x, ...)",
        "routes: the smallest input receives the whole gradient, the others none",
        "where(x == z, 1/n, 0)",
        kink="n > 1",
        convention="a tie shares the gradient equally",
        routes=True,
        aliases=("minimum",),
        example="min(x, y)",
    ),
    _row(
        "clip(x, lo, hi)",
        "routes: to x between the bounds, to a bound beyond it",
        "where(x == lo or x == hi, 1/2, where(lo < x and x < hi, 1, 0))",
        "where(x == lo, 1/2, where(x < lo, 1, 0))",
        "where(x == hi, 1/2, where(x > hi, 1, 0))",
        value="min(max(x, lo), hi)",
        domain="lo < hi",
        need="lo < hi",
        kink="x == lo or x == hi",
        convention="x and the bound it meets share the gradient equally",
        routes=True,
        aliases=("clamp",),
        example="clip(x, -1, 3)",
    ),
    _row(
        "step(x)",
        _FLAT + "; 1 where x > 0, else 0",
        "0",
        value="where(x > 0, 1, 0)",
        kink=_AT_ZERO,
        convention="0 at the jump",
        routes=True,
        aliases=("heaviside",),
    ),
    _row("floor(x)", _FLAT, "0", kink="z == x", convention="0 at the jumps", routes=True),
    _row("ceil(x)", _FLAT, "0", kink="z == x", convention="0 at the jumps", routes=True, aliases=("ceiling",)),
    _row(
        "round(x)",
        _FLAT + "; halves go to the even neighbour",
        "0",
        kink="x - floor(x) == 1/2",
        convention="0 at the jumps",
        routes=True,
    ),
    _row(
        "mod(x, y)",
        "a saw: slope 1 in x; the remainder has the sign of y",
        "1",
        "round((z - x)/y)",
        domain="y != 0",
        need="y ≠ 0",
        kink="z == 0",
        convention="the slope beside the jump",
        aliases=("fmod",),
        example="mod(x, y)",
    ),
)

_SPECIAL = (
    _row("erf(x)", "squashes to ±1 by the bell curve", "2*exp(-x^2)/sqrt(pi)"),
    _row("erfc(x)", "1 - erf(x) without cancellation in the tail", "-2*exp(-x^2)/sqrt(pi)"),
    _row(
        "gamma(x)",
        "the factorial, shifted: gamma(n + 1) = n!",
        "z*digamma(x)",
        domain=_NOT_POLE,
        need=_NOT_POLE_NEED,
        aliases=("tgamma",),
    ),
    _row(
        "lgamma(x)",
        "log of the absolute gamma function",
        "digamma(x)",
        domain=_NOT_POLE,
        need=_NOT_POLE_NEED,
        aliases=("gammaln", "loggamma"),
    ),
    _row(
        "digamma(x)", "the slope of lgamma", "polygamma(1, x)", domain=_NOT_POLE, need=_NOT_POLE_NEED, aliases=("psi",)
    ),
    _row(
        "polygamma(n, x)",
        "the n-th slope of digamma",
        "",
        "polygamma(n + 1, x)",
        domain="n >= 0 and n <= 50 and floor(n) == n and (x > 0 or floor(x) != x)",
        need="a whole n from 0 to 50, and " + _NOT_POLE_NEED,
        example="polygamma(1, x)",
    ),
)

_CHOICE = "its output jumps where both sides are equal: 0 elsewhere"
_CONDITIONS = (
    _row(
        "lt(x, y)",
        _CHOICE,
        "0",
        "0",
        written="x < y",
        symbol=" < ",
        kink="x == y",
        convention="0 at the jump",
        routes=True,
    ),
    _row(
        "le(x, y)",
        _CHOICE,
        "0",
        "0",
        written="x <= y",
        symbol=" <= ",
        kink="x == y",
        convention="0 at the jump",
        routes=True,
    ),
    _row(
        "gt(x, y)",
        _CHOICE,
        "0",
        "0",
        written="x > y",
        symbol=" > ",
        kink="x == y",
        convention="0 at the jump",
        routes=True,
    ),
    _row(
        "ge(x, y)",
        _CHOICE,
        "0",
        "0",
        written="x >= y",
        symbol=" >= ",
        kink="x == y",
        convention="0 at the jump",
        routes=True,
    ),
    _row(
        "eq(x, y)",
        _CHOICE,
        "0",
        "0",
        written="x == y",
        symbol=" == ",
        kink="x == y",
        convention="0 at the jump",
        routes=True,
    ),
    _row(
        "ne(x, y)",
        _CHOICE,
        "0",
        "0",
        written="x != y",
        symbol=" != ",
        kink="x == y",
        convention="0 at the jump",
        routes=True,
    ),
    _row(
        "where(c, x, y)",
        "routes: to x where the condition holds (is not 0), else to y; the other branch is not asked at all",
        "0",
        "where(c != 0, 1, 0)",
        "where(c != 0, 0, 1)",
        routes=True,
        example="where(x > 0, x^2, -x)",
    ),
)

GATES: dict[str, Gate] = {
    gate.name: gate
    for family in (_ARITHMETIC, _EXPONENTIAL, _TRIGONOMETRIC, _HYPERBOLIC, _NEURAL, _PIECEWISE, _SPECIAL, _CONDITIONS)
    for gate in family
}


@cache
def called(name: str) -> Gate | None:
    """The gate that a user calls by that name or alias, None if there is none."""
    direct = GATES.get(name)
    if direct is not None:
        return direct
    return next((gate for gate in GATES.values() if name in gate.aliases), None)


def callable_names() -> list[str]:
    """Every name that may stand before an opening parenthesis."""
    return [name for gate in GATES.values() for name in (gate.name, *gate.aliases) if name != "√"]

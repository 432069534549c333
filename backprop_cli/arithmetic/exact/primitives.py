"""What SymPy is asked to compute for each primitive gate, and what is too large to ask.

SymPy bounds nothing: a power is computed whatever its size, a root is searched for factors, a gamma of a fraction is
written out as a product. So every operation is measured first.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import cache
from typing import Any

from flint import fmpq

from backprop_cli import limits
from backprop_cli.arithmetic.balls import HALF, floor
from backprop_cli.arithmetic.exact.parts import in_order
from backprop_cli.arithmetic.protocol import Number
from backprop_cli.problems import Diagnostic, Refused

_GAMMA_MOST = 5_000
_NEAR = fmpq(1, 1 << 64)
_ROOT_BITS = 1_000  # SymPy looks for the factors of what is under a root
_GAMMA_FAMILY = frozenset({"gamma", "lgamma", "digamma", "polygamma"})
_STEEP_LEVELS = 10
_MOST_BITS = dict.fromkeys(("exp", "expm1", "erfc", "tanh", "sinh", "cosh"), 120)
_MOST_BITS |= dict.fromkeys(("sin", "cos", "tan"), 2_000)


def problem(code: str, message: str) -> Refused:
    """The error of an exact number, with the way out."""
    return Refused(Diagnostic(code, message, "without --exact, or with --digits, it is an ordinary number"))


def too_large() -> Refused:
    """Of a number that would grow beyond the limits."""
    return problem("exact.size", "an exact number here grows too large")


def undecided() -> Refused:
    """Of two numbers that no ball tells apart and no proof joins."""
    return problem("exact.undecided", "whether two exact numbers here are equal could not be decided")


def width(form: Any) -> int:
    """The bits of the longest rational in a number."""
    from sympy import Rational

    return max((max(int(one.p).bit_length(), int(one.q).bit_length()) for one in form.atoms(Rational)), default=0)


def depth(form: Any) -> int:
    """How deep a form is nested, powers and exponentials counting for many: SymPy looks at their exponents twice."""
    known: dict[Any, int] = {}
    for part in in_order(form):
        steep = type(part).__name__ == "exp" or (part.is_Pow and not part.exp.is_Rational)
        known[part] = (_STEEP_LEVELS if steep else 1) + max((known[argument] for argument in part.args), default=0)
    return known[form]


def levels(name: str) -> int:
    """How much deeper an operation's number is nested than its arguments."""
    return _STEEP_LEVELS + 1 if name in ("exp", "expm1", "pow") else 3


def tell_sign(form: Any, sign: int) -> None:
    """Let SymPy know a number's sign, for which it would ask its digits again and again, at every level of nesting."""
    if not form.args or not sign:
        return
    if form._assumptions is form.default_assumptions:  # noqa: SLF001  # SymPy offers no other way to say what is known
        form._assumptions = form.default_assumptions.copy()  # noqa: SLF001
    with suppress(ValueError):
        form._assumptions.deduce_all_facts((("positive" if sign > 0 else "negative", True),))  # noqa: SLF001


def measure(name: str, arguments: Sequence[Any]) -> None:
    """Refuse what SymPy would work on for long; each argument has its ``form`` and its ``guide``, a ball."""
    last = arguments[-1]
    if name in _GAMMA_FAMILY and (last.form.is_Rational or not last.guide > 0):
        order = {"polygamma": 2 + _at_most(arguments[0].guide, 60), "digamma": 2}.get(name, 1)
        _within(last.guide * order, _GAMMA_MOST)
    if name in _GAMMA_FAMILY and not last.form.is_Rational and _beside_whole(last):
        raise too_large()
    if name in _MOST_BITS:
        _within(last.guide, 1 << _MOST_BITS[name])
    if name in ("sqrt", "hypot") and max(width(one.form) for one in arguments) > _ROOT_BITS // (
        1 + 3 * (name != "sqrt")
    ):
        raise too_large()
    if name == "pow":
        _measure_power(*arguments)


def _beside_whole(number: Any) -> bool:
    """Whether an exponential may be so near a whole number that SymPy writes all the zeros between: tanh(1e30)."""
    import sympy as s

    whole = floor(number.guide + HALF)
    near = whole is None or not abs(number.guide - whole) > _NEAR
    return near and bool(number.form.has(s.exp, s.tanh, s.sinh, s.cosh, s.erf, s.erfc))


def _within(guide: Number, most: int) -> None:
    if not abs(guide) <= most:
        raise too_large()


def _at_most(guide: Number, most: int) -> int:
    return next((n for n in range(most) if guide <= n), most)


def _measure_power(base: Any, exponent: Any) -> None:
    wide = width(base.form)
    if not exponent.form.is_Integer and wide > _ROOT_BITS:
        raise too_large()
    grows = base.form.is_Rational or (exponent.form.is_Rational and not base.form.is_Add)
    if grows and base.form not in (0, 1, -1):
        _within(exponent.guide * wide, limits.EXACT_BITS)


@cache
def forms() -> dict[str, Callable[..., Any]]:
    """SymPy's counterpart of each primitive. Domains are asked before, so real arguments meet real values."""
    import sympy as s

    _keep_factors_of_all_sizes()
    named = "exp log sin cos tan asin acos atan sinh cosh tanh asinh acosh atanh sqrt erf erfc gamma digamma polygamma"
    found: dict[str, Callable[..., Any]] = {name: getattr(s, name) for name in named.split()}
    return found | {
        "add": lambda x, y: x + y,
        "sub": lambda x, y: x - y,
        "mul": lambda x, y: x * y,
        "div": lambda x, y: x / y,
        "neg": lambda x: -x,
        "pow": lambda x, y: x**y,
        "hypot": lambda x, y: s.sqrt(x**2 + y**2),
        "expm1": lambda x: s.exp(x) - 1,
        "log1p": lambda x: s.log(1 + x),
        "log2": lambda x: s.log(x, 2),
        "log10": lambda x: s.log(x, 10),
        "lgamma": lambda x: s.log(s.Abs(s.gamma(x))),
    }


def _keep_factors_of_all_sizes() -> None:
    """Let SymPy take the root of a product of two large primes.

    SymPy stops at small factors and then offers what is left to its cache of primes, which raises a ValueError.
    """
    try:
        from sympy.ntheory.factor_ import factor_cache
    except ImportError:  # before 1.14 there is no such cache
        return

    add = factor_cache.add

    def tolerant(n: int, factors: list[int]) -> None:
        with suppress(ValueError):
            add(n, factors)

    factor_cache.add = tolerant

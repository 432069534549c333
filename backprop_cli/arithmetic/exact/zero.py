"""Proofs that a form is 0, each bounded before it runs. True is a proof; False says nothing.

Roots are decided (``radicals``). Other functions are written with fewer of them (exponentials for hyperbolic functions,
sin and cos for the rest, logarithms of primes), multiplied out over one denominator, and gathered: where each
coefficient of what is left is 0, so is the form. No ``simplify``: it cannot be bounded.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import lru_cache, reduce
from math import comb
from typing import Any

from backprop_cli.arithmetic import balls
from backprop_cli.arithmetic.exact import radicals
from backprop_cli.arithmetic.exact.enclosure import enclosure
from backprop_cli.arithmetic.exact.primitives import width
from backprop_cli.lost import LOST

_OPERATIONS, _TERMS, _MULTIPLE, _FAR_MULTIPLE, _LEVELS = 120, 300, 6, 100_000, 3
_FACTORED_BITS, _POWER_BITS = 80, 4_000
_LOOK_BITS, _EXPONENT_BITS = 256, 64


@lru_cache(maxsize=2_000)
def vanishes(form: Any, level: int = 0) -> bool:
    """Whether it is proved that the form is 0."""
    if form.is_Rational:
        return bool(form == 0)
    try:
        if radicals.is_algebraic(form):
            return radicals.is_zero(form)
        if level > _LEVELS or form.count_ops() > _OPERATIONS or not _near_zero(form) or not tame(form):
            return False
        return _gathered(multiplied(form), level) or _by_steps(form, level)
    except LOST:
        return False


def _near_zero(form: Any) -> bool:
    ball = enclosure(form, _LOOK_BITS)
    return not balls.is_finite(ball) or not balls.sign(ball)


def tame(form: Any) -> bool:
    """Whether no power in the form is so large that SymPy must not be tempted to compute it."""
    from sympy import Pow

    return all(
        bool(abs(enclosure(power.exp, _EXPONENT_BITS)) * (4 + width(power.base)) < _POWER_BITS)
        for power in form.atoms(Pow)
    )


def _by_steps(form: Any, level: int) -> bool:
    plain = rewritten(form)
    flat = multiplied(_circled(plain))
    if flat.count_ops() > 6 * _OPERATIONS:
        return False
    return _gathered(_numerator(flat), level) or _one_power(multiplied(plain), level)


def _gathered(form: Any, level: int) -> bool:
    """Whether the algebraic coefficients of a sum's different transcendental parts are all 0."""
    from sympy import Add

    parts: dict[Any, Any] = {}
    for term in Add.make_args(form):
        coefficient, rest = _split(term)
        parts[rest] = parts.get(rest, 0) + coefficient
    return all(vanishes(coefficient, level + 1) for coefficient in parts.values())


def _split(term: Any) -> tuple[Any, Any]:
    """A term as its algebraic factors and the others."""
    from sympy import Mul

    algebraic: list[Any] = []
    others: list[Any] = []
    for factor in Mul.make_args(term):
        (algebraic if radicals.is_algebraic(factor) else others).append(factor)
    return Mul(*algebraic), Mul(*others)


def _one_power(form: Any, level: int) -> bool:
    """Whether a sum of whole multiples of logarithms and other numbers is 0, since its exponential is 1."""
    from sympy import Add, Mul, exp, log

    pairs = [term.as_coeff_Mul() for term in Add.make_args(form)]
    if not any(isinstance(rest, log) for _, rest in pairs):
        return False
    common = math.lcm(*(int(coefficient.q) for coefficient, _ in pairs))
    powers = [
        (rest.args[0] if isinstance(rest, log) else exp(rest), int(coefficient * common)) for coefficient, rest in pairs
    ]
    if sum(abs(n) * (width(base) + 4) for base, n in powers) > _POWER_BITS:
        return False
    return vanishes(Mul(*(base**n for base, n in powers)) - 1, level + 1)


def multiplied(form: Any) -> Any:
    """Products multiplied out, where that makes few terms."""
    return form.expand(trig=False, log=False, func=False) if _terms(form) <= _TERMS else form


def _terms(form: Any) -> int:
    """At most so many terms has the expanded form; of a function the argument with the most counts too."""
    inner = [_terms(argument) for argument in form.args]
    if form.is_Add:
        return sum(inner)
    if form.is_Mul:
        return min(reduce(lambda x, y: x * y, inner), 10**9)
    if form.is_Pow and form.exp.is_Integer and inner[0] > 1:
        power = min(abs(int(form.exp)), 10**4)
        return min(comb(power + inner[0] - 1, power), 10**9) if inner[0] * power < 10**5 else 10**9
    return max(inner, default=1)


def rewritten(form: Any) -> Any:
    """The form in fewer functions: exp, sin and cos, logarithms of primes and of what cannot be split."""
    for function, turned in _rewritings():
        form = form.replace(function, turned)
    return form


def _rewritings() -> tuple[tuple[Any, Callable[..., Any]], ...]:
    import sympy as s

    return (
        (s.sinh, lambda x: (s.exp(x) - s.exp(-x)) / 2),
        (s.cosh, lambda x: (s.exp(x) + s.exp(-x)) / 2),
        (s.tanh, lambda x: 1 - 2 / (s.exp(2 * x) + 1)),
        (s.asinh, lambda x: s.log(x + s.sqrt(x**2 + 1))),
        (s.acosh, lambda x: s.log(x + s.sqrt(x**2 - 1))),
        (s.atanh, lambda x: s.log((1 + x) / (1 - x)) / 2),
        (s.acos, lambda x: s.pi / 2 - s.asin(x)),
        (s.erfc, lambda x: 1 - s.erf(x)),
        (s.tan, lambda x: s.sin(x) / s.cos(x)),
        (s.gamma, lambda x: _shifted(s.gamma(x))),
        (s.polygamma, lambda *inputs: _shifted(s.polygamma(*inputs))),
        (s.log, _logarithms),
    )


def opened(form: Any) -> Any:
    """sin(2) as 2·sin(1)·cos(1) where sin(1) occurs too: few multiples of an angle as one, and sums as their terms."""
    from sympy import Add

    waves, parts = _waves(form)
    found = {
        wave: wave.func(Add(*(count * part for part, count in counts))).expand(trig=True)
        for wave, counts in waves.items()
        if sum(abs(count) for _, count in counts) <= _MULTIPLE
    }
    return form.xreplace(found).xreplace(parts)


def _circled(form: Any) -> Any:
    """Sines and cosines as points on the circle: cos(2) as (z² + 1/z²)/2 where z stands for exp(i)."""
    from sympy import I, Mul, sin

    waves, _ = _waves(form)
    found = {}
    for wave, counts in waves.items():
        if sum(abs(count) for _, count in counts) > _FAR_MULTIPLE:
            return form
        point = Mul(*(part**count for part, count in counts))
        found[wave] = (point - 1 / point) / (2 * I) if isinstance(wave, sin) else (point + 1 / point) / 2
    return form.xreplace(found)


Counts = list[tuple[Any, Any]]


def _waves(form: Any) -> tuple[dict[Any, Counts], dict[Any, Any]]:
    """Each sine and cosine with its angle as whole multiples of common parts, and what those parts stand for."""
    from sympy import Add, Dummy, cos, sin

    terms = {wave: [term.as_coeff_Mul() for term in Add.make_args(wave.args[0])] for wave in form.atoms(sin, cos)}
    units: dict[Any, Any] = {}
    for coefficient, angle in (pair for pairs in terms.values() for pair in pairs):
        units[angle] = units.get(angle, 0 * coefficient).gcd(coefficient)
    parts = {angle: Dummy(positive=True) for angle in units}
    waves = {wave: [(parts[angle], c / units[angle]) for c, angle in pairs] for wave, pairs in terms.items()}
    return waves, {part: units[angle] * angle for angle, part in parts.items()}


def _shifted(form: Any) -> Any:
    """gamma(x + 2) as x·(x + 1)·gamma(x), and its like, for small shifts and for fractions of few parts."""
    shift, rest = form.args[-1].as_coeff_Add() if form.args else (0, None)
    if rest == 0 and form.args[-1].q > _MULTIPLE:
        return form
    return form.expand(func=True) if shift and abs(shift) <= _MULTIPLE else form


def _logarithms(x: Any) -> Any:
    """log(x) as a sum over the factors of x, those of a short rational being primes."""
    from sympy import Mul, factorint, log

    if x.is_Rational and x > 0:
        if width(x) > _FACTORED_BITS:
            return log(x)
        above, below = factorint(x.p, limit=10_000), factorint(x.q, limit=10_000)
        return sum(n * log(p) for p, n in above.items()) - sum(n * log(p) for p, n in below.items())
    if x.is_Pow and x.exp.is_Rational and _is_positive(x.base):
        return x.exp * _logarithms(x.base)
    if x.is_Mul and all(map(_is_positive, x.args)):
        return sum(_logarithms(factor) for factor in Mul.make_args(x))
    return log(x)


def _is_positive(form: Any) -> bool:
    return balls.sign(enclosure(form, _LOOK_BITS)) == 1


def _numerator(form: Any) -> Any:
    """What must vanish over the common denominator, multiplied out."""
    from sympy import together

    if _terms(form) > _TERMS:
        return form
    above, _ = together(form).as_numer_denom()
    return multiplied(above)


def without_squares(form: Any) -> Any:
    """1 - cos² in place of sin², multiplied out."""
    from sympy import Pow, cos, sin

    def turned(power: Any) -> Any:
        half, odd = divmod(int(power.exp), 2)
        x = power.base.args[0]
        return (1 - cos(x) ** 2) ** half * sin(x) ** odd

    powers = [p for p in form.atoms(Pow) if isinstance(p.base, sin) and p.exp.is_Integer and 1 < p.exp <= 2 * _MULTIPLE]
    return multiplied(form.xreplace({power: turned(power) for power in powers}))

"""Whether SymPy sees that two forms are the same function: cheap transformations only, each bounded before it runs.

True is a proof where both forms have values; False says nothing. No ``simplify``: it cannot be bounded.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import reduce
from math import comb
from typing import Any

from backprop_cli.lost import LOST

_OPERATIONS, _TERMS, _MULTIPLE = 250, 400, 6


def equal(left: Any, right: Any, literals: Iterable[str] = ()) -> bool:
    """Whether the difference of two expressions becomes 0; ``literals`` are the texts whose symbols are numbers."""
    from backprop_cli.symbolic.show import tidy

    if left == right:
        return True
    if left.count_ops() + right.count_ops() > _OPERATIONS:
        return False
    try:
        texts = tuple(literals)
        return _vanishes(tidy(left, texts) - tidy(right, texts))
    except LOST:
        return False


def _vanishes(difference: Any) -> bool:
    for step in _steps():
        if difference == 0:
            return True
        if difference.count_ops() > 4 * _OPERATIONS:
            return False
        difference = step(difference)
    return bool(difference == 0)


def _steps() -> tuple[Callable[[Any], Any], ...]:
    """From what costs least on."""
    return _expanded, _cased, _elementary, _numerator, _without_squares


def _expanded(form: Any) -> Any:
    """Products multiplied out, where that makes few terms."""
    return form.expand(trig=False, log=False) if _terms(form) <= _TERMS else form


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


def _cased(form: Any) -> Any:
    """Jumps as cases, and comparisons in one form, so that ``sign``, ``Heaviside`` and ``where`` look alike."""
    from sympy import Heaviside, Piecewise, sign
    from sympy.core.relational import Relational

    def steps(x: Any, *_: Any) -> Any:
        return Piecewise((1, x > 0), (0, True))

    def signs(x: Any) -> Any:
        return Piecewise((1, x > 0), (-1, x < 0), (0, True))

    form = form.replace(Heaviside, steps).replace(sign, signs)
    return form.xreplace({relation: relation.canonical for relation in form.atoms(Relational)})


def _elementary(form: Any) -> Any:
    """Hyperbolic functions as exponentials, tan and its like as sin and cos, few multiples of an angle as one."""
    import sympy as s

    for function in (s.sinh, s.cosh, s.tanh, s.sech):
        form = form.replace(function, lambda x, f=function: f(x).rewrite(s.exp))
    form = form.replace(s.tan, lambda x: s.sin(x) / s.cos(x)).replace(s.cot, lambda x: s.cos(x) / s.sin(x))
    form = form.replace(s.sec, lambda x: 1 / s.cos(x)).replace(s.csc, lambda x: 1 / s.sin(x))
    return form.replace(s.sin, lambda x: _opened(s.sin(x))).replace(s.cos, lambda x: _opened(s.cos(x)))


def _opened(wave: Any) -> Any:
    """sin(2x) as 2·sin(x)·cos(x), for small multiples."""
    factor, _ = wave.args[0].as_coeff_Mul()
    small = factor.is_Integer and abs(factor) <= _MULTIPLE
    return wave.expand(trig=True) if small and not wave.args[0].is_Add else wave


def _numerator(form: Any) -> Any:
    """What must vanish over the common denominator."""
    from sympy import together

    if _terms(form) > _TERMS:
        return form
    above, _ = together(form).as_numer_denom()
    return _expanded(above)


def _without_squares(form: Any) -> Any:
    """1 - cos² in place of sin², multiplied out."""
    from sympy import Pow, cos, sin

    def turned(power: Any) -> Any:
        half, odd = divmod(int(power.exp), 2)
        x = power.base.args[0]
        return (1 - cos(x) ** 2) ** half * sin(x) ** odd

    powers = [p for p in form.atoms(Pow) if isinstance(p.base, sin) and p.exp.is_Integer and 1 < p.exp <= _MULTIPLE]
    return _expanded(form.xreplace({power: turned(power) for power in powers}))

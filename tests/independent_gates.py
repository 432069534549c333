"""Every gate from its textbook definition, over numbers with a limit and a slope along one side."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from fractions import Fraction
from math import isqrt
from typing import Any

from independent_numbers import Moving, NeedDifferencesError, NoValueError, Real, Run, UnknownError

ONE, HALF = Fraction(1), Fraction(1, 2)
HUGE_BITS = 2200  # exp beyond 2^2200 has an exponent that no memory holds
Gate = Callable[..., Moving]


def add(run: Run, x: Moving, y: Moving) -> Moving:
    return run.made(run.plus(x.v, y.v), 0, (ONE, x), (ONE, y))


def sub(run: Run, x: Moving, y: Moving) -> Moving:
    return run.minus(x, y)


def mul(run: Run, x: Moving, y: Moving) -> Moving:
    if (y.moves and x.e > run.small and x.e > abs(x.v) * run.small) or (
        x.moves and y.e > run.small and y.e > abs(y.v) * run.small
    ):
        raise UnknownError  # cosh(x)² - sinh(x)² far out: a slope of which nothing is known
    for factor, other in ((x, y), (y, x)):
        if other.moves and not isinstance(factor.v, Fraction):
            run.is_zero(factor)  # a factor like cos(acos(0)) may be 0: then the slope is a guess
    return run.made(run.times(x.v, y.v), x.e * y.e, (y.v, x), (x.v, y))


def neg(run: Run, x: Moving) -> Moving:
    return run.made(-x.v, 0, (-ONE, x))


def div(run: Run, x: Moving, y: Moving) -> Moving:
    if run.sign(y) == 0:
        raise NoValueError
    if run.is_zero(y):
        raise NeedDifferencesError  # a pole, or 0/0
    if x.key == y.key:
        return run.fixed(1)
    inverse = 1 / y.v if isinstance(y.v, Fraction) else 1 / run.real(y.v)
    value = run.times(x.v, inverse)
    return run.made(value, 0, (inverse, x), (-run.times(value, inverse), y))


def reciprocal(run: Run, x: Moving) -> Moving:
    return div(run, run.fixed(1), x)


def square(run: Run, x: Moving) -> Moving:
    found = run.made(run.times(x.v, x.v), x.e * x.e, (run.times(Fraction(2), x.v), x))
    found.key = run.key("mul", x.key, x.key)
    return found


def identity(run: Run, x: Moving) -> Moving:
    return x


def smooth(
    run: Run,
    x: Moving,
    value: Callable[[Any], Any],
    slope: Callable[[Any], Any],
    known: Mapping[int, int] | None = None,
) -> Moving:
    """An analytic gate: its value, its slope, and the few places where it is rational."""
    at = run.real(x.v)
    if isinstance(x.v, Fraction) and known and x.v in known:
        return run.made(Fraction(known[int(x.v)]), 0, (slope(at), x))
    return run.made(value(at), 0, (slope(at), x))


def _small_enough(run: Run, x: Moving) -> None:
    if x.v and run.mp.mag(run.real(x.v)) > HUGE_BITS:
        raise UnknownError


def exp(run: Run, x: Moving) -> Moving:
    _small_enough(run, x)
    return smooth(run, x, run.mp.exp, run.mp.exp, {0: 1})


def expm1(run: Run, x: Moving) -> Moving:
    _small_enough(run, x)
    return smooth(run, x, run.mp.expm1, run.mp.exp, {0: 0})


def log(run: Run, x: Moving) -> Moving:
    if run.sign(x) <= 0:
        raise NoValueError
    if run.is_zero(x):
        raise NeedDifferencesError
    return smooth(run, x, run.mp.log, lambda t: 1 / t, {1: 0})


def log1p(run: Run, x: Moving) -> Moving:
    whole = add(run, run.fixed(1), x)
    if run.sign(whole) <= 0:
        raise NoValueError
    if run.is_zero(whole):
        raise NeedDifferencesError
    return smooth(run, x, run.mp.log1p, lambda t: 1 / (1 + t), {0: 0})


def _log_base(base: int) -> Gate:
    def gate(run: Run, x: Moving) -> Moving:
        natural = log(run, x)
        per = 1 / run.mp.log(base)
        power = _exact_log(x.v, base)
        value = run.real(natural.v) * per if power is None else Fraction(power)
        return run.made(value, 0, (per, natural))

    return gate


def _exact_log(value: Real, base: int) -> int | None:
    """The whole k with base^k = value, if there is one."""
    if not isinstance(value, Fraction) or 1 not in (value.numerator, value.denominator):
        return None
    whole, sign = (value.numerator, 1) if value.denominator == 1 else (value.denominator, -1)
    power = 0
    while whole % base == 0:
        whole, power = whole // base, power + 1
    return sign * power if whole == 1 else None


def sqrt(run: Run, x: Moving) -> Moving:
    return _root(run, x, 2)


def cbrt(run: Run, x: Moving) -> Moving:
    return _root(run, x, 3)


def _root(run: Run, x: Moving, degree: int) -> Moving:
    sign = run.sign(x)
    if sign < 0 and degree == 2:
        raise NoValueError
    if sign == 0:
        return run.fixed(0)
    if run.is_zero(x):
        raise NeedDifferencesError
    exact = _exact_root(x.v, degree)
    size = run.mp.sqrt(abs(run.real(x.v))) if degree == 2 else run.mp.cbrt(abs(run.real(x.v)))
    value = sign * size if exact is None else exact
    local = 1 / (degree * run.real(value) ** (degree - 1)) if exact is None else 1 / (degree * exact ** (degree - 1))
    return run.made(value, 0, (local, x))


def _exact_root(value: Real, degree: int) -> Fraction | None:
    if not isinstance(value, Fraction):
        return None
    sign = -1 if value < 0 else 1
    parts = [_whole_root(abs(part), degree) for part in (value.numerator, value.denominator)]
    if parts[0] is None or parts[1] is None:
        return None
    return sign * Fraction(parts[0], parts[1])


def _whole_root(value: int, degree: int) -> int | None:
    if degree == 2:
        root = isqrt(value)
        return root if root * root == value else None
    low, high = 0, 1 << (value.bit_length() // 3 + 1)
    while low < high:
        middle = (low + high) // 2
        low, high = (middle + 1, high) if middle**3 < value else (low, middle)
    return low if low**3 == value else None


def power(run: Run, x: Moving, y: Moving) -> Moving:
    """x^y: any y for x > 0; x = 0 for y ≥ 0, with 0^0 = 1; a whole y for x < 0."""
    if not y.moves and _is_whole(run, y):
        return _whole_power(run, x, int(run.mp.nint(run.real(y.v))))
    sign = run.sign(x)
    if sign < 0:
        if _is_whole(run, y):
            if run.side == 0:
                return _whole_power(run, x, int(run.mp.nint(run.real(y.v))))
            if not y.d:  # it may stay there
                raise NeedDifferencesError
        raise NoValueError
    if sign == 0:
        return _power_of_zero(run, y)
    if run.is_zero(x):
        above = run.minus(y, run.fixed(1))
        if run.is_zero(above) or above.v < 0:
            raise NeedDifferencesError
        return run.made(Fraction(0), 0, (Fraction(0), x), (Fraction(0), y))
    logarithm = run.mp.log(run.real(x.v))
    exponent = run.real(y.v) * logarithm
    _small_enough(run, Moving(exponent))
    if abs(exponent) * run.eps > run.small:
        raise UnknownError
    value = run.mp.exp(exponent)
    by_x = value * run.real(y.v) / run.real(x.v)
    return run.made(value, value * abs(exponent) * run.eps, (by_x, x), (value * logarithm, y))


def _power_of_zero(run: Run, y: Moving) -> Moving:
    sign = run.sign(y)
    if sign < 0:
        raise NoValueError
    return run.fixed(1 if sign == 0 else 0)


def _is_whole(run: Run, y: Moving) -> bool:
    if isinstance(y.v, Fraction):
        return y.v.denominator == 1
    if y.e > run.small:
        raise UnknownError
    whole = bool(abs(y.v - run.mp.nint(y.v)) <= 4 * y.e)
    run.guessed = run.guessed or whole
    return whole


def _whole_power(run: Run, x: Moving, n: int) -> Moving:
    if n == 0:
        return run.fixed(1)
    if n < 0:
        return reciprocal(run, _whole_power(run, x, -n))
    if n == 1:
        return x
    if isinstance(x.v, Fraction) and abs(x.v) == 1:
        return run.made(
            Fraction(1 if x.v > 0 or n % 2 == 0 else -1),
            0,
            (n * (ONE if n % 2 == 0 and x.v > 0 else x.v if n % 2 == 0 else ONE), x),
        )
    if isinstance(x.v, Fraction) and n * max(x.v.numerator.bit_length(), x.v.denominator.bit_length()) > 60000:
        x = Moving(run.real(x.v), abs(run.real(x.v)) * run.eps, x.d, x.a, x.moves, x.key) if x.v else x
    if isinstance(x.v, Fraction) and x.v == 0:
        return run.made(Fraction(0), 0, (Fraction(0), x))
    if run.mp.mag(run.real(x.v)) * n > 2**HUGE_BITS:
        raise UnknownError
    below = x.v ** (n - 1)
    return run.made(
        run.times(below, x.v),
        0 if isinstance(x.v, Fraction) else abs(below * x.v) * run.eps * n,
        (run.times(Fraction(n), below), x),
    )


def sin(run: Run, x: Moving) -> Moving:
    return smooth(run, x, run.mp.sin, run.mp.cos, {0: 0})


def cos(run: Run, x: Moving) -> Moving:
    return smooth(run, x, run.mp.cos, lambda t: -run.mp.sin(t), {0: 1})


def tan(run: Run, x: Moving) -> Moving:
    return div(run, sin(run, x), _keyed(run, "cos", cos(run, x), x))


def cot(run: Run, x: Moving) -> Moving:
    return div(run, _keyed(run, "cos", cos(run, x), x), sin(run, x))


def sec(run: Run, x: Moving) -> Moving:
    return reciprocal(run, cos(run, x))


def csc(run: Run, x: Moving) -> Moving:
    return reciprocal(run, sin(run, x))


def _keyed(run: Run, name: str, made: Moving, x: Moving) -> Moving:
    made.key = run.key(name, x.key)
    return made


def asin(run: Run, x: Moving) -> Moving:
    _inside_one(run, x)
    return smooth(run, x, run.mp.asin, lambda t: 1 / run.mp.sqrt((1 - t) * (1 + t)), {0: 0})


def acos(run: Run, x: Moving) -> Moving:
    if not _inside_one(run, x):
        return run.fixed(0) if x.v > 0 else _still(run, run.mp.pi)
    return smooth(run, x, run.mp.acos, lambda t: -1 / run.mp.sqrt((1 - t) * (1 + t)))


def _inside_one(run: Run, x: Moving) -> bool:
    """Whether x is inside (-1, 1); an end where x stays is left to the caller, one that it leaves to differences."""
    below, above = run.minus(run.fixed(1), x), add(run, run.fixed(1), x)
    signs = run.sign(below), run.sign(above)
    if min(signs) < 0:
        raise NoValueError
    if min(signs) == 0:
        return False
    if run.is_zero(below) or run.is_zero(above):
        raise NeedDifferencesError
    return True


def _still(run: Run, value: Any) -> Moving:
    value = run.mp.mpf(value)
    return Moving(value, abs(value) * run.eps, key=run.key("still", str(value)))


def asin_whole(run: Run, x: Moving) -> Moving:
    if not _inside_one(run, x):
        return _still(run, run.mp.pi / 2 if x.v > 0 else -run.mp.pi / 2)
    return asin(run, x)


def atan(run: Run, x: Moving) -> Moving:
    return smooth(run, x, run.mp.atan, lambda t: 1 / (1 + t * t), {0: 0})


def atan2(run: Run, y: Moving, x: Moving) -> Moving:
    up, right = run.sign(y), run.sign(x)
    if run.is_zero(y) and run.is_zero(x):
        if up == 0 and right == 0:
            raise NoValueError
        if not (y.moves and x.moves):
            return _axis(run, up, right)
        raise NeedDifferencesError
    a, b = run.real(Fraction(0) if run.is_zero(y) else y.v), run.real(Fraction(0) if run.is_zero(x) else x.v)
    value = run.mp.atan2(a, b)
    if a == 0 and b < 0 and up < 0:
        value = -run.mp.pi
    elif a == 0 and b > 0:
        return run.made(Fraction(0), 0, (b / (b * b), y), (Fraction(0), x))
    size = a * a + b * b
    return run.made(value, 0, (b / size, y), (-a / size, x))


def _axis(run: Run, up: int, right: int) -> Moving:
    """The angle of a point that leaves (0, 0) along an axis."""
    if up:
        return _still(run, up * run.mp.pi / 2)
    return run.fixed(0) if right > 0 else _still(run, run.mp.pi)


def hypot(run: Run, x: Moving, y: Moving) -> Moving:
    zero = run.is_zero(x), run.is_zero(y)
    if all(zero):
        run.edge = True
        if run.side == 0:
            return run.fixed(0)
        slope = run.mp.hypot(run.real(x.d), run.real(y.d))
        if (x.moves or y.moves) and slope <= (run.real(x.a) + run.real(y.a)) * run.tiny:
            raise NeedDifferencesError
        return Moving(Fraction(0), 0, slope, run.real(x.a) + run.real(y.a), x.moves or y.moves)
    total = add(run, square(run, x), square(run, y))
    root = _exact_root(total.v, 2)
    value = run.mp.hypot(run.real(x.v), run.real(y.v)) if root is None else root
    return run.made(value, 0, (run.real(x.v) / run.real(value), x), (run.real(y.v) / run.real(value), y))


def sinh(run: Run, x: Moving) -> Moving:
    _small_enough(run, x)
    return smooth(run, x, run.mp.sinh, run.mp.cosh, {0: 0})


def cosh(run: Run, x: Moving) -> Moving:
    _small_enough(run, x)
    return smooth(run, x, run.mp.cosh, run.mp.sinh, {0: 1})


def tanh(run: Run, x: Moving) -> Moving:
    _small_enough(run, x)
    return smooth(run, x, run.mp.tanh, lambda t: _sech(run, t) ** 2, {0: 0})


def sech(run: Run, x: Moving) -> Moving:
    _small_enough(run, x)
    return smooth(run, x, lambda t: _sech(run, t), lambda t: -_sech(run, t) * run.mp.tanh(t), {0: 1})


def _sech(run: Run, t: Any) -> Any:
    small = run.mp.exp(-abs(t))
    return 2 * small / (1 + small * small)


def asinh(run: Run, x: Moving) -> Moving:
    return smooth(run, x, run.mp.asinh, lambda t: 1 / run.mp.sqrt(1 + t * t), {0: 0})


def acosh(run: Run, x: Moving) -> Moving:
    above = run.minus(x, run.fixed(1))
    sign = run.sign(above)
    if sign < 0:
        raise NoValueError
    if sign == 0:
        return run.fixed(0)
    if run.is_zero(above):
        raise NeedDifferencesError
    return smooth(run, x, run.mp.acosh, lambda t: 1 / (run.mp.sqrt(t - 1) * run.mp.sqrt(t + 1)))


def atanh(run: Run, x: Moving) -> Moving:
    if not _inside_one(run, x):
        raise NoValueError
    return smooth(run, x, run.mp.atanh, lambda t: 1 / ((1 - t) * (1 + t)), {0: 0})


def sigmoid(run: Run, x: Moving) -> Moving:
    _small_enough(run, x)
    at = run.real(x.v)
    small = run.mp.exp(-abs(at))
    value = 1 / (1 + small) if at >= 0 else small / (1 + small)
    if isinstance(x.v, Fraction) and x.v == 0:
        value = HALF
    return run.made(value, 0, (small / (1 + small) ** 2, x))


def softplus(run: Run, x: Moving) -> Moving:
    _small_enough(run, x)
    at = run.real(x.v)
    small = run.mp.exp(-abs(at))
    value = max(at, 0) + run.mp.log1p(small)
    return run.made(value, 0, (1 / (1 + small) if at >= 0 else small / (1 + small), x))


def relu(run: Run, x: Moving) -> Moving:
    return _bent(run, x, x, run.fixed(0))


def _bent(run: Run, x: Moving, above: Moving, below: Moving) -> Moving:
    return above if run.sign(x) > 0 else below


def leaky_relu(run: Run, x: Moving, a: Moving) -> Moving:
    return _bent(run, x, x, mul(run, a, x))


def elu(run: Run, x: Moving, a: Moving) -> Moving:
    return x if run.sign(x) > 0 else mul(run, a, expm1(run, x))


SCALE = Fraction("1.0507009873554804934193349852946")
ALPHA = Fraction("1.6732632423543772848170429916717")


def selu(run: Run, x: Moving) -> Moving:
    return mul(run, run.fixed(SCALE), elu(run, x, run.fixed(ALPHA)))


def gelu(run: Run, x: Moving) -> Moving:
    root = run.mp.sqrt(2)

    def normal(t: Any) -> Any:
        return run.mp.erfc(-t / root) / 2

    return smooth(
        run,
        x,
        lambda t: t * normal(t),
        lambda t: normal(t) + t * run.mp.exp(-t * t / 2) / run.mp.sqrt(2 * run.mp.pi),
        {0: 0},
    )


def silu(run: Run, x: Moving) -> Moving:
    return mul(run, x, sigmoid(run, x))


def softsign(run: Run, x: Moving) -> Moving:
    at = x.v
    below = 1 + abs(at)
    return run.made(at / below, 0, (1 / (below * below), x))


def hardtanh(run: Run, x: Moving) -> Moving:
    return largest(run, run.fixed(-1), smallest(run, x, run.fixed(1)))


def absolute(run: Run, x: Moving) -> Moving:
    sign = run.sign(x)
    return run.fixed(0) if sign == 0 else x if sign > 0 else neg(run, x)


def sign(run: Run, x: Moving) -> Moving:
    return run.fixed(run.sign(x))


def step(run: Run, x: Moving) -> Moving:
    return run.fixed(1 if run.sign(x) > 0 else 0)


def largest(run: Run, first: Moving, *others: Moving) -> Moving:
    best = first
    for other in others:
        if run.sign(run.minus(other, best)) > 0:
            best = other
    return best


def smallest(run: Run, first: Moving, *others: Moving) -> Moving:
    best = first
    for other in others:
        if run.sign(run.minus(other, best)) < 0:
            best = other
    return best


def clip(run: Run, x: Moving, low: Moving, high: Moving) -> Moving:
    if run.sign(run.minus(high, low)) <= 0:
        raise NoValueError
    return smallest(run, largest(run, x, low), high)


def floor(run: Run, x: Moving) -> Moving:
    return run.fixed(run.floor(x))


def ceil(run: Run, x: Moving) -> Moving:
    return run.fixed(-run.floor(neg(run, x)))


def nearest(run: Run, x: Moving) -> Moving:
    """Halves go to the even neighbour."""
    shifted = add(run, x, run.fixed(HALF))
    exact = shifted.v if isinstance(shifted.v, Fraction) else None
    whole = run.floor(shifted)
    at = exact == whole if exact is not None else bool(abs(shifted.v - whole) <= 4 * shifted.e)
    stays = run.side == 0 or not x.moves
    return run.fixed(whole - 1 if at and stays and whole % 2 else whole)


def mod(run: Run, x: Moving, y: Moving) -> Moving:
    """x - y*floor(x/y)."""
    return _remainder(run, x, y, run.floor(div(run, x, y)))


def fmod(run: Run, x: Moving, y: Moving) -> Moving:
    """C's remainder: x - y*trunc(x/y)."""
    ratio = div(run, x, y)
    if run.is_zero(ratio):
        return x
    whole = run.floor(ratio) if ratio.v >= 0 else -run.floor(neg(run, ratio))
    return _remainder(run, x, y, whole)


def _remainder(run: Run, x: Moving, y: Moving, whole: int) -> Moving:
    return run.made(run.plus(x.v, run.times(Fraction(-whole), y.v)), 0, (ONE, x), (Fraction(-whole), y))


def erf(run: Run, x: Moving) -> Moving:
    _not_far(x)
    return smooth(run, x, run.mp.erf, lambda t: 2 * run.mp.exp(-t * t) / run.mp.sqrt(run.mp.pi), {0: 0})


def erfc(run: Run, x: Moving) -> Moving:
    _not_far(x)
    return smooth(run, x, run.mp.erfc, lambda t: -2 * run.mp.exp(-t * t) / run.mp.sqrt(run.mp.pi), {0: 1})


def _not_far(x: Moving) -> None:
    if abs(x.v) > 10**12:
        raise UnknownError


def _not_a_pole(run: Run, x: Moving) -> None:
    _not_far(x)
    if abs(x.v) > 10**5 or run.bits > 2000:
        raise UnknownError  # mpmath takes too long
    if run.sign(x) > 0:
        if run.is_zero(x):
            raise NeedDifferencesError
        return
    if _is_whole(run, x):
        run.edge = True
        if x.moves and run.side:
            raise NeedDifferencesError
        raise NoValueError


_FACTORIALS = {1: 1, 2: 1, 3: 2, 4: 6, 5: 24}


def gamma(run: Run, x: Moving) -> Moving:
    _not_a_pole(run, x)
    return smooth(run, x, run.mp.gamma, lambda t: run.mp.gamma(t) * run.mp.digamma(t), _FACTORIALS)


def lgamma(run: Run, x: Moving) -> Moving:
    _not_a_pole(run, x)
    return smooth(run, x, lambda t: run.mp.log(abs(run.mp.gamma(t))), run.mp.digamma, {1: 0, 2: 0})


def digamma(run: Run, x: Moving) -> Moving:
    _not_a_pole(run, x)
    return smooth(run, x, run.mp.digamma, lambda t: run.mp.psi(1, t))


def polygamma(run: Run, n: Moving, x: Moving) -> Moving:
    if not isinstance(n.v, Fraction):
        raise UnknownError
    if n.v.denominator != 1 or not 0 <= n.v <= 50 or (n.moves and run.side):
        raise NoValueError
    _not_a_pole(run, x)
    order = int(n.v)
    return smooth(run, x, lambda t: run.mp.psi(order, t), lambda t: run.mp.psi(order + 1, t))


def _comparison(holds: Callable[[int], bool]) -> Gate:
    def gate(run: Run, x: Moving, y: Moving) -> Moving:
        return run.fixed(1 if holds(run.sign(run.minus(x, y))) else 0)

    return gate


GATES: dict[str, Gate] = {
    "add": add,
    "sub": sub,
    "mul": mul,
    "div": div,
    "neg": neg,
    "pow": power,
    "square": square,
    "reciprocal": reciprocal,
    "sqrt": sqrt,
    "cbrt": cbrt,
    "identity": identity,
    "exp": exp,
    "expm1": expm1,
    "log": log,
    "log1p": log1p,
    "log2": _log_base(2),
    "log10": _log_base(10),
    "sin": sin,
    "cos": cos,
    "tan": tan,
    "cot": cot,
    "sec": sec,
    "csc": csc,
    "asin": asin_whole,
    "acos": acos,
    "atan": atan,
    "atan2": atan2,
    "hypot": hypot,
    "sinh": sinh,
    "cosh": cosh,
    "tanh": tanh,
    "sech": sech,
    "asinh": asinh,
    "acosh": acosh,
    "atanh": atanh,
    "sigmoid": sigmoid,
    "softplus": softplus,
    "relu": relu,
    "leaky_relu": leaky_relu,
    "elu": elu,
    "selu": selu,
    "gelu": gelu,
    "silu": silu,
    "softsign": softsign,
    "hardtanh": hardtanh,
    "abs": absolute,
    "sign": sign,
    "max": largest,
    "min": smallest,
    "clip": clip,
    "step": step,
    "floor": floor,
    "ceil": ceil,
    "round": nearest,
    "mod": mod,
    "fmod": fmod,
    "erf": erf,
    "erfc": erfc,
    "gamma": gamma,
    "lgamma": lgamma,
    "digamma": digamma,
    "polygamma": polygamma,
    "lt": _comparison(lambda s: s < 0),
    "le": _comparison(lambda s: s <= 0),
    "gt": _comparison(lambda s: s > 0),
    "ge": _comparison(lambda s: s >= 0),
    "eq": _comparison(lambda s: s == 0),
    "ne": _comparison(lambda s: s != 0),
}

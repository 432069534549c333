"""Arrays of doubles by NumPy: each primitive gate element by element, and the primitives of the array table.

Loaded only where a circuit has arrays. Nothing here raises for a bad argument: what has no value comes out as NaN or
infinity, and the sweep says which element it was.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from backprop_cli.arithmetic.array_gamma import Array, digamma, trigamma
from backprop_cli.arithmetic.float64 import Float64
from backprop_cli.arithmetic.protocol import Number, Operation
from backprop_cli.gates.array_row import NEW_AXIS, Slice
from backprop_cli.gates.axes import axes


def _each(name: str) -> Operation:
    """A function that NumPy lacks, element by element through the doubles' own."""
    total, plain = Float64.operations[name], getattr(math, name, None)

    def each(x: Number) -> Number:
        numbers = np.asarray(x, dtype=np.float64)
        try:
            found = list(map(plain or total, numbers.ravel().tolist()))
        except (ValueError, OverflowError):  # of an element: the doubles' own function makes a number of it
            found = list(map(total, numbers.ravel().tolist()))
        return np.array(found, dtype=np.float64).reshape(numbers.shape)

    return each


def _digamma(x: Number) -> Number:
    found = np.asarray(digamma(np.asarray(x, dtype=np.float64)))
    missing = np.isnan(found)
    if missing.any():
        found[missing] = _each("digamma")(np.asarray(x)[missing])
    return found


def _polygamma(n: Number, x: Number) -> Number:
    if np.ndim(n) == 0 and n == 1:
        return trigamma(np.asarray(x, dtype=np.float64))
    function = Float64.operations["polygamma"]
    mapped = np.frompyfunc(lambda order, number: function(float(order), float(number)), 2, 1)
    return np.asarray(mapped(n, x), dtype=np.float64)


def _of_many(pair: Any) -> Operation:
    def many(*values: Number) -> Number:
        best = values[0]
        for value in values[1:]:
            best = pair(best, value)
        return best

    return many


def _compare(test: Any) -> Operation:
    return lambda x, y: np.where(test(x, y), 1.0, 0.0)


def _pow(x: Number, y: Number) -> Number:
    """Powers; the commonest one as the product that it is, which is twice as fast."""
    return np.square(x) if np.ndim(y) == 0 and y == 2 else np.power(x, y)


def _angle(y: Number, x: Number) -> Number:
    return np.arctan2(np.add(y, 0.0), np.add(x, 0.0))  # -0.0 as 0.0: π on the negative x axis


MAPPED = frozenset({"erf", "erfc", "gamma", "lgamma", "digamma", "polygamma"})
"""The gates that come from Python's functions, one element after the other: they raise no status flag. Results of
digamma and polygamma come so where series do not serve."""

_OPERATIONS: dict[str, Operation] = {
    "add": np.add, "sub": np.subtract, "mul": np.multiply, "div": np.divide, "neg": np.negative, "pow": _pow,
    "sqrt": np.sqrt, "cbrt": np.cbrt, "exp": np.exp, "expm1": np.expm1, "log": np.log, "log1p": np.log1p,
    "log2": np.log2, "log10": np.log10, "sin": np.sin, "cos": np.cos, "tan": np.tan, "asin": np.arcsin,
    "acos": np.arccos, "atan": np.arctan, "atan2": _angle, "hypot": np.hypot, "sinh": np.sinh, "cosh": np.cosh,
    "tanh": np.tanh, "asinh": np.arcsinh, "acosh": np.arccosh, "atanh": np.arctanh, "abs": np.abs, "sign": np.sign,
    "max": _of_many(np.maximum), "min": _of_many(np.minimum), "mod": np.mod, "fmod": np.fmod, "floor": np.floor,
    "ceil": np.ceil,
    "round": np.rint, "where": lambda c, x, y: np.where(np.not_equal(c, 0), x, y),
}  # fmt: skip
TESTS = {
    "lt": np.less,
    "le": np.less_equal,
    "gt": np.greater,
    "ge": np.greater_equal,
    "eq": np.equal,
    "ne": np.not_equal,
}
"""The comparisons as masks; as gates they give 1 and 0."""

_OPERATIONS |= {name: _each(name) for name in MAPPED} | {name: _compare(test) for name, test in TESTS.items()}
_OPERATIONS |= {"digamma": _digamma, "polygamma": _polygamma}


class Arrays(Float64):
    """Doubles in arrays: a number is an array of its shape, or a NumPy double."""

    operations = _OPERATIONS

    def number(self, text: str) -> Any:
        """The double nearest to the literal, as NumPy's own, whose division by 0 is no exception."""
        return np.float64(super().number(text))


def _sum(told: Mapping[str, Any], x: Array) -> Number:
    keep: Any = told["keepdims"]
    return np.add.reduce(x, axis=told["axis"], keepdims=keep)  # np.sum without its detours


def _extreme(reduce: Callable[..., Any]) -> Callable[..., Number]:
    return lambda told, x: reduce(x, axis=told["axis"], keepdims=bool(told["keepdims"]))


def _linear(solver: Callable[..., Number]) -> Callable[..., Number]:
    """A routine for square matrices: one that is singular to the last digit of a double has no value."""

    def routine(told: Mapping[str, Any], x: Array, *rest: Array) -> Number:
        shape = rest[0].shape if rest else x.shape
        if not np.isfinite(x).all() or 1 / np.linalg.cond(x) < len(x) * 2.0**-53:
            return np.full(shape, math.nan)
        return solver(x, *rest)

    return routine


def _expand(told: Mapping[str, Any], x: Number) -> Number:
    """The axis that a reduction took away, with length 1 in its place."""
    shape, axis = told["shape"], told["axis"]
    if told["keepdims"] or axis is None:
        return x.reshape((1,) * len(shape)) if axis is None and not told["keepdims"] else x
    return np.expand_dims(x, axes(axis, len(shape)))


def _others(told: Mapping[str, Any], x: Array) -> Number:
    """For each element the product of the others along the axis, by products from both ends: no division by 0."""
    if told["axis"] is None:
        return _others_along(x.reshape(-1), 0).reshape(x.shape)
    if isinstance(told["axis"], tuple):
        gone = tuple(one % x.ndim for one in told["axis"])
        moved = np.moveaxis(x, gone, range(-len(gone), 0))
        flat = moved.reshape(*moved.shape[: moved.ndim - len(gone)], -1)
        return np.moveaxis(_others_along(flat, -1).reshape(moved.shape), range(-len(gone), 0), gone)
    return _others_along(x, told["axis"])


def _others_along(x: Array, axis: int) -> Array:
    x = np.moveaxis(x, axis, -1)
    one = np.ones((*x.shape[:-1], 1))
    before = np.cumprod(np.concatenate([one, x[..., :-1]], -1), -1)
    after = np.cumprod(np.concatenate([one, x[..., :0:-1]], -1), -1)[..., ::-1]
    return np.moveaxis(before * after, -1, axis)


def selection(entries: tuple[object, ...]) -> tuple[Any, ...]:
    """An index as NumPy takes it."""
    return tuple(
        slice(one.start, one.stop, one.step) if isinstance(one, Slice) else None if one == NEW_AXIS else one
        for one in entries
    )


def _put(told: Mapping[str, Any], x: Array) -> Array:
    whole = np.zeros(told["shape"])
    whole[selection(told["index"])] = x
    return whole


def _part(told: Mapping[str, Any], x: Array) -> Number:
    """Of a gradient what belongs to one of the joined inputs; ``place`` says which, or where its part begins."""
    axis, place = told["axis"], told["place"]
    if told["kind"] == "stack":
        return np.take(x, place, axis=axis)
    return np.take(x, range(place, place + told["shape"][axis]), axis=axis)


PRIMITIVES: dict[str, Callable[..., Number]] = {
    "outer": lambda told, x, y: np.multiply.outer(x, y),
    "sum": _sum,
    "prod": lambda told, x: np.prod(x, axis=told["axis"], keepdims=bool(told["keepdims"])),
    "amax": _extreme(np.maximum.reduce),
    "amin": _extreme(np.minimum.reduce),
    "argmax": lambda told, x: np.asarray(np.argmax(x, axis=told["axis"]), dtype=np.float64),
    "cumsum": lambda told, x: np.cumsum(x, axis=told["axis"]),
    "det": lambda told, x: np.linalg.det(x),
    "inv": _linear(np.linalg.inv),
    "solve": _linear(np.linalg.solve),
    "index": lambda told, x: x[selection(told["index"])],
    "reshape": lambda told, x: np.reshape(x, told["shape"]),
    "flatten": lambda told, x: np.reshape(x, -1),
    "flip": lambda told, x: np.flip(x, told["axis"]),
    "concat": lambda told, *parts: np.concatenate(parts, told["axis"]),
    "stack": lambda told, *parts: np.stack(parts, told["axis"]),
    "diag": lambda told, x: np.diag(x),
    "zeros": lambda told: np.zeros(told["shape"]),
    "ones": lambda told: np.ones(told["shape"]),
    "eye": lambda told: np.eye(told["n"]),
    "expand": _expand,
    "others": _others,
    "put": _put,
    "part": _part,
}
"""The value of each primitive of the array table and of its rules: of what it is told, and of its inputs."""
TOLD_NOTHING: dict[str, Callable[..., Number]] = {"matmul": np.matmul, "transpose": lambda x: x.T}
"""The primitives that ask nothing but their inputs."""

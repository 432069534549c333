"""Each instruction over rows as one call of NumPy that writes into a buffer: ``call(*inputs, out)``."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from backprop_cli.arithmetic.array_arithmetic import MAPPED, TESTS, Arrays

RowCall = Callable[..., Any]


def _copied(mask: Any, out: Any) -> None:
    np.copyto(out, mask)


def _chosen(mask: Any, yes: Any, no: Any, out: Any) -> None:
    np.copyto(out, np.where(mask, yes, no))


def _larger(x: Any, y: Any, out: Any) -> None:
    np.maximum(x, y, out=out)  # whose third argument must be named


def _smaller(x: Any, y: Any, out: Any) -> None:
    np.minimum(x, y, out=out)


_CALLS: dict[str, RowCall] = {
    "add": np.add, "sub": np.subtract, "mul": np.multiply, "div": np.divide, "neg": np.negative, "pow": np.power,
    "sqrt": np.sqrt, "cbrt": np.cbrt, "exp": np.exp, "expm1": np.expm1, "log": np.log, "log1p": np.log1p,
    "log2": np.log2, "log10": np.log10, "sin": np.sin, "cos": np.cos, "tan": np.tan, "asin": np.arcsin,
    "acos": np.arccos, "atan": np.arctan, "hypot": np.hypot, "sinh": np.sinh, "cosh": np.cosh, "tanh": np.tanh,
    "asinh": np.arcsinh, "acosh": np.arccosh, "atanh": np.arctanh, "abs": np.abs, "sign": np.sign,
    "max": _larger, "min": _smaller, "mod": np.mod, "fmod": np.fmod, "floor": np.floor, "ceil": np.ceil,
    "round": np.rint, "float": _copied, "where": _chosen,
    **TESTS, "and": np.logical_and, "or": np.logical_or, "not": np.logical_not,
}  # fmt: skip


def call_of(op: str) -> RowCall:
    """The call of an instruction. One whose function raises no status flag is asked for finite results."""
    if op in _CALLS:
        return _CALLS[op]
    function, mapped = Arrays.operations[op], op in MAPPED

    def call(*wires: Any) -> None:
        result = function(*wires[:-1])
        if mapped and not np.isfinite(result).all():
            raise FloatingPointError
        np.copyto(wires[-1], result)

    return call

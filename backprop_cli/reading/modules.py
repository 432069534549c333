"""Formulas as pasted from a notebook: ``np.exp`` is ``exp``, ``torch.nn.functional.relu`` is ``relu``.

A variable that is called like a module stays one. What a library computes otherwise than the gate of that name keeps
its module's name, so that it is no function here and says so.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import Final

_MODULES: Final = frozenset({"np", "numpy", "jnp", "torch", "tf", "math"})
_INNER: Final = frozenset({"linalg", "nn", "functional", "special", "math"})
_ASSIGNED = re.compile(rf"(?:^|[;\n])[ \t]*({'|'.join(sorted(_MODULES))})\s*=(?!=)")
_MEMBERS: Final = {
    "absolute": "abs", "add": "add", "divide": "div", "true_divide": "div", "multiply": "mul", "negative": "neg",
    "power": "pow", "subtract": "sub", "mm": "matmul", "mv": "matmul", "reduce_max": "amax", "reduce_mean": "mean",
    "reduce_min": "amin", "reduce_prod": "prod", "reduce_sum": "sum", "reduce_logsumexp": "logsumexp",
    "cat": "concat",
}  # fmt: skip
"""The gate of what a library calls otherwise."""
_OTHERWISE: Final = frozenset({"torch.var", "torch.std", "tf.argmax"})
"""Divided by n - 1, along the first axis: not what the gate of that name does."""


def modules(text: str, names: Collection[str]) -> frozenset[str]:
    """The names that stand for a module in a text: those that are no variable and no stage."""
    return _MODULES.difference(names, _ASSIGNED.findall(text))


def member(module: str, name: str, names: Collection[str], *, arrays: bool) -> str | None:
    """What ``np.name`` is here; the module itself for a module inside; None for what is none of a module's."""
    full = f"{module}.{name}"
    if name in _INNER:
        return module
    if name == "T" or (name in ("e", "pi") and name in names):
        return None
    # np.max(x, 0) takes an axis, and max(x, 0) here the larger of two: the name must stay another one.
    return full if arrays and (name in ("max", "min") or full in _OTHERWISE) else _MEMBERS.get(name, name)
